// Knows what of a foreign page may be pasted and what is lost on the way; knows neither the editor nor the schema's names.
import { isSafeAddress } from "./address.ts";
import { readStyles } from "./css.ts";
import { makeHeadings, makeLists, writeNotes } from "./office.ts";
import { rename, select, take, unwrap, wrapContent, type Loss, type Work } from "./work.ts";

export type Cleaned = { html: string; lost: ReadonlySet<Loss> };

const UNSEEN = "script, noscript, template, title, meta, link, base, xml, head, button, input, select, textarea, [hidden]";
const PICTURES = "img, picture, svg, canvas, video, audio, object, embed, iframe, v\\:shape, v\\:imagedata";
const COMMENTS = ".MsoCommentReference, a.msocomanchor, .msocomtxt";
const ALLOWED = "p, h1, h2, h3, h4, h5, h6, ul, ol, li, table, thead, tbody, tfoot, tr, td, th, strong, b, em, i, a, br";
const BLOCKS = "address, article, aside, blockquote, body, center, dd, details, div, dl, dt, figcaption, figure, footer, form, header, main, nav, pre, section, summary";
const LIGHT = /(?:^|;)font-weight:(?:normal|400)/; // not mso-bidi-font-weight
const UPRIGHT = /(?:^|;)font-style:normal/;
const LIST_DEPTH = 9; // what a word processor has; the server takes a little more
const SPAN = 100;
const ADDRESS_LENGTH = 2_000;

/** A page of elsewhere (Word, LibreOffice, Excel, a web site) as headings, paragraphs, lists, tables, bold, italic and links. */
export function clean(html: string): Cleaned {
  const work = read(html);
  for (const step of [removeUnseen, removeChanges, writeNotes, makeHeadings, makeLists, keepMarks, keepTables, keepShape, strip]) step(work);
  return { html: work.body.innerHTML, lost: work.lost };
}

