// Knows how to go from one change of a redline to the next, with keys or buttons; knows nothing of what they say.
import { all, find, say } from "./dom.ts";

/** What each key does where changes are read: the dialog of shortcuts (shortcuts.html) lists exactly these. */
export const REDLINE_KEYS: Readonly<Record<string, 1 | -1>> = { F7: 1, "Shift-F7": -1 };

/** Starts the way through the changes of the page; without it they are read as they stand. */
export function startRedline(): void {
  const tools = find("[data-redline-tools]");
  const places = all("[data-modif]").sort((one, other) => numberOf(one) - numberOf(other));
  if (!tools || places.length === 0) return;
  tools.hidden = false;
  let at = -1;
  const go = (step: 1 | -1): void => {
    // The innermost: a change may stand inside a block that moved.
    const here = places.findLastIndex((place) => place.contains(document.activeElement));
    if (here >= 0) at = here;
    at = at < 0 && step < 0 ? places.length - 1 : (at + step + places.length) % places.length;
    const place = places[at];
    if (!place) return;
    for (const other of places) other.classList.toggle("redline__ici", other === place);
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
    const said = (tools.dataset.says ?? "").replace("{at}", String(at + 1)).replace("{of}", String(places.length));
    say(find("[data-redline-place]", tools), said);
  };
  document.addEventListener("keydown", (event) => {
    const step = REDLINE_KEYS[(event.shiftKey ? "Shift-" : "") + event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]")) return;
    event.preventDefault(); // Firefox would ask about its caret
    go(step);
  });
  tools.addEventListener("click", ({ target }) => {
    const step = target instanceof Element ? target.closest<HTMLElement>("[data-step]")?.dataset.step : undefined;
    if (step) go(step === "1" ? 1 : -1);
  });
}

function numberOf(place: HTMLElement): number {
  return Number(place.id.slice(1));
}
