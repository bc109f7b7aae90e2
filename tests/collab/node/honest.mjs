// What do real editors send? Seeded sessions of yjs and y-prosemirror over our own schema, a JSON line an update.
//
// In each session a few clients edit one text: typing, pastes, tables, undo, emoji, offline for a while. The relay is
// one more Y.Doc. Lines: {begin}, then {client, update} in the order the server takes them, then {text, known}.
// Begins with gestures.mjs; arguments: seed, how many updates.

const [seed, wanted] = process.argv.slice(-2).map(Number);
const LONGEST_SESSION = 500;
state = seed >>> 0;

class Client extends Editor {
  constructor(id, server) {
    super(id);
    this.server = server;
    this.asked = Y.encodeStateVector(server); // what the server said it knew, before
    this.away = 0; // how many rounds it stays offline
  }

  /** Send what was written: one by one, or, back from offline, as the answer to a sync step 1, maybe to an old one. */
  send(isBack) {
    const asked = random(2) ? this.asked : Y.encodeStateVector(this.server);
    const sent = isBack ? [Y.encodeStateAsUpdate(this.doc, asked)] : this.out;
    this.asked = Y.encodeStateVector(this.server);
    this.out = [];
    for (const update of sent) {
      Y.applyUpdate(this.server, update);
      console.log(JSON.stringify({ client: this.doc.clientID, update: base64(update) }));
    }
    return sent.length;
  }

  receive() {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.server, Y.encodeStateVector(this.doc)), "server");
    this.look();
  }
}

/** One session; says how many updates it was. */
function session(most) {
  console.log(JSON.stringify({ begin: true }));
  const server = new Y.Doc();
  const clients = some(2 + random(3), () => new Client(random(2 ** 32), server));
  let sent = 0;
  while (sent < most) {
    for (const client of clients) {
      for (let left = random(5); left > 0; left--) client.edit(one(GESTURES));
      if (random(3) === 0) client.key();
      if (random(5) === 0) client.undoOrRedo();
      if (client.away === 0) {
        sent += client.send(false);
        client.receive();
        client.away = random(8) === 0 ? 1 + random(12) : 0;
      } else if (--client.away === 0) {
        sent += client.send(random(3) > 0);
        client.receive();
      }
    }
  }
  const known = Object.fromEntries(Y.decodeStateVector(Y.encodeStateVector(server)));
  console.log(JSON.stringify({ text: yXmlFragmentToProseMirrorRootNode(server.getXmlFragment("prosemirror"), schema), known }));
  return sent;
}

let left = wanted;
while (left > 0) left -= session(Math.min(left, 50 + random(LONGEST_SESSION)));
