// Knows the page around the text: theme, drawer, zones, shortcuts; knows neither documents nor the network.
import { all, find } from "./dom.ts";

type Theme = "clair" | "sombre";
const THEME_KEY = "entente-theme";
const ZONES = ["#sommaire", "#contenu", "#volet"];
const ACCOUNT = "details.compte-menu";
const TYPING = "input, textarea, select, [contenteditable='true']";

/** Starts what every page has. */
export function startFrame(): void {
  startTheme();
  startDrawer();
  document.addEventListener("keydown", (event) => {
    if (event.key === "F6") changeZone(event);
    if (event.key === "Escape") closeAccount();
    if (event.key === "?" && !(event.target as HTMLElement).closest(TYPING) && openDialog("raccourcis")) event.preventDefault();
  });
  document.addEventListener("click", ({ target }) => {
    const dialog = target instanceof Element ? target.closest<HTMLElement>("[data-dialog]")?.dataset.dialog : undefined;
    if (dialog) openDialog(dialog);
    if (target instanceof Element && !target.closest(ACCOUNT)) closeAccount();
  });
}

function startTheme(): void {
  const toggle = find("[data-theme-toggle]");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const wanted = (): Theme => chosenTheme() ?? (system.matches ? "sombre" : "clair");
  const apply = (theme: Theme): void => {
    document.documentElement.dataset.theme = theme;
    toggle?.setAttribute("aria-pressed", String(theme === "sombre"));
  };
  apply(wanted());
  system.addEventListener("change", () => apply(wanted()));
  toggle?.addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "sombre" ? "clair" : "sombre";
    keepTheme(next);
    apply(next);
  });
}

// Storage throws when the browser forbids it; the theme then follows the system.
function chosenTheme(): Theme | null {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    return kept === "sombre" || kept === "clair" ? kept : null;
  } catch {
    return null;
  }
}

function keepTheme(theme: Theme): void {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // Nothing to do: the choice holds for this page only.
  }
}

function startDrawer(): void {
  for (const button of all("[data-drawer]")) {
    const drawer = document.getElementById(button.getAttribute("aria-controls") ?? "");
    if (!drawer) continue;
    const open = (isOpen: boolean): void => {
      drawer.toggleAttribute("data-ouvert", isOpen);
      button.setAttribute("aria-expanded", String(isOpen));
    };
    button.addEventListener("click", () => {
      open(!drawer.hasAttribute("data-ouvert"));
      if (drawer.hasAttribute("data-ouvert")) drawer.focus();
    });
    drawer.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !drawer.hasAttribute("data-ouvert")) return;
      open(false);
      button.focus();
    });
    drawer.addEventListener("click", (event) => {
      if ((event.target as HTMLElement).closest("a[href^='#']")) open(false);
    });
  }
}

function closeAccount(): void {
  const menu = find<HTMLDetailsElement>(`${ACCOUNT}[open]`);
  if (!menu) return;
  if (menu.contains(document.activeElement)) find("summary", menu)?.focus();
  menu.open = false;
}

function changeZone(event: KeyboardEvent): void {
  const zones = ZONES.map((zone) => find(zone)).filter((zone) => zone !== null && zone.getClientRects().length > 0);
  if (zones.length === 0) return;
  event.preventDefault();
  const here = zones.findIndex((zone) => zone?.contains(document.activeElement));
  const next = here < 0 ? (event.shiftKey ? -1 : 0) : here + (event.shiftKey ? -1 : 1);
  zones.at(next % zones.length)?.focus();
}

function openDialog(id: string): boolean {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return false;
  dialog.showModal();
  return true;
}
