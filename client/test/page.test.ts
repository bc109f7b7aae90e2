import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./page.ts";
import { read, type Person } from "../src/channel.ts";
import { hear } from "../src/live.ts";
import { initials, showNobody, showPeople, writersHere } from "../src/presence.ts";
import { forgetUnsaved, missing, savingLine, showUnsaved } from "../src/saving.ts";
import { stay } from "../src/stay.ts";
import { swap } from "../src/swap.ts";
import { words } from "../src/words.ts";

const place = (html: string): HTMLElement => {
  const element = document.createElement("div");
  element.innerHTML = html;
  return element;
};
const shown = (element: Element): string => element.innerHTML.replaceAll(/ class="change"/g, "");
const person = (at: number, more: Partial<Person> = {}): Person => ({
  id: `m${at}`, name: `Camille Authier${at}`, party: "ARS", sign: "AR", hue: 1, writing: [], ...more,
});

const texts = { sections: new Map(), early: new Map() };

beforeEach(() => document.body.replaceChildren());

test("a swap keeps the nodes of unchanged blocks and marks the others", () => {
  const text = place("<p>a</p><p>b</p><p>c</p>");
  const [a, b, c] = [...text.children];
  swap(text, "<p>a</p>\n<p>B</p><p>c</p><p>d</p>");
  assert.equal(shown(text), "<p>a</p><p>B</p><p>c</p><p>d</p>");
  assert.deepEqual([text.children[0] === a, text.children[1] === b, text.children[2] === c], [true, false, true]);
  assert.deepEqual([...text.children].map((block) => block.className), ["", "change", "", "change"]);
});

test("a second swap keeps blocks that are still marked", () => {
  const text = place("<p>a</p>");
  swap(text, "<p>b</p>");
  const [b] = [...text.children];
  swap(text, "<p>b</p><p>c</p>");
  assert.equal(text.children[0], b);
});

test("equal blocks, moved blocks and removed blocks end as the server says", () => {
  const text = place("<p></p><p>x</p><p></p><ul><li>y</li></ul>");
  for (const html of ["<ul><li>y</li></ul><p></p><p>x</p>", "", "<p>x</p><p>x</p>", "<p>z</p><p>x</p>"]) {
    swap(text, html);
    assert.equal(shown(text), html);
  }
});

test("news that this client does not know is passed over", () => {
  for (const payload of ["", "null", "[]", '{"kind":"later"}', '{"kind":"section","section":1}']) assert.equal(read(payload), null);
  assert.deepEqual(read('{"kind":"section","section":"s","html":"<p></p>"}'), { kind: "section", section: "s", html: "<p></p>", by: "" });
  assert.deepEqual(read('{"kind":"presence","people":[{"id":"m1","name":"A","hue":2},{"name":1}]}'), {
    kind: "presence", you: null, people: [{ id: "m1", name: "A", party: "", sign: "", hue: 2, writing: [] }],
  });
});

test("a change of the contract is heard with its version, and the text of an article not shown yet is put by", () => {
  assert.deepEqual(read('{"kind":"contract"}'), { kind: "contract", version: null });
  assert.deepEqual(read('{"kind":"contract","version":7}'), { kind: "contract", version: 7 });
  const heard: (number | null)[] = [];
  const early = new Map<string, string>();
  const company = { showPeople: () => {}, tellChange: () => {}, renew: (version: number | null) => void heard.push(version) };
  const told = { sections: new Map(), early };
  hear({ kind: "contract", version: 7 }, told, { stop: () => {} }, "m1", company);
  hear({ kind: "section", section: "new", html: "<p>a</p>", by: "" }, told, { stop: () => {} }, "m1", company);
  assert.deepEqual([heard, [...early]], [[7], [["new", "<p>a</p>"]]]);
});

test("five people are shown, the rest is counted, and nobody is redrawn for nothing", () => {
  document.body.innerHTML = "<ul data-presence></ul><ul data-people></ul>";
  const people = Array.from({ length: 8 }, (_, at) => person(at, at === 0 ? { writing: ["s1"], hue: 99 } : {}));
  const labelOf = (section: string): string | null => (section === "s1" ? "Article 4.3" : null);
  showPeople(people, labelOf);
  const list = document.querySelector("[data-presence]")!;
  assert.equal(list.children.length, 6);
  assert.equal(list.lastElementChild?.textContent, "+\u00A03 autres personnes");
  assert.equal(list.querySelector(".pastille")?.className, "pastille hue-8");
  assert.equal(document.querySelector("[data-people] li")?.textContent, "Camille Authier0 ARS écrit dans l’article 4.3");
  const first = list.firstElementChild;
  showPeople(people, labelOf);
  assert.equal(list.firstElementChild, first);
  showNobody();
  assert.deepEqual([list.children.length, document.querySelector("[data-people]")?.textContent], [0, words.nobody]);
});

