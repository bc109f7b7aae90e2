// Knows when a section's words must be kept in this browser, and when no longer; how is copy.ts's, loaded when needed.
import type { Doc } from "yjs";
import type { Keeper } from "./copy.ts";
import { loadCopy } from "./parts.ts";
import type { Room } from "./room.ts";

/** Unsent words that a former tab left, on their way back into their section. */
export type Found = {
  readonly update: Uint8Array;
  /** Whether the server lacks any of it. */
  isNews(doc: Doc): boolean;
  /** They are in the text, and on their way. */
  taken(): void;
  /** Whether one message can carry what `doc` lacks. */
  mayGo(doc: Doc): boolean;
  /** `open`: the text they could not go into, when it is open. */
  settled(how: Settled, open?: Doc): void;
};

/** The server has it all; it is on screen and in a newer copy; it may not be sent; it may be, another time. */
export type Settled = "kept" | "shown" | "closed" | "later";

export type Safety = {
  /** Takes charge of words a former tab left, until `settle`. */
  take(found: Found): void;
  /** Whether a text that has just opened has a reason to stay open: false when all that was left is the server's already. */
  isWanted(doc: Doc): boolean;
  takeUp(room: Room): void;
  settle(how: Settled): void;
  /** The person wrote, or the server acknowledged. */
  changed(doc: Doc, isSent: boolean): void;
  /** The text is left; what was not sent and is still on screen stays in this browser too, until `clear`. */
  leave(isUnsent: boolean): void;
  clear(): void;
};

/** Keeps the texts of one section; `failed` is called when this browser cannot. */
export function safety(person: string, section: string, failed: () => void): Safety {
  let current: Promise<Keeper | null> | null = null;
  let left: Promise<Keeper | null>[] = [];
  let found: Found | null = null;
  let wasSent = true;
  window.addEventListener("pagehide", ({ persisted }) => {
    if (current && wasSent && !persisted) drop(current); // nothing stale stays in this browser
  });
  const settle = (how: Settled, open?: Doc): void => {
    const settled = found;
    found = null;
    settled?.settled(how, open);
  };
  const isWanted = (doc: Doc): boolean => {
    if (!found || found.isNews(doc)) return true;
    settle("kept");
    return false;
  };
  return {
    take: (words) => (found = words),
    isWanted,
    takeUp: (room) => {
      if (!found || !isWanted(room.doc)) return;
      if (!found.mayGo(room.doc)) return settle("closed", room.doc);
      found.taken();
      room.bringBack(found.update);
      if (room.unsent() === 0) settle("closed", room.doc); // what came before them is missing: they can only be shown
    },
    settle,
    changed: (doc, isSent) => {
      wasSent = isSent;
      if (!current && isSent) return;
      current ??= loadCopy()
        .then(({ keep }) => keep(doc, person, section, failed))
        .catch(() => (failed(), null));
      void current.then((keeper) => keeper?.mark(isSent));
    },
    leave: (isUnsent) => {
      if (current && isUnsent) left.push(current);
      else if (current) drop(current);
      current = null;
    },
    clear: () => {
      [...left, ...(current ? [current] : [])].forEach(drop);
      current = null;
      left = [];
    },
  };
}

const drop = (keeping: Promise<Keeper | null>): void => void keeping.then((keeper) => keeper?.drop());
