// Knows the live document of one section: its updates, what is unsent, how it ends; knows no editor and no page.
import { HocuspocusProvider, MessageType, type onMessageParameters } from "@hocuspocus/provider";
import * as decoding from "lib0/decoding";
import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Agreement } from "./agreement.ts";
import type { Line } from "./connection.ts";
import { loadAgreement } from "./parts.ts";

/** The document of a text of the page: of an article its number says it, of the draft of a proposal the page does. */
export const documentOf = (text: string): string => (text.includes(":") ? text : `section:${text}`);

export const FRAGMENT = "prosemirror";
const OPEN_LIMIT_MS = 30_000; // the longest text, some 650 kB, over a line of 256 kbit/s
const AGREE_AFTER_MS = 2_000; // nothing of it is needed to begin to write
const TOO_MANY = "too-many"; // documents open on the server: there may be room later
export const OWN_LEAVING = "provider_initiated"; // why a document closes that this page left

/** Why a room is no longer usable. */
export type End =
  | { kind: "late" } // the server did not give the text in time
  | { kind: "not-allowed" } // read-only, or not even that
  | { kind: "refused" } // an update of ours was not accepted
  | { kind: "differs" } // our text is not the server's, though nothing is on its way
  | { kind: "closed" } // the server closed this document
  | { kind: "stale" }; // we repaired the text without typing, and must not send that

/** Whether the server sent our copy back: a fresh one can be had at once. */
export const isSentBack = ({ kind }: End): boolean => kind === "refused" || kind === "differs";

export type Room = {
  readonly doc: Y.Doc;
  readonly fragment: Y.XmlFragment;
  readonly awareness: Awareness;
  /** More than 0 while the server has not acknowledged everything; 0 until the person writes. */
  unsent(): number;
  /** The person wrote: from now on updates go out. */
  wrote(): void;
  /** Takes up words that a former tab could not send. */
  bringBack(update: Uint8Array): void;
  leave(): void;
};

export type Ears = {
  opened(): void;
  unsentChanged(): void;
  ended(end: End): void;
};

/**
 * Enters the room of a section.
 *
 * Until the person writes, nothing goes out: the binding may want to repair what it opens, and merely
 * opening a section must not change it.
 */
export function enterRoom(line: Line, section: string, ears: Ears): Room {
  const doc = new Y.Doc(); // always a fresh client id: one that was refused must not be used again
  let hasWritten = false;
  let isOpen = false;
  let hasEnded = false;
  let hasLeft = false;
  let withheld: Uint8Array[] = [];
  let agreement: Agreement | null = null;

  const provider = new HocuspocusProvider({
    websocketProvider: line.socket,
    name: documentOf(section),
    document: doc,
    token: "-", // the cookie is what authenticates
  });
  const awareness = provider.awareness;
  if (!awareness) throw new Error("The provider gave no awareness.");

  const end = (why: End): void => {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(late);
    agreement?.end();
    ears.ended(why);
  };
  const late = setTimeout(() => end({ kind: "late" }), OPEN_LIMIT_MS);

  // The server closed this document: a word more, even a farewell, would reach the next room of this name.
  const mute = (): void => {
    awareness.off("update", provider.boundAwarenessUpdateHandler);
    line.socket.configuration.providerMap.delete(provider.effectiveName);
  };

  // Off line nothing is queued: the exchange of states at the return carries everything, once. Until it has
  // begun nothing goes out either: first the server says who it takes us for (live.ts stops if that changed).
  const send = (update: Uint8Array): void => {
    if (line.isLive() && provider.isSynced) return provider.documentUpdateHandler(update, doc);
    if (provider.unsyncedChanges === 0) return provider.incrementUnsyncedChanges();
    ears.unsentChanged();
  };
  doc.off("update", provider.boundDocumentUpdateHandler);
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin === provider || hasEnded) return;
    if (hasWritten) send(update);
    else withheld.push(update);
  });

  provider.on("synced", () => {
    if (isOpen || hasEnded) return;
    if (provider.authorizedScope === "readonly") return end({ kind: "not-allowed" });
    isOpen = true;
    clearTimeout(late);
    setTimeout(() => void loadAgreement().then(compare, () => undefined), AGREE_AFTER_MS);
    ears.opened();
  });
  const compare = (module: typeof import("./agreement.ts")): void => {
    if (hasEnded) return;
    const isAtRest = (): boolean => line.isLive() && provider.isSynced && provider.unsyncedChanges + withheld.length === 0;
    const say = (message: string): void => void (!hasEnded && provider.sendStateless(message));
    agreement = module.agreement(section, { doc, fragment: doc.getXmlFragment(FRAGMENT), isAtRest, say, resync: () => provider.forceSync() });
  };
  provider.on("stateless", ({ payload }: { payload: string }) => agreement?.hear(payload));
  provider.on("authenticated", ({ scope }: { scope: string }) => {
    if (scope === "readonly") end({ kind: "not-allowed" });
  });
  provider.on("authenticationFailed", ({ reason }: { reason: string }) => end({ kind: reason === TOO_MANY ? "late" : "not-allowed" }));
  provider.on("unsyncedChanges", () => hasWritten && ears.unsentChanged());
  provider.on("message", (event: onMessageParameters) => {
    if (hasWritten && isRefusal(event)) end({ kind: "refused" });
    agreement?.look();
  });
  provider.on("close", ({ event }: { event: { code: number; reason: string } }) => {
    if (isOfDocument(event)) {
      if (event.reason === OWN_LEAVING) return; // the answer to our leaving a former room of this name
      mute();
      end({ kind: event.reason === "differs" ? "differs" : event.reason.startsWith("refused:") ? "refused" : "closed" });
    } else if (withheld.length > 0) {
      end({ kind: "stale" }); // the exchange at the return would send them
    }
  });
  provider.attach();

  const wrote = (): void => {
    if (hasWritten) return;
    hasWritten = true;
    withheld.forEach(send);
    withheld = [];
  };

  return {
    doc,
    fragment: doc.getXmlFragment(FRAGMENT),
    awareness,
    unsent: () => (hasWritten ? provider.unsyncedChanges : 0),
    wrote,
    bringBack: (update) => {
      wrote();
      Y.applyUpdate(doc, update, "found");
    },
    leave: () => {
      if (hasLeft) return; // a second farewell would be for the next room of this name
      hasLeft = hasEnded = true;
      clearTimeout(late);
      agreement?.end();
      provider.destroy();
      doc.destroy();
    },
  };
}

// The provider gives the same event for its document and for the whole socket; only the latter is a real one.
function isOfDocument(event: { code: number }): boolean {
  return event.code === 1000 && !("wasClean" in event);
}

// SyncStatus with 0: the provider ignores it, yet it says that our update was not kept.
function isRefusal({ event }: onMessageParameters): boolean {
  const decoder = decoding.createDecoder(new Uint8Array(event.data as ArrayBuffer));
  decoding.readVarString(decoder);
  return decoding.readVarUint(decoder) === MessageType.SyncStatus && decoding.readVarInt(decoder) === 0;
}
