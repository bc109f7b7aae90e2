import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "fake-indexeddb/auto";
import { IndexeddbPersistence } from "y-indexeddb";
import { FRAGMENT, Y } from "./page.ts";
import { add, aText, leave, shown, until, wait } from "./texts.ts";
import { copies, type Copy, isSent, remove } from "../src/copies.ts";
import { keep, leftovers } from "../src/copy.ts";
import { isNews, unsentBlocks } from "../src/leftovers.ts";
import { safety, type Settled } from "../src/safety.ts";

const nobody = (): void => assert.fail("it could be kept");
const everywhere = (): boolean => true;

// The copies there are, once they are so many; a moment later at the earliest, for one more would be wrong too.
async function kept(count: number): Promise<Copy[]> {
  await wait(50);
  let found: Copy[] = [];
  await until(async () => (found = await copies()).length === count, `${count} copies`);
  return found;
}

beforeEach(async () => {
  for (const { name } of await copies()) await remove(name);
  localStorage.clear();
});

test("a copy is named after its person and its section, and holds what was written before and after it began", async () => {
  const doc = aText("avant");
  const keeper = await keep(doc, "7", "c1:s1", nobody);
  add(doc, "après");
  const [copy] = await kept(1);
  assert.deepEqual([copy?.person, copy?.section, copy && isSent(copy)], ["7", "c1:s1", false]);
  assert.match(copy?.name ?? "", /^entente-copy:7:c1:s1:[0-9a-f-]{36}$/);
  keeper?.mark(true);
  assert.equal(copy && isSent(copy), true);
  await keeper?.drop();
  assert.deepEqual([await copies(), localStorage.length], [[], 0]);
  add(doc, "puis"); // a dropped copy hears nothing any more
  await wait();
  assert.deepEqual(await copies(), []);
});

test("the copy of a living tab is left alone; one that a tab left is read, of that person and these sections only", async () => {
  const doc = aText("mots");
  const living = await keep(doc, "7", "s1", nobody);
  assert.deepEqual(await leftovers("7", everywhere), []);
  await living?.drop();

  await leave("7", "s1", aText("mots perdus"));
  for (const [person, isHere] of [["8", everywhere], ["7", () => false]] as const) assert.deepEqual(await leftovers(person, isHere), []);
  const [found, ...rest] = await leftovers("7", everywhere);
  assert.deepEqual([shown(found!.update), rest], ["|mots perdus|", []]);
  assert.deepEqual(await leftovers("7", everywhere), []); // another tab is at it
  found?.leave();
  await wait();
  const [again] = await leftovers("7", everywhere);
  await again?.free();
  assert.deepEqual(await copies(), []);
});

test("another tab that deletes a copy makes this one let go of it, and writing goes on", async () => {
  const doc = aText("mots");
  await keep(doc, "7", "s1", nobody);
  const [copy] = await kept(1);
  await remove(copy!.name);
  add(doc, "encore");
  await wait();
  assert.deepEqual(await copies(), []);
});

test("words that are left before they are on the disk get there all the same", async () => {
  const doc = aText("mots");
  await keep(doc, "7", "s1", nobody);
  doc.destroy(); // the text is closed at that very moment
  const [copy] = await kept(1);
  await until(async () => shown(await heldBy(copy!.name)) === "|mots|", "the words");
});

// What is on the disk, while its tab still lives.
async function heldBy(name: string): Promise<Uint8Array> {
  const doc = new Y.Doc();
  const reading = new IndexeddbPersistence(name, doc);
  await reading.whenSynced;
  return Y.encodeStateAsUpdate(doc);
}

test("whoever waits for a copy that is dropped finds nothing of it", async () => {
  const keeper = await keep(aText("effacé"), "7", "s1", nobody);
  const [copy] = await kept(1);
  const found = navigator.locks.request(copy!.name, () => copies());
  await keeper?.drop();
  assert.deepEqual(await found, []);
});

