// Knows which key and which typed characters do what in the text; knows nothing of the toolbar.
import { baseKeymap, chainCommands, exitCode } from "prosemirror-commands";
import { InputRule, inputRules, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem } from "prosemirror-schema-list";
import { Plugin, type Command } from "prosemirror-state";
import { goToNextCell } from "prosemirror-tables";
import { redoCommand, undoCommand } from "y-prosemirror";
import { listAt, toggleEm, toggleStrong } from "./commands.ts";
import { schema } from "./schema.ts";

type Names = "heading" | "bullet_list" | "ordered_list" | "list_item" | "hard_break";
const { heading, bullet_list, ordered_list, list_item, hard_break } = schema.nodes as Record<Names, NodeType>;

const lineBreak: Command = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(hard_break.create()).scrollIntoView());
  return true;
});

// In a list Tab never leaves the text by surprise; elsewhere, and after Escape, it is the page's.
const inListOnly: Command = (state) => listAt(state) !== null;

/** The keys of the text; `leave` is what Escape does. */
export function keys(leave: () => void): Plugin[] {
  return [
    tabAfterEscape(),
    keymap({
      "Mod-z": undoCommand,
      "Mod-y": redoCommand,
      "Shift-Mod-z": redoCommand,
      "Mod-b": toggleStrong,
      "Mod-i": toggleEm,
      Enter: splitListItem(list_item),
      "Shift-Enter": lineBreak,
      Tab: chainCommands(goToNextCell(1), sinkListItem(list_item), inListOnly),
      "Shift-Tab": chainCommands(goToNextCell(-1), liftListItem(list_item)),
      Escape: () => {
        leave();
        return true;
      },
    }),
    keymap(baseKeymap),
  ];
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

/** « - » starts a list, « 1. » a numbered one, « # » to « ### » a heading. */
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
    ],
  });
}
