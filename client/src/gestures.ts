// Knows that a person who reads is there, and tells the server now and then; knows nothing of what they read.
import type { Line } from "./connection.ts";

const EVERY_MS = 60_000; // as often as the server writes it down
const KEPT = "entente-seen"; // for the other tabs: they have the same session

export type Gestures = {
  /** When the server last heard of one, from this tab or another. */
  toldAt(): number;
  tell(): void;
};

/** Keeps the session of a reader alive: reading sends nothing else. */
export function tellGestures(line: Line): Gestures {
  let told = Date.now(); // the page itself was a gesture
  const tell = (): void => {
    const before = told;
    told = Date.now();
    void fetch("/seen", { method: "POST", keepalive: true })
      .then(({ status, ok }) => {
        if (status === 401) line.stop({ kind: "over" });
        if (ok) share(told);
      })
      .catch(() => (told = before)); // off line: the band says so
  };
  const now = (): void => {
    if (Date.now() - told >= EVERY_MS && line.state().kind === "live") tell();
  };
  for (const gesture of ["keydown", "pointerdown", "wheel"]) window.addEventListener(gesture, now, { capture: true, passive: true });
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === KEPT) told = Math.max(told, Number(newValue));
  });
  return { toldAt: () => told, tell };
}

// Storage throws when the browser forbids it: then each tab only knows of itself, and warns a little too early.
function share(at: number): void {
  try {
    localStorage.setItem(KEPT, String(at));
  } catch {
    // Nothing to do.
  }
}
