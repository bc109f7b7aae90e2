// Knows the page that is being cleaned before it is pasted, and the few moves one makes in it.
import type { Styles } from "./css.ts";

/** What could not be kept: each has a sentence of its name in the words. */
export type Loss = "pasteImages" | "pasteComments" | "pasteDeletions" | "pasteStruck" | "pasteNotes" | "pasteNumbering" | "pasteTables";
export type Work = { readonly body: HTMLElement; readonly styles: Styles; readonly lost: Set<Loss> };

/** Every element of the page that matches, as an array. */
export const select = <E extends Element = HTMLElement>({ body }: Work, selector: string): E[] => [...body.querySelectorAll<E>(selector)];

/** Takes elements away with what they hold. */
export function take({ body, lost }: Work, elements: readonly Element[], loss?: Loss): void {
  for (const element of elements) {
    if (!body.contains(element)) continue;
    element.remove();
    if (loss) lost.add(loss);
  }
}

/** Leaves what an element holds and takes the element away. */
export function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

/** The same content, and the attributes, in an element of another name. */
export function rename(element: Element, name: string): HTMLElement {
  const made = element.ownerDocument.createElement(name);
  for (const { name: attribute, value } of [...element.attributes]) made.setAttribute(attribute, value);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

/** Puts what an element holds into a new element inside it. */
export function wrapContent(element: Element, name: string): void {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.append(made);
}
