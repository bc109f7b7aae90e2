// Knows what a person can do to the text beyond ProseMirror's own commands; knows neither keys nor buttons.
import { lift, toggleMark } from "prosemirror-commands";
import type { MarkType, NodeType } from "prosemirror-model";
import { liftListItem, wrapInList } from "prosemirror-schema-list";
import { TextSelection, type Command, type EditorState } from "prosemirror-state";
import { isInTable } from "prosemirror-tables";
import { schema } from "./schema.ts";

const { paragraph, heading, list_item, table, table_row, table_cell, table_header } = schema.nodes as Record<string, NodeType> &
  Record<"paragraph" | "heading" | "list_item" | "table" | "table_row" | "table_cell" | "table_header", NodeType>;
const { strong, em, link } = schema.marks as Record<"strong" | "em" | "link", MarkType>;

const ROWS = 3;
const COLUMNS = 3;

export const toggleStrong: Command = toggleMark(strong);
export const toggleEm: Command = toggleMark(em);

/** Makes the selected blocks headings of a level, or paragraphs at level 0; each keeps its id. */
export function setLevel(level: number): Command {
  return (state, dispatch) => {
    const type = level === 0 ? paragraph : heading;
    const { from, to } = state.selection;
    const transaction = state.tr.setBlockType(from, to, type, (old) =>
      level === 0 ? { id: old.attrs.id } : { id: old.attrs.id, level },
    );
    if (!transaction.docChanged) return false;
    dispatch?.(transaction.scrollIntoView());
    return true;
  };
}

/** The level of the block at the cursor: 0 for a paragraph. */
export function levelAt(state: EditorState): number {
  const block = state.selection.$from.parent;
  return block.type === heading ? Number(block.attrs.level) : 0;
}

/** The innermost list around the cursor, or null. */
export function listAt(state: EditorState): NodeType | null {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    const { type } = $from.node(depth);
    if (type.name === "bullet_list" || type.name === "ordered_list") return type;
  }
  return null;
}

/** Puts the selection in a list of this type, changes the type of its list, or takes it out of it. */
export function toggleList(type: NodeType): Command {
  return (state, dispatch, view) => {
    const current = listAt(state);
    if (current === type) return liftListItem(list_item)(state, dispatch) || lift(state, dispatch, view);
    if (!current) return wrapInList(type)(state, dispatch);
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth--) {
      if ($from.node(depth).type !== current) continue;
      dispatch?.(state.tr.setNodeMarkup($from.before(depth), type, { id: $from.node(depth).attrs.id }).scrollIntoView());
      return true;
    }
    return false;
  };
}

/** Inserts a 3 × 3 table whose first row is headers, with the cursor in its first cell; not in a list or a table. */
export const insertTable: Command = (state, dispatch) => {
  if (listAt(state) || isInTable(state)) return false;
  const row = (type: NodeType) => table_row.create(null, Array.from({ length: COLUMNS }, () => type.createAndFill()!));
  const rows = Array.from({ length: ROWS }, (_, at) => row(at === 0 ? table_header : table_cell));
  const transaction = state.tr.replaceSelectionWith(table.create(null, rows));
  if (!transaction.docChanged) return false;
  let start = 0; // where it came to stand: at the edge of a paragraph that is beside it
  transaction.mapping.maps.at(-1)?.forEach((_from, _to, made) => (start = made));
  dispatch?.(transaction.setSelection(TextSelection.near(transaction.doc.resolve(start + 1))).scrollIntoView());
  return true;
};

type Span = { from: number; to: number; href: string };

/** The link at the cursor or in the selection, with its whole extent. */
export function linkAt(state: EditorState): Span | null {
  const { $from, empty, from, to } = state.selection;
  const mark = link.isInSet(empty ? $from.marks() : ($from.nodeAfter?.marks ?? []));
  if (!mark) return null;
  let span = { from, to, href: String(mark.attrs.href) };
  let position = $from.start();
  $from.parent.forEach((node) => {
    const end = position + node.nodeSize;
    if (mark.isInSet(node.marks) && position <= from && end >= from) span = { ...span, from: position, to: Math.max(end, to) };
    position = end;
  });
  return span;
}

/** Makes the selection, or the address itself when nothing is selected, a link; null removes it. */
export function setLink(href: string | null): Command {
  return (state, dispatch) => {
    const { from, to, empty } = state.selection;
    const at = linkAt(state);
    const span = at ?? { from, to };
    const transaction = state.tr.removeMark(span.from, span.to, link);
    if (href && empty && !at) transaction.insert(from, schema.text(href, [link.create({ href })]));
    else if (href) transaction.addMark(span.from, span.to, link.create({ href }));
    dispatch?.(transaction.scrollIntoView());
    return true;
  };
}

/** Whether every or part of the selection carries a mark. */
export function hasMark(state: EditorState, type: MarkType): boolean {
  const { $from, from, to, empty } = state.selection;
  if (empty) return type.isInSet(state.storedMarks ?? $from.marks()) !== undefined;
  return state.doc.rangeHasMark(from, to, type);
}
