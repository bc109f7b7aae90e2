import assert from "node:assert/strict";
import { test } from "node:test";
import { aParagraph, aSeat, openEditor, stateOf, wire, Y } from "./page.ts";
import { press, putCaretAfter, type } from "./keyboard.ts";
import { TextSelection } from "prosemirror-state";
import { toggleStrong } from "../src/commands.ts";
import { helpsTyping, loadTypography, toggleTypingHelp } from "../src/typing.ts";

await loadTypography();

const NB = "\u00A0";

function opened(...texts: string[]) {
  const seat = aSeat();
  const blocks = texts.map((text, at) => aParagraph(text, `a${at}`));
  if (texts.length) Y.applyUpdate(seat.doc, stateOf((fragment) => fragment.insert(0, blocks)), "wire");
  return { seat, ...openEditor(seat) };
}

const textOf = ({ editor }: ReturnType<typeof opened>): string => editor.blocks().join("|");

test("what is typed is set right, and Backspace or Ctrl+Z takes the help back, not the words", () => {
  for (const key of ["Backspace", "Mod-z"]) {
    const here = opened("Ici");
    putCaretAfter(here.editor.view, "Ici");
    type(here.editor.view, "! Etat ");
    assert.equal(textOf(here), `Ici${NB}! État `);
    press(here.editor.view, key);
    assert.equal(textOf(here), `Ici${NB}! Etat `);
    type(here.editor.view, "x");
    assert.equal(textOf(here), `Ici${NB}! Etat x`);
  }
});

test("a space after an opening quotation mark is swallowed, once", () => {
  const here = opened();
  type(here.editor.view, '" a"');
  assert.equal(textOf(here), `«${NB}a${NB}»`);
});

test("a list starts as before, and Ctrl+Z gives the hyphen back", () => {
  const here = opened();
  type(here.editor.view, "- ");
  assert.equal(here.editor.view.state.doc.firstChild?.type.name, "bullet_list");
  press(here.editor.view, "Mod-z");
  assert.equal(here.editor.view.state.doc.firstChild?.type.name, "paragraph");
  assert.equal(textOf(here), "-");
});

test("the help can be turned off, and stays off", () => {
  toggleTypingHelp();
  const here = opened();
  type(here.editor.view, "l'Etat!");
  assert.equal(textOf(here), "l'Etat!");
  assert.equal(localStorage.getItem("entente-typographie"), "off");
  toggleTypingHelp();
  assert.equal(helpsTyping(), true);
});

test("undo takes back a word at a time, and redo gives it back", () => {
  const here = opened();
  const { view } = here.editor;
  type(view, "un deux, trois");
  const seen = [0, 1, 2].map(() => (press(view, "Mod-z"), textOf(here)));
  assert.deepEqual(seen, ["un deux, ", "un ", ""]);
  press(view, "Mod-y");
  press(view, "Mod-y");
  assert.equal(textOf(here), "un deux, ");
  type(view, "quatre");
  press(view, "Mod-z");
  assert.equal(textOf(here), "un deux, ");
});

test("a word typed elsewhere, a format, a run of deletions are steps of their own", () => {
  const here = opened("début fin");
  const { view } = here.editor;
  putCaretAfter(view, "début");
  type(view, "AB");
  putCaretAfter(view, "fin");
  type(view, "CD");
  for (let count = 0; count < 3; count++) view.dispatch(view.state.tr.delete(view.state.selection.head - 1, view.state.selection.head));
  assert.equal(textOf(here), "débutAB fi");
  press(view, "Mod-z");
  assert.equal(textOf(here), "débutAB finCD");
  press(view, "Mod-z");
  assert.equal(textOf(here), "débutAB fin");
  press(view, "Mod-z");
  assert.equal(textOf(here), "début fin");
  view.dispatch(view.state.tr.insertText("mot", 1));
  view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, 1, 4)));
  toggleStrong(view.state, view.dispatch);
  assert.equal(view.dom.querySelector("strong")?.textContent, "mot");
  press(view, "Mod-z");
  assert.equal(view.dom.querySelector("strong"), null);
  assert.equal(textOf(here), "motdébut fin");
});

test("words that arrive in between neither break a step nor enter it", () => {
  const [mine, theirs] = [opened("début"), opened("début")];
  Y.applyUpdate(theirs.seat.doc, Y.encodeStateAsUpdate(mine.seat.doc), "wire");
  Y.applyUpdate(mine.seat.doc, Y.encodeStateAsUpdate(theirs.seat.doc), "wire");
  wire(mine.seat.doc, theirs.seat.doc);
  putCaretAfter(mine.editor.view, "début");
  const before = textOf(mine);
  type(mine.editor.view, " mo");
  theirs.editor.view.dispatch(theirs.editor.view.state.tr.insertText("eux ", 1));
  type(mine.editor.view, "t");
  press(mine.editor.view, "Mod-z");
  press(mine.editor.view, "Mod-z");
  assert.equal(textOf(mine), textOf(theirs));
  assert.equal(textOf(mine), `eux ${before}`);
});
