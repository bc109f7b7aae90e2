// Knows how to ask the server for a text as it is committed, once; knows nothing of what becomes of it.
import { HocuspocusProvider } from "@hocuspocus/provider";
import * as Y from "yjs";
import type { Line } from "./connection.ts";
import { documentOf, OWN_LEAVING } from "./room.ts";

/** The text of a section, in a document of its own: nothing of ours may reach a text that is closed to us. Answers nothing without a connection. */
export function committed(line: Line, section: string): Promise<Y.Doc | null> {
  if (!line.isLive()) return Promise.resolve(null);
  return new Promise((answer) => {
    const end = (doc: Y.Doc | null): void => {
      provider.destroy();
      answer(doc);
    };
    const provider = new HocuspocusProvider({
      websocketProvider: line.socket,
      name: documentOf(section),
      document: new Y.Doc(),
      awareness: null,
      token: "-", // the cookie is what authenticates
      onSynced: () => end(provider.document),
      onAuthenticationFailed: () => end(null),
      onClose: ({ event }) => event.reason !== OWN_LEAVING && end(null),
    });
    provider.attach();
  });
}

/** What `doc` and `update` are together. */
export function merged(doc: Y.Doc, update: Uint8Array, changed: () => void = () => {}): Y.Doc {
  const twin = new Y.Doc();
  Y.applyUpdate(twin, Y.encodeStateAsUpdate(doc));
  twin.on("update", changed);
  Y.applyUpdate(twin, update);
  return twin;
}
