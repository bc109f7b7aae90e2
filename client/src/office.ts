// Knows how Word and LibreOffice write headings, lists and notes in HTML, and writes them as HTML has them.
import { rename, type Work } from "./work.ts";

const HEADING_CLASS = /^(?:MsoHeading|Heading|Titre)_?(\d)/i;
const TITLE_CLASS = /(?:^|\s)MsoTitle(?:\s|$)/;
const MARKER = "[data-css*='mso-list'][data-css*='gnore']"; // « mso-list:Ignore » : the number or bullet, as text
const MARK_LENGTH = 40; // of a number or a bullet: a longer one is none
const NOTE_MARK = "a[data-css*='mso-footnote-id'], a[data-css*='mso-endnote-id'], a.sdfootnoteanc, a.sdendnoteanc, a.sdfootnotesym, a.sdendnotesym";

/** Paragraphs that are headings by their style or outline level become headings; an automatic number becomes text. */
export function makeHeadings({ body, styles }: Work): void {
  for (const paragraph of body.querySelectorAll("p, div")) {
    const level = TITLE_CLASS.test(paragraph.className) ? 1 : outlineLevel(paragraph, styles.of(paragraph));
    if (level && !paragraph.querySelector("p, div, table") && paragraph.textContent?.trim()) rename(paragraph, `h${Math.min(level, 6)}`);
  }
  for (const marker of body.querySelectorAll(`:is(h1, h2, h3, h4, h5, h6) ${MARKER}`)) marker.replaceWith(`${markOf(marker)} `);
}

function outlineLevel(paragraph: Element, css: string): number {
  const named = [...paragraph.classList].map((name) => HEADING_CLASS.exec(name)?.[1]).find(Boolean);
  const level = /mso-outline-level:(\d)/.exec(css)?.[1];
  return css.includes("mso-list") && !level ? 0 : Number(level ?? named ?? 0);
}

const markOf = (marker: Element): string => (marker.textContent ?? "").replace(/[\s\u00A0]+/g, " ").trim();

type Item = { element: Element; level: number; list: string; isNumbered: boolean; number: number };

/** Word's lists are paragraphs that look like one: rows of them become lists, each level inside the item above it. */
export function makeLists(work: Work): void {
  const items = new Map([...work.body.querySelectorAll("p, li")].map((element) => [element, readItem(element, work)]));
  for (const [element, item] of items) {
    if (!item || !element.isConnected) continue;
    const row: Item[] = [item];
    for (let next = element.nextElementSibling; next && isSameList(items.get(next), item); next = next.nextElementSibling) row.push(items.get(next)!);
    build(row);
  }
}

const isSameList = (next: Item | null | undefined, first: Item): boolean => !!next && (next.list === first.list || next.level > 1);

function readItem(element: Element, { styles, lost }: Work): Item | null {
  if (element.matches("li") || element.closest("h1, h2, h3, h4, h5, h6")) return null;
  const found = /mso-list:(l\d+)level(\d+)/.exec(styles.of(element));
  const marker = element.querySelector(MARKER);
  if (!found || (!marker && !element.textContent?.trim())) return null;
  const [, list = "", level = "1"] = found;
  const mark = marker ? markOf(marker).slice(0, MARK_LENGTH) : "";
  const format = /mso-level-number-format:([\w-]+)/.exec(styles.list(`${list}:level${level}`))?.[1];
  const isNumbered = format ? format !== "bullet" : /^\(?(?:[\divxlc]+|[a-z])[.)]?(?:\d+[.)])*\d*$/i.test(mark) && !/^o$/.test(mark);
  if (isNumbered && mark && !/^\d+\.?$/.test(mark)) lost.add("pasteNumbering");
  outermost(marker)?.remove();
  return { element, level: Number(level), list, isNumbered, number: Number(/(\d+)\D*$/.exec(mark)?.[1] ?? 1) };
}

// The marker stands in a span of its own that only sets its font.
function outermost(marker: Element | null): Element | null {
  let element = marker;
  while (element?.parentElement?.matches("span") && element.parentElement.textContent === element.textContent) element = element.parentElement;
  return element;
}

function build(row: readonly Item[]): void {
  const open: { list: Element; level: number; isNumbered: boolean }[] = [];
  for (const { element, level, isNumbered, number } of row) {
    const make = (name: string): Element => element.ownerDocument.createElement(name);
    while (open.length > 0 && open.at(-1)!.level > level) open.pop();
    if (open.at(-1)?.level === level && open.at(-1)!.isNumbered !== isNumbered) open.pop();
    if (open.at(-1)?.level !== level) {
      const list = make(isNumbered ? "ol" : "ul");
      if (isNumbered && number > 1 && number <= 1000) list.setAttribute("start", String(number));
      const host = open.at(-1)?.list.lastElementChild;
      if (host) host.append(list);
      else element.before(list);
      open.push({ list, level, isNumbered });
    }
    const item = make("li");
    open.at(-1)!.list.append(item);
    item.append(rename(element, "p"));
  }
}

/** The number of a note is text between brackets, where it is called and where it is said. */
export function writeNotes({ body, lost }: Work): void {
  for (const mark of body.querySelectorAll(NOTE_MARK)) {
    const number = (mark.textContent ?? "").replace(/[[\]\s]/g, "");
    const isCall = mark.matches(".sdfootnoteanc, .sdendnoteanc") || /ref/i.test(mark.getAttribute("name") ?? "");
    mark.replaceWith(`[${number}]${isCall ? "" : " "}`);
    lost.add("pasteNotes");
  }
  for (const rule of body.querySelectorAll("hr")) rule.remove();
}
