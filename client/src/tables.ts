// Knows what keys and menu do to tables, and how one gets out of them; knows nothing of buttons.
import { chainCommands } from "prosemirror-commands";
import type { NodeType, ResolvedPos } from "prosemirror-model";
import { Selection, TextSelection, type Command, type EditorState } from "prosemirror-state";
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  deleteColumn,
  deleteRow,
  deleteTable,
  goToNextCell,
  isInTable,
  mergeCells,
  splitCell,
  toggleHeaderRow,
} from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { tell } from "./notice.ts";
import { isMac } from "./platform.ts";
import { schema } from "./schema.ts";
import { words } from "./words.ts";

const { paragraph } = schema.nodes as { paragraph: NodeType };

export type Act = { name: string; run: Command; key?: string };

const HELD = isMac ? "Ctrl-Alt" : "Alt-Shift";

/** What the menu of a table offers. */
export const ACTS: readonly Act[] = [
  { name: words.rowAbove, run: addRowBefore, key: `${HELD}-ArrowUp` },
  { name: words.rowAdd, run: addRowAfter, key: `${HELD}-ArrowDown` },
  { name: words.rowRemove, run: chainCommands(deleteRow, deleteTable), key: `${HELD}-Backspace` },
  { name: words.columnBefore, run: addColumnBefore, key: `${HELD}-ArrowLeft` },
  { name: words.columnAdd, run: addColumnAfter, key: `${HELD}-ArrowRight` },
  { name: words.columnRemove, run: chainCommands(deleteColumn, deleteTable), key: `${HELD}-Delete` },
  { name: words.headerRow, run: toggleHeaderRow },
  { name: words.cellsMerge, run: mergeCells },
  { name: words.cellSplit, run: splitCell },
  { name: words.tableRemove, run: deleteTable },
];

/** The next cell; after the last one, the first of a new row. */
export const nextCell: Command = (state, dispatch, view) => {
  if (goToNextCell(1)(state, dispatch)) return true;
  return addRowAfter(
    state,
    dispatch &&
      ((transaction) => {
        dispatch(transaction);
        if (view) goToNextCell(1)(view.state, view.dispatch);
      }),
  );
};

/** The cell before; Shift+Tab does not leave the text from the first one. */
export const previousCell: Command = (state, dispatch) => goToNextCell(-1)(state, dispatch) || isInTable(state);

/** Out of the table, to the text above or below, which is made when there is none. */
export const leaveTable =
  (side: -1 | 1): Command =>
  (state, dispatch) => {
    const $edge = edgeOfTable(state, side);
    if (!$edge) return false;
    const beside = side > 0 ? $edge.nodeAfter : $edge.nodeBefore;
    const transaction = state.tr;
    const isText = beside !== null && beside.type.spec.tableRole !== "table";
    if (!isText) transaction.insert($edge.pos, paragraph.create());
    dispatch?.(transaction.setSelection(TextSelection.near(transaction.doc.resolve($edge.pos), isText ? side : 1)).scrollIntoView());
    return true;
  };

/** The same with an arrow: only where the table ends and nothing but its end lies beyond. */
export const arrowOut =
  (side: -1 | 1): Command =>
  (state, dispatch, view) => {
    const $edge = edgeOfTable(state, side);
    const beside = side > 0 ? $edge?.nodeAfter : $edge?.nodeBefore;
    if (!view || !$edge || (beside && beside.type.spec.tableRole !== "table")) return false;
    return isOnLastLine(state, view, side, $edge) && leaveTable(side)(state, dispatch);
  };

/** A click below a table that ends the text begins a paragraph there. */
export function clickBelow(view: EditorView, event: MouseEvent): boolean {
  const { doc } = view.state;
  const last = view.dom.lastElementChild;
  const isBelow = event.target === view.dom && last && event.clientY > last.getBoundingClientRect().bottom;
  if (!isBelow || doc.lastChild?.type.spec.tableRole !== "table") return false;
  const transaction = view.state.tr.insert(doc.content.size, paragraph.create());
  view.dispatch(transaction.setSelection(Selection.atEnd(transaction.doc)));
  return true;
}

/** The same act, said once it is done to whom cannot see it. */
export function told({ run, name }: Act): Command {
  return (state, dispatch, view) => {
    const isDone = run(state, dispatch, view);
    if (isDone && dispatch && view) tell(view, words.done(name), true);
    return isDone;
  };
}

function edgeOfTable({ selection: { $head }, doc }: EditorState, side: -1 | 1): ResolvedPos | null {
  for (let depth = $head.depth; depth > 0; depth--) {
    if ($head.node(depth).type.spec.tableRole === "table") return doc.resolve(side > 0 ? $head.after(depth) : $head.before(depth));
  }
  return null;
}

// The caret is in the last (or first) row, block and line of its table.
function isOnLastLine({ selection }: EditorState, view: EditorView, side: -1 | 1, $edge: ResolvedPos): boolean {
  if (!selection.empty || !view.endOfTextblock(side > 0 ? "down" : "up")) return false;
  const { $head } = selection;
  const rows = $edge.depth + 1; // the depth of the table itself
  for (let depth = rows; depth < $head.depth; depth++) {
    const isCellOfRow = depth === rows + 1;
    const edge = side > 0 ? $head.node(depth).childCount - 1 : 0;
    if (!isCellOfRow && $head.index(depth) !== edge) return false;
  }
  return true;
}
