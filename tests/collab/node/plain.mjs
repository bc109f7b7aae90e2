// Plain npm clients of Yjs servers, without a line of ours: `@hocuspocus/provider`, and `y-websocket`.
//
// Reads commands, a JSON line each, and answers each with a line. Run from the client's directory (tests/collab/yjs.py).

import { createInterface } from "node:readline";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const ROOT = "prosemirror";
const clients = new Map();

/** A websocket that comes as a browser's would: with the cookie and the origin of a page. */
const as = ({ cookie, origin }) =>
  class extends WebSocket {
    constructor(url, protocols = []) {
      super(url, { protocols, headers: { cookie, origin } });
    }
  };

const KINDS = {
  hocuspocus(given, codes) {
    const socket = new HocuspocusProviderWebsocket({
      url: given.url, WebSocketPolyfill: as(given), delay: 100, minDelay: 100, maxDelay: 1000,
      onClose: ({ event }) => codes.push(event.code),
    });
    return given.documents.map((name) => {
      const document = new Y.Doc();
      const provider = new HocuspocusProvider({ websocketProvider: socket, name, document, token: "" });
      const told = { denied: "", scopes: [] };
      provider.on("authenticationFailed", ({ reason }) => void (told.denied = reason));
      provider.on("authenticated", ({ scope }) => told.scopes.push(scope));
      provider.attach();
      return { document, provider, look: () => ({ ...told, synced: provider.synced, unsynced: provider.unsyncedChanges }) };
    });
  },
  "y-websocket"(given, codes) {
    return given.documents.map((name) => {
      const document = new Y.Doc();
      const provider = new WebsocketProvider(given.url, name, document, { WebSocketPolyfill: as(given), disableBc: true, maxBackoffTime: 1000 });
      provider.on("connection-close", (event) => event && codes.push(event.code));
      return { document, provider, look: () => ({ synced: provider.synced, isConnected: provider.wsconnected, comesBack: provider.shouldConnect }) };
    });
  },
};

const element = (document) => document.getXmlFragment(ROOT).get(0);
function run(document) {
  const fragment = document.getXmlFragment(ROOT);
  if (fragment.length === 0) fragment.insert(0, [new Y.XmlElement("paragraph")]);
  if (fragment.get(0).length === 0) fragment.get(0).insert(0, [new Y.XmlText()]);
  return fragment.get(0).get(0);
}

const COMMANDS = {
  connect(given) {
    const codes = [];
    clients.set(given.client, { codes, open: KINDS[given.kind](given, codes), names: given.documents });
  },
  type: ({ document }, { words, marks }) => run(document).insert(0, words, marks ?? {}),
  mark: ({ document }, { length, marks }) => run(document).format(0, length, marks),
  remove: ({ document }, { length }) => run(document).delete(0, length),
  set: ({ document }, { name, value }) => element(document).setAttribute(name, value),
  elsewhere: ({ document }, { words }) => document.getText("elsewhere").insert(0, words),
  point({ document, provider }) {
    const place = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(run(document), 0));
    provider.awareness.setLocalStateField("cursor", { anchor: place, head: place });
  },
  look: ({ document, provider, look }, _, { codes }) => ({
    ...look(),
    codes,
    text: document.getXmlFragment(ROOT).toString(),
    attributes: element(document)?.getAttributes?.() ?? {},
    delta: document.getXmlFragment(ROOT).length ? run(document).toDelta() : [],
    pointers: [...provider.awareness.getStates()].filter(([id, { cursor }]) => cursor && id !== document.clientID).map(([, { user }]) => user.name),
  }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const given = JSON.parse(line);
  const client = clients.get(given.client);
  const opened = client?.open[client.names.indexOf(given.document)];
  console.log(JSON.stringify(COMMANDS[given.do](...(given.do === "connect" ? [given] : [opened, given, client])) ?? null));
}
process.exit(0);
