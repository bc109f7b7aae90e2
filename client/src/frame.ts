// Knows the page around the text: theme, drawer, zones, shortcuts; knows neither documents nor the network.
import { all, find } from "./dom.ts";
import { changeZone } from "./zones.ts";

type Theme = "clair" | "sombre";
const THEME_KEY = "entente-theme";
const ACCOUNT = "details.compte-menu";
const WHO = "[data-who]";
const TYPING = "input, textarea, select, [contenteditable='true']";

/** What each key does on the whole page, and whether it did: the dialog of shortcuts (shortcuts.html) lists exactly these. */
export const PAGE_KEYS: Readonly<Record<string, () => boolean>> = {
  F6: () => changeZone(1),
  "Shift-F6": () => changeZone(-1),
  "?": () => openDialog("raccourcis"),
  "Mod-/": () => openDialog("raccourcis"), // in a text too, where « ? » is a letter
  "Mod-Shift-f": openFind,
  F8: () => openWho(null),
  Escape: closeAccount,
};

/** Starts what every page has. */
export function startFrame(): void {
  startTheme();
  startDrawer();
  writeKeys();
  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    if (name === "?" && (event.target as HTMLElement).closest(TYPING)) return;
    if (PAGE_KEYS[name]?.()) event.preventDefault();
  });
  document.addEventListener("mousedown", (event) => {
    if (event.target instanceof Element && event.target.closest(WHO)) event.preventDefault(); // the selection stays in the text
  });
  document.addEventListener("click", ({ target }) => {
    const dialog = target instanceof Element ? target.closest<HTMLElement>("[data-dialog]")?.dataset.dialog : undefined;
    if (dialog) openDialog(dialog);
    if (target instanceof Element && target.closest("[data-find-open]")) openFind();
    if (target instanceof Element && target.closest(WHO)) openWho(target.closest<HTMLElement>("[data-section]"));
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

function closeAccount(): boolean {
  const menu = find<HTMLDetailsElement>(`${ACCOUNT}[open]`);
  if (!menu) return false;
  if (menu.contains(document.activeElement)) find("summary", menu)?.focus();
  menu.open = false;
  return false; // whoever else waits for Escape still hears it
}

// « Shift- » only where the sign itself does not say it: « ? » and « / » need it on some keyboards.
function nameOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  const isLetter = /^\p{L}$/u.test(key);
  const held = [ctrlKey || metaKey ? "Mod-" : "", shiftKey && (isLetter || key.length > 1) ? "Shift-" : ""];
  return held.join("") + (isLetter ? key.toLowerCase() : key);
}

// A Mac's keys have other names; the page is made for the others.
function writeKeys(): void {
  if (!/Mac|iP(hone|ad|od)/.test(navigator.platform)) return;
  for (const key of all("kbd[data-mac]")) key.textContent = key.dataset.mac ?? "";
}

// Ctrl+F stays the browser's: it finds the same words, and people of assistive techniques rely on it.
function openFind(): boolean {
  if (!find("[data-find]")) return false;
  void import("./find.ts").then((code) => code.openFind());
  return true;
}

// Who wrote the words selected; of an article where nothing is selected, all of its words.
function openWho(article: HTMLElement | null): boolean {
  if (!find("[data-who-dialog]")) return false;
  void import("./who.ts").then((code) => code.askWho(article));
  return true;
}

function openDialog(id: string): boolean {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return false;
  dialog.showModal();
  return true;
}
