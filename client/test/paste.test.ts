import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { schema } from "./page.ts";
import { DOMParser as Reader, DOMSerializer, type Node } from "prosemirror-model";

// jsdom's own, which page.ts keeps under the same name.
const { clean } = await import("../src/cleaning.ts");
const { fromPlain } = await import("../src/plain.ts");
const { withoutStyles } = await import("../src/paste.ts");

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}.html`, import.meta.url), "utf8");

/** What of a page reaches the text, a line per block, as HTML. */
function kept(html: string): string[] {
  const place = document.createElement("div");
  place.innerHTML = clean(html).html;
  const doc: Node = Reader.fromSchema(schema).parse(place);
  doc.check();
  const shown = document.createElement("div");
  shown.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content));
  return [...shown.children].map((block) => block.outerHTML.replace(/ target="_blank" rel="noopener noreferrer"/g, ""));
}

const TABLE =
  '<table><tbody><tr><th><p>Année</p></th><th colspan="2"><p>Montants</p></th></tr>' +
  '<tr><td rowspan="2"><p>2027</p></td><td><p>ARS</p></td><td><p>12 345 €</p></td></tr>' +
  "<tr><td><p>Département</p></td><td><p>LAST</p></td></tr></tbody></table>";

test("a page of Word keeps headings, lists, tables, bold, italic and links, and nothing else", () => {
  assert.deepEqual(kept(fixture("word")), [
    "<h3>Annexe relative à l’activité</h3>",
    "<h3>Objet de l’annexe</h3>",
    '<p>Le gestionnaire s’engage sur un <strong>taux d’occupation</strong> <em>annuel</em>, <strong>revu</strong> chaque année, publié sur <a href="https://exemple.fr/indicateurs">le site</a>, voir le classeur[1].</p>',
    "<h4>Modalités de suivi</h4>",
    "<ul><li><p>suivi trimestriel</p><ul><li><p>effectifs</p></li><li><p><strong>journées</strong></p></li></ul></li><li><p>bilan annuel</p></li></ul>",
    '<ol start="3"><li><p>constat</p><ol><li><p>écrit</p></li></ol></li><li><p>échange</p></li></ol>',
    "<p>barré à la main et texte commenté, 120 m².</p>",
    TABLE.replace("Année", "<strong>Année</strong>").replace("Montants", "<strong>Montants</strong>").replace("12 345 €", "12&nbsp;345&nbsp;€").replace("LAST", ""),
    "<h5>Précision</h5>",
    "<p>Dernier paragraphe.</p>",
    "<p>[1] Au sens de l’article L. 313-11.</p>",
  ]);
});

test("what a page of Word loses is told, each thing once", () => {
  assert.deepEqual([...clean(fixture("word")).lost].sort(), ["pasteComments", "pasteDeletions", "pasteImages", "pasteNotes", "pasteNumbering", "pasteStruck"]);
});

test("a page of LibreOffice, as it exports it, keeps the same", () => {
  assert.deepEqual(kept(fixture("libreoffice")), [
    "<h3>Objet de l’annexe</h3>",
    '<p>Le gestionnaire s’engage sur un <strong>taux d’occupation</strong> <em>annuel</em>, revu chaque année, publié sur <a href="https://exemple.fr/indicateurs">le site</a>.</p>',
    "<h4>Modalités</h4>",
    "<ul><li><p>suivi trimestriel</p><ul><li><p>effectifs</p></li><li><p>journées</p></li></ul></li><li><p>bilan annuel</p></li></ul>",
    "<ol><li><p>constat</p></li><li><p>échange</p><ol><li><p>écrit</p></li></ol></li></ol>",
    "<p>Texte barré à la main et note[1].</p>",
    TABLE.replace("LAST", "6 789 €"),
    "<p>[1] Au sens de l’article L. 313-11.</p>",
  ]);
});

test("a range of Excel is a table without its hidden rows, also when only the rows arrive", () => {
  const table =
    '<table><tbody><tr><td><p>Année</p></td><td colspan="2"><p>Places</p></td></tr>' +
    "<tr><td><p>2027</p></td><td><p>45</p></td><td><p>12 345 €</p></td></tr></tbody></table>";
  assert.deepEqual(kept(fixture("excel")), [table]);
  const rows = /<!--StartFragment-->([\s\S]*)<!--EndFragment-->/.exec(fixture("excel"))?.[0] ?? "";
  assert.deepEqual(kept(rows), [table]);
});

test("a page of the web loses what runs, what is hidden and what is too wide", () => {
  const blocks = kept(fixture("web"));
  assert.deepEqual(blocks.slice(0, 6), [
    "<h4>Une page</h4>",
    "<p>Un texte dans un bloc</p>",
    "<p>puis un autre, <strong>gras</strong> et <em>penché</em></p>",
    "<p>Légende</p>",
    "<ul><li><p>un</p><ol><li><p>premier</p></li></ol></li><li><p>deux</p></li></ul>",
    '<p>piège <a href="https://exemple.fr/">lien</a> interne</p>',
  ]);
  assert.equal(blocks[6], "<p>Titre du tableau</p>");
  assert.match(blocks[7] ?? "", /^<table><tbody><tr><th><p>A<\/p><\/th><td colspan="100"><p>avant<\/p>/);
  assert.equal(blocks[8], "<p>ligne 1<br>ligne 2</p>");
});

test("nothing of a page's classes, styles, ids or own attributes is left, whatever the page", () => {
  for (const name of ["word", "libreoffice", "excel", "web"]) {
    const { html } = clean(fixture(name));
    assert.doesNotMatch(html, /\s(?!href=|colspan=|rowspan=|start=)[\w:-]+=["']|mso|MOTS SUPPRIMÉS|REMARQUE|INVISIBLE|MASQUÉE|script/i, name);
  }
});

test("lists of other kinds: one that goes on, one without its style sheet, a numbered heading", () => {
  const item = (mark: string, text: string, level = 1, list = "l3") =>
    `<p class=MsoListParagraph style='mso-list:${list} level${level} lfo1'><span style='mso-list:Ignore'>${mark}<span>&nbsp; </span></span>${text}</p>`;
  assert.deepEqual(kept(item("1.", "a") + item("•", "b", 2) + "<p>entre</p>" + item("2.", "c")), [
    "<ol><li><p>a</p><ul><li><p>b</p></li></ul></li></ol>",
    "<p>entre</p>",
    '<ol start="2"><li><p>c</p></li></ol>',
  ]);
  assert.deepEqual(kept(item("-", "a", 1, "l1") + item("1.", "b", 1, "l2")), ["<ul><li><p>a</p></li></ul>", "<ol><li><p>b</p></li></ol>"]);
  assert.deepEqual(kept("<h1 style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>2.<span>&nbsp;</span></span>Moyens</h1>"), ["<h3>2. Moyens</h3>"]);
  const deep = "<ul><li>x".repeat(40) + "</li></ul>".repeat(40);
  assert.equal(kept(deep)[0]?.split("<ul>").length, 10);
});

test("plain text: empty lines part paragraphs, else each line is one; dashes and numbers are lists", () => {
  assert.deepEqual(fromPlain("un\ndeux"), "<p>un</p><p>deux</p>");
  assert.deepEqual(fromPlain("un\r\nbis\r\n\r\ndeux <b>\r\n"), "<p>un<br>bis</p><p>deux &lt;b&gt;</p>");
  assert.deepEqual(fromPlain("Liste\n- un\n• deux\n1. a\n2) b\nfin"), "<p>Liste</p><ul><li><p>un</p></li><li><p>deux</p></li></ul><ol><li><p>a</p></li><li><p>b</p></li></ol><p>fin</p>");
  assert.deepEqual(fromPlain("3. c\n4. d"), '<ol start="3"><li><p>c</p></li><li><p>d</p></li></ol>');
});

test("a page that begins with many comments does not stop the browser", () => {
  assert.deepEqual(kept(`${"<!---->".repeat(200)}<!--${"x".repeat(2_000_000)}--><p>fin</p>`), ["<p>fin</p>"]);
  assert.deepEqual(kept("<!-- a --><!-- b --><tr><td>1</td></tr>"), ["<table><tbody><tr><td><p>1</p></td></tr></tbody></table>"]);
});

test("a hostile page does not stop the browser: tags, styles, comments and numbers that never end", () => {
  const rows = (mark: string): string => `<p style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">${mark}</span>un</p>`;
  for (const page of ["<a".repeat(100_000), "<style>".repeat(100_000), "<style".repeat(100_000), '<a "'.repeat(99_999), rows(`${"1".repeat(100_000)}x`)]) kept(page);
  for (const sheet of ["a".repeat(200_000), "a}".repeat(100_000), "/*".repeat(100_000)]) assert.deepEqual(kept(`<style>${sheet}</style><p>fin</p>`), ["<p>fin</p>"]);
  for (const page of ["<!--", "<style", "<img"]) assert.equal(withoutStyles(page.repeat(100_000)), "");
});
