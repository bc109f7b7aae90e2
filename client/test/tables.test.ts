import assert from "node:assert/strict";
import { test } from "node:test";
import { aParagraph, aSeat, openEditor, stateOf, Y } from "./page.ts";
import { press, putCaretAfter, type } from "./keyboard.ts";
import { CellSelection } from "prosemirror-tables";
import { insertTable } from "../src/commands.ts";
import { ACTS } from "../src/tables.ts";

/** An article with one paragraph and a table of 3 × 3 below it, the caret in its first cell. */
function withTable() {
  const seat = aSeat();
  Y.applyUpdate(seat.doc, stateOf((fragment) => fragment.insert(0, [aParagraph("Avant", "a0")])), "wire");
  const { editor } = openEditor(seat);
  putCaretAfter(editor.view, "Avant");
  insertTable(editor.view.state, editor.view.dispatch);
  return editor.view;
}

type View = ReturnType<typeof withTable>;
const size = ({ state }: View): string => {
  const table = state.doc.child(1);
  return `${table.childCount} × ${table.firstChild?.childCount}`;
};
const cell = ({ state }: View): string => state.selection.$head.node(-1).textContent;

test("Tab goes from cell to cell, and after the last one into a new row", () => {
  const view = withTable();
  for (const text of "abcdefghi") {
    type(view, text);
    if (text < "i") press(view, "Tab");
  }
  assert.equal(size(view), "3 × 3");
  press(view, "Tab");
  type(view, "j");
  assert.equal(size(view), "4 × 3");
  assert.equal(view.state.doc.child(1).textContent, "abcdefghij");
  press(view, "Shift-Tab");
  assert.equal(cell(view), "i");
});

test("wherever a table is inserted, the caret is in its first cell", () => {
  for (const after of ["", "Av", "Avant"]) {
    const seat = aSeat();
    Y.applyUpdate(seat.doc, stateOf((fragment) => fragment.insert(0, [aParagraph("Avant", "a0"), aParagraph("Suite", "a1")])), "wire");
    const { view } = openEditor(seat).editor;
    putCaretAfter(view, after);
    insertTable(view.state, view.dispatch);
    type(view, "x");
    assert.equal(view.dom.querySelector("th")?.textContent, "x", `after « ${after} »`);
  }
});

test("Shift+Tab in the first cell stays in the text", () => {
  const view = withTable();
  assert.equal(press(view, "Shift-Tab"), true);
  assert.equal(size(view), "3 × 3");
});

test("rows and columns are added and removed by key, and it is said", async () => {
  const view = withTable();
  const said: string[] = [];
  const place = document.createElement("p");
  place.dataset.notice = "";
  document.body.prepend(place);
  const keys = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft", "Backspace", "Delete"];
  const sizes = [];
  for (const key of keys) {
    press(view, `Alt-Shift-${key}`);
    sizes.push(size(view));
    await new Promise((later) => requestAnimationFrame(later));
    said.push(place.textContent ?? "");
  }
  place.remove();
  assert.deepEqual(sizes, ["4 × 3", "5 × 3", "5 × 4", "5 × 5", "4 × 5", "4 × 4"]);
  assert.equal(said[0], "C’est fait\u00A0: ajouter une ligne en dessous.");
  assert.equal(new Set(said).size, 6);
  view.state.doc.check();
});

test("removing the only row removes the table", () => {
  const view = withTable();
  for (let row = 0; row < 3; row++) press(view, "Alt-Shift-Backspace");
  assert.deepEqual(view.state.doc.children.map(({ type: { name } }) => name), ["paragraph"]);
});

test("Ctrl+Enter leaves the table below, Ctrl+Shift+Enter above, and makes the paragraph that is missing", () => {
  const view = withTable();
  press(view, "Mod-Enter");
  type(view, "Après");
  press(view, "Mod-Enter");
  putCaretAfter(view, "Avant");
  assert.deepEqual(view.state.doc.children.map((block) => block.textContent), ["Avant", "", "Après"]);
  view.dispatch(view.state.tr.delete(0, view.state.doc.child(0).nodeSize));
  view.dispatch(view.state.tr.setSelection(CellSelection.create(view.state.doc, 2)));
  press(view, "Shift-Mod-Enter");
  type(view, "Dessus");
  assert.deepEqual(view.state.doc.children.map((block) => block.textContent), ["Dessus", "", "Après"]);
});

test("the selected cells are emptied at once, and one Ctrl+Z fills them again", () => {
  const view = withTable();
  for (const text of "abcdefghi") {
    type(view, text.repeat(20)); // so that what is emptied ends behind what is left
    press(view, "Tab");
  }
  const cells: number[] = [];
  view.state.doc.descendants((node, position) => void (/cell|header/.test(node.type.name) && cells.push(position)));
  view.dispatch(view.state.tr.setSelection(CellSelection.create(view.state.doc, cells[0]!, cells[11]!)));
  press(view, "Delete");
  assert.equal(view.state.doc.child(1).textContent, "");
  press(view, "Mod-z");
  assert.equal(view.state.doc.child(1).textContent, [..."abcdefghi"].map((text) => text.repeat(20)).join(""));
});

test("selected cells are merged into one and split again, and a row is made a header or not", () => {
  const view = withTable();
  const act = (name: RegExp): boolean => ACTS.find((one) => name.test(one.name))!.run(view.state, view.dispatch, view);
  assert.equal(act(/Fusionner/), false);
  const table = view.state.doc.child(0).nodeSize;
  view.dispatch(view.state.tr.setSelection(CellSelection.create(view.state.doc, table + 2, table + 6)));
  assert.equal(act(/Fusionner/), true);
  assert.deepEqual(view.state.doc.child(1).child(0).children.map(({ attrs }) => attrs.colspan as unknown), [2, 1]);
  assert.equal(act(/Scinder/), true);
  assert.equal(view.state.doc.child(1).child(0).childCount, 3);
  act(/en-tête/);
  assert.equal(view.dom.querySelectorAll("th").length, 0);
  view.state.doc.check();
});
