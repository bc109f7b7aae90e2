// Knows how another person's cursor and selection look; knows only what the server stamped on them.
import type { DecorationAttrs } from "prosemirror-view";
import { hueClass, make } from "./dom.ts";
import { words } from "./words.ts";

// Classes only: the page's policy refuses `style` attributes, and a colour from the wire is not to be believed.

/** The element shown where another person writes. */
export function cursor(user: unknown): HTMLElement {
  const { name, party, hue } = read(user);
  const element = make("span", `curseur ${hueClass(hue)}`);
  element.dataset.nom = party ? words.present(name, party) : name;
  return element;
}

/** The attributes of the text another person has selected. */
export function selection(user: unknown): DecorationAttrs {
  return { class: `selection ${hueClass(read(user).hue)}` };
}

function read(user: unknown): { name: string; party: string; hue: unknown } {
  const { name, party, hue } = (user ?? {}) as Record<string, unknown>;
  const isStamped = typeof party === "string";
  return { name: isStamped && typeof name === "string" ? name : words.someone, party: isStamped ? party : "", hue };
}
