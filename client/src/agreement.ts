// Knows whether a text here is the one the server has: the same hash of the same moment; knows nothing of the page.
import type * as Y from "yjs";
import { digest } from "./canonical.ts";


const QUIET_MS = 5_000; // nothing has come or gone for that long
const EVERY_MS = 60_000;
const MOST_MENDED = 2; // of one section in one page: what does not heal is not asked about again

export type Compared = {
  readonly doc: Y.Doc;
  readonly fragment: Y.XmlFragment;
  /** Nothing is unsent, nothing is held back: what is here is what the server has, or should be. */
  isAtRest(): boolean;
  say(message: string): void;
  /** Asks the server for all that is missing here. */
  resync(): void;
};

export type Agreement = {
  /** Takes the server's answer. */
  hear(message: string): void;
  /** Something came: was it whole? */
  look(): void;
  end(): void;
};

const mended = new Map<string, number>();

/** Compares one text with the server's as long as it is open; `hear` takes the server's answers. */
export function agreement(section: string, { doc, fragment, isAtRest, say, resync }: Compared): Agreement {
  let moment: { state: number; hash: Promise<string> } | null = null;
  let last = -EVERY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false; // for what was missing

  const soon = (): void => {
    clearTimeout(timer);
    const wait = Math.max(QUIET_MS, last + EVERY_MS - performance.now());
    timer = setTimeout(ask, wait * (1 + Math.random() / 5)); // not all pages of a meeting at once
  };
  const ask = (): void => {
    if (!crypto.subtle || (mended.get(section) ?? 0) >= MOST_MENDED) return; // no hashes on a page that came over plain HTTP
    if (isAtRest()) {
      last = performance.now();
      say(JSON.stringify({ kind: "agree" }));
    }
    soon();
  };
  // Updates that came before others they need: Yjs keeps them aside, and shows nothing of them.
  const look = (): void => {
    const lacks = doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
    if (lacks && !isAsked) resync();
    isAsked = lacks;
  };
  doc.on("update", soon);
  soon();

  return {
    hear: (message) => {
      const said = read(message);
      if (!said) return;
      if (said.hash === undefined) {
        moment = isAtRest() ? { state: said.state, hash: digest(fragment) } : null;
      } else if (moment?.state === said.state) {
        const { hash } = said;
        void moment.hash.then((own) => {
          if (own === hash) return;
          mended.set(section, (mended.get(section) ?? 0) + 1);
          say(JSON.stringify({ kind: "differ", state: said.state }));
        });
        moment = null;
      }
    },
    look,
    end: () => {
      clearTimeout(timer);
      doc.off("update", soon);
    },
  };
}

function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return null;
  }
}

/** Something the server says of agreement; null when it is about something else (a newer server may say more). */
function read(message: string): { state: number; hash?: string } | null {
  const said = parsed(message);
  if (typeof said !== "object" || said === null || !("kind" in said) || said.kind !== "agree") return null;
  if (!("state" in said) || typeof said.state !== "number") return null;
  return "hash" in said && typeof said.hash === "string" ? { state: said.state, hash: said.hash } : { state: said.state };
}
