// Knows how the page shows itself to a room and to paper: projected, printed; knows nothing of what it shows.
import { find } from "./dom.ts";

const KEPT = "entente-projection";

/** Starts the buttons « Projeter » and « Imprimer » where the page has them. */
export function startView(): void {
  find("[data-print]")?.addEventListener("click", () => print());
  const button = find("[data-project]");
  if (!button) return;
  const project = (isOn: boolean): void => {
    document.documentElement.toggleAttribute("data-projection", isOn);
    button.setAttribute("aria-pressed", String(isOn));
    remember(isOn);
  };
  project(isRemembered()); // a reload in front of the room changes nothing
  button.addEventListener("click", () => project(!document.documentElement.hasAttribute("data-projection")));
}

// Storage throws when the browser forbids it; the view then holds for this page only.
function remember(isOn: boolean): void {
  try {
    if (isOn) sessionStorage.setItem(KEPT, "1");
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing to do.
  }
}

function isRemembered(): boolean {
  try {
    return sessionStorage.getItem(KEPT) === "1";
  } catch {
    return false;
  }
}
