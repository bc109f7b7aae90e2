// The clients of many histories at once. A JSON line in is a round: what each client of each history hears, and
// whether it edits; a line out is what each says. Begins with gestures.mjs; every history has its own randomness.

import { createInterface } from "node:readline";
import { digest } from "./src/canonical.ts";

const bytes = (text) => Buffer.from(text, "base64");
const histories = new Map();

/** A column more, or one less, in some table. */
function column(tr) {
  pick(tr, ["table"], (table, start) => {
    const rows = [];
    table.forEach((row, offset) => rows.push([row, start + 1 + offset]));
    const isLess = random(2) === 0 && rows.every(([row]) => row.childCount > 1);
    for (const [row, at] of rows.reverse()) {
      if (isLess) tr.delete(at + 1, at + 1 + row.firstChild.nodeSize);
      else tr.insert(at + row.nodeSize - 1, cell("table_cell"));
    }
  });
}
/** Two paragraphs become one. */
function merge(tr) {
  const joints = edges(tr.doc).slice(1, -1).filter((at) => tr.doc.resolve(at).nodeBefore.isTextblock && tr.doc.resolve(at).nodeAfter.isTextblock);
  if (joints.length) tr.join(one(joints));
}
const EDITS = [...GESTURES, column, column, column, merge, merge, merge, (tr) => removeBlocks(tr, 3)];

const VALUES = { table_cell: ["colwidth", () => [80 + random(9), null]], ordered_list: ["order", () => random(9)] };

/** Maps, written by yjs itself: the attributes of an element, set by several at once, and the map that a mark may carry. */
function map({ doc, fragment }) {
  const element = one([...fragment.createTreeWalker((item) => item.nodeName && item.nodeName !== "hard_break")]);
  const run = one([...fragment.createTreeWalker((item) => item instanceof Y.XmlText && item.length > 0)]);
  doc.transact(() => {
    const [name, value] = VALUES[element?.nodeName] ?? ["id", newId];
    element?.setAttribute(name, value());
    run?.format(0, run.length, { link: { href: one(WORDS), rank: random(9) / 4, open: random(2) === 0, title: null } });
  }, "editor");
}

class Tab extends Editor {
  hear(heard) {
    for (const [kind, given] of heard) {
      if (kind === "ask") this.said.push(["answer", base64(Y.encodeStateAsUpdate(this.doc, bytes(given)))]);
      else Y.applyUpdate(this.doc, bytes(given), "server");
    }
    if (heard.length) this.look();
  }

  write() {
    for (let left = random(4); left > 0; left--) this.edit(one(EDITS));
    if (random(4) === 0) this.key();
    if (random(4) === 0) this.undoOrRedo();
    if (random(9) === 0) {
      map(this);
      this.look();
    }
  }

  /** One round; a tab that comes back says what it has instead of what it wrote. */
  round({ heard, isBack }, isEditing) {
    this.said = [];
    this.hear(heard);
    const tidied = this.out.splice(0);
    if (isEditing) this.write();
    this.said.push(...[...tidied, ...this.out.splice(0)].map((update) => ["update", base64(update)]));
    return { said: isBack ? [["know", base64(Y.encodeStateVector(this.doc))]] : this.said };
  }

  async end() {
    const { pendingStructs, pendingDs } = this.doc.store;
    return { hash: await digest(this.fragment), isWaiting: pendingStructs !== null || pendingDs !== null };
  }
}

function play({ seed, isEditing, isOver, tabs }) {
  if (!histories.has(seed)) histories.set(seed, { state: seed, tabs: tabs.map((_, number) => new Tab(seed * 10 + number + 1)) });
  const history = histories.get(seed);
  if (isOver) histories.delete(seed);
  if (isOver) return Promise.all(history.tabs.map((tab) => tab.end()));
  state = history.state;
  const said = history.tabs.map((tab, number) => tab.round(tabs[number], isEditing));
  history.state = state;
  return said;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await Promise.all(JSON.parse(line).map(play))));
}
