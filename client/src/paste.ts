// Knows how what is pasted reaches the text, and when it is too much; cleaning.ts knows what is kept of a foreign page.
import { Fragment, Slice, type Node, type NodeType } from "prosemirror-model";
import { Plugin, Selection, TextSelection } from "prosemirror-state";
import { isInTable } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import * as Y from "yjs";
import { tell } from "./notice.ts";
import { schema } from "./schema.ts";
import { words } from "./words.ts";

// What one update and one section may hold (collab/guard/refusals.py, docs/reference/wire.md), with room to spare.
const MOST_STRUCTS = 12_000;
const MOST_BYTES = 900 * 1024;
const SMALL_BYTES = 10_000; // below, it is not worth measuring the section

const { paragraph, heading } = schema.nodes as { paragraph: NodeType; heading: NodeType };
const DOCUMENT = "document";
const foreign = new WeakSet<Event>(); // what brought something from elsewhere
const load = () => Promise.all([import("./cleaning.ts"), import("./plain.ts")]);

/** Fetches what cleans a foreign page, so that the first paste does not wait. */
export const loadCleaning = (): Promise<unknown> => load().catch(() => undefined);

/** Takes what is pasted or dropped; `doc` is the section as it is shared. */
export function pasting(doc: Y.Doc | null): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: { paste: (view, event) => take(view, event, event.clipboardData), drop },
      transformPasted: (slice, view) => withoutNestedTables(slice, view),
      handlePaste: (view, event, slice) => isTooMuch(view, slice, doc) || (foreign.has(event) && (isTitleBefore(view, slice) || isApart(view, slice, event))),
      handleDrop: (view, event, slice, moved) => isTableInTable(view, event, slice) || (!moved && isTooMuch(view, slice, doc)),
    },
  });
}

// Our own copies and a few words are pasted by the editor itself.
function take(view: EditorView, event: Event, given: DataTransfer | null): boolean {
  if (!given || !view.editable) return false;
  const [html, text] = [given.getData("text/html"), given.getData("text/plain")];
  tell(view, !html && !text && given.files.length > 0 ? words.pasteImages : "");
  if (html.includes("data-pm-slice") || (!html && !/[\r\n]/.test(text))) return false;
  event.preventDefault();
  void put(view, html, text, [], event);
  return true;
}

// What is dragged here from another window is pasted where it falls.
function drop(view: EditorView, event: DragEvent): boolean {
  const place = view.dragging ? null : view.posAtCoords({ left: event.clientX, top: event.clientY });
  if (!place || !event.dataTransfer?.getData("text/html")) return false;
  view.dispatch(view.state.tr.setSelection(Selection.near(view.state.doc.resolve(place.pos))));
  view.focus();
  return take(view, event, event.dataTransfer);
}

/** Puts what comes from elsewhere where the caret is, if it is anything; `told` is said beside what is lost on the way. */
export async function put(view: EditorView, html: string, text: string, told: readonly string[], event: Event = new Event(DOCUMENT)): Promise<unknown> {
  const code = await load().catch(() => null);
  if (view.isDestroyed) return; // still in the clipboard
  const paste = event as ClipboardEvent; // nobody reads it, and the editor wants one
  if (!code) return void (html ? view.pasteHTML(withoutStyles(html), paste) : view.pasteText(text, paste));
  const [{ clean }, { fromPlain }] = code;
  const { html: kept, lost } = html ? clean(html) : { html: fromPlain(text), lost: [] };
  const isSome = kept.trim() !== "";
  const sentences = [...(isSome ? told : []), ...[...lost].map((loss) => words[loss])];
  if (sentences.length > 0) tell(view, sentences.join(" "));
  foreign.add(event);
  return isSome && view.pasteHTML(kept, paste);
}

