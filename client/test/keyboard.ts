// Knows how to act on an editor as a keyboard does: characters, keys; imported after page.ts by the tests that need it.
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";

/** Types characters one by one, each as the browser hands it over. */
export function type(view: EditorView, text: string): void {
  for (const key of text) {
    const { from, to } = view.state.selection;
    const plain = () => view.state.tr.insertText(key, from, to);
    if (!view.someProp("handleTextInput", (hear) => hear(view, from, to, key, plain))) view.dispatch(plain());
  }
}

/** Presses a key, « Shift-Tab » or « Mod-z »; says whether the editor took it. */
export function press(view: EditorView, name: string): boolean {
  const parts = name.split("-");
  const key = parts.pop() ?? "";
  const held = { ctrlKey: parts.includes("Mod") || parts.includes("Ctrl"), altKey: parts.includes("Alt"), shiftKey: parts.includes("Shift") };
  const event = new KeyboardEvent("keydown", { key, ...held, bubbles: true, cancelable: true });
  return view.someProp("handleKeyDown", (hear) => hear(view, event)) === true;
}

/** Puts the caret after the first place where this text stands. */
export function putCaretAfter(view: EditorView, text: string): void {
  let place: number | null = null;
  view.state.doc.descendants((node, position) => {
    const at = node.isText && place === null ? (node.text ?? "").indexOf(text) : -1;
    if (at >= 0) place = position + at + text.length;
  });
  if (place === null) throw new Error(`« ${text} » is not in the text.`);
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, place)));
}
