// Knows when the session of this page ends and warns two minutes before; knows nothing of how gestures are told.
import { announce } from "./announce.ts";
import type { Line } from "./connection.ts";
import { find, make } from "./dom.ts";
import type { Gestures } from "./gestures.ts";
import { laterWords } from "./laterwords.ts";
import { words } from "./words.ts";

const WARN_MS = 120_000;
const SLACK_MS = 60_000; // the server may have written down the last gesture that much earlier
const LOOK_EVERY_MS = 5_000;

/** Warns in the band before the session ends: for want of a gesture (`data-idle`, seconds), or for good (`data-ends`). */
export function warnBeforeTheEnd(page: HTMLElement, line: Pick<Line, "state">, gestures: Gestures): void {
  const idle = Number(page.dataset.idle) * 1_000;
  const endsAt = Date.now() + Number(page.dataset.ends) * 1_000;
  const early = Math.min(WARN_MS, idle / 4) + Math.min(SLACK_MS, idle / 4);
  let shown: "idle" | "end" | null = null;
  const look = (): void => {
    const now = Date.now();
    const isOpen = line.state().kind !== "over" && line.state().kind !== "other";
    const next = !isOpen ? null : endsAt - now <= WARN_MS ? "end" : gestures.toldAt() + idle - now <= early ? "idle" : null;
    if (next === shown) return;
    shown = next;
    find("[data-ending]")?.remove();
    announce("session", next ? laterWords.ends(next === "idle") : "");
    if (next) find(".bandeau")?.append(notice(next, stay));
  };
  const stay = (): void => {
    gestures.tell();
    look();
  };
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look); // a tab asleep has no timers
}

function notice(which: "idle" | "end", stay: () => void): HTMLElement {
  const place = make("p", "bandeau__point", laterWords.ends(which === "idle"), " ", which === "idle" ? stayButton(stay) : signInLink());
  place.dataset.ending = which;
  return place;
}

function stayButton(stay: () => void): HTMLButtonElement {
  const button = make("button", "btn btn--petit", laterWords.stay);
  button.type = "button";
  button.addEventListener("click", stay);
  return button;
}

// A new session in a new tab; this page takes it up when one comes back to it.
function signInLink(): HTMLAnchorElement {
  const link = make("a", "btn btn--petit", words.signIn);
  link.href = `/sign-in?again=yes&next=${encodeURIComponent(location.pathname)}`;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}
