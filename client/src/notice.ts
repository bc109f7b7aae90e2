// Knows how an editor tells its person something in passing; knows nothing of what happened.
import type { EditorView } from "prosemirror-view";
import { find } from "./dom.ts";

/** Says a sentence politely above the text; `unseen` for what the eye sees anyway. An empty one takes it away. */
export function tell(view: EditorView, sentence: string, unseen = false): void {
  const place = find("[data-notice]", view.dom.closest("[data-section]") ?? document);
  if (!place) return;
  place.textContent = ""; // so that the same sentence is said again
  place.classList.toggle("hors-ecran", unseen);
  if (sentence) requestAnimationFrame(() => (place.textContent = sentence));
}
