import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Y } from "./page.ts";
import { aText, add, shown, wait, type Doc } from "./texts.ts";
import { offer, PROPOSED } from "../src/proposing.ts";
import { lost, savingLine, showUnsaved } from "../src/saving.ts";
import { laterWords } from "../src/laterwords.ts";
import { words } from "../src/words.ts";

globalThis.Event = (window as unknown as typeof globalThis).Event; // the page's own: its imitation takes no other
const AT = "/contracts/c1/proposals/p1";
let sent: string[] = [];
let answer: () => Promise<Response> = () => Promise.reject(new TypeError("no network"));
globalThis.fetch = ((address: string, { body }: { body: Uint8Array }) => (sent.push(`${address} ${shown(Y.mergeUpdates([Y.encodeStateAsUpdate(server), body]))}`), answer())) as unknown as typeof fetch;

let server: Doc;
let copy: Doc;
beforeEach(() => {
  sent = [];
  server = aText("accepté");
  copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(server));
  add(copy, "hors connexion");
});

/** An article with unsent words shown in it, and the offer beside them. */
function anArticle({ mayPropose = true, isLive = true } = {}): { article: HTMLElement; kept: () => number; press: () => Promise<void> } {
  document.body.innerHTML = '<article data-section="s1"><p class="etat-sauvegarde"><span data-save></span></p></article>';
  const article = document.querySelector("article")!;
  if (mayPropose) article.dataset.proposals = "/contracts/c1/sections/s1/proposals";
  let cleared = 0;
  const details = showUnsaved(article, savingLine(article), () => words.readonly, ["hors connexion"])!;
  offer(article, details, () => Promise.resolve(isLive ? server : null), copy, () => void cleared++);
  const press = async (): Promise<void> => {
    article.querySelector<HTMLButtonElement>(".btn--plein")?.click();
    await wait();
  };
  return { article, kept: () => cleared, press };
}

const said = (article: HTMLElement): string => article.querySelector("[role=status]")?.textContent ?? "";

test("words for a closed text become a draft: sent once, then let go of, and the article says where it is", async () => {
  answer = async () => Response.json({ at: AT }, { status: 201 });
  const { article, kept, press } = anArticle();
  let told = 0;
  document.addEventListener(PROPOSED, () => told++, { once: true });
  await press();
  assert.deepEqual(sent, ["/contracts/c1/sections/s1/proposals |accepté||hors connexion|"]);
  assert.deepEqual([kept(), told, article.querySelector("details")], [1, 1, null]);
  assert.equal(article.querySelector("[data-proposed] a")?.getAttribute("href"), AT);
});

test("whatever the server says or does not say, words that it has not kept stay where they are", async () => {
  for (const [said_, expected] of [
    [() => Promise.reject(new TypeError("no network")), laterWords.unproposed],
    [async () => Response.json({ error: "TextOpen", says: "Ouvert.", remedy: "Écrivez." }, { status: 409 }), "Ouvert. Écrivez."],
    [async () => new Response("<html>", { status: 502 }), laterWords.unproposed],
    [async () => Response.json({}, { status: 200 }), laterWords.unproposed],
  ] as const) {
    answer = said_;
    const { article, kept, press } = anArticle();
    await press();
    assert.deepEqual([said(article), kept()], [expected, 0]);
    assert.equal(article.querySelector("pre")?.textContent, "hors connexion");
    assert.equal(article.querySelector<HTMLButtonElement>(".btn--plein")?.getAttribute("aria-disabled"), null);
  }
});

test("without a connection nothing is sent; a person who may not propose is offered nothing", async () => {
  const { article, press } = anArticle({ isLive: false });
  await press();
  assert.deepEqual([said(article), sent], [laterWords.unproposed, []]);
  const { article: other } = anArticle({ mayPropose: false });
  assert.equal(other.querySelector(".btn--plein"), null);
});

test("what was only removed is said, so that it is not lost without a word", () => {
  assert.deepEqual(lost(["a"], ["a", "b"]), [words.onlyRemoved]);
  assert.deepEqual(lost(["a", "c"], ["a", "b"]), ["c"]);
  assert.deepEqual(lost(["a"], ["a"]), []);
});
