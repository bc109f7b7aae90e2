// Knows which way a page reaches the server, a websocket or requests where none gets through; knows nothing of either's inside.
import type { Line } from "./connection.ts";
import { loadRequests } from "./parts.ts";

const SLOW_MS = 5_000; // a websocket opens in less than a second, or the network holds it back
const PROBE_EVERY_MS = 10 * 60_000; // a network that lets none through seldom changes its mind
const KEPT = "entente-requests"; // for this tab: the next page begins where this one ended
const BLOCKED_TRIES = 2; // one may have met a server that was starting

/** Sees to it that a page whose websocket cannot open talks over requests, and goes back as soon as one opens. */
export function findTheWay(line: Line): void {
  const { socket } = line;
  let blocked = isKept() ? BLOCKED_TRIES - 1 : 0;
  let hasOpened = line.isLive(); // and spoken: a proxy may open what it then says nothing through
  let slow: ReturnType<typeof setTimeout> | undefined;
  const isWaiting = (): boolean => !hasOpened && (line.state().kind === "connecting" || line.state().kind === "offline");

  const takeRequests = async (): Promise<void> => {
    const { RequestSocket } = await loadRequests();
    if (!isWaiting() || line.isBackup()) return;
    keep(true);
    socket.configuration.WebSocketPolyfill = RequestSocket;
    void socket.connect(); // in the place of a try that waits or hangs
  };
  // Who answers requests and lets no websocket open twice, or lets one hang, lets none through.
  const blame = async (tries: number): Promise<void> => {
    const answers = await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
    blocked = answers ? blocked + tries : 0;
    if (blocked >= BLOCKED_TRIES) await takeRequests();
  };
  const takeWebSocket = (): void => {
    blocked = 0;
    socket.configuration.WebSocketPolyfill = WebSocket;
  };

  const watch = (): void => {
    clearTimeout(slow);
    if (!line.isBackup()) slow = setTimeout(() => isWaiting() && void blame(BLOCKED_TRIES), SLOW_MS);
  };
  socket.on("status", ({ status }: { status: string }) => {
    if (status === "connecting") watch();
  });
  socket.on("connect", () => {
    hasOpened = true;
    clearTimeout(slow);
    if (!line.isBackup()) keep(false);
  });
  socket.on("close", () => {
    clearTimeout(slow);
    const wasOpen = hasOpened;
    hasOpened = false;
    if (wasOpen) return;
    if (line.isBackup()) takeWebSocket();
    else if (isWaiting()) void blame(1);
  });

  const probe = (): void => {
    if (!line.isBackup() || !line.isLive()) return;
    const trial = new WebSocket(socket.configuration.url);
    const late = setTimeout(() => trial.close(), SLOW_MS);
    trial.onopen = () => {
      clearTimeout(late);
      trial.close();
      if (!line.isBackup()) return;
      keep(false);
      takeWebSocket();
      line.doubt(); // comes back at once, by the websocket
    };
  };
  setInterval(probe, PROBE_EVERY_MS);
  if (!hasOpened) {
    watch();
    if (isKept()) void takeRequests().then(() => setTimeout(probe, SLOW_MS));
  }
}

// Storage throws when the browser forbids it: then each page finds out for itself.
function isKept(): boolean {
  try {
    return sessionStorage.getItem(KEPT) !== null;
  } catch {
    return false;
  }
}

function keep(isToKeep: boolean): void {
  try {
    if (isToKeep) sessionStorage.setItem(KEPT, "1");
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing to do.
  }
}
