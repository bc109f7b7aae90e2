// Knows where in an article's text the selection is, as the server counts: a block's id and UTF-16 units; asks nobody.
import { all } from "./dom.ts";

/** Some words of one block: from `from` up to `to`. */
export type Place = { readonly block: string; readonly from: number; readonly to: number; readonly words: string };

const BLOCKS = "p[data-block], h3[data-block], h4[data-block], h5[data-block]";
const NOT_TEXT = ".curseur, .ProseMirror-trailingBreak, .ProseMirror-separator";

/** The words selected in `text`, or the one the caret is in; of several blocks, those of the first. Null if there are none. */
export function placeIn(text: HTMLElement): Place | null {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const block = blockOf(range.startContainer) ?? firstBlock(text, range);
  if (!block || !text.contains(block) || !block.dataset.block) return null;
  const whole = read(block);
  const from = block.contains(range.startContainer) ? offset(block, range.startContainer, range.startOffset) : 0;
  const to = block.contains(range.endContainer) ? offset(block, range.endContainer, range.endOffset) : whole.length;
  const [start, end] = from < to ? [from, to] : wordAt(whole, from);
  return start < end ? { block: block.dataset.block, from: start, to: end, words: whole.slice(start, end) } : null;
}

function blockOf(node: Node): HTMLElement | null {
  return (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>(BLOCKS) ?? null;
}

// A selection may begin outside all blocks: a whole list, a table, the text itself.
const firstBlock = (text: HTMLElement, range: Range): HTMLElement | null =>
  range.collapsed ? null : (all(BLOCKS, text).find((block) => range.intersectsNode(block)) ?? null);

function offset(block: HTMLElement, container: Node, at: number): number {
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEnd(container, at);
  return read(before.cloneContents()).length;
}

/** The words of a part of the page, a line break as one character; what only looks like text left out. */
function read(part: Node): string {
  if (part instanceof Text) return part.data;
  if (part instanceof Element && part.matches(NOT_TEXT)) return "";
  if (part instanceof HTMLBRElement) return "\n";
  return [...part.childNodes].map(read).join("");
}

function wordAt(whole: string, at: number): [number, number] {
  const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}\p{M}\uD800-\uDFFF’'-]/u.test(letter);
  let [from, to] = [at, at];
  while (isWord(whole[from - 1])) from--;
  while (isWord(whole[to])) to++;
  return [from, to];
}
