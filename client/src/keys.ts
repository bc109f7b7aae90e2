// Knows which key and which typed characters do what in the text; knows nothing of the toolbar.
import { baseKeymap, chainCommands, exitCode } from "prosemirror-commands";
import { InputRule, inputRules, undoInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { Plugin, type Command } from "prosemirror-state";
import { redoCommand, undoCommand } from "y-prosemirror";
import { listAt, setLevel, toggleEm, toggleStrong } from "./commands.ts";
import { isMac } from "./platform.ts";
import { schema } from "./schema.ts";
import { ACTS, arrowOut, leaveTable, nextCell, previousCell, told } from "./tables.ts";
import { frenchRule } from "./typing.ts";

type Names = "heading" | "bullet_list" | "ordered_list" | "list_item" | "hard_break";
const { heading, bullet_list, ordered_list, list_item, hard_break } = schema.nodes as Record<Names, NodeType>;

const lineBreak: Command = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(hard_break.create()).scrollIntoView());
  return true;
});

// In a list Tab never leaves the text by surprise; elsewhere, and after Escape, it is the page's.
const inListOnly: Command = (state) => listAt(state) !== null;

// Not Ctrl+Alt elsewhere: it is AltGr, with which a French keyboard types « @ » and « # ».
const LEVEL = isMac ? "Mod-Alt" : "Alt-Shift";

/** What each key does; the dialog of shortcuts (shortcuts.html) lists exactly these. */
export const bindings: Readonly<Record<string, Command>> = {
  "Mod-z": chainCommands(undoInputRule, undoCommand),
  Backspace: undoInputRule,
  "Mod-y": redoCommand,
  "Shift-Mod-z": redoCommand,
  "Mod-b": toggleStrong,
  "Mod-i": toggleEm,
  [`${LEVEL}-0`]: setLevel(0),
  [`${LEVEL}-1`]: setLevel(1),
  [`${LEVEL}-2`]: setLevel(2),
  [`${LEVEL}-3`]: setLevel(3),
  Enter: splitListItem(list_item),
  "Shift-Enter": lineBreak,
  Tab: chainCommands(nextCell, sinkListItem(list_item), inListOnly),
  "Shift-Tab": chainCommands(previousCell, liftListItem(list_item)),
  "Mod-Enter": leaveTable(1),
  "Shift-Mod-Enter": leaveTable(-1),
  ArrowDown: arrowOut(1),
  ArrowUp: arrowOut(-1),
  ...Object.fromEntries(ACTS.flatMap((act) => (act.key ? [[act.key, told(act)]] : []))),
};

/** The keys of the text; `leave` is what Escape does. */
export function keys(leave: () => void): Plugin[] {
  const escape: Command = () => {
    leave();
    return true;
  };
  return [tabAfterEscape(), keymap({ ...bindings, Escape: escape }), keymap(baseKeymap)];
}

/**
 * After Escape in the text, Tab and Shift+Tab are the page's until another key or a click, so that nobody is
 * trapped (WCAG 2.1.2): not even by a list one comes back to with Tab.
 */
function tabAfterEscape(): Plugin {
  let isThePages = false;
  return new Plugin({
    props: { handleDOMEvents: { keydown: (_view, event) => isThePages && event.key === "Tab" } },
    view: ({ dom }) => {
      const ended = new AbortController();
      const hear = (event: Event): void => {
        const key = event instanceof KeyboardEvent ? event.key : "";
        if (key === "Escape" && dom.contains(event.target as Node)) isThePages = true;
        else if (key !== "Tab" && key !== "Shift") isThePages = false;
      };
      for (const gesture of ["keydown", "pointerdown"]) {
        document.addEventListener(gesture, hear, { capture: true, signal: ended.signal });
      }
      return { destroy: () => ended.abort() };
    },
  });
}

/** « - » starts a list, « 1. » a numbered one, « # » to « ### » a heading; French is set right as one types. */
export function typedRules(): Plugin {
  return inputRules({
    rules: [
      wrappingInputRule(/^\s*[-*]\s$/, bullet_list),
      wrappingInputRule(
        /^(\d{1,3})\.\s$/,
        ordered_list,
        (match) => ({ order: Number(match[1]) }),
        (match, node) => node.childCount + Number(node.attrs.order) === Number(match[1]),
      ),
      // Not textblockTypeInputRule: it would forget the block's id.
      new InputRule(/^(#{1,3})\s$/, (state, match, start, end) => {
        const block = state.doc.resolve(start).parent;
        const attrs = { level: match[1]?.length ?? 1, id: block.attrs.id as unknown };
        return state.tr.delete(start, end).setBlockType(start, start, heading, attrs);
      }),
      frenchRule(),
    ],
  });
}
