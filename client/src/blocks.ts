// Knows that every block has an id of its own, and gives one where it is missing; knows nothing of what ids serve.
import { Fragment, Slice, type Node } from "prosemirror-model";
import { Plugin, type EditorState, type Transaction } from "prosemirror-state";
import { ySyncPluginKey } from "y-prosemirror";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"; // base32: 32 divides 256, so every letter is as likely
const LENGTH = 10;

/** A fresh random block id. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(LENGTH)), (byte) => ALPHABET[byte % 32]).join("");
}

const isBlock = (node: Node): boolean => "id" in node.attrs;

/** Whether a transaction brings someone else's change (or an undo), already in the shared document. */
export function isFromDocument(transaction: Transaction): boolean {
  const meta: unknown = transaction.getMeta(ySyncPluginKey);
  return meta !== undefined;
}

/**
 * Gives ids after the person's own changes only: in answer to someone else's change, every client would
 * give its own and they would fight.
 */
export function blockIds(): Plugin {
  return new Plugin({
    appendTransaction: (transactions, _before, state) => {
      if (!transactions.some((each) => each.docChanged) || transactions.some(isFromDocument)) return null;
      return withIds(state);
    },
    props: {
      transformPasted: (slice, view) => forgetTaken(slice, view.state.doc),
    },
  });
}

// The first block that carries an id keeps it: after Enter that is the upper half.
function withIds(state: EditorState): Transaction | null {
  const taken = new Set<string>();
  const transaction = state.tr;
  state.doc.descendants((node, position) => {
    if (!isBlock(node)) return;
    const { id } = node.attrs;
    if (typeof id === "string" && !taken.has(id)) return void taken.add(id);
    const fresh = newId();
    taken.add(fresh);
    transaction.setNodeAttribute(position, "id", fresh);
  });
  return transaction.docChanged ? transaction : null;
}

// A copy is a new block even when pasted above its original; what was cut keeps its id.
function forgetTaken(slice: Slice, doc: Node): Slice {
  const taken = new Set<unknown>();
  doc.descendants((node) => void taken.add(node.attrs.id));
  const forget = (content: Fragment): Fragment => {
    const nodes: Node[] = [];
    content.forEach((node) => {
      const attrs = isBlock(node) && taken.has(node.attrs.id) ? { ...node.attrs, id: null } : node.attrs;
      nodes.push(node.isText ? node : node.type.create(attrs, forget(node.content), node.marks));
    });
    return Fragment.from(nodes);
  };
  return new Slice(forget(slice.content), slice.openStart, slice.openEnd);
}
