// What does a redo send whose neighbours were redone the other way round? Seeded sessions of plain yjs over one text.
//
// `redoItem` (yjs, structs/Item.js) traces each neighbour of what it redoes to where that was redone: the left one may
// then stand behind the right one, in one run of its own client. Here items are placed so on purpose, between typing,
// deletions and absences of several clients. Lines: {begin}, {client, update} in the order the server takes them, then
// {texts, redone}: everybody's, and how often an item was placed so. Arguments: seed, how many sessions, and 1 to let the
// right neighbour be any of the run, which yjs itself does not bear: where runs are cut otherwise the texts differ.

import * as Y from "yjs";

const [seed, sessions, anywhere] = process.argv.slice(-3).map(Number);
let state = seed >>> 0;
function random(below) {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
const say = (told) => console.log(JSON.stringify(told));
const base64 = (update) => Buffer.from(update).toString("base64");
const textOf = (doc) => doc.getXmlFragment("prosemirror").get(0).get(0);

/** The runs of a client in which each struct stands behind the one before, by its own word. */
function runs(doc) {
  const found = [];
  for (const item of doc.store.clients.get(doc.clientID) ?? []) {
    const { origin, id } = item;
    if (!(item instanceof Y.Item) || !(item.parent instanceof Y.XmlText) || item.parentSub !== null) continue;
    const last = found.at(-1)?.at(-1);
    const goesOn = last && origin?.client === id.client && origin.clock === id.clock - 1 && last.lastId.clock === origin.clock;
    if (goesOn) found.at(-1).push(item);
    else found.push([item]);
  }
  return found;
}

let redone = 0;
function redo(doc) {
  const all = runs(doc);
  if (all.length === 0) return;
  const run = all[random(all.length)];
  const end = random(run.length);
  const [left, right] = [run[end], run[anywhere ? random(end + 1) : 0]];
  doc.transact((transaction) => {
    const id = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
    const content = new Y.ContentString("RSTUV".slice(random(5)));
    redone++;
    new Y.Item(id, left, left.lastId, right, right.id, left.parent, null, content).integrate(transaction, 0);
  });
}

function edit(doc) {
  const text = textOf(doc);
  const at = random(text.length + 1);
  const what = random(8);
  if (what < 4) for (const letter of "abcdef".slice(random(6))) text.insert(Math.min(at + random(2), text.length), letter);
  else if (what < 6 && text.length > at) text.delete(at, Math.min(1 + random(4), text.length - at));
  else redo(doc);
}

function session() {
  say({ begin: true });
  const server = new Y.Doc();
  const paragraph = new Y.XmlElement("paragraph");
  server.clientID = 1 + random(2 ** 31);
  server.getXmlFragment("prosemirror").insert(0, [paragraph]);
  paragraph.insert(0, [new Y.XmlText("mot")]);
  say({ client: server.clientID, update: base64(Y.encodeStateAsUpdate(server)) });
  const docs = Array.from({ length: 2 + random(2) }, () => new Y.Doc());
  const away = docs.map(() => 0);
  const meet = (doc) => {
    const update = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server));
    Y.applyUpdate(server, update);
    say({ client: doc.clientID, update: base64(update) });
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(doc)));
  };
  docs.forEach((doc) => {
    doc.clientID = 1 + random(2 ** 31);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(server));
  });
  for (let round = 0; round < 12; round++) {
    docs.forEach((doc, one) => {
      for (let left = random(4); left > 0; left--) edit(doc);
      if (--away[one] > 0) return;
      meet(doc);
      away[one] = random(3) === 0 ? random(6) : 0;
    });
  }
  docs.forEach(meet);
  docs.forEach(meet);
  say({ texts: [server, ...docs].map((doc) => textOf(doc).toString()), redone });
  redone = 0;
}

for (let left = sessions; left > 0; left--) session();
