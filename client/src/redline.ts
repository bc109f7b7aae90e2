// Knows how to go from one change of a redline to the next, with keys or buttons; knows nothing of what they say.
import { all, find, say } from "./dom.ts";

/** What each key does where changes are read: the dialog of shortcuts (shortcuts.html) lists exactly these. */
export const REDLINE_KEYS: Readonly<Record<string, 1 | -1>> = { F7: 1, "Shift-F7": -1 };

/** Starts the way through the changes of the page; without it they are read as they stand. */
export function startRedline(): void {
  let at = -1;
  const go = (step: 1 | -1): void => {
    const places = changes();
    // The innermost: a change may stand inside a block that moved.
    const here = places.findLastIndex((place) => place.contains(document.activeElement));
    if (here >= 0) at = here;
    at = at < 0 && step < 0 ? places.length - 1 : (at + step + places.length) % places.length;
    const place = places[at];
    const tools = find("[data-redline-tools]");
    if (!place || !tools) return;
    for (const other of places) other.classList.toggle("redline__ici", other === place);
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
    const said = (tools.dataset.says ?? "").replace("{at}", String(at + 1)).replace("{of}", String(places.length));
    say(find("[data-redline-place]", tools), said);
  };
  document.addEventListener("keydown", (event) => {
    const step = REDLINE_KEYS[(event.shiftKey ? "Shift-" : "") + event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || find("dialog[open]") || !changes().length) return;
    event.preventDefault(); // Firefox would ask about its caret
    go(step);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-redline-tools] [data-step]") : null;
    if (button) go(button.dataset.step === "1" ? 1 : -1);
  });
  showTools();
  const [place, text] = [find("#redline-brouillon"), find("[data-text]")];
  if (place && text) {
    void import("./redrawn.ts").then(({ redrawer }) => redrawer(place, text, () => ((at = -1), showTools())));
  }
}

function changes(): HTMLElement[] {
  return all("[data-modif]").sort((one, other) => numberOf(one) - numberOf(other));
}

function showTools(): void {
  const tools = find("[data-redline-tools]");
  if (tools) tools.hidden = changes().length === 0;
}

function numberOf(place: HTMLElement): number {
  return Number(place.id.slice(1));
}
