// Knows when a connection that seems to be there is not: nothing comes back; knows nothing of what was sent.
import type { Line } from "./connection.ts";

const SILENCE_MS = 10_000; // an edit is answered in some milliseconds; the browser alone would wait for minutes
const LOOK_EVERY_MS = 1_000;

/** Hangs up on a line that does not open, or does not answer unsent words: « Enregistrement… » does not last for ever. */
export function doubtSilence(line: Line, isUnsent: () => boolean): void {
  let awaited: unknown = null;
  let since = 0;
  setInterval(() => {
    const { webSocket: socket, lastMessageReceived } = line.socket;
    const isAwaited = socket?.readyState === WebSocket.CONNECTING || (line.isLive() && isUnsent());
    if (!isAwaited || socket !== awaited) {
      awaited = isAwaited ? socket : null;
      since = Date.now();
    } else if (Date.now() - Math.max(since, lastMessageReceived) > SILENCE_MS) line.doubt();
  }, LOOK_EVERY_MS);
}
