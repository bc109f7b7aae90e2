// Knows how to give the tests of kept words texts, and copies that tabs have left.
import assert from "node:assert/strict";
import { IndexeddbPersistence } from "y-indexeddb";
import { aParagraph, FRAGMENT, Y } from "./page.ts";

export type Doc = InstanceType<typeof Y.Doc>;

export const wait = (ms = 20): Promise<void> => new Promise((later) => setTimeout(later, ms));

/** Asks until it is so. */
export const until = async (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > 1_000) assert.fail(`waited in vain: ${what}`);
    await wait(10);
  }
};

export function aText(...paragraphs: string[]): Doc {
  const doc = new Y.Doc();
  add(doc, ...paragraphs);
  return doc;
}

export const add = (doc: Doc, ...paragraphs: string[]): void =>
  paragraphs.forEach((text) => doc.getXmlFragment(FRAGMENT).push([aParagraph(text, text)]));

export const shown = (update: Uint8Array): string => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc.getXmlFragment(FRAGMENT).toString().replace(/<[^>]*>/g, "|");
};

/** A tab that died: its database without its lock; the name of both. */
export async function leave(person: string, section: string, doc: Doc): Promise<string> {
  const kept = new IndexeddbPersistence(`entente-copy:${person}:${section}:${crypto.randomUUID()}`, doc);
  await kept.whenSynced;
  await wait();
  await kept.destroy();
  return kept.name;
}
