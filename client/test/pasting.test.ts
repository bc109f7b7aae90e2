import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { aParagraph, aSeat, openEditor, schema, stateOf, Y } from "./page.ts";
import { press, putCaretAfter, type } from "./keyboard.ts";
import { DOMParser as Reader } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import { CellSelection } from "prosemirror-tables";
import { insertTable } from "../src/commands.ts";
import { loadCleaning, put, weight } from "../src/paste.ts";

await loadCleaning();

function opened(text = "Ici") {
  const seat = aSeat();
  Y.applyUpdate(seat.doc, stateOf((fragment) => fragment.insert(0, [aParagraph(text, "a0")])), "wire");
  const { editor } = openEditor(seat);
  putCaretAfter(editor.view, text);
  return { seat, view: editor.view, editor };
}

type Given = { html?: string; text?: string; files?: number };

/** Pastes as the browser does, and waits until it is in. */
async function paste({ view }: ReturnType<typeof opened>, { html = "", text = "", files = 0 }: Given): Promise<void> {
  const event = new document.defaultView!.Event("paste", { bubbles: true, cancelable: true });
  const getData = (kind: string): string => (kind === "text/html" ? html : kind === "text/plain" ? text : "");
  Object.defineProperty(event, "clipboardData", { value: { getData, files: { length: files } } });
  view.dom.dispatchEvent(event);
  await new Promise((later) => setTimeout(later, 20));
}

/** The notices said while something is done. */
async function heard(act: () => Promise<void>): Promise<string> {
  const place = Object.assign(document.createElement("p"), { className: "avis" });
  place.dataset.notice = "";
  document.body.prepend(place);
  await act();
  await new Promise((later) => setTimeout(later, 40));
  place.remove();
  return place.textContent ?? "";
}

const names = ({ view }: ReturnType<typeof opened>): string[] => view.state.doc.children.map(({ type: { name } }) => name);
const cells = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>";

test("a page of Word is in the text as blocks, each with an id of its own, and one Ctrl+Z takes it away", async () => {
  const here = opened();
  const html = readFileSync(new URL("fixtures/word.html", import.meta.url), "utf8");
  const said = await heard(() => paste(here, { html, text: "x" }));
  assert.match(said, /^Les images n’ont pas été collées\. Les commentaires/);
  assert.ok(names(here).includes("table") && names(here).includes("bullet_list") && names(here).includes("heading"));
  here.view.state.doc.check();
  const ids: unknown[] = [];
  here.view.state.doc.descendants((node) => void ("id" in node.attrs && ids.push(node.attrs.id)));
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => typeof id === "string"));
  type(here.view, "après");
  press(here.view, "Mod-z");
  press(here.view, "Mod-z");
  assert.deepEqual(here.editor.blocks(), ["Ici"]);
});

test("words on one line go into the line, lines of text become paragraphs and lists", async () => {
  const here = opened();
  await paste(here, { text: " et là " });
  assert.deepEqual(here.editor.blocks(), ["Ici et là "]);
  await paste(here, { text: "fin\n\n- un\n- deux" });
  assert.deepEqual(here.editor.blocks(), ["Ici et là fin", "un", "deux"]);
  assert.deepEqual(names(here), ["paragraph", "bullet_list"]);
});

test("what begins with a title, and a whole document, join no words at their beginning; a document none at its end", async () => {
  const blocks = "<h1>Titre</h1><p>Un</p>";
  const pasted = opened("Ici là");
  putCaretAfter(pasted.view, "Ici ");
  await paste(pasted, { html: blocks });
  assert.deepEqual(pasted.editor.blocks(), ["Ici ", "Titre", "Unlà"]);
  assert.deepEqual(names(pasted), ["paragraph", "heading", "paragraph"]);
  const brought = opened("Ici là");
  putCaretAfter(brought.view, "Ici ");
  await put(brought.view, "<p>Un</p><p>Deux</p>", "", []);
  assert.deepEqual(brought.editor.blocks(), ["Ici ", "Un", "Deux", "là"]);
  press(brought.view, "Mod-z");
  assert.deepEqual(brought.editor.blocks(), ["Ici là"]);
  const end = opened();
  await put(end.view, blocks, "", []);
  assert.deepEqual([end.editor.blocks(), names(end)], [["Ici", "Titre", "Un"], ["paragraph", "heading", "paragraph"]]);
});

