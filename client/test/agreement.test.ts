import assert from "node:assert/strict";
import { test } from "node:test";
import { aParagraph, FRAGMENT } from "./page.ts";
import * as Y from "yjs";
import { agreement, type Agreement } from "../src/agreement.ts";
import { digest } from "../src/canonical.ts";

type Said = { one: Agreement; doc: Y.Doc; fragment: Y.XmlFragment; said: string[]; resyncs: () => number; rest: (isSo: boolean) => void };

function anAgreement(section: string): Said {
  const doc = new Y.Doc();
  const fragment = doc.getXmlFragment(FRAGMENT);
  fragment.insert(0, [aParagraph("Premier", "a")]);
  const said: string[] = [];
  let isAtRest = true;
  let count = 0;
  const one = agreement(section, { doc, fragment, isAtRest: () => isAtRest, say: (message) => said.push(message), resync: () => count++ });
  return { one, doc, fragment, said, resyncs: () => count, rest: (isSo) => (isAtRest = isSo) };
}

const settled = (): Promise<void> => new Promise((later) => setTimeout(later, 20));
const told = (state: number, hash?: string): string => JSON.stringify({ kind: "agree", state, ...(hash === undefined ? {} : { hash }) });

test("the hash compared is that of the moment the server marked", async () => {
  const { one, fragment, said } = anAgreement("s1");
  const hash = await digest(fragment);
  one.hear(told(1));
  fragment.insert(1, [aParagraph("Deux", "b")]); // after the mark: of no account
  one.hear(told(1, hash));
  await settled();
  assert.deepEqual(said, []);
  one.hear(told(2));
  one.hear(told(2, hash));
  await settled();
  assert.deepEqual(said, ['{"kind":"differ","state":2}']);
  one.end();
});

test("a text that is not at rest, or a hash of another moment, is not compared", async () => {
  const { one, said, rest } = anAgreement("s2");
  rest(false);
  one.hear(told(1));
  one.hear(told(1, "other"));
  rest(true);
  one.hear(told(2));
  one.hear(told(3, "other"));
  for (const message of ["", "{", "null", "[]", '{"kind":"news","state":2}', '{"kind":"agree"}']) one.hear(message);
  await settled();
  assert.deepEqual(said, []);
  one.end();
});

test("updates that lack what came before them are asked for, once, and then show", () => {
  const { one, doc, fragment, resyncs } = anAgreement("s3");
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  const updates: Uint8Array[] = [];
  other.on("update", (update: Uint8Array) => updates.push(update));
  const shared = other.getXmlFragment(FRAGMENT);
  for (const words of ["b", "c", "d"]) shared.insert(shared.length, [aParagraph(words, words)]);
  for (const late of [updates[2], updates[1]]) {
    Y.applyUpdate(doc, late!);
    one.look();
  }
  assert.deepEqual([resyncs(), fragment.length], [1, 1]);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)));
  one.look();
  assert.deepEqual([resyncs(), fragment.toString()], [1, shared.toString()]);
  one.end();
});
