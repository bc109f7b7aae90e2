import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.ts";

globalThis.HTMLBRElement ??= document.defaultView!.HTMLBRElement;
const { placeIn } = await import("../src/place.ts");

const HTML =
  '<p data-block="a">Le <strong>contrat</strong> 😀 de<br>trois ans<span class="curseur">Marc</span>.</p>' +
  '<ul data-block="l"><li data-block="i"><p data-block="b">l’ARS d’ici</p></li></ul><p data-block="c"></p>';

function aText(): HTMLElement {
  const text = document.createElement("div");
  text.innerHTML = HTML;
  document.body.replaceChildren(text);
  return text;
}

/** Selects from a place in a text node to another; places name the node by its words. */
function select(text: HTMLElement, [start, from]: [string, number], [end, to] = [start, from]): void {
  const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const found = new Map<string, Node>();
  while (nodes.nextNode()) found.set((nodes.currentNode as Text).data, nodes.currentNode);
  getSelection()!.setBaseAndExtent(found.get(start)!, from, found.get(end)!, to);
}

test("a selection is told as the server counts: in UTF-16 units, a line break as one, cursors left out", () => {
  const text = aText();
  select(text, ["contrat", 2], [".", 1]);
  assert.deepEqual(placeIn(text), { block: "a", from: 5, to: 27, words: "ntrat 😀 de\ntrois ans." });
});

test("a caret stands for the word it is in", () => {
  const text = aText();
  for (const at of [0, 3, 7]) {
    select(text, ["contrat", at]);
    assert.deepEqual(placeIn(text), { block: "a", from: 3, to: 10, words: "contrat" });
  }
  select(text, ["l’ARS d’ici", 2]);
  assert.equal(placeIn(text)?.words, "l’ARS");
});

test("of several blocks the first is asked about; outside all text nothing is", () => {
  const text = aText();
  select(text, ["trois ans", 6], ["l’ARS d’ici", 3]);
  assert.equal(placeIn(text)?.words, "ans.");
  getSelection()!.selectAllChildren(text);
  assert.equal(placeIn(text)?.words, "Le contrat 😀 de\ntrois ans.");
  getSelection()!.collapse(text.querySelector("[data-block=c]"), 0);
  assert.equal(placeIn(text), null);
  getSelection()!.removeAllRanges();
  assert.equal(placeIn(text), null);
  getSelection()!.selectAllChildren(text);
  assert.equal(placeIn(document.createElement("div")), null);
});