// A title that comes alone to the beginning of a paragraph stays one; the editor would make a title of the paragraph.
function isTitleBefore(view: EditorView, { content, openStart }: Slice): boolean {
  const { $from, empty } = view.state.selection;
  const title = content.firstChild;
  if (!title || title.type !== heading || content.childCount > 1 || openStart === 0) return false;
  if (!empty || $from.parentOffset > 0 || $from.parent.type !== paragraph || $from.parent.content.size === 0) return false;
  if (!$from.node(-1).canReplaceWith($from.index(-1), $from.index(-1), heading)) return false;
  const place = $from.before();
  const change = view.state.tr.insert(place, title);
  change.setSelection(TextSelection.create(change.doc, place + title.nodeSize - 1));
  view.dispatch(change.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
  return true;
}

// A whole document, or what begins with a title, joins the words it comes to at neither end; or its title would be lost in them.
function isApart(view: EditorView, { content, openEnd }: Slice, { type }: Event): boolean {
  const { depth, parent } = view.state.selection.$from;
  if (content.childCount < 2 || depth !== 1 || parent.content.size === 0) return false;
  if (type !== DOCUMENT && content.firstChild?.type !== heading) return false;
  const change = view.state.tr.replaceSelection(new Slice(content, 0, type === DOCUMENT ? 0 : openEnd));
  view.dispatch(change.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
  return true;
}

/**
 * Pasted HTML without styles, scripts, comments or images, where nothing better has come yet.
 *
 * The page's policy would report each `style` attribute, and an image would be fetched while parsing.
 * The schema would drop them anyway.
 */
export function withoutStyles(html: string): string {
  return html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    .replace(/<(style|script|xml|title)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, "")
    .replace(/<(img|link|meta|base|iframe|object|embed|video|audio|source)\b[^>]*(?:>|$)/gi, "")
    .replace(/\s(?:style|on[a-z]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, "");
}

function isTooMuch(view: EditorView, slice: Slice, doc: Y.Doc | null): boolean {
  const { structs, bytes } = weight(slice.content);
  const there = doc && bytes > SMALL_BYTES ? Y.encodeStateAsUpdate(doc).byteLength : 0;
  const isTooMuch = structs > MOST_STRUCTS || bytes + there > MOST_BYTES;
  if (isTooMuch) tell(view, words.pasteTooMuch);
  return isTooMuch;
}

/** What a text will be on the wire: never less than it is, and not twice as much. */
export function weight(content: Fragment): { structs: number; bytes: number } {
  let [structs, bytes] = [0, 0];
  content.descendants((node) => {
    const attributes = Object.entries(node.attrs).filter(([name, value]) => value !== null || name === "id");
    const marks = node.marks.map((mark) => JSON.stringify(mark.attrs).length + 24);
    structs += node.isText ? 2 + 2 * marks.length : 1 + attributes.length;
    bytes += 24 + attributes.length * 28 + marks.reduce((sum, mark) => sum + 2 * mark, 0) + new TextEncoder().encode(node.text).length;
  });
  return { structs, bytes };
}

const isTable = (node: Node): boolean => node.type.spec.tableRole === "table";
const isCell = (node: Node): boolean => /cell/.test(String(node.type.spec.tableRole));

// Cells pasted into cells spread over them; a table among other text becomes text there, a row a line.
function withoutNestedTables(slice: Slice, view: EditorView): Slice {
  const isInside = isInTable(view.state) && !isOnlyCells(slice);
  const content = flatten(slice.content, isInside);
  if (content === slice.content) return slice;
  tell(view, words.pasteTables);
  return new Slice(content, 0, 0);
}

function isOnlyCells({ content, openStart }: Slice): boolean {
  let [inner, depth] = [content, openStart];
  while (inner.childCount === 1 && depth > 0 && !inner.firstChild?.type.spec.tableRole) [inner, depth] = [inner.firstChild!.content, depth - 1];
  return inner.childCount > 0 && inner.content.every((node) => node.type.spec.tableRole);
}

function flatten(content: Fragment, isInside: boolean): Fragment {
  const nodes = content.content.flatMap((node) =>
    isInside && isTable(node) ? node.children.map(asLine) : [node.copy(flatten(node.content, isInside || isCell(node)))],
  );
  const isSame = nodes.length === content.childCount && nodes.every((node, at) => node.eq(content.child(at)));
  return isSame ? content : Fragment.from(nodes);
}

function asLine(row: Node): Node {
  const cells = row.children.map((cell) => {
    const inline: Node[] = [];
    cell.descendants((node) => {
      if (node.isTextblock && inline.length > 0) inline.push(schema.text(" "));
      if (node.isInline) inline.push(node);
    });
    return inline;
  });
  return paragraph.create(null, cells.flatMap((cell, at) => (at > 0 ? [schema.text("\t"), ...cell] : cell)));
}

function isTableInTable(view: EditorView, event: DragEvent, slice: Slice): boolean {
  const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
  if (!place || !slice.content.content.some(isTable)) return false;
  const $place = view.state.doc.resolve(place.pos);
  const isInside = Array.from({ length: $place.depth }, (_, depth) => $place.node(depth + 1)).some(isTable);
  if (isInside) tell(view, words.pasteNoDrop);
  return isInside;
}
