// Knows that a person who reads is there, and tells the server now and then; knows nothing of what they read.
import type { Line } from "./connection.ts";

const EVERY_MS = 60_000;

/** Keeps the session of a reader alive: reading sends nothing else. */
export function tellGestures(line: Line): void {
  let told = Date.now(); // the page itself was a gesture
  const tell = (): void => {
    if (Date.now() - told < EVERY_MS || line.state().kind !== "live") return;
    told = Date.now();
    void fetch("/seen", { method: "POST", keepalive: true })
      .then(({ status }) => status === 401 && line.stop({ kind: "over" }))
      .catch(() => undefined); // off line: the band says so
  };
  for (const gesture of ["keydown", "pointerdown", "wheel"]) window.addEventListener(gesture, tell, { capture: true, passive: true });
}
