// Knows how to give Node a page and two wired documents; imported first by the tests that need them.
import { JSDOM } from "jsdom";
import type { Awareness } from "y-protocols/awareness";
import type * as Yjs from "yjs";

// Documents and windows keep timers for as long as they live; a test run must end all the same.
const { setInterval: start } = globalThis;
globalThis.setInterval = ((...given: Parameters<typeof start>) => start(...given).unref()) as typeof start;

const { window } = new JSDOM("<!doctype html><html lang='fr'><body></body></html>", {
  url: "http://localhost/contracts/c1",
  pretendToBeVisual: true,
});
const wanted = [
  "window", "document", "Node", "Element", "HTMLElement", "HTMLDialogElement", "MutationObserver", "getSelection", "Text", "Option",
  "DOMParser", "Document", "KeyboardEvent", "MouseEvent", "AbortController", "location", "requestAnimationFrame", "cancelAnimationFrame",
  "localStorage", "NodeFilter",
] as const;
for (const name of wanted) {
  Object.defineProperty(globalThis, name, { value: Reflect.get(window, name), configurable: true, writable: true });
}
Object.defineProperty(window.navigator, "locks", { value: navigator.locks }); // Node has them, its imitation of a page has not
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
window.scrollBy = () => {};
globalThis.innerHeight = 800;

const Y = await import("yjs");
const { Awareness: MakeAwareness } = await import("y-protocols/awareness");
const { mountEditor } = await import("../src/editor.ts");
const { FRAGMENT } = await import("../src/room.ts");
const { schema } = await import("../src/schema.ts");

export type Seat = { doc: Yjs.Doc; awareness: Awareness; updates: Uint8Array[]; hasWritten: () => boolean };

/** A document that remembers what its binding wanted to send. */
export function aSeat(doc = new Y.Doc()): Seat {
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin !== "wire") updates.push(update);
  });
  return { doc, awareness: new MakeAwareness(doc), updates, hasWritten: () => false };
}

/** The state of a document that holds these blocks, made by someone else. */
export function stateOf(blocks: (fragment: Yjs.XmlFragment) => void): Uint8Array {
  const doc = new Y.Doc();
  blocks(doc.getXmlFragment(FRAGMENT));
  return Y.encodeStateAsUpdate(doc);
}

/** A paragraph as the server makes it. */
export function aParagraph(text: string, id: string): Yjs.XmlElement {
  const paragraph = new Y.XmlElement("paragraph");
  paragraph.setAttribute("id", id);
  paragraph.insert(0, [new Y.XmlText(text)]);
  return paragraph;
}

/** Opens an editor over a document, as a section does. */
export function openEditor(seat: Seat): { editor: ReturnType<typeof mountEditor>; wrote: () => number } {
  const text = document.createElement("div");
  text.className = "texte";
  const toolbar = document.createElement("div");
  document.body.append(toolbar, text);
  let count = 0;
  const room = { fragment: seat.doc.getXmlFragment(FRAGMENT), awareness: seat.awareness, wrote: () => void count++, unsent: () => count };
  const editor = mountEditor({ text, toolbar, label: "Article 4.3", room, leave: () => {} });
  return { editor, wrote: () => count };
}

/** Carries updates between two documents at once, both ways. */
export function wire(a: Yjs.Doc, b: Yjs.Doc): void {
  for (const [from, to] of [[a, b], [b, a]] as const) {
    from.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== "wire") Y.applyUpdate(to, update, "wire");
    });
  }
}

export { FRAGMENT, schema, Y };
