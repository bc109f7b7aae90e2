import assert from "node:assert/strict";
import { beforeEach, mock, test, type TestContext } from "node:test";
import "./page.ts";
import { announce } from "../src/announce.ts";
import { showConnection } from "../src/band.ts";
import type { Connection, Line } from "../src/connection.ts";
import { tellGestures } from "../src/gestures.ts";
import { warnBeforeTheEnd } from "../src/limits.ts";
import { doubtSilence } from "../src/silence.ts";
import { laterWords } from "../src/laterwords.ts";
import { words } from "../src/words.ts";

const said = (selector: string): string => document.querySelector(selector)?.textContent ?? "";
const heard = (): string => said("[data-announce]");
let clock = Date.now();

// In small steps: within one, what a timer starts would begin at its end.
function pass(timers: TestContext["mock"]["timers"], ms: number): void {
  for (let left = ms; left > 0; left -= 100) timers.tick(Math.min(left, 100));
}

beforeEach((context) => {
  clock += 10 * 60_000; // what one test announced is long ago for the next
  (context as TestContext).mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: clock });
  document.body.innerHTML = '<section class="bandeau"><p data-connection></p><p data-announce></p></section>';
});

let isBackup = false;

function aLine(): { line: Line; become: (state: Connection) => void } {
  let state: Connection = { kind: "connecting" };
  const hearers: ((state: Connection) => void)[] = [];
  const line = { isBackup: () => isBackup, state: () => state, onChange: (hear: (state: Connection) => void) => void hearers.push(hear), stop: () => {} };
  return {
    line: line as unknown as Line,
    become: (next) => {
      state = next;
      hearers.forEach((hear) => hear(next));
    },
  };
}

test("what comes together is announced together, then nothing for five seconds, and only the last of each topic", ({ mock: { timers } }) => {
  announce("a", "un");
  announce("b", "deux");
  announce("a", "trois");
  assert.equal(heard(), "");
  pass(timers, 500);
  assert.equal(heard(), "trois deux");
  for (let key = 0; key < 40; key++) {
    announce("a", `touche ${key}`);
    pass(timers, 100);
  }
  assert.equal(heard(), "trois deux");
  pass(timers, 1_000);
  assert.equal(heard(), "touche 39");
});

test("the same sentence is not announced twice in a minute, and one taken back not at all", ({ mock: { timers } }) => {
  announce("c", "Enregistré");
  announce("d", "Connexion perdue");
  announce("d", "");
  pass(timers, 5_500);
  assert.equal(heard(), "Enregistré");
  document.querySelector("[data-announce]")!.textContent = "";
  announce("c", "Enregistré");
  pass(timers, 10_000);
  assert.equal(heard(), "");
  pass(timers, 60_000);
  announce("c", "Enregistré");
  pass(timers, 5_500);
  assert.equal(heard(), "Enregistré");
});

test("talking over requests is said for as long as it lasts, and announced once", ({ mock: { timers } }) => {
  const { line, become } = aLine();
  isBackup = true;
  showConnection(line, () => false);
  become({ kind: "live" });
  pass(timers, 60_000);
  assert.equal(said("[data-connection]"), words.backup);
  assert.equal(heard(), words.backup);
  document.querySelector("[data-announce]")!.textContent = "";
  become({ kind: "offline", since: new Date(), why: "lost" });
  become({ kind: "live" });
  pass(timers, 120_000);
  assert.equal(said("[data-connection]"), words.backup);
  assert.equal(heard(), "");
  isBackup = false;
  become({ kind: "live" });
  assert.equal(said("[data-connection]"), "");
  pass(timers, 60_000);
});

