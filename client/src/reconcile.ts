// Knows how to bring the page to what the server would serve now, around the text one writes; knows no network.
import { all, find } from "./dom.ts";

/** What somebody at the page would notice. */
export type Changes = {
  added: HTMLElement[];
  removed: HTMLElement[];
  /** The order, the numbers, titles and states, or the facts of the contract. */
  isChanged: boolean;
};

type Keep = (article: HTMLElement) => boolean;

const OWN = new Set(["tabindex", "data-editor", "data-saved"]); // what the client wrote on an article

/**
 * Makes this page show what `fresh` shows: regions marked `data-refresh`, and the articles in their order.
 *
 * The text of an article stays as it is: the channel brings it, or one is writing in it. An article that left the
 * plan stays in place when `keep` says so; the caller then says why.
 */
export function reconcile(fresh: Document, keep: Keep): Changes {
  const changed = all("[data-refresh]").map((region) => refresh(region, find(`[data-refresh="${region.dataset.refresh}"]`, fresh)));
  if (document.title !== fresh.title) document.title = fresh.title;
  const [here, there] = [find("[data-articles]"), find("[data-articles]", fresh)];
  if (!here || !there) return { added: [], removed: [], isChanged: changed.some(Boolean) };
  const around = readPlace(here);
  const changes = articles(here, there, keep);
  around();
  return { ...changes, isChanged: changes.isChanged || changed.some(Boolean) };
}

const idOf = (node: HTMLElement): string => node.dataset.section ?? node.dataset.sectionHead ?? "";

function articles(here: HTMLElement, there: HTMLElement, keep: Keep): Changes {
  const shown = new Map((Array.from(here.children) as HTMLElement[]).map((node) => [idOf(node), node]));
  const wanted: HTMLElement[] = [];
  const changes: Changes = { added: [], removed: [], isChanged: false };
  for (const next of Array.from(there.children) as HTMLElement[]) {
    const same = shown.get(idOf(next));
    shown.delete(idOf(next));
    if (same && (same.tagName === next.tagName || keep(same))) {
      if (same.tagName === next.tagName && update(same, next)) changes.isChanged = true;
      wanted.push(same);
    } else {
      same?.remove();
      const made = document.importNode(next, true);
      wanted.push(made);
      (same ? [] : changes.added).push(made);
      changes.isChanged = true;
    }
  }
  for (const [id, left] of shown) {
    if (id === "") continue; // it left before, and is still being read
    changes.removed.push(left);
    if (!keep(left)) left.remove();
  }
  return { ...changes, isChanged: order(here, wanted) || changes.isChanged || changes.removed.length > 0 };
}

// What is focused or selected is never moved itself: a moved node loses its caret. The others move around it.
function order(here: HTMLElement, wanted: readonly HTMLElement[]): boolean {
  const pinned = wanted.find((node) => node.contains(document.activeElement)) ?? wanted.find((node) => node.contains(getSelection()?.anchorNode ?? null));
  let isMoved = false;
  let at: Element | null = here.firstElementChild;
  for (const node of wanted) {
    while (at && !wanted.includes(at as HTMLElement)) at = at.nextElementSibling; // what left the plan stays where it is
    if (node === at) {
      at = at.nextElementSibling;
      continue;
    }
    isMoved = true;
    if (node !== pinned) {
      here.insertBefore(node, at);
      continue;
    }
    for (let before: Element | null = at; before && before !== pinned; ) {
      const next: Element | null = before.nextElementSibling;
      pinned.after(before);
      before = next;
    }
    at = pinned.nextElementSibling;
  }
  return isMoved;
}

// The head and the attributes; of an article without text also what it shows.
function update(same: HTMLElement, next: HTMLElement): boolean {
  const names = new Set([...same.getAttributeNames(), ...next.getAttributeNames()].filter((name) => !OWN.has(name)));
  for (const name of names) {
    const value = next.getAttribute(name);
    if (value === null) same.removeAttribute(name);
    else if (same.getAttribute(name) !== value) same.setAttribute(name, value);
  }
  if (!same.matches("[data-section]")) return refresh(same, next);
  const parts = find("[data-text]", same) ? [".article__tete"] : [".article__tete", ".carte"];
  return parts.map((part) => refresh(find(part, same), find(part, next))).some(Boolean);
}

function refresh(region: HTMLElement | null, next: HTMLElement | null): boolean {
  if (!region || !next || served(region) === next.innerHTML) return false;
  const focused = region.contains(document.activeElement) ? nameOf(document.activeElement) : null;
  region.replaceChildren(...Array.from(next.childNodes, (node) => document.importNode(node, true)));
  if (focused) find(focused, region)?.focus({ preventScroll: true });
  return true;
}

// The outline marks what one reads: the server did not say that.
function served(region: HTMLElement): string {
  const plain = region.cloneNode(true) as HTMLElement;
  for (const link of all("[data-outline]", plain)) link.removeAttribute("aria-current");
  return plain.innerHTML;
}

function nameOf(element: Element | null): string | null {
  const href = element?.getAttribute("href");
  if (href) return `[href="${CSS.escape(href)}"]`;
  return element?.matches("[data-write]") ? "[data-write]" : null;
}

// What one reads stays where it is on the screen, whatever came or went above it.
function readPlace(here: HTMLElement): () => void {
  const nodes = Array.from(here.children) as HTMLElement[];
  const focused = nodes.find((node) => node.contains(document.activeElement));
  const read = focused ?? nodes.find((node) => node.getBoundingClientRect().bottom > 0);
  const before = read?.getBoundingClientRect().top ?? 0;
  return () => {
    const moved = read?.isConnected ? read.getBoundingClientRect().top - before : 0;
    if (moved !== 0 && scrollY > 0) window.scrollBy(0, moved);
  };
}