test("nothing is kept before unsent words; a text that is left keeps only what is still unsent, until it is cleared", async () => {
  const doc = aText("serveur");
  const one = safety("7", "s1", nobody);
  one.changed(doc, true);
  await wait();
  assert.deepEqual(await copies(), []);
  one.changed(doc, false);
  await kept(1);
  one.changed(doc, true);
  one.leave(false);
  await kept(0);
  one.changed(doc, false);
  one.leave(true);
  await kept(1);
  one.changed(aText("suite"), false);
  one.leave(false);
  await kept(1);
  one.clear();
  await kept(0);
});

test("a page that goes away with everything sent leaves nothing behind", async () => {
  const one = safety("7", "s1", nobody);
  const doc = aText("mots");
  const goAway = (): boolean => window.dispatchEvent(new (window as unknown as typeof globalThis).Event("pagehide"));
  one.changed(doc, false);
  await kept(1);
  goAway();
  await kept(1);
  one.changed(doc, true);
  goAway();
  await kept(0);
});

test("words found are taken up when they are news, and settled as what became of them", () => {
  const server = aText("un");
  const written = new Y.Doc();
  Y.applyUpdate(written, Y.encodeStateAsUpdate(server));
  add(written, "deux");
  const update = Y.encodeStateAsUpdate(written);
  const told: string[] = [];
  const found = { update, isNews: (doc: InstanceType<typeof Y.Doc>) => isNews(doc, update), taken: () => void told.push("taken"), mayGo: () => true, settled: (how: Settled) => void told.push(how) };
  const room = { doc: server, unsent: () => 1, bringBack: (words: Uint8Array) => Y.applyUpdate(server, words) };
  const one = safety("7", "s1", nobody);
  assert.equal(one.isWanted(server), true);
  one.take(found);
  one.takeUp(room as never);
  assert.deepEqual([told, shown(Y.encodeStateAsUpdate(server))], [["taken"], "|un||deux|"]);
  one.settle("kept");
  one.settle("kept");
  assert.deepEqual(told, ["taken", "kept"]);
  one.take(found);
  assert.equal(one.isWanted(server), false); // the server has them: nothing to open the text for
  assert.deepEqual(told, ["taken", "kept", "kept"]);
});

test("words whose ground is missing are shown, never silently dropped", () => {
  const ground = aText("un");
  const update = (() => {
    const before = Y.encodeStateVector(ground);
    add(ground, "deux");
    return Y.encodeStateAsUpdate(ground, before);
  })();
  const told: (Settled | boolean)[] = [];
  const server = new Y.Doc();
  const one = safety("7", "s1", nobody);
  one.take({ update, isNews: (doc) => isNews(doc, update), taken: () => {}, mayGo: () => true, settled: (how, open) => void told.push(how, open === server) });
  one.takeUp({ doc: server, unsent: () => 0, bringBack: (words: Uint8Array) => Y.applyUpdate(server, words) } as never);
  assert.deepEqual(told, ["closed", true]);
});

test("more words than one message can carry are shown, not sent again and again", () => {
  const told: string[] = [];
  const server = aText("un");
  const one = safety("7", "s1", nobody);
  one.take({ update: Y.encodeStateAsUpdate(aText("deux")), isNews: () => true, taken: () => void told.push("taken"), mayGo: () => false, settled: (how) => void told.push(how) });
  one.takeUp({ doc: server, unsent: () => 0, bringBack: () => assert.fail("sent") } as never);
  assert.deepEqual(told, ["closed"]);
});

test("of a text closed meanwhile, only the paragraphs in which unsent words stand are shown", () => {
  const server = aText("un", "deux", "trois");
  const mine = new Y.Doc();
  Y.applyUpdate(mine, Y.encodeStateAsUpdate(server));
  const second = mine.getXmlFragment(FRAGMENT).get(1) as InstanceType<typeof Y.XmlElement>;
  (second.get(0) as InstanceType<typeof Y.XmlText>).insert(4, " bis");
  add(mine, "quatre");
  (server.getXmlFragment(FRAGMENT).get(0) as InstanceType<typeof Y.XmlElement>).insert(0, [new Y.XmlText("changé ")]);
  assert.deepEqual(unsentBlocks(Y.encodeStateAsUpdate(mine), server), ["deux bis", "quatre"]);
  Y.applyUpdate(server, Y.encodeStateAsUpdate(mine));
  assert.deepEqual(unsentBlocks(Y.encodeStateAsUpdate(mine), server), []);
});
