import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { laterWords as englishLater } from "../src/later.en.ts";
import { laterWords as frenchLater } from "../src/later.fr.ts";
import { words as englishWords } from "../src/words.en.ts";
import { words as frenchWords } from "../src/words.fr.ts";

const french = { ...frenchWords, ...frenchLater };
const english = { ...englishWords, ...englishLater };
type Words = typeof french;

const examples = (words: Words): Record<string, string[]> => ({
  textOf: [words.textOf("Article 4.3"), words.textOf("Préambule")],
  lost: (["lost", "network", "restart"] as const).flatMap((why) => [words.lost(why, true), words.lost(why, false)]),
  ends: [words.ends(true), words.ends(false)],
  changedBy: [words.changedBy("Marc Lebreton", "Article 4.3")],
  refused: [words.refused(true), words.refused(false)],
  differs: [words.differs(true), words.differs(false)],
  cursor: [words.cursor("Nadège Fournier", "RL")],
  present: [words.present("Camille Authier", "ARS")],
  more: [words.more(1_234_567)],
  moreUnseen: [words.moreUnseen(1), words.moreUnseen(3)],
  writesIn: [words.writesIn(["Article 4.3", "Préambule"])],
  writers: [words.writers([words.writer("Marc Lebreton", "Département")], true)],
  writer: [words.writer("Marc Lebreton", "Département")],
  heading: [words.heading(2)],
  planAdded: [words.planAdded("article 4.7")],
  planRemoved: [words.planRemoved("Préambule")],
  done: [words.done(words.rowAdd)],
});

function sentences(words: Words): [string, string][] {
  const said = examples(words);
  return Object.entries(words).flatMap(([key, value]): [string, string][] => {
    const all = typeof value === "function" ? (said[key] ?? assert.fail(`no example for ${key}`)) : [value].flat();
    return all.map((sentence) => [key, sentence]);
  });
}

for (const [key, sentence] of sentences(french)) {
  test(`« ${key} » is typeset in French: ${sentence}`, () => {
    const plain = sentence.replace(/https?:\/\/\S+/g, "");
    assert.doesNotMatch(plain, / [:;!?»]|« /, "a plain space before a double sign");
    assert.doesNotMatch(plain, /[^\u00A0\s][;!?»]|«[^\u00A0]|[^\u00A0]:(\s|$)/, "no space before a double sign");
    assert.doesNotMatch(plain, /'|\.\.\./, "a typewriter's apostrophe or dots");
  });
}

for (const [key, sentence] of sentences(english)) {
  test(`“${key}” is typeset in English: ${sentence}`, () => {
    assert.doesNotMatch(sentence, /[\s\u00A0\u202F][:;!?]|[«»]/, "a French sign");
    assert.doesNotMatch(sentence, /'|"|\.\.\./, "a typewriter's signs");
  });
}

test("English repeats no French sentence", () => {
  const same = new Set(["paragraph", "emLetter", "present", "writer", "cursor"]); // they read alike in both
  const told = new Map(sentences(french).map(([key, sentence]) => [sentence, key]));
  assert.deepEqual(sentences(english).filter(([key, sentence]) => told.has(sentence) && !same.has(key)), []);
});

test("no other module says anything in French", () => {
  const source = new URL("../src/", import.meta.url);
  const others = readdirSync(source).filter((name) => !/^(words\.fr|words\.en|later\.fr|later\.en|typography)\.ts$/.test(name)); // the last knows French spelling
  const strings = others.flatMap((name) => {
    const code = readFileSync(new URL(name, source), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return (code.match(/"[^"\n]*"|`[^`]*`/g) ?? []).map((said) => `${name}: ${said}`);
  });
  assert.ok(strings.length > 100);
  assert.deepEqual(strings.filter((one) => /: .*[a-zà-ÿ]/i.test(one) && /[àâçéèêëîïôùûœ’]/i.test(one)), []);
});

test("people who write are named in one sentence", () => {
  assert.equal(examples(french).writers?.[0], "Vous et Marc Lebreton (Département) écrivez ici");
  assert.equal(french.writers(["A", "B"], false), "A et B écrivent ici");
  assert.equal(french.writers(["A"], false), "A écrit ici");
  assert.equal(french.writers([], true), "");
  assert.equal(examples(english).writers?.[0], "You and Marc Lebreton (Département) are writing here");
  assert.equal(english.writers(["A", "B", "C"], false), "A, B and C are writing here");
  assert.equal(english.writers(["A"], false), "A is writing here");
  assert.equal(english.writers([], true), "");
});

test("an article is named with its article", () => {
  assert.equal(french.writesIn(["Article 4.3"]), "écrit dans l’article 4.3");
  assert.equal(french.writesIn(["Article 4.3", "Article 4.3", "Préambule"]), "écrit dans l’article 4.3 et «\u00A0Préambule\u00A0»");
  assert.equal(english.writesIn(["Article 4.3", "Annexe 2", "Préambule"]), "writing in article 4.3, Annexe 2 and “Préambule”");
});

test("people are counted as each language counts: nought is singular in French, plural in English", () => {
  const counts = [0, 1, 2, 1_000_000];
  assert.deepEqual(counts.map(french.moreUnseen), [" autre personne", " autre personne", " autres personnes", " autres personnes"]);
  assert.deepEqual(counts.map(english.moreUnseen), [" other people", " other person", " other people", " other people"]);
  assert.deepEqual(counts.map(french.more), ["+\u00A00", "+\u00A01", "+\u00A02", "+\u00A01\u202F000\u202F000"]);
  assert.deepEqual(counts.map(english.more), ["+0", "+1", "+2", "+1,000,000"]);
});

test("a cursor carries a short name and the party's sign", () => {
  assert.equal(french.cursor("Nadège Fournier", "RL"), "N.\u00A0Fournier, RL");
  assert.equal(french.cursor("Marie-Claire Le Goff", "DÉ"), "M.-C.\u00A0Le Goff, DÉ");
  assert.equal(french.cursor(french.someone, ""), french.someone);
});

test("the text that was refused is only announced where it is shown", () => {
  assert.match(french.refused(true), /ci-dessous\.$/);
  assert.match(french.refused(false), /Voici le texte enregistré\.$/);
  assert.match(english.refused(true), /below\.$/);
  assert.match(english.refused(false), /Here is the saved text\.$/);
});

test("a page without a known language speaks French", async () => {
  const { words } = await import("../src/words.ts");
  assert.equal(words, frenchWords);
  const { laterWords } = await import("../src/laterwords.ts");
  assert.equal(laterWords, frenchLater);
});