test("news for another person stops the page before it shows anyone", () => {
  const told: string[] = [];
  const line = { stop: ({ kind }: { kind: string }) => void told.push(kind) };
  const showPeople = (people: readonly Person[]): void => void told.push(...people.map(({ id }) => id));
  const company = { showPeople, tellChange: () => {}, renew: () => {} };
  hear({ kind: "presence", people: [person(2)], you: "m2" }, texts, line, "m1", company);
  assert.deepEqual(told, ["other"]);
  hear({ kind: "presence", people: [person(1)], you: "m1" }, texts, line, "m1", company);
  assert.deepEqual(told, ["other", "m1"]);
});

test("one stays five minutes in a text, thirty seconds after Escape, and until everything is kept", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const article = document.createElement("article");
  let left = 0;
  let isKept = true;
  const staying = stay(article, () => isKept, () => void left++);
  const press = (key: string): void => void article.dispatchEvent(new KeyboardEvent("keydown", { key }));
  context.mock.timers.tick(299_000);
  press("a");
  context.mock.timers.tick(299_000);
  assert.equal(left, 0);
  staying.soon();
  press("Tab");
  context.mock.timers.tick(29_000);
  press("a");
  context.mock.timers.tick(60_000);
  assert.equal(left, 0);
  isKept = false;
  staying.soon();
  context.mock.timers.tick(60_000);
  assert.equal(left, 0);
  isKept = true;
  context.mock.timers.tick(5_000);
  assert.equal(left, 1);
  staying.end();
  press("a");
  context.mock.timers.tick(600_000);
  assert.equal(left, 1);
});

test("those who write here are named, oneself as « Vous »", () => {
  const people = [person(1, { writing: ["s1"] }), person(2, { writing: ["s1"], name: "Marc Lebreton", party: "Département" })];
  assert.equal(writersHere(people, "s1", "m1"), "Vous et Marc Lebreton (Département) écrivez ici");
  assert.equal(writersHere(people, "s2", "m1"), "");
  assert.equal(initials("Marie-Claire Le Goff"), "MG");
});

test("saving: bad news waits a second, good news does not", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 10_000 });
  document.body.innerHTML = "<article><span data-save></span></article>";
  const article = document.querySelector("article")!;
  const line = savingLine(article);
  const said = (): string => article.querySelector("[data-save]")!.textContent;
  line.show({ kind: "saving" });
  assert.deepEqual([said(), article.dataset.saved], ["Enregistrement…", "false"]);
  line.show({ kind: "saved" });
  assert.deepEqual([said(), article.dataset.saved], ["Enregistré", "true"]);
  line.show({ kind: "saving" });
  assert.deepEqual([said(), article.dataset.saved], ["Enregistré", "false"]);
  context.mock.timers.tick(1_000);
  assert.equal(said(), "Enregistrement…");
  line.show({ kind: "unsent", isOver: false });
  context.mock.timers.tick(1_000);
  assert.equal(said(), words.unsentOffline);
  line.show({ kind: "unsent", isOver: true });
  context.mock.timers.tick(1_000);
  assert.equal(said(), words.unsentOver);
  line.tell(words.openOffline);
  line.untell(words.opening);
  assert.equal(said(), words.openOffline);
  line.untell(words.openOffline);
  assert.equal(said(), "");
});

test("what the server did not keep is shown, and only that", () => {
  assert.deepEqual(missing(["a", "b", "b", " "], ["a", "b"]), ["b"]);
  document.body.innerHTML = '<article><p class="etat-sauvegarde"><span data-save></span></p></article>';
  const article = document.querySelector("article")!;
  const line = savingLine(article);
  let cleared = 0;
  const show = (...blocks: string[]): void => void showUnsaved(article, line, words.refused, blocks, () => void cleared++);
  show();
  assert.equal(article.querySelector("details"), null);
  assert.equal(article.querySelector("[data-save]")?.textContent, words.refused(false));
  show("mon <texte>");
  assert.equal(article.querySelector("pre")?.textContent, "mon <texte>");
  assert.equal(article.querySelector("[data-save]")?.textContent, words.refused(true));
  article.querySelector("button")?.click();
  assert.deepEqual([article.querySelector("details"), cleared], [null, 1]);
  show("mon <texte>");
  forgetUnsaved(article);
  assert.equal(article.querySelector("details"), null);
});
