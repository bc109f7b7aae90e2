import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./page.ts";
import { show } from "../src/changes.ts";
import { reconcile } from "../src/reconcile.ts";
import { refresher } from "../src/refresh.ts";
import type { Section } from "../src/talk.ts";
import { laterWords } from "../src/laterwords.ts";

const article = (id: string, { title = id, number = id, text = `<p>${id}</p>`, is = "true" } = {}): string =>
  `<article id="article-${id}" data-section="${id}" data-label="article ${number}" data-writable="${is}" aria-labelledby="t-${id}">` +
  `<header class="article__tete"><h2 class="article__titre" id="t-${id}">${title}</h2><button data-write>Écrire</button></header>` +
  `<div class="carte"><div data-text>${text}</div><p class="etat-sauvegarde"><span data-save></span></p></div></article>`;
const head = (id: string): string => `<header id="article-${id}" data-section-head="${id}"><h2 class="partie-titre">${id}</h2></header>`;
const body = (...articles: string[]): string =>
  `<ol data-refresh="outline">${articles.length} articles</ol><div data-articles>${articles.join("\n")}</div><p data-news></p>`;
const page = (...articles: string[]): Document => new DOMParser().parseFromString(`<title>t</title>${body(...articles)}`, "text/html");
const ids = (): string[] => [...document.querySelectorAll<HTMLElement>("[data-articles] > *")].map((node) => node.dataset.section ?? node.dataset.sectionHead ?? "-");
const one = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#article-${id}`) ?? assert.fail(id);
const never = (): boolean => false;

beforeEach(() => {
  document.title = "t";
  document.body.innerHTML = body(article("a"), article("b"), article("c"));
});

test("articles come, go and move, and those that stay are the same elements with their text", () => {
  const [a, b, c] = ["a", "b", "c"].map(one);
  const { added, removed, isChanged } = reconcile(page(article("c", { text: "<p>other</p>" }), article("new"), article("a")), never);
  assert.deepEqual(ids(), ["c", "new", "a"]);
  assert.deepEqual([one("a"), one("c")], [a, c]);
  assert.deepEqual([added, removed, isChanged], [[one("new")], [b], true]);
  assert.equal(c?.querySelector("[data-text]")?.innerHTML, "<p>c</p>"); // the channel brings texts
  assert.equal(document.querySelector("ol")?.textContent, "3 articles");
});

test("a page that is the same changes nothing", () => {
  const before = document.body.innerHTML;
  assert.deepEqual(reconcile(page(article("a"), article("b"), article("c")), never), { added: [], removed: [], isChanged: false });
  assert.equal(document.body.innerHTML, before);
});

test("an article is renamed, renumbered and closed in place; what the client wrote on it stays", () => {
  one("b").dataset.editor = "live";
  const { isChanged } = reconcile(page(article("a"), article("b", { title: "New", number: "9", is: "false" }), article("c")), never);
  assert.equal(isChanged, true);
  const { label, writable, editor } = one("b").dataset;
  assert.deepEqual([label, writable, editor, one("b").querySelector("h2")?.textContent], ["article 9", "false", "live", "New"]);
});

test("what one writes in is never moved itself: the others move around it", () => {
  const moved: Node[] = [];
  const text = one("b").querySelector<HTMLElement>("[data-text]") ?? assert.fail();
  text.tabIndex = 0;
  text.focus();
  const watch = new MutationObserver(() => {});
  watch.observe(document.querySelector("[data-articles]") ?? assert.fail(), { childList: true });
  for (const wanted of [["b", "c", "a"], ["a", "c", "b"], ["c", "b", "a"], ["x", "b", "y"]]) {
    reconcile(page(...wanted.map((id) => article(id))), never);
    assert.deepEqual(ids(), wanted);
    assert.equal(document.activeElement, text);
    moved.push(...watch.takeRecords().flatMap(({ removedNodes }) => [...removedNodes]));
  }
  assert.equal(moved.includes(one("b")), false);
});

test("a heading that becomes an article is replaced, unless somebody writes in what it was", () => {
  document.body.innerHTML = body(head("a"), article("b"));
  reconcile(page(article("a"), head("b")), (node) => node.dataset.section === "b");
  assert.deepEqual([one("a").tagName, one("b").tagName], ["ARTICLE", "ARTICLE"]);
  reconcile(page(article("a"), head("b")), never);
  assert.equal(one("b").tagName, "HEADER");
});

