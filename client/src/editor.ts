// Knows how to put ProseMirror over a room in place of a section's HTML; knows nothing of saving or permission.
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import type { Node } from "prosemirror-model";
import { EditorState, TextSelection, type Plugin } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { yCursorPlugin, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import { blockIds, isFromDocument } from "./blocks.ts";
import { cursor, selection } from "./cursors.ts";
import { keys, typedRules } from "./keys.ts";
import { withoutStyles } from "./paste.ts";
import type { Room } from "./room.ts";
import { isSafeAddress, schema } from "./schema.ts";
import { toolbar } from "./toolbar.ts";
import { words } from "./words.ts";

/** A point of the section's text, in CSS pixels from its upper left corner. */
export type Point = { x: number; y: number };

export type Editor = {
  readonly view: EditorView;
  focus(): void;
  hasFocus(): boolean;
  /** The text on screen, a string per paragraph, heading or cell. */
  blocks(): string[];
  /** The same as it was when the server last had everything. */
  keptBlocks(): string[];
  /** The server has everything that is on screen now. */
  acknowledged(): void;
  /** Takes the editor away and shows `html` in its place. */
  destroy(html: string): void;
};

type Where = {
  text: HTMLElement;
  toolbar: HTMLElement | null;
  label: string;
  room: Pick<Room, "fragment" | "awareness" | "wrote">;
  /** Where the person clicked in the HTML, or null. */
  point: Point | null;
  leave: () => void;
};

/** Puts the editor in `text`, with the caret where the person clicked. */
export function mountEditor({ text, toolbar: tools, label, room, point, leave }: Where): Editor {
  const bare = text.cloneNode(false) as HTMLElement;
  const before = text.getBoundingClientRect();
  const plugins: Plugin[] = [
    ySyncPlugin(room.fragment),
    yCursorPlugin(room.awareness, { cursorBuilder: cursor, selectionBuilder: selection }),
    yUndoPlugin(),
    blockIds(),
    typedRules(),
    ...keys(leave),
    tableEditing(),
    gapCursor(),
    dropCursor(),
    ...(tools ? [toolbar(tools)] : []),
  ];
  const view = new EditorView(
    { mount: text },
    {
      state: EditorState.create({ schema, plugins }),
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": words.textOf(label),
        lang: "fr",
        spellcheck: "true",
        tabindex: "0",
      },
      transformPastedHTML: withoutStyles,
      handleClick: (_view, _position, event) => follow(event),
      // Told before the binding sends: what the person did opens the way for it.
      dispatchTransaction(this: EditorView, transaction) {
        if (transaction.docChanged && !isFromDocument(transaction)) room.wrote();
        this.updateState(this.state.apply(transaction));
      },
    },
  );
  let kept = view.state.doc;

  const moved = text.getBoundingClientRect().top - before.top;
  if (moved !== 0) window.scrollBy(0, moved); // the toolbar appeared above: what one reads stays where it was
  if (point) putCaret(view, point);

  return {
    view,
    focus: () => view.focus(),
    hasFocus: () => view.hasFocus(),
    blocks: () => textBlocks(view.state.doc),
    keptBlocks: () => textBlocks(kept),
    acknowledged: () => (kept = view.state.doc),
    destroy: (html) => {
      view.destroy();
      bare.innerHTML = html;
      text.replaceWith(bare);
    },
  };
}

function putCaret(view: EditorView, { x, y }: Point): void {
  const corner = view.dom.getBoundingClientRect();
  const found = view.posAtCoords({ left: corner.left + x, top: corner.top + y });
  if (!found) return;
  view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(found.pos))));
}

// In an editable text the browser does not follow links by itself.
function follow(event: MouseEvent): boolean {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const href = link?.getAttribute("href");
  if (!(event.ctrlKey || event.metaKey) || !isSafeAddress(href)) return false;
  window.open(href, "_blank", "noopener,noreferrer");
  return true;
}

function textBlocks(doc: Node): string[] {
  const blocks: string[] = [];
  doc.descendants((node) => {
    if (!node.isTextblock) return true;
    blocks.push(node.textBetween(0, node.content.size, "\n", "\n"));
    return false;
  });
  return blocks;
}
