// Knows the one websocket of a contract page and what state it is in; knows neither sections nor people.
import { HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { find, make, say } from "./dom.ts";
import { words } from "./words.ts";

export type Connection =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "offline"; since: Date }
  | { kind: "over" }
  | { kind: "forbidden"; says: string };

export type Line = {
  readonly socket: HocuspocusProviderWebsocket;
  state(): Connection;
  isLive(): boolean;
  onChange(hear: (state: Connection) => void): void;
};

// The close codes after which trying again is useless; 1012 (restarting) and 1013 (too slow) reconnect.
const FINAL: Record<number, Connection> = {
  4401: { kind: "over" },
  4403: { kind: "forbidden", says: words.forbidden },
  4404: { kind: "forbidden", says: words.gone },
};

// A server that refuses at the door looks to a websocket like a network that is down: the page itself tells.
const ASK_EVERY = 3;

async function whyRefused(): Promise<Connection | null> {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.type === "opaqueredirect" || answer?.status === 401) return { kind: "over" };
  if (answer?.status === 403) return { kind: "forbidden", says: words.forbidden };
  return answer?.status === 404 ? { kind: "forbidden", says: words.gone } : null;
}

const FIRST_DELAY_MS = 300;
const LAST_DELAY_MS = 5_000;
const SHORT_MS = 5_000; // a connection that lived less did not do its work: the next try waits longer

/** Opens the websocket of the page and keeps it open. */
export function connect(url: string): Line {
  let state: Connection = { kind: "connecting" };
  let connectedAt = 0;
  let delay = FIRST_DELAY_MS;
  let failures = 0;
  const hearers: ((state: Connection) => void)[] = [];
  const become = (next: Connection): void => {
    if (next.kind === state.kind) return;
    state = next;
    document.documentElement.dataset.live = state.kind;
    for (const hear of hearers) hear(state);
  };
  const stop = (end: Connection): void => {
    if (state.kind !== "offline") return;
    socket.shouldConnect = false;
    become(end);
  };

  const socket = new HocuspocusProviderWebsocket({
    url,
    delay: FIRST_DELAY_MS,
    minDelay: FIRST_DELAY_MS,
    maxDelay: LAST_DELAY_MS,
    factor: 2,
    jitter: true,
    messageReconnectTimeout: 30_000, // the server pings every 15 s
    onConnect: () => {
      connectedAt = Date.now();
      failures = 0;
      become({ kind: "live" });
    },
    onClose: ({ event }) => {
      // Coming back from « over » without a new session fails like a network: it is still over.
      const end = FINAL[event.code] ?? (state.kind === "over" ? state : undefined);
      const lived = Date.now() - connectedAt;
      delay = lived < SHORT_MS ? Math.min(delay * 2, LAST_DELAY_MS) : FIRST_DELAY_MS;
      // Not everyone at once after a restart. A whole number not below minDelay: anything else stops all tries.
      socket.configuration.delay = Math.round(Math.min(delay * (1 + Math.random() / 2), LAST_DELAY_MS));
      if (end) socket.shouldConnect = false; // read by the provider just after this call
      become(end ?? { kind: "offline", since: new Date() });
      if (!end && ++failures % ASK_EVERY === 0) void whyRefused().then((why) => why && stop(why));
    },
  });
  document.documentElement.dataset.live = state.kind;
  followTheBrowser(socket, () => state);
  return {
    socket,
    state: () => state,
    isLive: () => state.kind === "live" && socket.webSocket?.readyState === WebSocket.OPEN,
    onChange: (hear) => hearers.push(hear),
  };
}

function followTheBrowser(socket: HocuspocusProviderWebsocket, state: () => Connection): void {
  window.addEventListener("online", () => {
    if (state().kind === "offline") void socket.connect();
  });
  // A cut cable leaves the socket open for a long time: act as if it had closed, and try again.
  window.addEventListener("offline", () => socket.webSocket?.dispatchEvent(new CloseEvent("close", { code: 4408 })));
  // The person may have signed in again in another tab.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && state().kind === "over") void socket.connect();
  });
}

const CALM_MS = 1_000; // a restart of the server is over before this: not worth a sentence
const RELIEF_MS = 4_000; // how long the good news stays

/** Writes the state of the connection in `[data-connection]`: nothing when all is well. */
export function showConnection(line: Line, isWriting: () => boolean): void {
  const place = find("[data-connection]");
  if (!place) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasTold = false;
  const later = (ms: number, act: () => void): void => {
    timer = setTimeout(act, ms);
  };
  line.onChange((state) => {
    clearTimeout(timer);
    switch (state.kind) {
      case "connecting":
        return;
      case "live":
        say(place, wasTold ? words.back : "");
        wasTold = false;
        return later(RELIEF_MS, () => say(place, ""));
      case "offline":
        return later(CALM_MS, () => {
          wasTold = true;
          say(place, isWriting() ? words.offlineWriting : words.offline);
        });
      case "over":
        wasTold = true;
        return place.replaceChildren(words.over, " ", signInLink());
      case "forbidden":
        return say(place, state.says);
    }
  });
}

// A new tab, so that nothing written here is lost; coming back to this one reconnects.
function signInLink(): HTMLAnchorElement {
  const link = make("a", "", words.signIn);
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}
