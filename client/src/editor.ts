// Knows how to put ProseMirror over a room in place of a section's HTML; knows nothing of saving or permission.
import { DOMSerializer, type Node } from "prosemirror-model";
import { EditorState, TextSelection, type Plugin } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { yCursorPlugin, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import { isSafeAddress } from "./address.ts";
import { blockIds, isFromDocument } from "./blocks.ts";
import { cursor, cursorMoves, selection } from "./cursors.ts";
import { keys, typedRules } from "./keys.ts";
import { loadCleaning, pasting, withoutStyles } from "./paste.ts";
import { tell } from "./notice.ts";
import type { Room } from "./room.ts";
import { schema } from "./schema.ts";
import { clickBelow } from "./tables.ts";
import { toolbar } from "./toolbar.ts";
import { loadTypography } from "./typing.ts";
import { undoSteps } from "./undo.ts";
import { words } from "./words.ts";

/** A point of the section's text, in CSS pixels from its upper left corner. */
export type Point = { x: number; y: number };

/** Where to put the caret: where the person clicked in the HTML, or where it was in a former editor. */
export type Caret = Point | number;

export type Editor = {
  readonly view: EditorView;
  focus(): void;
  hasFocus(): boolean;
  caret(): number;
  putCaret(caret: Caret): void;
  /** The text on screen, a string per paragraph, heading or cell. */
  blocks(): string[];
  /** The same as it was when the server last had everything. */
  keptBlocks(): string[];
  /** The server has everything that is on screen now. */
  acknowledged(): void;
  /** Takes the editor away and shows `html` in its place, or else the text the server last had. */
  destroy(html: string | null): void;
};

const IDLE_MS = 2_000; // what a first paste needs comes when the person has begun to read or write

type Where = {
  text: HTMLElement;
  toolbar: HTMLElement | null;
  label: string;
  room: Pick<Room, "fragment" | "awareness" | "wrote" | "unsent">;
  leave: () => void;
};

/** Puts the editor in `text`; focus stays where it is. */
export function mountEditor({ text, toolbar: tools, label, room, leave }: Where): Editor {
  const bare = text.cloneNode(false) as HTMLElement;
  const plugins: Plugin[] = [
    ySyncPlugin(room.fragment),
    yCursorPlugin(room.awareness, { cursorBuilder: cursor, selectionBuilder: selection }),
    cursorMoves(room.awareness),
    yUndoPlugin(),
    blockIds(),
    pasting(room.fragment.doc),
    typedRules(),
    ...keys(leave),
    tableEditing(),
    ...(tools ? [toolbar(tools)] : []),
  ];
  const steps = undoSteps();
  void loadTypography().catch(() => undefined); // off line: typing goes on without it
  setTimeout(() => void loadCleaning(), IDLE_MS);
  let kept = schema.topNodeType.createAndFill()!; // the schema always has an empty document
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
      handleDOMEvents: { keydown: trustCaret },
      handleClick: (clicked, _position, event) => follow(event) || clickBelow(clicked, event),
      // Told before the binding sends: what the person did opens the way for it.
      dispatchTransaction(this: EditorView, transaction) {
        if (this.isDestroyed) return; // the cursor plugin redraws a moment later, whatever happened since
        if (transaction.docChanged && !isFromDocument(transaction)) room.wrote();
        steps.before(transaction, this.state);
        this.updateState(this.state.apply(transaction));
        steps.after(transaction, this.state);
        if (room.unsent() === 0) kept = this.state.doc;
      },
    },
  );
  kept = view.state.doc;

  return {
    view,
    focus: () => view.focus(),
    hasFocus: () => view.hasFocus(),
    caret: () => view.state.selection.head,
    putCaret: (caret) => putCaret(view, caret),
    blocks: () => textBlocks(view.state.doc),
    keptBlocks: () => textBlocks(kept),
    acknowledged: () => (kept = view.state.doc),
    destroy: (html) => {
      tell(view, "");
      view.destroy();
      if (html !== null) bare.innerHTML = html;
      else bare.append(DOMSerializer.fromSchema(schema).serializeFragment(kept.content));
      text.replaceWith(bare);
    },
  };
}

// For 200 ms after focus prosemirror-view takes a caret that jumps to the beginning for the browser's doing, and puts it
// back. After a key that moves the caret (Control+Home) it is the person's doing; before one that types, it may not be.
function trustCaret(view: EditorView, { key }: KeyboardEvent): void {
  if (/^(Home|PageUp|Arrow)/.test(key)) (view as unknown as { input: { lastFocus: number } }).input.lastFocus = 0;
}

function putCaret(view: EditorView, caret: Caret): void {
  const { doc } = view.state;
  const position = typeof caret === "number" ? Math.min(caret, doc.content.size) : positionAt(view, caret);
  if (position !== null) view.dispatch(view.state.tr.setSelection(TextSelection.near(doc.resolve(position))));
}

function positionAt(view: EditorView, { x, y }: Point): number | null {
  const corner = view.dom.getBoundingClientRect();
  return view.posAtCoords({ left: corner.left + x, top: corner.top + y })?.pos ?? null;
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
