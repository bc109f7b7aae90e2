import assert from "node:assert/strict";
import { test } from "node:test";
import { aParagraph, aSeat, FRAGMENT, openEditor, stateOf, wire, Y } from "./page.ts";
import { splitBlock } from "prosemirror-commands";
import { Slice, type Node } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { undoCommand } from "y-prosemirror";
import { newId } from "../src/blocks.ts";
import { insertTable, setLevel, setLink, toggleList } from "../src/commands.ts";
import { schema } from "../src/schema.ts";

const ids = (doc: Node): unknown[] => {
  const found: unknown[] = [];
  doc.descendants((node) => void ("id" in node.attrs && found.push(node.attrs.id)));
  return found;
};
const texts = (view: EditorView): string[] => view.state.doc.children.map((node) => node.textContent);
const write = (view: EditorView, text: string, at: number): void => view.dispatch(view.state.tr.insertText(text, at));
const putCaret = (view: EditorView, at: number): void =>
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, at)));

function twoParagraphs(): Uint8Array {
  return stateOf((fragment) => fragment.insert(0, [aParagraph("Premier", "aaaaaaaaaa"), aParagraph("Second", "bbbbbbbbbb")]));
}

function opened(state?: Uint8Array) {
  const seat = aSeat();
  if (state) Y.applyUpdate(seat.doc, state, "wire");
  return { seat, ...openEditor(seat) };
}

test("opening an empty section, moving in it and leaving it sends nothing", () => {
  const { seat, editor, wrote } = opened();
  putCaret(editor.view, 1);
  editor.destroy("");
  assert.deepEqual([seat.updates.length, wrote()], [0, 0]);
});

for (const [key, place] of [["Home", 1], ["x", 12]] as const) {
  test(`a caret at the beginning just after the editor opens is believed after a key that moves it alone: ${key}`, () => {
    const { editor } = opened(twoParagraphs());
    const { view } = editor;
    view.dom.tabIndex = 0; // as in the page
    putCaret(view, 12);
    editor.focus();
    view.dom.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: key === "Home", bubbles: true }));
    getSelection()!.collapse(view.dom.querySelector("p")!.firstChild, 0); // what the browser does with it, or by itself
    document.dispatchEvent(new window.Event("selectionchange"));
    assert.equal(editor.caret(), place);
    editor.destroy("");
  });
}

test("opening a section, moving in it and leaving it sends nothing", () => {
  const { seat, editor, wrote } = opened(twoParagraphs());
  putCaret(editor.view, 4);
  putCaret(editor.view, 12);
  assert.deepEqual(texts(editor.view), ["Premier", "Second"]);
  editor.destroy("");
  assert.deepEqual([seat.updates.length, wrote()], [0, 0]);
});

test("a repair of what was opened is not the person's writing", () => {
  const bad = stateOf((fragment) => fragment.insert(0, [new Y.XmlElement("bullet_list"), aParagraph("Reste", "aaaaaaaaaa")]));
  const { editor, wrote } = opened(bad);
  assert.deepEqual(texts(editor.view), ["Reste"]);
  assert.equal(wrote(), 0); // so room.ts withholds it
});

test("the first character typed in an empty section gives its block an id and goes out", () => {
  const { seat, editor, wrote } = opened();
  write(editor.view, "A", 1);
  assert.equal(wrote(), 1);
  assert.match(String(ids(editor.view.state.doc)[0]), /^[a-z2-7]{10}$/);
  const elsewhere = new Y.Doc();
  for (const update of seat.updates) Y.applyUpdate(elsewhere, update);
  assert.equal(elsewhere.getXmlFragment(FRAGMENT).toString(), seat.doc.getXmlFragment(FRAGMENT).toString());
});

test("after a split the first half keeps its id and the second gets its own", () => {
  const { editor } = opened(twoParagraphs());
  putCaret(editor.view, 4);
  splitBlock(editor.view.state, editor.view.dispatch);
  const [first, second, third] = ids(editor.view.state.doc);
  assert.equal(first, "aaaaaaaaaa");
  assert.match(String(second), /^[a-z2-7]{10}$/);
  assert.equal(third, "bbbbbbbbbb");
});

