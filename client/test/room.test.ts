import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { aParagraph, FRAGMENT } from "./page.ts";
import { Server, type Connection as Peer } from "@hocuspocus/server";
import { listen } from "../src/channel.ts";
import { connect, type Connection, type Line } from "../src/connection.ts";
import { enterRoom, type End, type Room } from "../src/room.ts";
import { section as aSection } from "../src/section.ts";
import { words } from "../src/words.ts";

// A server that speaks the same wire as ours, to which a test can say what to do with the next update.
type Answer = "keep" | "close" | "deny";
let answer: Answer = "keep";
let received = 0;
console.error = () => {}; // that server prints every refusal
const peers = new Set<Peer>();
const server = new Server({
  port: 0,
  quiet: true,
  stopOnSignals: false,
  onAuthenticate: async ({ documentName, connectionConfig }) => {
    if (documentName.endsWith("secret")) throw new Error("no");
    if (documentName.endsWith("crowded")) throw Object.assign(new Error("full"), { reason: "too-many" });
    connectionConfig.readOnly = documentName.endsWith("readonly");
  },
  onLoadDocument: async ({ document }) => {
    document.getXmlFragment(FRAGMENT).insert(0, [aParagraph("Premier", "aaaaaaaaaa")]);
  },
  connected: async ({ connection }) => void peers.add(connection),
  beforeSync: async ({ type, connection }) => {
    if (type !== 2) return;
    received++;
    if (answer === "close") throw Object.assign(new Error("no"), { reason: "refused: guard" });
    connection.readOnly = answer === "deny" || connection.document.name.endsWith("readonly");
  },
});

let line: Line;
before(async () => {
  await server.listen(0);
  line = connect(`ws://127.0.0.1:${server.address.port}/live`);
  listen(line, "c1", () => {}); // on a page there is always the channel; it is what makes a line live
});
after(async () => {
  line.socket.destroy();
  await server.destroy();
});

const until = async (isSo: () => boolean, what: string): Promise<void> => {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 1_000) assert.fail(`waited in vain: ${what}`);
    await new Promise((later) => setTimeout(later, 10));
  }
};

async function entered(section: string): Promise<{ room: Room; ends: End["kind"][]; counts: number[] }> {
  const ends: End["kind"][] = [];
  const counts: number[] = [];
  let isOpen = false;
  const room = enterRoom(line, section, {
    opened: () => (isOpen = true),
    unsentChanged: () => counts.push(room.unsent()),
    ended: ({ kind }) => ends.push(kind),
  });
  await until(() => isOpen || ends.length > 0, `opening ${section}`);
  return { room, ends, counts };
}

const write = (room: Room, text: string): void =>
  room.doc.transact(() => room.fragment.insert(room.fragment.length, [aParagraph(text, text)]), "editor");
const kept = (section: string): string => server.hocuspocus.documents.get(`section:${section}`)?.getXmlFragment(FRAGMENT).toString() ?? "";

test("what is written is acknowledged, and counted until then", async () => {
  const { room, counts } = await entered("s1");
  assert.equal(room.fragment.toString().includes("Premier"), true);
  room.wrote();
  write(room, "deux");
  assert.equal(room.unsent() > 0, true);
  await until(() => room.unsent() === 0, "the acknowledgement");
  assert.equal(kept("s1").includes("deux"), true);
  assert.equal(counts.at(-1), 0);
  room.leave();
});

test("nothing goes out before the person writes; then what was held goes first", async () => {
  const { room } = await entered("s2");
  const before = received;
  write(room, "réparation");
  await new Promise((later) => setTimeout(later, 150));
  assert.deepEqual([received, room.unsent()], [before, 0]);
  room.wrote();
  write(room, "phrase");
  await until(() => room.unsent() === 0, "the acknowledgement");
  assert.match(kept("s2"), /réparation.*phrase/);
  room.leave();
});

test("a refusal ends the room, however the server says it", async () => {
  for (const how of ["close", "deny"] as const) {
    const { room, ends } = await entered(`s3-${how}`);
    answer = how;
    room.wrote();
    write(room, "refusé");
    await until(() => ends.length > 0, how);
    answer = "keep";
    room.leave();
    assert.deepEqual(ends, ["refused"]);
    const again = await entered(`s3-${how}`);
    assert.notEqual(again.room.doc.clientID, room.doc.clientID);
    assert.equal(again.room.fragment.toString().includes("refusé"), false);
    await new Promise((later) => setTimeout(later, 50));
    assert.deepEqual(again.ends, []);
    again.room.leave();
  }
});

test("a section one may only read, or not even that, does not open; one for which there is no room may open later", async () => {
  for (const [section, why] of [["readonly", "not-allowed"], ["secret", "not-allowed"], ["crowded", "late"]] as const) {
    const { room, ends } = await entered(section);
    assert.deepEqual(ends, [why]);
    room.leave();
  }
});

