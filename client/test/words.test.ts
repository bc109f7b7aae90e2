import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "../src/words.ts";

const EXAMPLES: Record<string, string> = {
  textOf: words.textOf("Article 4.3"),
  refused: words.refused(true),
  cursor: words.cursor("Nadège Fournier", "RL"),
  present: words.present("Camille Authier", "ARS"),
  more: words.more(3),
  moreUnseen: words.moreUnseen(1),
  writesIn: words.writesIn(["Article 4.3", "Préambule"]),
  writers: words.writers([words.writer("Marc Lebreton", "Département")], true),
  writer: words.writer("Marc Lebreton", "Département"),
  heading: words.heading(2),
};

const sentences = Object.entries(words).flatMap(([key, value]): [string, string][] => {
  if (typeof value === "function") return [[key, EXAMPLES[key] ?? assert.fail(`no example for ${key}`)]];
  const said: readonly string[] = typeof value === "string" ? [value] : value;
  return said.map((sentence) => [key, sentence]);
});

for (const [key, sentence] of sentences) {
  test(`« ${key} » is typeset in French`, () => {
    const plain = sentence.replace(/https?:\/\/\S+/g, "");
    assert.doesNotMatch(plain, / [:;!?»]|« /, "a plain space before a double sign");
    assert.doesNotMatch(plain, /[^\u00A0\s][;!?»]|«[^\u00A0]|[^\u00A0]:(\s|$)/, "no space before a double sign");
    assert.doesNotMatch(plain, /'|\.\.\./, "a typewriter's apostrophe or dots");
  });
}

test("people who write are named in one sentence", () => {
  assert.equal(EXAMPLES.writers, "Vous et Marc Lebreton (Département) écrivez ici");
  assert.equal(words.writers(["A", "B"], false), "A et B écrivent ici");
  assert.equal(words.writers(["A"], false), "A écrit ici");
  assert.equal(words.writers([], true), "");
});

test("an article is named with its article", () => {
  assert.equal(words.writesIn(["Article 4.3"]), "écrit dans l’article 4.3");
  assert.equal(words.writesIn(["Article 4.3", "Article 4.3", "Préambule"]), "écrit dans l’article 4.3 et «\u00A0Préambule\u00A0»");
});

test("a cursor carries a short name and the party's sign", () => {
  assert.equal(words.cursor("Nadège Fournier", "RL"), "N.\u00A0Fournier, RL");
  assert.equal(words.cursor("Marie-Claire Le Goff", "DÉ"), "M.-C.\u00A0Le Goff, DÉ");
  assert.equal(words.cursor(words.someone, ""), words.someone);
});

test("the text that was refused is only announced where it is shown", () => {
  assert.match(words.refused(true), /ci-dessous\.$/);
  assert.match(words.refused(false), /Voici le texte enregistré\.$/);
});
