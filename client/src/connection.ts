// Knows the one connection of a contract page and what state it is in; knows neither sections nor people.
import { HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { loadLater } from "./parts.ts";
import { words } from "./words.ts";

export type Connection =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "offline"; since: Date; why: Loss }
  | End;

/** Why there is no connection: nobody answers, no network here, or the server said so: it restarts, too much was sent, too many pages are open. */
export type Loss = "lost" | "network" | "restart" | "fast" | "many";

/** What no new try can mend: the session ended, another person is signed in, or the page is refused. */
export type End = { kind: "over" } | { kind: "other" } | { kind: "forbidden"; says: string; mayReload?: true };

export type Line = {
  readonly socket: HocuspocusProviderWebsocket;
  state(): Connection;
  isLive(): boolean;
  /** Talks over requests, because no websocket gets through. */
  isBackup(): boolean;
  /** Hangs up and tries again: it looks open, but nothing comes through it any more. */
  doubt(): void;
  /** Hangs up for good. */
  stop(end: End): void;
  onChange(hear: (state: Connection) => void): void;
};

// The close codes after which trying again is useless; 1012 (restarting) and 1013 (too slow) reconnect.
const FINAL: Record<number, End> = {
  1009: { kind: "forbidden", says: words.tooLarge }, // the same message would be sent again and again
  4400: { kind: "forbidden", says: words.notUnderstood, mayReload: true },
  4401: { kind: "over" },
  4403: { kind: "forbidden", says: words.forbidden },
};

// A server that refuses at the door looks to a websocket like a network that is down: the page itself tells.
const ASK_EVERY = 3;

const whyRefused = (): Promise<End | null> => loadLater().then(({ whyRefused }) => whyRefused()).catch(() => null);

const FIRST_DELAY_MS = 300;
const LAST_DELAY_MS = 5_000;
const RESTARTING = 1012;
// After these it is no use to come back at once; what is unsent stays here, and goes when the page is back.
const REST: Record<number, { why: Loss; ms: number }> = { 4429: { why: "fast", ms: 10_000 }, 4430: { why: "many", ms: 15_000 } };
const RESTART_MS = 20_000;
const SHORT_MS = 5_000; // a connection that lived less did not do its work: the next try waits longer

/** Opens the websocket of the page and keeps it open. */
export function connect(url: string): Line {
  let state: Connection = { kind: "connecting" };
  let connectedAt = 0;
  let delay = FIRST_DELAY_MS;
  let failures = 0;
  const hearers: ((state: Connection) => void)[] = [];
  const become = (next: Connection): void => {
    const isSame = next.kind === state.kind && !(next.kind === "offline" && state.kind === "offline" && next.why !== state.why);
    if (isSame) return;
    state = next;
    document.documentElement.dataset.live = state.kind;
    for (const hear of hearers) hear(state);
  };
  const stop = (end: End): void => {
    socket.disconnect();
    become(end);
  };

  const socket = new HocuspocusProviderWebsocket({
    url,
    delay: FIRST_DELAY_MS,
    minDelay: FIRST_DELAY_MS,
    maxDelay: LAST_DELAY_MS,
    factor: 2,
    jitter: true,
    messageReconnectTimeout: 30_000, // the server pings every 10 s
    onConnect: () => {
      if (state.kind === "other" || state.kind === "forbidden") return socket.disconnect();
      connectedAt = Date.now();
      failures = 0;
      become({ kind: "live" });
    },
    onClose: ({ event }) => {
      // Coming back from « over » without a new session fails like a network: it is still over.
      const end = FINAL[event.code] ?? (isEnd(state) ? state : undefined);
      const lived = Date.now() - connectedAt;
      delay = lived < SHORT_MS ? Math.min(delay * 2, LAST_DELAY_MS) : FIRST_DELAY_MS;
      // Not everyone at once after a restart. A whole number not below minDelay: anything else stops all tries.
      const rest = REST[event.code]?.ms;
      const wait = (rest ?? delay) * (1 + Math.random() / 2);
      socket.configuration.delay = Math.round(rest ? wait : Math.min(wait, LAST_DELAY_MS));
      if (end) socket.shouldConnect = false; // read by the provider just after this call
      become(end ?? lossAfter(state, event.code));
      if (end?.kind === "over" && !(event.code in FINAL)) void whyRefused().then((why) => why && stop(why));
      if (!end && ++failures % ASK_EVERY === 0) void whyRefused().then((why) => why && state.kind === "offline" && stop(why));
    },
  });
  document.documentElement.dataset.live = state.kind;
  followTheBrowser(socket, () => state);
  return {
    socket,
    state: () => state,
    doubt: () => hangUp(socket),
    isBackup: () => socket.configuration.WebSocketPolyfill !== WebSocket,
    isLive: () => state.kind === "live" && socket.webSocket?.readyState === WebSocket.OPEN,
    stop,
    onChange: (hear) => hearers.push(hear),
  };
}

// A restart takes some tries: until then it is still the reason.
function lossAfter(state: Connection, code: number): Connection {
  const since = state.kind === "offline" ? state.since : new Date();
  const isRestart = code === RESTARTING || (state.kind === "offline" && state.why === "restart" && Date.now() - +since < RESTART_MS);
  const why = REST[code]?.why ?? (isRestart ? "restart" : "lost");
  return { kind: "offline", since, why: navigator.onLine === false ? "network" : why };
}

// A cut cable leaves the socket open for a long time: act as if it had closed.
function hangUp(socket: HocuspocusProviderWebsocket): void {
  socket.webSocket?.dispatchEvent(new CloseEvent("close", { code: 4408 }));
}

function isEnd(state: Connection): state is End {
  return state.kind === "over" || state.kind === "other" || state.kind === "forbidden";
}

function followTheBrowser(socket: HocuspocusProviderWebsocket, state: () => Connection): void {
  window.addEventListener("online", () => {
    if (state().kind === "offline") void socket.connect();
  });
  window.addEventListener("offline", () => hangUp(socket));
  // The person may have signed in again in another tab.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && state().kind === "over") void socket.connect();
  });
}