test("what is written off line is counted, and arrives once at the return", async () => {
  const { room, ends } = await entered("s4");
  room.wrote();
  line.socket.webSocket?.close();
  await until(() => line.state().kind === "offline", "the loss");
  write(room, "hors");
  write(room, "ligne");
  assert.equal(room.unsent() > 0, true);
  await until(() => line.isLive() && room.unsent() === 0, "the return");
  assert.match(kept("s4"), /hors.*ligne/);
  assert.equal(kept("s4").split("hors").length, room.fragment.toString().split("hors").length);
  assert.deepEqual(ends, []);
  room.leave();
});

test("a repair that nobody wrote ends with the connection instead of being sent", async () => {
  const { room, ends } = await entered("s5");
  write(room, "réparation");
  line.socket.webSocket?.close();
  await until(() => ends.length > 0, "the end");
  room.leave();
  assert.deepEqual(ends, ["stale"]);
  await until(() => line.isLive(), "the return");
  assert.equal(kept("s5").includes("réparation"), false);
});

const page = { person: "7", unkept: () => {}, changed: () => {} };

function anArticle(section: string): HTMLElement {
  const article = document.createElement("article");
  Object.assign(article.dataset, { section, label: "Article 1", writable: "true" });
  article.innerHTML = '<button data-write></button><div data-text></div><p class="etat-sauvegarde"><span data-save></span></p>';
  document.body.append(article);
  return article;
}

test("a section that the server opens to be read only can no longer be entered", async () => {
  const article = anArticle("readonly");
  aSection(article, line, page).enter(null);
  await until(() => article.dataset.writable === "false", "the server's answer");
  assert.equal(article.querySelector<HTMLElement>("[data-write]")?.hidden, true);
  assert.deepEqual([article.dataset.editor, article.querySelector("[data-save]")?.textContent], ["closed", words.readonly]);
});

test("a click before the first connection opens the text once there is one; after a loss it says to click again", async () => {
  const first = connect(`ws://127.0.0.1:${server.address.port}/live`);
  const article = anArticle("s7");
  const one = aSection(article, first, page);
  one.enter(null);
  const saved = (): string => article.querySelector("[data-save]")?.textContent ?? "";
  assert.deepEqual([first.state().kind, article.dataset.editor, saved()], ["connecting", "opening", words.opening]);
  listen(first, "c1", () => {});
  await until(() => one.isLive(), "the editor");
  assert.equal(article.contains(document.activeElement), true);
  one.forget();
  first.socket.destroy();

  const other = anArticle("s8");
  aSection(other, { ...line, state: () => ({ kind: "offline", since: new Date(), why: "lost" }), isLive: () => false }, page).enter(null);
  assert.deepEqual([other.dataset.editor, other.querySelector("[data-save]")?.textContent], ["closed", words.openOffline]);
});

test("what a person had not sent is neither shown nor sent once another is signed in", async () => {
  const article = anArticle("s6");
  let state: Connection = { kind: "live" };
  const one = aSection(article, { ...line, state: () => state, isLive: () => state.kind === "live" && line.isLive() }, page);
  one.enter(null);
  await until(() => one.isLive(), "the editor");
  state = { kind: "offline", since: new Date(), why: "lost" };
  article.querySelector(".ProseMirror")!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  assert.deepEqual([one.unsent() > 0, article.querySelectorAll("p[data-block]").length], [true, 2]);
  state = { kind: "other" };
  one.lineChanged();
  assert.deepEqual([one.isLive(), one.unsent(), article.dataset.writable], [false, 0, "false"]);
  assert.deepEqual([...article.querySelectorAll("p[data-block]")].map((block) => block.textContent), ["Premier"]);
  assert.equal(kept("s6").split("<paragraph").length, 2);
});

test("a server that has heard too much, or has too many pages, is left alone for a while, and then told what was written", async () => {
  for (const [code, why, restMs] of [[4429, "fast", 10_000], [4430, "many", 15_000]] as const) {
    const { room, ends } = await entered(`s9-${why}`);
    room.wrote();
    for (const peer of peers) peer.webSocket.close(code, "");
    await until(() => line.state().kind === "offline", why);
    const state = line.state();
    assert.equal(state.kind === "offline" && state.why, why);
    assert.equal(line.socket.configuration.delay >= restMs, true);
    write(room, why);
    assert.equal(room.unsent() > 0, true);
    void line.socket.connect(); // the rest is over
    await until(() => line.isLive() && room.unsent() === 0, "the return");
    assert.match(kept(`s9-${why}`), new RegExp(`>${why}<`));
    assert.deepEqual(ends, []);
    room.leave();
  }
});

test("a session that ended stops the attempts", async () => {
  assert.equal(document.documentElement.dataset.live, "live");
  for (const peer of peers) peer.webSocket.close(4401, "");
  await until(() => line.state().kind === "over", "the end of the session");
  await new Promise((later) => setTimeout(later, 800));
  assert.deepEqual([line.state().kind, line.socket.webSocket], ["over", null]);
});
