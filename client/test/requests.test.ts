import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "./page.ts";
import { RequestSocket } from "../src/requests.ts";

const LINE = "/contracts/c1/live/key";
const framed = (frame: Uint8Array): Uint8Array => joined(new Uint8Array([frame.length >> 24, frame.length >> 16, frame.length >> 8, frame.length]), frame);
const joined = (...pieces: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(pieces.flatMap((piece) => [...piece]));

/** The server's two streams, as docs/reference/wire.md says them; `loses` some answers. */
class Server {
  readonly asked: string[] = [];
  said = joined();
  told = joined();
  code: number | null = null;
  opens = 201;
  loses: (method: string) => boolean = () => false;

  async answer(url: string, { method = "GET", body, signal }: RequestInit): Promise<Response> {
    const { pathname, searchParams, protocol } = new URL(url, "https://x");
    this.asked.push(`${method} ${pathname}`);
    assert.equal(protocol, "https:");
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (pathname !== LINE) return new Response(null, { status: this.opens, headers: { Location: LINE } });
    const answer = method === "POST" ? this.hear(Number(searchParams.get("from")), body as Uint8Array) : await this.tell(Number(searchParams.get("heard")), signal);
    if (this.loses(method)) throw new TypeError("lost");
    return answer;
  }

  private hear(from: number, piece: Uint8Array): Response {
    assert.ok(from <= this.said.length && piece.length <= 32_768);
    this.said = joined(this.said, piece.subarray(this.said.length - from));
    return new Response(null, { headers: { "Entente-Taken": String(this.said.length) } });
  }

  private async tell(heard: number, signal: AbortSignal | null | undefined): Promise<Response> {
    while (heard === this.told.length && this.code === null) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (signal?.aborted) throw new TypeError("aborted");
    }
    return new Response(this.told.subarray(heard), { headers: this.code === null ? {} : { "Entente-Close": String(this.code) } });
  }
}

let server: Server;
beforeEach(() => {
  server = new Server();
  globalThis.fetch = ((url: string, given: RequestInit = {}) => server.answer(url, given)) as typeof fetch;
});

const happens = (socket: EventTarget, kind: string): Promise<Event> => new Promise((resolve) => socket.addEventListener(kind, resolve, { once: true }));
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
};

async function opened(): Promise<{ socket: RequestSocket; heard: Uint8Array[] }> {
  const socket = new RequestSocket("wss://x/contracts/c1/live?seen=1");
  const heard: Uint8Array[] = [];
  socket.addEventListener("message", (event) => heard.push(new Uint8Array((event as MessageEvent).data as ArrayBuffer)));
  await happens(socket, "open");
  return { socket, heard };
}

test("whatever answer is lost, each frame comes once and in order, both ways", async () => {
  const { socket, heard } = await opened();
  const frames = [new Uint8Array([1]), new Uint8Array(100_000).fill(2), new Uint8Array(), new Uint8Array([3, 4])];
  const lost = new Set(["GET", "POST"]);
  server.loses = (method) => lost.delete(method);
  for (const frame of frames) socket.send(frame);
  for (const frame of frames) server.told = joined(server.told, framed(frame));
  const all = joined(...frames.map(framed));
  await until(() => server.said.length === all.length && heard.length === frames.length);
  assert.deepEqual(server.said, all);
  assert.deepEqual(heard, frames);
  assert.equal(lost.size, 0);
  socket.close();
});

test("a close code comes after the last words; one that closes itself says so and asks no more", async () => {
  const { socket, heard } = await opened();
  server.told = joined(framed(new Uint8Array([7])));
  server.code = 1012;
  const { code } = (await happens(socket, "close")) as CloseEvent;
  assert.deepEqual([code, heard.length, socket.readyState], [1012, 1, 3]);
  server.code = null;
  const { socket: second } = await opened();
  second.close();
  assert.equal(((await happens(second, "close")) as CloseEvent).code, 1000);
  assert.equal(server.asked.at(-1), `DELETE ${LINE}`);
  second.send(new Uint8Array([1]));
  assert.equal(server.asked.at(-1), `DELETE ${LINE}`);
});

test("a door that stays shut is a lost connection; one shut for want of a session says so", async () => {
  for (const [status, code] of [[404, 1006], [401, 4401], [503, 1006]]) {
    server.opens = status ?? 0;
    const closed = (await happens(new RequestSocket("wss://x/contracts/c1/live"), "close")) as CloseEvent;
    assert.equal(closed.code, code);
  }
});
