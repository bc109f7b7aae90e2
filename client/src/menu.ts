// Knows a button that opens a short menu, and its keys (ARIA Authoring Practices, menu button); not what it does.
import { make } from "./dom.ts";
import { keyName } from "./platform.ts";

export type Item = { name: string; keys?: string | undefined; mayAct(): boolean; act(): void };
export type Menu = { place: HTMLElement; button: HTMLButtonElement; update(): void };

/** A button named `name` with a menu of `items` below it. */
export function menu(name: string, items: readonly Item[]): Menu {
  const button = make("button", "avec-texte outils__menu", name);
  button.type = "button";
  button.setAttribute("aria-haspopup", "menu");
  const entries = items.map((item) => entry(item, () => open(false)));
  const list = make("div", "menu", ...entries);
  list.setAttribute("role", "menu");
  list.setAttribute("aria-label", name);
  const place = make("span", "menu-place", button, list);

  const open = (isOpen: boolean): void => {
    list.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) entries[0]?.focus();
  };
  open(false);
  button.addEventListener("click", () => open(list.hidden !== false));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open(true);
  });
  list.addEventListener("keydown", (event) => {
    const here = entries.findIndex((one) => one === document.activeElement);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") button.focus();
    if (event.key === "Tab") open(false);
    if (next === undefined && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) return open(false);
    entries.at(next % entries.length)?.focus();
  });
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (!place.contains(relatedTarget as Node | null)) open(false);
  });
  const update = (): void => entries.forEach((one, at) => one.setAttribute("aria-disabled", String(!items[at]?.mayAct())));
  return { place, button, update };
}

function entry({ name, keys, mayAct, act }: Item, close: () => void): HTMLButtonElement {
  const button = make("button", "", name);
  button.type = "button";
  button.tabIndex = -1;
  button.setAttribute("role", "menuitem");
  if (keys) {
    const shown = make("span", "menu__touches", keyName(keys));
    shown.setAttribute("aria-hidden", "true");
    button.append(shown);
    button.setAttribute("aria-keyshortcuts", keys.replace("Ctrl", "Control").replaceAll("-", "+"));
  }
  button.addEventListener("click", () => {
    if (!mayAct()) return;
    close();
    act();
  });
  return button;
}
