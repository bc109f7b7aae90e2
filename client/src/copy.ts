// Knows how to keep one text of one tab in this browser, so that unsent words survive a crash; knows no network.
import { IndexeddbPersistence } from "y-indexeddb";
import * as Y from "yjs";
import { copies, copyName, markSent, remove, type Copy } from "./copies.ts";

/** A text being kept. */
export type Keeper = {
  /** Says whether the server has everything. */
  mark(sent: boolean): void;
  /** Deletes the copy: there is nothing left to lose. */
  drop(): Promise<void>;
};

/** What a tab that is gone has left; `free` deletes it, `leave` puts it back. */
export type Leftover = Copy & { readonly update: Uint8Array; free(): Promise<void>; leave(): void };

const PROBE = "entente-probe";
const FULL = /^(QuotaExceeded|Abort|Unknown|InvalidState)Error/; // how y-indexeddb words what the disk refuses

const mine = new Set<string>(); // what this page holds: its own copies, and those it has found

// As long as a tab lives it holds a lock of the name of each of its copies: another tab leaves those alone.
function hold(name: string): Promise<(() => void) | null> {
  return new Promise((got, failed) => {
    const wait = (lock: Lock | null): Promise<void> | void => (lock ? new Promise((release) => got(release)) : got(null));
    mine.add(name);
    navigator.locks.request(name, { ifAvailable: true }, wait).finally(() => mine.delete(name)).catch(failed);
  });
}

let canKeep: Promise<boolean> | undefined;

/** Whether this browser keeps anything at all: some private windows do not. */
function mayKeep(): Promise<boolean> {
  canKeep ??= new Promise<boolean>((answer) => {
    if (!navigator.locks || !globalThis.indexedDB?.databases) return answer(false);
    const request = indexedDB.open(PROBE);
    request.onerror = () => answer(false);
    request.onsuccess = () => {
      request.result.close();
      indexedDB.deleteDatabase(PROBE);
      answer(true);
    };
  }).catch(() => false);
  return canKeep;
}

/** Keeps `doc` from now on; `failed` is called when that is, or becomes, impossible. */
export async function keep(doc: Y.Doc, person: string, section: string, failed: () => void): Promise<Keeper | null> {
  const name = copyName(person, section);
  const release = (await mayKeep()) ? await hold(name) : null;
  if (!release) {
    failed();
    return null;
  }
  const persistence = new IndexeddbPersistence(name, doc);
  doc.off("destroy", persistence.destroy); // a text that is left before its words are on the disk is written all the same
  let isGone = false;
  let wasSent = false;
  const stop = async (remove = async () => {}): Promise<void> => {
    isGone = true;
    await persistence.destroy().catch(() => undefined);
    await remove();
    release(); // last: a tab that waits for it would find what is about to go
  };
  followTheDisk(persistence, failed, () => void stop());
  return {
    mark: (sent) => {
      if (isGone || sent === wasSent) return;
      wasSent = sent;
      markSent(name, sent);
    },
    drop: async () => {
      if (!isGone) await stop(() => remove(name));
    },
  };
}

function followTheDisk(persistence: IndexeddbPersistence, failed: () => void, stop: () => void): void {
  const opened = persistence._db as Promise<IDBDatabase>;
  let hasFailed = false;
  const fail = (): void => {
    if (hasFailed) return;
    hasFailed = true;
    failed();
  };
  opened.then((db) => {
    db.onversionchange = stop; // another tab deletes it: the person signed out there
    for (const kind of ["error", "abort"]) db.addEventListener(kind, fail);
  }, fail);
  window.addEventListener("unhandledrejection", (event) => {
    if (!(event.reason instanceof Error) || !FULL.test(event.reason.message)) return;
    event.preventDefault();
    fail();
  });
}

/** What tabs that are gone left of `person`'s words in sections that are here, a copy at a time; those of other living tabs are left alone and only `busy` is told. */
export async function leftovers(person: string, isHere: (section: string) => boolean, busy: (name: string) => void = () => {}): Promise<Leftover[]> {
  const found: Leftover[] = [];
  if (!(await mayKeep())) return found;
  const left = (await copies()).filter((copy) => copy.person === person && isHere(copy.section));
  for (const copy of left) {
    if (mine.has(copy.name)) continue;
    const release = await hold(copy.name);
    if (!release) {
      busy(copy.name);
      continue;
    }
    const free = async (): Promise<void> => {
      await remove(copy.name);
      release();
    };
    const update = await read(copy.name);
    if (update) found.push({ ...copy, update, free, leave: release });
    else await free();
  }
  return found;
}

async function read(name: string): Promise<Uint8Array | null> {
  const doc = new Y.Doc();
  const persistence = new IndexeddbPersistence(name, doc);
  await persistence.whenSynced;
  await persistence.destroy();
  return doc.store.clients.size > 0 || doc.store.pendingStructs ? Y.encodeStateAsUpdate(doc) : null;
}

