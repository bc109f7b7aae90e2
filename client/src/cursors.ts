// Knows how another person's cursor and selection look; knows only what the server stamped on them.
import { Plugin } from "prosemirror-state";
import type { DecorationAttrs } from "prosemirror-view";
import type { Awareness } from "y-protocols/awareness";
import { find, hueClass, make } from "./dom.ts";
import { words } from "./words.ts";

// Classes only: the page's policy refuses `style` attributes, and a colour from the wire is not to be believed.

/** The element shown where another person writes; its style sheet fades the name, never the two letters. */
export function cursor(user: unknown, client: number): HTMLElement {
  const { name, party, sign, hue } = read(user);
  const element = make("span", `curseur ${hueClass(hue)}`);
  element.title = element.dataset.nom = party ? words.present(name, party) : name;
  element.dataset.court = words.cursor(name, sign);
  element.dataset.signe = sign;
  element.dataset.client = String(client);
  requestAnimationFrame(() => keepInside(element));
  return element;
}

/** Shows the whole label again when a cursor moves: the editor keeps its element, so nothing else would. */
export function cursorMoves(awareness: Awareness): Plugin {
  return new Plugin({
    view: ({ dom }) => {
      const hear = ({ updated }: { updated: readonly number[] }): void => {
        for (const client of updated) {
          const element = find(`.curseur[data-client="${client}"]`, dom);
          if (element) requestAnimationFrame(() => showAgain(element));
        }
      };
      awareness.on("change", hear);
      return { destroy: () => awareness.off("change", hear) };
    },
  });
}

function showAgain(element: HTMLElement): void {
  keepInside(element);
  for (const fading of element.getAnimations?.({ subtree: true }) ?? []) {
    fading.cancel();
    fading.play();
  }
}

const LETTER_PX = 7; // of the label, which no element measures: it is generated content

/** Turns the label to the left where it would leave the text on the right. */
function keepInside(element: HTMLElement): void {
  const text = element.closest("[data-text]");
  if (!text) return;
  const right = element.getBoundingClientRect().left + (element.dataset.court ?? "").length * LETTER_PX;
  element.classList.toggle("curseur--gauche", right >= text.getBoundingClientRect().right);
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
    sign: isStamped && typeof sign === "string" ? sign : "",
    hue,
  };
}