test("a title from elsewhere stays a title, and makes none of the paragraph it comes to", async () => {
  const title = "<h1 class='x'>Titre</h1>";
  const after: string[] = [];
  for (const offset of [1, 2, 4]) {
    const here = opened();
    here.view.dispatch(here.view.state.tr.setSelection(TextSelection.create(here.view.state.doc, offset)));
    await paste(here, { html: title });
    type(here.view, "+");
    after.push(here.view.state.doc.toString());
  }
  assert.deepEqual(after, [
    'doc(heading("Titre+"), paragraph("Ici"))',
    'doc(paragraph("ITitre+ci"))',
    'doc(paragraph("IciTitre+"))',
  ]);
  const cell = opened();
  insertTable(cell.view.state, cell.view.dispatch);
  type(cell.view, "a");
  cell.view.dispatch(cell.view.state.tr.setSelection(TextSelection.create(cell.view.state.doc, cell.view.state.selection.head - 1)));
  await paste(cell, { html: title });
  cell.view.state.doc.check();
  assert.deepEqual(cell.editor.blocks().slice(1, 3), ["Titre", "a"]);
});

test("a table never ends up in a table: alone it spreads over the cells, among text it becomes text", async () => {
  const here = opened();
  insertTable(here.view.state, here.view.dispatch);
  await paste(here, { html: cells });
  assert.deepEqual(here.editor.blocks().slice(0, 6), ["Ici", "a", "b", "", "c", "d"]);
  putCaretAfter(here.view, "d");
  const said = await heard(() => paste(here, { html: `<p>avant</p>${cells}<p>après</p>` }));
  assert.equal(said, "Le tableau qui était dans une cellule est devenu du texte.");
  const text = here.editor.blocks();
  assert.deepEqual(text.slice(text.indexOf("c"), text.indexOf("c") + 6), ["c", "d", "avant", "a\tb", "c\td", "après"]);
  assert.equal(here.view.dom.querySelector("table table"), null);
  const outside = opened();
  await paste(outside, { html: `<table><tr><td>x${cells}</td></tr></table>` });
  assert.equal(outside.view.dom.querySelectorAll("table").length, 1);
  assert.deepEqual(outside.editor.blocks(), ["Ici", "x", "a\tb", "c\td"]);
});

test("copied cells are pasted over as many cells, with new ids, and into a text as a table", async () => {
  const here = opened();
  insertTable(here.view.state, here.view.dispatch);
  await paste(here, { html: cells });
  const places: number[] = [];
  here.view.state.doc.descendants((node, position) => void (/cell|header/.test(node.type.name) && places.push(position)));
  const { dom, text } = here.view.serializeForClipboard(CellSelection.create(here.view.state.doc, places[0]!, places[4]!).content());
  putCaretAfter(here.view, "d");
  await paste(here, { html: dom.innerHTML, text });
  assert.deepEqual(here.editor.blocks(), ["Ici", "a", "b", "", "c", "a", "b", "", "c", "d"]);
  putCaretAfter(here.view, "Ici");
  await paste(here, { html: dom.innerHTML, text });
  assert.equal(here.view.dom.querySelectorAll("table").length, 2);
  here.view.state.doc.check();
  const ids: unknown[] = [];
  here.view.state.doc.descendants((node) => void ("id" in node.attrs && ids.push(node.attrs.id)));
  assert.equal(new Set(ids).size, ids.length);
});

test("an image alone is told, not pasted", async () => {
  const here = opened();
  assert.equal(await heard(() => paste(here, { files: 1 })), "Les images n’ont pas été collées.");
  assert.deepEqual(here.editor.blocks(), ["Ici"]);
});

test("too much at once is refused before it is in the text, and said", async () => {
  const here = opened();
  for (const text of [`${"mot ".repeat(250_000)}\n`, "a\n".repeat(6_000)]) {
    const said = await heard(() => paste(here, { text }));
    assert.match(said, /trop long .* rien n’a été collé/);
  }
  assert.deepEqual([here.editor.blocks(), here.seat.updates.length], [["Ici"], 0]);
});

test("what a text weighs on the wire is not underestimated", () => {
  const place = document.createElement("div");
  place.innerHTML = cells.repeat(30) + "<p>é <b>x</b> <a href='https://exemple.fr/'>y</a><br>z</p>".repeat(30) + "<ul><li>un</li></ul>".repeat(30);
  const doc = Reader.fromSchema(schema).parse(place);
  const seat = aSeat();
  const { editor } = openEditor(seat);
  editor.view.dispatch(editor.view.state.tr.replaceWith(0, editor.view.state.doc.content.size, doc.content));
  const update = Y.mergeUpdates(seat.updates);
  const [real, said] = [{ structs: Y.decodeUpdate(update).structs.length, bytes: update.byteLength }, weight(doc.content)];
  assert.ok(said.structs >= real.structs && said.structs < 2 * real.structs, `${said.structs} said, ${real.structs} real`);
  assert.ok(said.bytes >= real.bytes && said.bytes < 2 * real.bytes, `${said.bytes} said, ${real.bytes} real`);
});