test("a pasted copy gets an id of its own, even above its original", () => {
  const { editor } = opened(twoParagraphs());
  const { view } = editor;
  const copy = new Slice(view.state.doc.slice(0, view.state.doc.child(0).nodeSize).content, 0, 0);
  let pasted = copy;
  view.someProp("transformPasted", (transform) => void (pasted = transform(pasted, view, false)));
  view.dispatch(view.state.tr.replace(0, 0, pasted));
  const [first, second, third] = ids(view.state.doc);
  assert.match(String(first), /^[a-z2-7]{10}$/);
  assert.deepEqual([second, third], ["aaaaaaaaaa", "bbbbbbbbbb"]);
});

test("a change of someone else is taken as it is, duplicated ids and all", () => {
  const { seat, editor, wrote } = opened(twoParagraphs());
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(seat.doc));
  other.getXmlFragment(FRAGMENT).insert(0, [aParagraph("Copie", "aaaaaaaaaa")]);
  Y.applyUpdate(seat.doc, Y.encodeStateAsUpdate(other), "wire");
  assert.deepEqual(ids(editor.view.state.doc), ["aaaaaaaaaa", "aaaaaaaaaa", "bbbbbbbbbb"]);
  assert.deepEqual([seat.updates.length, wrote()], [0, 0]);
});

test("a paragraph made a heading, and a heading made a paragraph, keeps its id", () => {
  const { editor } = opened(twoParagraphs());
  putCaret(editor.view, 2);
  setLevel(2)(editor.view.state, editor.view.dispatch);
  assert.deepEqual({ ...editor.view.state.doc.child(0).attrs }, { level: 2, id: "aaaaaaaaaa" });
  setLevel(0)(editor.view.state, editor.view.dispatch);
  assert.deepEqual({ ...editor.view.state.doc.child(0).attrs }, { id: "aaaaaaaaaa" });
});

test("a list keeps its paragraphs' ids when it changes type and when it is undone", () => {
  const { editor } = opened(twoParagraphs());
  const { view } = editor;
  const { bullet_list, ordered_list } = schema.nodes as Record<string, NonNullable<(typeof schema.nodes)[string]>>;
  putCaret(view, 2);
  toggleList(bullet_list!)(view.state, view.dispatch, view);
  assert.equal(view.state.doc.child(0).type, bullet_list);
  toggleList(ordered_list!)(view.state, view.dispatch, view);
  assert.equal(view.state.doc.child(0).type, ordered_list);
  toggleList(ordered_list!)(view.state, view.dispatch, view);
  assert.deepEqual(ids(view.state.doc), ["aaaaaaaaaa", "bbbbbbbbbb"]);
});

test("a new table has three rows, headers above, an id everywhere, and the caret in its first cell", () => {
  const { editor } = opened(twoParagraphs());
  const { view } = editor;
  putCaret(view, 8);
  insertTable(view.state, view.dispatch);
  view.state.doc.check();
  const found = ids(view.state.doc);
  assert.equal(found.filter((id) => typeof id === "string").length, found.length);
  assert.equal(new Set(found).size, found.length);
  assert.equal(view.state.selection.$from.node(-1).type.name, "table_header");
  const table = view.state.doc.child(1);
  assert.deepEqual([table.childCount, table.child(1).childCount], [3, 3]);
});

test("no table goes into a list or into a table", () => {
  const { editor } = opened(twoParagraphs());
  const { view } = editor;
  const { bullet_list } = schema.nodes;
  putCaret(view, 2);
  assert.equal(insertTable(view.state), true);
  toggleList(bullet_list!)(view.state, view.dispatch, view);
  assert.equal(insertTable(view.state), false);
  putCaret(view, view.state.doc.content.size - 1);
  insertTable(view.state, view.dispatch);
  assert.equal(insertTable(view.state), false);
});

test("after Escape Tab and Shift+Tab leave a list as they leave a page, until another key", () => {
  const { editor } = opened(twoParagraphs());
  const { view } = editor;
  putCaret(view, 2);
  toggleList(schema.nodes.bullet_list!)(view.state, view.dispatch, view);
  const press = (key: string, shiftKey = false): boolean =>
    view.dom.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
  assert.equal(press("Tab"), false);
  press("Escape");
  const before = view.state.doc;
  assert.deepEqual([press("Tab"), press("Shift", true), press("Tab", true), press("Tab")], [true, true, true, true]);
  assert.equal(view.state.doc.eq(before), true);
  press("ArrowRight");
  assert.equal(press("Tab", true), false);
  assert.equal(view.state.doc.child(0).type.name, "paragraph");
});

