// Does a real yjs end with what the server has? Reads a JSON line {start, deltas, whole}, all base64; answers what yjs
// holds that has followed the deltas, and one that loads the whole state, as trees like `collab/document.py` makes.
// `tidied` is what it would send by itself: yjs deletes formatting marks that mark nothing any more.

import { createInterface } from "node:readline";
import * as Y from "yjs";

const bytes = (base64) => Buffer.from(base64, "base64");
const sorted = (of, keep) => Object.keys(of).filter((name) => of[name] != null).sort().map((name) => keep(name, of[name]));

const isPlain = (value) => typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 0;
const mark = (name, value) => ({ type: name.split("--")[0], ...(isPlain(value) ? { attrs: value } : {}) });

/** The runs of a text, joined with the one before where the marks are the same, as in an editor. */
function addRuns(nodes, text) {
  for (const { insert, attributes } of text.toDelta()) {
    const marks = sorted(attributes ?? {}, mark);
    const last = nodes.at(-1);
    if (last?.type === "text" && JSON.stringify(last.marks ?? []) === JSON.stringify(marks)) last.text += insert;
    else nodes.push({ type: "text", text: insert, ...(marks.length ? { marks } : {}) });
  }
}

function element(of) {
  const attrs = Object.fromEntries(sorted(of.getAttributes(), (name, value) => [name, value]));
  const content = children(of);
  return { type: of.nodeName, ...(Object.keys(attrs).length ? { attrs } : {}), ...(content.length ? { content } : {}) };
}

function children(parent) {
  const nodes = [];
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlText) addRuns(nodes, child);
    else nodes.push(element(child));
  }
  return nodes;
}

function held(updates) {
  const doc = new Y.Doc();
  const tidied = [];
  doc.on("update", (update, origin) => void (origin !== "server" && tidied.push(Buffer.from(update).toString("base64"))));
  for (const update of updates) Y.applyUpdate(doc, bytes(update), "server");
  const isWaiting = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
  const known = Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(doc)));
  return { isWaiting, known, tidied, content: children(doc.getXmlFragment("prosemirror")) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { start, deltas, whole } = JSON.parse(line);
  console.log(JSON.stringify({ followed: held([start, ...deltas]), loaded: held([whole]) }));
}
