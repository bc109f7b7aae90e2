// Knows how another person's cursor and selection look; knows only what the server stamped on them.
import type { DecorationAttrs } from "prosemirror-view";
import { hueClass, make } from "./dom.ts";
import { words } from "./words.ts";

// Classes only: the page's policy refuses `style` attributes, and a colour from the wire is not to be believed.

/** The element shown where another person writes. */
export function cursor(user: unknown): HTMLElement {
  const { name, party, sign, hue } = read(user);
  const element = make("span", `curseur ${hueClass(hue)}`);
  element.dataset.nom = party ? words.present(name, party) : name;
  element.dataset.signe = sign; // on a narrow screen the name would cover the text
  requestAnimationFrame(() => keepInside(element));
  return element;
}

const LETTER_PX = 7; // of the label, which no element measures: it is generated content

/** Turns the label to the left where it would leave the text on the right. */
function keepInside(element: HTMLElement): void {
  const text = element.closest("[data-text]");
  const width = (element.dataset.nom ?? "").length * LETTER_PX;
  if (!text || element.getBoundingClientRect().left + width < text.getBoundingClientRect().right) return;
  element.classList.add("curseur--gauche");
}

/** The attributes of the text another person has selected. */
export function selection(user: unknown): DecorationAttrs {
  return { class: `selection ${hueClass(read(user).hue)}` };
}

function read(user: unknown): { name: string; party: string; sign: string; hue: unknown } {
  const { name, party, sign, hue } = (user ?? {}) as Record<string, unknown>;
  const isStamped = typeof party === "string";
  return {
    name: isStamped && typeof name === "string" ? name : words.someone,
    party: isStamped ? party : "",
    sign: typeof sign === "string" ? sign : "",
    hue,
  };
}