test("a link is set on the selection and removed as a whole from a caret inside it", () => {
  const { editor } = opened(twoParagraphs());
  const { view } = editor;
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 1, 8)));
  setLink("https://exemple.fr")(view.state, view.dispatch);
  assert.equal(view.dom.querySelector("a")?.textContent, "Premier");
  putCaret(view, 4);
  setLink(null)(view.state, view.dispatch);
  assert.equal(view.dom.querySelector("a"), null);
});

test("undo takes back one's own writing and leaves the other's", () => {
  const first = opened(twoParagraphs());
  const second = opened(twoParagraphs());
  Y.applyUpdate(second.seat.doc, Y.encodeStateAsUpdate(first.seat.doc), "wire");
  Y.applyUpdate(first.seat.doc, Y.encodeStateAsUpdate(second.seat.doc), "wire");
  wire(first.seat.doc, second.seat.doc);
  const [mine, theirs] = [first.editor.view, second.editor.view];
  const before = texts(mine);
  write(mine, "moi ", 1);
  write(theirs, "eux ", theirs.state.doc.content.size - 1);
  assert.deepEqual(texts(mine), texts(theirs));
  undoCommand(mine.state, mine.dispatch);
  assert.deepEqual(texts(mine), texts(theirs));
  assert.equal(texts(mine).join("|").includes("moi"), false);
  assert.equal(texts(mine).join("|").includes("eux"), true);
  undoCommand(mine.state, mine.dispatch);
  assert.equal(texts(mine).join("|").includes("eux"), true);
  undoCommand(theirs.state, theirs.dispatch);
  assert.deepEqual(texts(theirs), before);
});

test("the editor is a named text box, leaves no style attribute, and gives the place back", async () => {
  const { seat, editor } = opened(twoParagraphs());
  const { view } = editor;
  assert.equal(view.dom.getAttribute("aria-label"), "Texte de l’article 4.3");
  assert.equal(view.dom.getAttribute("role"), "textbox");
  seat.awareness.states.set(7, { user: { name: "Marc <b>", party: "Département", sign: "DÉ", hue: "red;x" }, cursor: cursorAt(seat.doc) });
  seat.awareness.emit("change", [{ added: [7], updated: [], removed: [] }, "wire"]);
  await new Promise((later) => setTimeout(later, 5)); // the cursor plugin waits for its turn
  const cursor = view.dom.querySelector(".curseur");
  assert.equal(cursor?.className.includes("hue-8"), true);
  assert.equal(cursor?.getAttribute("data-nom"), "Marc <b>, Département");
  assert.equal(cursor?.getAttribute("data-court"), "M.\u00A0<b>, DÉ");
  assert.equal(document.querySelector("[style]"), null);
  const parent = view.dom.parentElement;
  editor.destroy("<p>Lu</p>");
  assert.equal(parent?.lastElementChild?.outerHTML, '<div class="texte"><p>Lu</p></div>');
});

function cursorAt(doc: InstanceType<typeof Y.Doc>) {
  const paragraph = doc.getXmlFragment(FRAGMENT).get(0) as InstanceType<typeof Y.XmlElement>;
  const position = Y.createRelativePositionFromTypeIndex(paragraph.get(0) as InstanceType<typeof Y.XmlText>, 2);
  return { anchor: Y.relativePositionToJSON(position), head: Y.relativePositionToJSON(position) };
}

test("an editor that goes leaves the text the server last had", () => {
  const { seat, editor } = opened(twoParagraphs());
  const parent = editor.view.dom.parentElement;
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(seat.doc));
  other.getXmlFragment(FRAGMENT).insert(2, [aParagraph("Venu d’ailleurs", "cccccccccc")]);
  Y.applyUpdate(seat.doc, Y.encodeStateAsUpdate(other), "wire");
  write(editor.view, "non envoyé ", 1);
  assert.deepEqual(editor.keptBlocks(), ["Premier", "Second", "Venu d’ailleurs"]);
  editor.destroy(null);
  assert.deepEqual([...parent!.lastElementChild!.children].map((block) => block.textContent), ["Premier", "Second", "Venu d’ailleurs"]);
});

test("ids do not repeat", () => {
  assert.equal(new Set(Array.from({ length: 2_000 }, newId)).size, 2_000);
});
