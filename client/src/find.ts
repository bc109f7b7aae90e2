// Knows the bar that finds words in the whole contract and shows where; knows nothing of editors, and changes no text.
import { all, find, make, say } from "./dom.ts";
import { search } from "./search.ts";

type Match = { range: Range; article: HTMLElement; excerpt: string };
type Bar = { place: HTMLElement; field: HTMLInputElement; count: HTMLElement; results: HTMLElement };

const BLOCKS = "p, h2, h3, h4, h5, td, th, li, dt, dd";
const NOT_TEXT = ".outils, .actions, .article__meta, .etat-sauvegarde, .avis, .curseur, .hors-ecran, .non-enregistre, [hidden]";
const CALM_MS = 150;
const MOST_LISTED = 200;
const AROUND = 32; // characters of an excerpt on either side

let bar: Bar | null = null;
let matches: readonly Match[] = [];
let current = -1;
let cameFrom: Element | null = null;
const changes = new MutationObserver(() => later(() => refresh(false)));
let timer: ReturnType<typeof setTimeout> | undefined;

/** Opens the bar, or comes back to it, with what is selected as the first words. */
export function openFind(): void {
  bar ??= start();
  if (!bar) return;
  const selected = getSelection()?.toString().trim() ?? "";
  if (!bar.place.contains(document.activeElement)) cameFrom = document.activeElement;
  if (selected && !selected.includes("\n")) bar.field.value = selected;
  bar.place.hidden = false;
  bar.field.focus();
  bar.field.select();
  changes.observe(find("#contenu") ?? document.body, { childList: true, characterData: true, subtree: true });
  refresh(true);
}

function start(): Bar | null {
  const place = find("[data-find]");
  const [field, count, results] = [find<HTMLInputElement>("input", place ?? document), find("[data-find-count]"), find("[data-find-results]")];
  if (!place || !field || !count || !results) return null;
  field.addEventListener("input", () => later(() => refresh(true)));
  find("form", place)?.addEventListener("submit", (event) => event.preventDefault());
  find("[data-find-next]", place)?.addEventListener("click", () => go(current + 1));
  find("[data-find-previous]", place)?.addEventListener("click", () => go(current - 1));
  find("[data-find-close]", place)?.addEventListener("click", close);
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === field) go(current + (event.shiftKey ? -1 : 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { place, field, count, results };
}

function close(): void {
  if (!bar) return;
  changes.disconnect();
  clearTimeout(timer);
  bar.place.hidden = true;
  matches = [];
  light();
  if (cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
}

function later(act: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(act, CALM_MS);
}

// A text that changes meanwhile keeps the same place current, if it is still there.
function refresh(isNew: boolean): void {
  if (!bar) return;
  const before = isNew ? undefined : matches[current]?.range;
  matches = bar.field.value.trim() ? all("[data-section]").flatMap((article) => matchesIn(article, bar!.field.value)) : [];
  const same = before?.startContainer.isConnected ? matches.findIndex(({ range }) => range.compareBoundaryPoints(Range.START_TO_START, before) >= 0) : current;
  current = isNew ? firstInSight() : Math.min(same < 0 ? matches.length - 1 : same, matches.length - 1);
  list();
  if (isNew && matches.length > 0) go(current);
  else tell();
}

const firstInSight = (): number => Math.max(0, matches.findIndex(({ range }) => range.getBoundingClientRect().bottom > 0));

type Block = { text: string; pieces: { node: Text; from: number }[] };

function matchesIn(article: HTMLElement, wanted: string): Match[] {
  return blocksOf(article).flatMap((block) =>
    search(block.text, wanted).map(([from, to]) => {
      const range = document.createRange();
      range.setStart(...placeOf(block, from, false));
      range.setEnd(...placeOf(block, to, true));
      return { range, article, excerpt: excerpt(block.text, from, to) };
    }),
  );
}

// What a reader takes for one run of words: a paragraph, a cell, an item; a line break is a space in it.
function blocksOf(article: HTMLElement): Block[] {
  const blocks = new Map<Element, Block>();
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const place = node.parentElement?.closest(BLOCKS);
    if (!place || place.closest(NOT_TEXT) || node.parentElement?.closest(NOT_TEXT)) continue;
    const block = blocks.get(place) ?? { text: "", pieces: [] };
    blocks.set(place, block);
    if (node.nodeName === "BR") block.text += " ";
    else if (node instanceof Text) {
      block.pieces.push({ node, from: block.text.length });
      block.text += node.data;
    }
  }
  return [...blocks.values()];
}

// A place between two pieces belongs to the first as an end, to the second as a beginning.
function placeOf({ pieces }: Block, at: number, isEnd: boolean): [Text, number] {
  const piece = pieces.findLast(({ from }) => (isEnd ? from < at : from <= at)) ?? pieces[0]!;
  return [piece.node, Math.min(at - piece.from, piece.node.data.length)];
}

function excerpt(text: string, from: number, to: number): string {
  const [start, end] = [Math.max(0, from - AROUND), Math.min(text.length, to + AROUND)];
  return `${start > 0 ? "…" : ""}${text.slice(start, end).trim()}${end < text.length ? "…" : ""}`;
}

function go(to: number): void {
  if (matches.length === 0) return tell();
  current = (to + matches.length) % matches.length;
  matches[current]?.range.startContainer.parentElement?.scrollIntoView({ block: "center" });
  tell();
}

function tell(): void {
  if (!bar) return;
  const counted = (count: number): string => count.toLocaleString(document.documentElement.lang);
  const { found = "", none = "" } = bar.count.dataset;
  const here = matches[current];
  const sentence = found.replace("{here}", counted(current + 1)).replace("{all}", counted(matches.length)).replace("{article}", here?.article.dataset.label ?? "");
  say(bar.count, !bar.field.value.trim() ? "" : here ? sentence : none);
  for (const [at, entry] of all("button", bar.results).entries()) {
    if (at === current) entry.setAttribute("aria-current", "true");
    else entry.removeAttribute("aria-current");
  }
  light();
}

function list(): void {
  const listed = [...matches.slice(0, MOST_LISTED).entries()];
  const items = [...new Set(listed.map(([, match]) => match.article))].map((article) => {
    const found = listed.filter(([, match]) => match.article === article);
    const entries = found.map(([at, match]) => {
      const entry = make("button", "", match.excerpt);
      entry.type = "button";
      entry.addEventListener("click", () => go(at));
      return make("li", "", entry);
    });
    return make("li", "", make("h3", "", article.dataset.label ?? ""), make("ul", "recherche__lieux", ...entries));
  });
  if (bar) replaceKeepingFocus(bar, items);
}

// Whoever stands on a result stays on it, or on the last one, when somebody else's writing makes the list anew.
function replaceKeepingFocus({ results, field }: Bar, items: readonly Node[]): void {
  const at = all("button", results).findIndex((entry) => entry === document.activeElement);
  results.replaceChildren(...items);
  const entries = all("button", results);
  if (at >= 0) (entries[Math.min(at, entries.length - 1)] ?? field).focus({ preventScroll: true });
}

// Painted over the text without touching it: an editor sees nothing of it.
function light(): void {
  if (!("highlights" in CSS)) return;
  const here = matches[current]?.range;
  CSS.highlights.set("recherche", new Highlight(...matches.map(({ range }) => range)));
  CSS.highlights.set("recherche-ici", here ? new Highlight(here) : new Highlight());
}
