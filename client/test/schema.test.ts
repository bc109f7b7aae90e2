import assert from "node:assert/strict";
import { test } from "node:test";
import { schema } from "./page.ts";
import { DOMParser as Reader, DOMSerializer } from "prosemirror-model";
import { isSafeAddress } from "../src/address.ts";
import { address } from "../src/link.ts";
import { withoutStyles } from "../src/paste.ts";

const HTML = [
  '<h3 data-block="a">Objet</h3>',
  '<h5 data-block="b">Détail</h5>',
  '<p data-block="c">Un <strong>deux</strong> <em>trois</em><br>quatre</p>',
  '<p data-block="d"><a href="https://www.exemple.fr/" target="_blank" rel="noopener noreferrer">lien</a></p>',
  '<ul data-block="e"><li data-block="f"><p data-block="g">puce</p></li></ul>',
  '<ol start="3" data-block="h"><li data-block="i"><p data-block="j">trois</p></li></ol>',
  '<table data-block="k"><tbody><tr data-block="l"><th data-block="m"><p data-block="n">A</p></th></tr>',
  '<tr data-block="o"><td colspan="2" data-block="p"><p data-block="q">B</p></td></tr></tbody></table>',
].join("");

function read(html: string) {
  const place = document.createElement("div");
  place.innerHTML = html;
  return Reader.fromSchema(schema).parse(place);
}

function write(html: string): string {
  const place = document.createElement("div");
  place.append(DOMSerializer.fromSchema(schema).serializeFragment(read(html).content));
  return place.innerHTML;
}

test("what the server renders is read and written back the same", () => {
  const doc = read(HTML);
  doc.check();
  assert.equal(write(HTML), HTML);
});

test("the names and attributes are those the server knows", () => {
  assert.deepEqual(Object.keys(schema.nodes), [
    "doc", "paragraph", "heading", "bullet_list", "ordered_list", "list_item",
    "table", "table_row", "table_cell", "table_header", "hard_break", "text",
  ]);
  assert.deepEqual(Object.keys(schema.marks), ["strong", "em", "link"]);
  const attributes = (name: string) => Object.keys(schema.nodes[name]?.spec.attrs ?? {}).sort();
  assert.deepEqual(attributes("heading"), ["id", "level"]);
  assert.deepEqual(attributes("ordered_list"), ["id", "order"]);
  assert.deepEqual(attributes("table_cell"), ["colspan", "colwidth", "id", "rowspan"]);
  for (const name of ["paragraph", "bullet_list", "list_item", "table", "table_row"]) assert.deepEqual(attributes(name), ["id"]);
});

test("a heading of another page counts from h1", () => {
  assert.equal(write("<h1>Un</h1><h2>Deux</h2><h4>Quatre</h4>"), "<h3>Un</h3><h4>Deux</h4><h5>Quatre</h5>");
});

test("an address that runs is not a link, whoever wrote it", () => {
  assert.equal(write('<p><a href="javascript:alert(1)">x</a> <a href="/relative">y</a></p>'), "<p>x y</p>");
  const mark = schema.mark("link", { href: "javascript:alert(1)" });
  const paragraph = schema.node("paragraph", null, schema.text("x", [mark]));
  const shown = DOMSerializer.fromSchema(schema).serializeNode(paragraph) as HTMLElement;
  assert.equal(shown.querySelector("a"), null);
  assert.equal(isSafeAddress("data:text/html,x"), false);
});

test("addresses are completed as people type them, or refused", () => {
  assert.equal(address(" www.exemple.fr "), "https://www.exemple.fr");
  assert.equal(address("nom@exemple.fr"), "mailto:nom@exemple.fr");
  assert.equal(address("http://exemple.fr/a"), "http://exemple.fr/a");
  for (const typed of ["", "exemple", "deux mots.fr", "javascript:alert(1)", "ftp://exemple.fr"]) assert.equal(address(typed), null);
});

test("a paste from a word processor keeps its words and loses its styles", () => {
  const pasted = '<style>p{color:red}</style><!--[if gte mso 9]><xml>x</xml><![endif]--><p style="color:red" class=Mso><b>Mot</b><img src="http://x/"></p>';
  assert.equal(withoutStyles(pasted), "<p class=Mso><b>Mot</b></p>");
  assert.equal(write(withoutStyles(pasted)), "<p><strong>Mot</strong></p>");
});