// Styles are read as text: as attributes or elements, the page's policy would report each of them. What never ends,
// ends with the page, else a hostile one would be read again from each of its tags.
function read(html: string): Work {
  const sheets: string[] = [];
  const text = html
    .replace(/<style\b[^>]*(?:>|$)([\s\S]*?)(?:<\/style\s*>|$)/gi, (_all, sheet: string) => (sheets.push(sheet), ""))
    .replace(/<[a-z](?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^'">])*(?:>|$)/gi, (tag) => tag.replace(/\son[a-z]+\s*=/gi, " data-on=").replace(/\sstyle\s*=/gi, " data-css="));
  // A comment ends at its first end, whatever follows: looking ahead is never tried again.
  const isRows = /^(?:\s|(?=(<!--[\s\S]*?-->))\1|<(?:meta|html|body|head)\b[^>]*>)*<(?:tr|td|th|col|colgroup|tbody|thead)\b/i.test(text);
  const { body } = new DOMParser().parseFromString(isRows ? `<table>${text}</table>` : text, "text/html");
  return { body, styles: readStyles(sheets.join("\n")), lost: new Set() };
}

function removeUnseen(work: Work): void {
  const walker = work.body.ownerDocument.createTreeWalker(work.body, NodeFilter.SHOW_COMMENT);
  const comments: Node[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) (comment as ChildNode).remove();
  take(work, select(work, UNSEEN));
  take(work, select(work, PICTURES), "pasteImages");
  take(work, select(work, COMMENTS), "pasteComments");
  const styled = select(work, "*").map((element) => ({ element, css: work.styles.of(element) }));
  take(work, styled.filter(({ css }) => /display:none|mso-hide:all/.test(css)).map(({ element }) => element));
  take(work, styled.filter(({ css }) => /mso-element:comment/.test(css)).map(({ element }) => element), "pasteComments");
}

function removeChanges(work: Work): void {
  take(work, select(work, "del, .msoDel"), "pasteDeletions");
  const struck = select(work, "s, strike").concat(select(work, "*").filter((element) => /line-through/.test(work.styles.own(element))));
  if (struck.some((element) => element.textContent?.trim())) work.lost.add("pasteStruck");
  for (const mark of select(work, "o\\:p")) if (!mark.textContent?.trim()) mark.remove();
}

function keepMarks(work: Work): void {
  for (const element of select(work, "b, strong, i, em, span, font, a")) {
    const isMark = element.matches("b, strong, i, em");
    const css = isMark ? work.styles.own(element) : work.styles.of(element);
    if (isMark && (element.matches("i, em") ? UPRIGHT : LIGHT).test(css)) unwrap(element);
    else if (!isMark && /(?:^|;)font-weight:(?:bold|[6-9]00)/.test(css)) wrapContent(element, "strong");
    if (!isMark && /(?:^|;)font-style:(?:italic|oblique)/.test(css)) wrapContent(element, "em");
  }
  for (const bold of select(work, ":is(h1, h2, h3, h4, h5, h6) :is(b, strong)")) unwrap(bold); // a heading is bold by itself
  for (const raised of select(work, "sup")) {
    const sign = { 2: "²", 3: "³" }[raised.textContent?.trim() ?? ""];
    if (sign && /\p{L}$/u.test(raised.previousSibling?.textContent ?? "")) raised.replaceWith(sign);
  }
}

function keepTables(work: Work): void {
  for (const caption of select(work, "caption")) {
    const paragraph = caption.ownerDocument.createElement("p");
    paragraph.append(...caption.childNodes);
    caption.closest("table")?.before(paragraph);
    caption.remove();
  }
  for (const cell of select<HTMLTableCellElement>(work, "td, th")) {
    cell.colSpan = Math.min(cell.colSpan, SPAN);
    cell.rowSpan = Math.min(Math.max(cell.rowSpan, 1), SPAN);
    if (cell.closest("thead") && cell.matches("td")) rename(cell, "th");
  }
  for (const table of select<HTMLTableElement>(work, "table")) if (table.rows.length === 0) unwrap(table);
}

function keepShape(work: Work): void {
  for (const deep of select(work, "ul, ol").filter((list) => depth(list) > LIST_DEPTH)) {
    for (const item of [...deep.children]) if (item.matches("li")) rename(item, "div");
    unwrap(deep);
  }
  for (const list of select(work, "ol[type]")) if (list.getAttribute("type") !== "1") work.lost.add("pasteNumbering");
  for (const line of select(work, "br[clear], :is(div, body, td) > br")) {
    const isBetweenBlocks = [...(line.parentElement?.children ?? [])].some((beside) => beside.matches("p, div, table, ul, ol, h1, h2, h3, h4, h5, h6"));
    if (isBetweenBlocks) line.remove();
  }
  for (const pre of select(work, "pre")) pre.innerHTML = pre.innerHTML.replace(/\n/g, "<br>");
  for (const paragraph of select(work, "p, h1, h2, h3, h4, h5, h6")) {
    const isEmpty = !paragraph.textContent?.replace(/\u00A0/g, " ").trim();
    if (isEmpty && !paragraph.closest("li, td, th")) paragraph.remove();
    else if (isEmpty) paragraph.replaceChildren();
    else if (paragraph.lastElementChild?.matches("br:last-child") && !paragraph.lastElementChild.nextSibling?.textContent?.trim()) paragraph.lastElementChild.remove();
  }
}

const depth = (list: Element): number => {
  const outer = list.parentElement?.closest("ul, ol");
  return outer ? depth(outer) + 1 : 1;
};

// Last: from here on no class, style, id or unknown element is left.
function strip(work: Work): void {
  for (const element of select(work, "*").reverse()) {
    const isLost = element.matches("a") ? !isLink(element.getAttribute("href")) : !element.matches(`${ALLOWED}, ${BLOCKS}`);
    if (isLost) unwrap(element);
    else {
      const kept = element.matches(BLOCKS) ? rename(element, "div") : element;
      for (const { name } of [...kept.attributes]) if (!isKept(kept, name)) kept.removeAttribute(name);
    }
  }
}

const isLink = (href: string | null): boolean => isSafeAddress(href) && href.length <= ADDRESS_LENGTH;

function isKept(element: Element, name: string): boolean {
  if (name === "href") return element.matches("a");
  if (name === "start") return element.matches("ol");
  return (name === "colspan" || name === "rowspan") && element.getAttribute(name) !== "1";
}
