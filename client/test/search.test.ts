import assert from "node:assert/strict";
import { test } from "node:test";
import { search } from "../src/search.ts";

const found = (text: string, wanted: string): string[] => search(text, wanted).map(([from, to]) => text.slice(from, to));

test("accents and capitals do not matter, ligatures neither", () => {
  assert.deepEqual(found("État, ÉTAT et etat", "état"), ["État", "ÉTAT", "etat"]);
  assert.deepEqual(found("mise en œuvre", "OEUVRE"), ["œuvre"]);
  assert.deepEqual(found("e\u0301tat", "etat"), ["e\u0301tat"]); // the accent apart
  assert.deepEqual(found("déjà", "deja"), ["déjà"]);
});

test("every space is a space, every apostrophe an apostrophe, every dash a dash", () => {
  assert.deepEqual(found("12\u202F345\u00A0€", "12 345 €"), ["12\u202F345\u00A0€"]);
  assert.deepEqual(found("l’annexe et l'annexe", "l'annexe"), ["l’annexe", "l'annexe"]);
  assert.deepEqual(found("medico\u2011social", "médico-social"), ["medico\u2011social"]);
  assert.deepEqual(found("«\u00A0mot\u00A0»…", "..."), ["…"]);
  assert.deepEqual(found("deux   mots", "deux mots"), ["deux   mots"]);
});

test("nothing wanted is nothing found, and what is found does not overlap", () => {
  assert.deepEqual(found("abc", "  "), []);
  assert.deepEqual(found("aaaa", "aa"), ["aa", "aa"]);
  assert.deepEqual(found("😀 mot 😀", "mot"), ["mot"]);
  assert.deepEqual(found("😀 mot 😀", "😀"), ["😀", "😀"]);
});
