// Knows how to be a websocket without one: two numbered streams of bytes over requests; knows nothing of what they say.
// docs/reference/wire.md, « Over requests ». Made for HocuspocusProviderWebsocket, which asks no more of its socket.

const LENGTH_BYTES = 4;
const PIECE_BYTES = 32_768; // what the server takes in one request
const TRIES = 4; // of one request; then the connection is lost, and made anew
const FIRST_PAUSE_MS = 300;
const LOST = 1006; // RFC 6455, 7.4.1: never sent, what a browser says of a connection that broke
const OVER = 4401;

type State = 0 | 1 | 2 | 3; // as WebSocket.readyState

/** A connection by requests: one waits for what the server says, one at a time brings what is to be said. */
export class RequestSocket extends EventTarget {
  binaryType = "arraybuffer";
  readyState: State = 0;
  readonly #opening: URL;
  #line = "";
  #heard = 0;
  #said = 0;
  #came: Uint8Array = new Uint8Array();
  #toSay: Uint8Array = new Uint8Array();
  #isSaying = false;
  readonly #leaving = new AbortController();
  readonly #leave = (): void => this.close();

  constructor(url: string) {
    super();
    this.#opening = new URL(url);
    this.#opening.protocol = this.#opening.protocol === "wss:" ? "https:" : "http:";
    window.addEventListener("pagehide", this.#leave);
    void this.#open();
  }

  send(frame: Uint8Array): void {
    if (this.readyState !== 1) return;
    const framed = new Uint8Array(LENGTH_BYTES + frame.length);
    new DataView(framed.buffer).setUint32(0, frame.length);
    framed.set(frame, LENGTH_BYTES);
    this.#toSay = joined(this.#toSay, framed);
    if (!this.#isSaying) void this.#say();
  }

  close(): void {
    if (this.readyState >= 2) return;
    if (this.#line) void fetch(this.#line, { method: "DELETE", keepalive: true }).catch(() => {});
    this.readyState = 2;
    queueMicrotask(() => this.#end(1000));
  }

  async #open(): Promise<void> {
    const answer = await this.#once("POST", this.#opening.href);
    const line = answer?.headers.get("Location");
    if (answer?.status !== 201 || !line) return void this.#end(answer?.status === 401 ? OVER : LOST);
    this.#line = line;
    if (this.readyState !== 0) return void fetch(this.#line, { method: "DELETE", keepalive: true }).catch(() => {}); // closed meanwhile
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
    void this.#hear();
  }

  async #hear(): Promise<void> {
    while (this.readyState === 1) {
      const answer = await this.#ask("GET", `heard=${this.#heard}`);
      if (!answer) return;
      this.#heard += answer.body.length;
      this.#came = joined(this.#came, answer.body);
      this.#tell();
      if (answer.code !== null) this.#end(answer.code);
    }
  }

  #tell(): void {
    while (this.readyState === 1 && this.#came.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + new DataView(this.#came.buffer, this.#came.byteOffset).getUint32(0);
      if (this.#came.length < end) return;
      const frame = this.#came.slice(LENGTH_BYTES, end);
      this.#came = this.#came.subarray(end);
      this.dispatchEvent(new MessageEvent("message", { data: frame.buffer }));
    }
  }

  async #say(): Promise<void> {
    this.#isSaying = true;
    while (this.readyState === 1 && this.#toSay.length > 0) {
      const answer = await this.#ask("POST", `from=${this.#said}`, this.#toSay.slice(0, PIECE_BYTES));
      if (!answer) return;
      this.#toSay = this.#toSay.subarray(answer.taken - this.#said);
      this.#said = answer.taken;
      if (answer.code !== null) this.#end(answer.code);
    }
    this.#isSaying = false;
  }

  // What was lost is asked for, or said, again: the server knows what it has heard already.
  async #ask(method: string, place: string, body?: Uint8Array): Promise<{ body: Uint8Array; taken: number; code: number | null } | null> {
    for (let tries = 1, pause = FIRST_PAUSE_MS; this.readyState === 1; tries++, pause *= 2) {
      const answer = await this.#once(method, `${this.#line}?${place}`, body);
      const came = answer?.ok ? await answer.arrayBuffer().catch(() => null) : null;
      if (answer && came) {
        const code = answer.headers.get("Entente-Close");
        const taken = Number(answer.headers.get("Entente-Taken"));
        return { body: new Uint8Array(came), taken, code: code === null ? null : Number(code) };
      }
      if (answer && answer.status < 500 && !answer.ok) return this.#end(answer.status === 401 ? OVER : LOST);
      if (tries === TRIES) return this.#end(LOST);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return null;
  }

  #once(method: string, url: string, body?: Uint8Array): Promise<Response | null> {
    const sent = body ? { body: body as Uint8Array<ArrayBuffer>, headers: { "Content-Type": "application/octet-stream" }, keepalive: true } : {};
    return fetch(url, { method, cache: "no-store", redirect: "error", signal: this.#leaving.signal, ...sent }).catch(() => null);
  }

  #end(code: number): null {
    if (this.readyState === 3) return null;
    this.readyState = 3;
    this.#leaving.abort();
    window.removeEventListener("pagehide", this.#leave);
    this.dispatchEvent(new CloseEvent("close", { code, wasClean: code !== LOST }));
    return null;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
