// Knows where one step of undo ends and the next begins; knows nothing of how a step is taken back.
import type { EditorState, Transaction } from "prosemirror-state";
import { yUndoPluginKey } from "y-prosemirror";
import { isFromDocument } from "./blocks.ts";

type Change = { kind: "insert" | "delete" | "other"; from: number; to: number; text: string };
export type Steps = { before(transaction: Transaction, state: EditorState): void; after(transaction: Transaction, state: EditorState): void };

/**
 * One step is one word with what follows it, one run of deletions, or one other act (a paste, a format, a new row).
 *
 * `before` and `after` are told every transaction, so that the change goes to the right step of the shared document.
 */
export function undoSteps(): Steps {
  let caret: number | null = null; // where the person goes on, if they do
  let last: Change["kind"] = "other";
  let hasWord = false; // what the step holds so far is more than spaces
  return {
    before: (transaction, state) => {
      if (!transaction.docChanged || isFromDocument(transaction)) return;
      const change = read(transaction);
      const goesOn = change.kind === last && (change.kind === "insert" ? change.from === caret && !(hasWord && beginsWord(change, state)) : isBeside(change, caret));
      last = change.kind;
      hasWord = (goesOn && hasWord) || /\S/.test(change.text);
      const undo = managerOf(state);
      if (!undo) return;
      undo.captureTimeout = Number.MAX_SAFE_INTEGER; // a step ends with a word, not with a pause
      if (!goesOn) undo.stopCapturing();
    },
    after: (transaction, state) => {
      if (isFromDocument(transaction)) caret = caret === null ? null : state.selection.head;
      else if (transaction.docChanged) caret = state.selection.head;
      else if (transaction.selectionSet) caret = null;
    },
  };
}

type Manager = { captureTimeout: number; stopCapturing(): void };
const managerOf = (state: EditorState): Manager | undefined =>
  (yUndoPluginKey.getState(state) as { undoManager: Manager } | undefined)?.undoManager;

function read(transaction: Transaction): Change {
  const other: Change = { kind: "other", from: 0, to: 0, text: "" };
  if (transaction.steps.length !== 1 || transaction.getMeta("uiEvent")) return other;
  const changes: Change[] = [];
  transaction.mapping.maps[0]?.forEach((from, to, start, end) => {
    const text = transaction.doc.textBetween(start, end);
    const kind = from === to && text.length === end - start ? "insert" : start === end && isInOneBlock(transaction, from, to) ? "delete" : "other";
    changes.push({ kind, from, to, text });
  });
  return changes.length === 1 ? changes[0]! : other;
}

const isInOneBlock = ({ before }: Transaction, from: number, to: number): boolean => before.resolve(from).sameParent(before.resolve(to));

function beginsWord({ from, text }: Change, { doc }: EditorState): boolean {
  const before = doc.textBetween(Math.max(0, from - 1), from, " ", " ");
  return /^\S/.test(text) && /^\s?$/.test(before);
}

const isBeside = ({ kind, from, to }: Change, caret: number | null): boolean => kind === "delete" && (to === caret || from === caret);
