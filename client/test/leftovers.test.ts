import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "fake-indexeddb/auto";
import "./page.ts";
import { aText, leave, shown, until, wait } from "./texts.ts";
import type { Connection, Line } from "../src/connection.ts";
import { copies, remove } from "../src/copies.ts";
import { bringBack } from "../src/leftovers.ts";
import type { Found } from "../src/safety.ts";
import type { Section } from "../src/talk.ts";

let isVisible = true;
Object.defineProperty(document, "visibilityState", { get: () => (isVisible ? "visible" : "hidden"), configurable: true });
function look(visible: boolean): void {
  isVisible = visible;
  document.dispatchEvent(new (window as unknown as typeof globalThis).Event("visibilitychange"));
}

let pages = 0; // only the last one counts: those of former tests still hear
let isLive = true;

/** A page of two sections, with the words that come back to them. */
function aPage(startsLive = true): { came: [string, string][]; settle: (how: "kept" | "later") => void; goLive: () => void } {
  isLive = startsLive;
  document.body.innerHTML = '<article data-section="s1"></article><article data-section="s2"></article>';
  let hear: (state: Connection) => void = () => {};
  const mine = ++pages;
  const line = { isLive: () => isLive && mine === pages, onChange: (hears: typeof hear) => (hear = hears) } as unknown as Line;
  const came: [string, string][] = [];
  let last: Found | undefined;
  const section = (id: string): [string, Section] => [id, { bringBack: (found: Found) => (came.push([id, shown(found.update)]), (last = found)) } as unknown as Section];
  bringBack(line, "7", new Map([section("s1"), section("s2")]));
  return { came, settle: (how) => last?.settled(how), goLive: () => ((isLive = true), hear({ kind: "live" })) };
}

/** Another tab that lives, as its lock says, until it is closed. */
function aTab(name: string): Promise<() => void> {
  return new Promise((lives) => void navigator.locks.request(name, () => new Promise<void>((closed) => lives(closed))));
}

beforeEach(async () => {
  for (const { name } of await copies()) await remove(name);
  look(true);
});

test("words come back the moment the tab that kept them is gone, however long that takes", async () => {
  const name = await leave("7", "s1", aText("mots"));
  const close = await aTab(name);
  const { came, settle } = aPage();
  await until(async () => (await navigator.locks.query()).pending?.some((lock) => lock.name === name) ?? false, "the page to wait");
  assert.deepEqual(came, []);
  close();
  await until(() => came.length > 0, "the words");
  assert.deepEqual(came, [["s1", "|mots|"]]);
  settle("kept");
  await until(async () => (await copies()).length === 0, "the copy to go");
  await wait(50);
  assert.equal(came.length, 1);
});

test("a section takes up what two tabs left one after the other, the second once the first is settled", async () => {
  const [first, second] = [await leave("7", "s1", aText("un")), await leave("7", "s1", aText("deux"))];
  const [close, closeToo] = [await aTab(first), await aTab(second)];
  const { came, settle } = aPage();
  await until(async () => (await navigator.locks.query()).pending?.length === 2, "the page to wait");
  close();
  await until(() => came.length > 0, "the first words");
  closeToo();
  await until(async () => (await navigator.locks.query()).pending?.length === 0, "the second to be free");
  await wait(50);
  assert.deepEqual(came, [["s1", "|un|"]]);
  settle("kept");
  await until(() => came.length > 1, "the second words");
  assert.deepEqual(came, [["s1", "|un|"], ["s1", "|deux|"]]);
  settle("kept");
});

test("a page that nobody looks at leaves words to the one that is looked at, and takes them when one comes to it", async () => {
  const name = await leave("7", "s2", aText("mots"));
  const close = await aTab(name);
  const { came, settle } = aPage();
  await until(async () => (await navigator.locks.query()).pending?.some((lock) => lock.name === name) ?? false, "the page to wait");
  look(false);
  close();
  await wait(50);
  assert.deepEqual([came, (await navigator.locks.query()).pending], [[], []]);
  look(true);
  await until(() => came.length > 0, "the words");
  assert.deepEqual(came, [["s2", "|mots|"]]);
  settle("kept");
});

test("off line nothing is taken up; what could not be sent is taken up at the next return", async () => {
  await leave("7", "s1", aText("mots"));
  const { came, settle, goLive } = aPage(false);
  await wait(50);
  assert.deepEqual(came, []);
  goLive();
  await until(() => came.length === 1, "the words");
  settle("later");
  await wait(50);
  assert.deepEqual([came.length, (await copies()).length], [1, 1]);
  goLive();
  await until(() => came.length === 2, "the words again");
  settle("kept");
});