test("every state of the connection is one sentence of the band, and announced", ({ mock: { timers } }) => {
  const { line, become } = aLine();
  let isWriting = false;
  showConnection(line, () => isWriting);
  pass(timers, 1_000);
  assert.equal(said("[data-connection]"), words.connecting);
  become({ kind: "live" });
  assert.equal(said("[data-connection]"), "");
  for (const why of ["lost", "network", "restart", "fast", "many"] as const) {
    become({ kind: "offline", since: new Date(), why });
    pass(timers, 6_000);
    assert.deepEqual([said("[data-connection]"), heard()], [words.lost(why, isWriting), words.lost(why, isWriting)]);
    isWriting = true;
  }
  become({ kind: "live" });
  assert.equal(said("[data-connection]"), words.back);
  pass(timers, 4_000);
  assert.equal(said("[data-connection]"), "");
  become({ kind: "over" });
  assert.equal(said("[data-connection]"), `${words.over} ${words.signIn}`);
  become({ kind: "other" });
  assert.equal(said("[data-connection]"), `${words.other} ${words.reload}`);
  become({ kind: "forbidden", says: words.notUnderstood, mayReload: true });
  assert.equal(said("[data-connection]"), `${words.notUnderstood} ${words.reload}`);
  become({ kind: "forbidden", says: laterWords.gone });
  assert.equal(said("[data-connection]"), laterWords.gone);
});

test("a loss of less than a second is not worth a sentence", ({ mock: { timers } }) => {
  const { line, become } = aLine();
  showConnection(line, () => true);
  become({ kind: "live" });
  become({ kind: "offline", since: new Date(), why: "lost" });
  pass(timers, 900);
  become({ kind: "live" });
  pass(timers, 5_000);
  assert.deepEqual([said("[data-connection]"), heard()], ["", ""]);
});

test("two minutes before a session ends for want of a gesture, the band offers to stay; a gesture of any tab takes it away", async ({ mock: { timers } }) => {
  const asked: string[] = [];
  globalThis.fetch = mock.fn(async (address: unknown) => (asked.push(String(address)), new Response(null, { status: 204 }))) as typeof fetch;
  Object.assign(document.body.dataset, { idle: "1800", ends: "43200" });
  const { line, become } = aLine();
  become({ kind: "live" });
  warnBeforeTheEnd(document.body, line, tellGestures(line));
  const ending = (): HTMLElement | null => document.querySelector("[data-ending]");
  pass(timers, 26 * 60_000);
  assert.equal(ending(), null);
  pass(timers, 61_000);
  assert.equal(ending()?.textContent, `${laterWords.ends(true)} ${laterWords.stay}`);
  ending()?.querySelector("button")?.click();
  assert.deepEqual([ending(), asked], [null, ["/seen"]]);
  pass(timers, 28 * 60_000);
  assert.equal(ending()?.dataset.ending, "idle");
  const other = new (window as unknown as typeof globalThis).StorageEvent("storage", { key: "entente-seen", newValue: String(Date.now()) });
  window.dispatchEvent(other);
  pass(timers, 5_000);
  assert.equal(ending(), null);
});

test("two minutes before its longest duration a session cannot be prolonged: one signs in again", ({ mock: { timers } }) => {
  Object.assign(document.body.dataset, { idle: "14400", ends: "600" });
  const { line, become } = aLine();
  become({ kind: "live" });
  warnBeforeTheEnd(document.body, line, { toldAt: () => Date.now(), tell: () => {} });
  pass(timers, 7 * 60_000);
  assert.equal(document.querySelector("[data-ending]"), null);
  pass(timers, 65_000);
  assert.equal(said("[data-ending]"), `${laterWords.ends(false)} ${words.signIn}`);
  assert.match(document.querySelector<HTMLAnchorElement>("[data-ending] a")!.href, /\/sign-in\?again=yes&next=%2Fcontracts%2Fc1$/);
  become({ kind: "over" });
  pass(timers, 5_000);
  assert.equal(document.querySelector("[data-ending]"), null);
});

test("a line that does not open, or does not answer unsent words for ten seconds, is hung up on", ({ mock: { timers } }) => {
  const socket = { webSocket: { readyState: 1 }, lastMessageReceived: 0 };
  let doubts = 0;
  let isUnsent = false;
  doubtSilence({ socket, isLive: () => true, doubt: () => void doubts++ } as unknown as Line, () => isUnsent);
  pass(timers, 60_000);
  assert.equal(doubts, 0); // nothing is awaited
  isUnsent = true;
  pass(timers, 8_000);
  socket.lastMessageReceived = Date.now(); // slow, but there
  pass(timers, 9_000);
  assert.equal(doubts, 0);
  pass(timers, 2_000);
  assert.equal(doubts > 0, true);
  doubts = 0;
  isUnsent = false;
  socket.webSocket = { readyState: 0 };
  pass(timers, 12_000);
  assert.equal(doubts > 0, true);
});
