// Knows how to find and make elements of the page; knows nothing of what they mean.

/** The event that says that articles came, went or moved. */
export const PLAN_CHANGED = "entente:plan";

/** The first element that matches, or null. */
export function find<E extends HTMLElement>(selector: string, within: ParentNode = document): E | null {
  return within.querySelector<E>(selector);
}

/** Every element that matches, as an array. */
export function all<E extends HTMLElement>(selector: string, within: ParentNode = document): E[] {
  return [...within.querySelectorAll<E>(selector)];
}

/** A new element with its classes and children; strings become text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Text for screen readers only. */
export function unseen(text: string): HTMLElement {
  return make("span", "hors-ecran", text);
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the page's sprite; it says nothing to a screen reader, so name the button that holds it. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ico");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Writes text only when it differs, so that a live region does not speak twice. */
export function say(element: HTMLElement | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

/** Does something that moves the page around a text, and scrolls so that what one reads stays where it was. */
export function holdStill<Made>(text: () => HTMLElement, act: () => Made): Made {
  const before = text().getBoundingClientRect().top;
  const made = act();
  const moved = text().getBoundingClientRect().top - before;
  if (moved !== 0) window.scrollBy(0, moved);
  return made;
}

const HUES = 8;

/** The class of a party's colour; anything that is not a known hue becomes the last one. */
export function hueClass(hue: unknown): string {
  const known = typeof hue === "number" && Number.isInteger(hue) && hue >= 1 && hue <= HUES;
  return `hue-${known ? hue : HUES}`;
}

/** Takes away the way to write in an article. */
export function closeToWriting(article: HTMLElement): void {
  article.dataset.writable = "false";
  const button = find("[data-write]", article);
  if (button) button.hidden = true;
}