const aSection = (id: string, isInUse: boolean, did: string[]): Section => ({
  id, label: id, isInUse: () => isInUse, retire: () => did.push(`retire ${id}`), enter: () => {}, bringBack: () => {}, forget: () => {}, showHtml: (html) => did.push(`${id} ${html}`),
  showWriters: () => {}, lineChanged: () => {}, isLive: () => isInUse, unsent: () => 0,
});

test("an article that leaves under a writer's hands stays in sight until they hide it", () => {
  const did: string[] = [];
  const sections = new Map(["a", "b", "c"].map((id) => [id, aSection(id, id === "b", did)]));
  const take = (each: HTMLElement): Section => aSection(each.dataset.section ?? "", false, did);
  assert.equal(show(page(article("a"), article("c")), sections, take, new Map()), laterWords.planRemoved("article b"));
  assert.deepEqual([did, ids(), [...sections.keys()]], [["retire b"], ["a", "-", "c"], ["a", "c"]]);
  assert.equal(show(page(article("c"), article("b"), article("a")), sections, take, new Map()), laterWords.planAdded("article b"));
  assert.deepEqual(ids().filter((id) => id !== "-"), ["c", "b", "a"]);
  [...document.querySelectorAll("button")].find((button) => button.textContent === laterWords.hide)?.click();
  assert.equal(ids().includes("-"), false);
});

test("a new article is taken at once, with the text that came before it", () => {
  const did: string[] = [];
  const taken: string[] = [];
  const take = (each: HTMLElement): Section => {
    taken.push(each.dataset.section ?? "");
    return aSection("new", false, did);
  };
  const sections = new Map(["a", "b", "c"].map((id) => [id, aSection(id, false, did)]));
  const early = new Map([["new", "<p>early</p>"]]);
  show(page(article("a"), article("b"), article("c"), article("new")), sections, take, early);
  assert.deepEqual([taken, did, early.size], [["new"], ["new <p>early</p>"], 0]);
});

const served = (answer: () => Response | Promise<Response>): (() => number) => {
  let times = 0;
  globalThis.fetch = async () => {
    times++;
    return answer();
  };
  return () => times;
};
const until = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 20));
};
const html = (): string => `<body data-me="m1" data-version="8">${body(article("a"))}</body>`;

test("many changes are one fetch; the version one has already is none", async () => {
  document.body.dataset.me = "m1";
  document.body.dataset.version = "7";
  const shown: string[] = [];
  const times = served(() => new Response(html()));
  const changed = refresher(document.body, { stop: () => {}, isLive: () => true }, (fresh) => {
    shown.push(fresh.body.dataset.version ?? "");
    return laterWords.planChanged;
  });
  changed(7);
  for (const version of [null, 8, null]) changed(version);
  await until(() => shown.length > 0);
  assert.deepEqual([times(), shown, document.body.dataset.version], [1, ["8"], "8"]);
  assert.equal(document.querySelector("[data-news]")?.textContent, laterWords.planChanged);
});

test("a page that cannot be fetched says so and tries again", async () => {
  document.body.dataset.me = "m1";
  let isBroken = true;
  let shown = 0;
  served(() => (isBroken ? Promise.reject(new TypeError("network")) : new Response(html())));
  refresher(document.body, { stop: () => {}, isLive: () => true }, () => String(++shown))(null);
  await until(() => document.querySelector("[data-news]")?.textContent === laterWords.refreshLate);
  isBroken = false;
  await until(() => shown === 1);
});

test("another person's page, a page that is gone and a session that is over stop the line", async () => {
  const stopped: string[] = [];
  const line = { stop: ({ kind }: { kind: string }) => void stopped.push(kind), isLive: () => true };
  document.body.dataset.me = "m2";
  for (const answer of [() => new Response(html()), () => new Response("", { status: 404 }), () => new Response("", { status: 401 })]) {
    served(answer);
    const before = stopped.length;
    refresher(document.body, line, () => assert.fail("shown"))(null);
    await until(() => stopped.length > before);
  }
  assert.deepEqual(stopped, ["other", "forbidden", "over"]);
});
