// What do real editors do? Gestures over our own schema, from a seed: typing, pastes, tables, undo, emoji.
//
// The scripts beside this one begin with it (tests/collab/yjs.py); run from the client's directory.

import { Fragment, Slice } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import * as Y from "yjs";
import { updateYFragment, yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import { schema } from "./src/schema.ts";

const base64 = (bytes) => Buffer.from(bytes).toString("base64");

let state = 0; // of the randomness: set it to a seed
/** A number from 0 up to `below`, not included (mulberry32). */
function random(below) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
}
const one = (of) => of[random(of.length)];
const some = (count, make) => Array.from({ length: count }, make);

// What is written.
const WORDS = ["le financement ", "1er juillet ", "é", "😀", "famille 👨‍👩‍👧 ", "CPOM ", "中文", "x", "🇫🇷", "« oui »", "e\u0301", "12 000 €"];
const newId = () => random(2 ** 32).toString(36).padStart(7, "0");
const mark = () => one([schema.mark("strong"), schema.mark("em"), schema.mark("link", { href: "https://ars.example/é" })]);
const words = (...marks) => schema.text(one(WORDS), marks);
const node = (name, attrs, ...content) => schema.node(name, attrs, content);
const paragraph = (...content) => node("paragraph", { id: newId() }, ...content);
const cell = (kind) => node(kind, random(3) ? { id: newId() } : { colwidth: [80 + random(90)] }, paragraph(words()));
const row = (width, kind = "table_cell") => node("table_row", { id: newId() }, ...some(width, () => cell(kind)));
const item = (depth) => node("list_item", null, paragraph(words()), ...(depth < 2 && random(3) === 0 ? [list(depth + 1)] : []));
const list = (depth = 0) => node(one(["bullet_list", "ordered_list"]), null, item(depth), item(depth));
const BLOCKS = [
  () => paragraph(words(), words(mark()), words()),
  () => paragraph(),
  () => node("heading", { level: 1 + random(3), id: newId() }, words()),
  () => list(),
  () => node("table", { id: newId() }, row(3, "table_header"), row(3), row(3)),
];
const block = () => one(BLOCKS)();

// Where.
/** `at`, or the place before it if it is between the halves of a pair, where no caret can be. */
function whole(doc, at) {
  const next = at < doc.content.size ? doc.textBetween(at, at + 1, "", "") : "";
  return /[\uDC00-\uDFFF]/.test(next) ? at - 1 : at;
}
function named(doc, ...names) {
  const found = [];
  doc.descendants((node, at) => void (names.includes(node.type.name) && found.push([node, at])));
  return found;
}
function caret(doc) {
  const [text, at] = one(named(doc, "paragraph", "heading"));
  return whole(doc, at + 1 + random(text.content.size + 1));
}
/** Calls `then` with a few characters, if there are any. */
function span(tr, then) {
  const from = caret(tr.doc);
  const to = whole(tr.doc, Math.min(tr.doc.resolve(from).end(), from + 1 + random(9)));
  if (to > from) then(from, to);
}
function edges(doc) {
  const at = [0];
  doc.forEach((node, offset) => at.push(offset + node.nodeSize));
  return at;
}
/** Calls `then` with one node of these names, if there is any. */
function pick(tr, names, then) {
  const found = named(tr.doc, ...names);
  if (found.length) then(...one(found));
}

// Gestures.
function removeBlocks(tr, most) {
  const at = edges(tr.doc);
  const from = random(at.length - 1);
  tr.delete(at[from], at[Math.min(at.length - 1, from + most)]);
}
function moveBlocks(tr) {
  const [from, to] = [one(edges(tr.doc)), one(edges(tr.doc))].sort((a, b) => a - b);
  const moved = tr.doc.slice(from, to).content;
  if (moved.size < tr.doc.content.size) tr.delete(from, to).insert(one(edges(tr.doc)), moved);
}
const type = (tr) => tr.insertText(one(WORDS), caret(tr.doc));
const GESTURES = [
  type,
  type,
  type,
  (tr) => span(tr, (from, to) => tr.delete(from, to)),
  (tr) => span(tr, (from, to) => tr.insertText(one(WORDS), from, to)),
  (tr) => span(tr, (from, to) => tr.addMark(from, to, mark())),
  (tr) => span(tr, (from, to) => tr.removeMark(from, to)),
  (tr) => tr.split(caret(tr.doc)),
  (tr) => tr.insert(caret(tr.doc), schema.node("hard_break")),
  (tr) => tr.insert(one(edges(tr.doc)), block()),
  (tr) => tr.insert(one(edges(tr.doc)), block()),
  (tr) => {
    const at = one(edges(tr.doc));
    tr.replace(at, at, new Slice(Fragment.from(some(1 + random(6), block)), 0, 0)); // a paste
  },
  (tr) => tr.doc.childCount > 4 && removeBlocks(tr, 2),
  ...some(5, () => (tr) => tr.doc.childCount > 9 && removeBlocks(tr, 8)),
  moveBlocks,
  (tr) => pick(tr, ["heading"], ({ attrs }, at) => tr.setNodeMarkup(at, null, { ...attrs, level: 1 + random(3) })),
  (tr) => pick(tr, ["paragraph"], ({ attrs }, at) => tr.setNodeMarkup(at, schema.nodes.heading, { ...attrs, level: 2 })),
  (tr) => pick(tr, ["table_cell"], ({ attrs }, at) => tr.setNodeMarkup(at, null, { ...attrs, colwidth: [100 + random(50)] })),
  (tr) => pick(tr, ["table_row"], (above, at) => tr.insert(at + above.nodeSize, row(above.childCount))),
  (tr) => pick(tr, ["table"], (table, at) => tr.delete(at, at + table.nodeSize)),
];

/** An editor like ours, without a screen: y-prosemirror over our schema, and an undo that is its own. */
class Editor {
  constructor(id) {
    this.doc = new Y.Doc();
    this.doc.clientID = id;
    this.fragment = this.doc.getXmlFragment("prosemirror");
    this.undo = new Y.UndoManager(this.fragment, { trackedOrigins: new Set(["editor"]), captureTimeout: 0 });
    this.out = [];
    this.look();
    this.doc.on("update", (update, origin) => void (origin !== "server" && this.out.push(update)));
  }

  /** Read the text again, when somebody else or undo has changed it. */
  look() {
    const root = yXmlFragmentToProseMirrorRootNode(this.fragment, schema);
    this.text = root.childCount ? root : node("doc", null, paragraph());
    this.meta = { mapping: new Map(), isOMark: new Map() };
  }

  edit(gesture) {
    const tr = EditorState.create({ doc: this.text }).tr;
    try {
      gesture(tr);
    } catch (refusal) {
      if (!(refusal instanceof RangeError) && refusal.name !== "TransformError") throw refusal;
      return; // not in this place
    }
    this.text = tr.doc;
    this.doc.transact(() => updateYFragment(this.doc, this.fragment, this.text, this.meta), "editor");
  }

  /** Type letter by letter. */
  key() {
    let at = caret(this.text);
    for (const letter of one(WORDS) + one(WORDS)) {
      this.edit((tr) => tr.insertText(letter, at));
      at += letter.length;
    }
  }

  undoOrRedo() {
    if (random(3)) this.undo.undo();
    else this.undo.redo();
    this.look();
  }
}
