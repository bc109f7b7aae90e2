import assert from "node:assert/strict";
import { test } from "node:test";
import { correct } from "../src/typography.ts";

const NB = "\u00A0";
const THIN = "\u202F";

/** What is on screen after a person has typed this, letter by letter. */
function typed(keys: string): string {
  let text = "";
  for (const key of keys) {
    text += key;
    const correction = correct(text);
    if (correction) text = text.slice(0, text.length - correction.cut) + correction.put;
  }
  return text;
}

const EXAMPLES: Record<string, readonly (readonly [string, string])[]> = {
  "quotation marks open, close and keep their spaces": [
    ['Le "dialogue de gestion" a lieu.', `Le «${NB}dialogue de gestion${NB}» a lieu.`],
    ['" mot "', `«${NB}mot${NB}»`],
    ["«mot»", `«${NB}mot${NB}»`],
    ['dit ("ceci")', `dit («${NB}ceci${NB}»)`],
    ['voir "https://exemple.fr/a?b"', `voir «${NB}https://exemple.fr/a?b${NB}»`],
    ['un écran de 24"', 'un écran de 24"'],
  ],
  "a double sign has its space, once": [
    ["Pourquoi? Parce que!", `Pourquoi${NB}? Parce que${NB}!`],
    ["Objet: le texte ; la suite", `Objet${NB}: le texte${NB}; la suite`],
    ["En 2027: rien", `En 2027${NB}: rien`],
    ["Vraiment ?!", `Vraiment${NB}?!`],
    ["Quoi!!", `Quoi${NB}!!`],
    ["(?)", "(?)"],
  ],
  "hours, ratios and drives keep their colon": [
    ["à 14:30 précises", "à 14:30 précises"],
    ["un ratio de 1:10.", "un ratio de 1:10."],
    ["C:", "C:"],
  ],
  "apostrophes, dots and dashes": [
    ["l'accord d'aujourd'hui", "l’accord d’aujourd’hui"],
    ["et cetera... enfin", "et cetera… enfin"],
    ["le texte - et ses annexes - suit", "le texte – et ses annexes – suit"],
    ["2024 - 2028, peut-être", "2024 - 2028, peut-être"],
    ["- premier", "- premier"],
  ],
  "amounts and units": [
    ["12 345 €", `12${THIN}345${NB}€`],
    ["1 234 567,50€", `1${THIN}234${THIN}567,50${NB}€`],
    ["450 k€ et 92%", `450${NB}k€ et 92${NB}%`],
    ["12 345 places.", `12${THIN}345${NB}places.`],
    ["en 2026 500 euros ", `en 2026 500${NB}euros `],
    ["le FINESS 49 000 123 4 est", "le FINESS 49 000 123 4 est"],
    ["le FINESS 490001234 et le SIRET 775 671 356 00012", "le FINESS 490001234 et le SIRET 775 671 356 00012"],
    ["au 02 41 25 76 00", "au 02 41 25 76 00"],
  ],
  "ordinals": [
    ["la 2ème année, la 1ère, le XXIème siècle", "la 2e année, la 1re, le XXIe siècle"],
    ["le 1er et les 3èmes ", "le 1er et les 3es "],
  ],
  "capitals have their accents": [
    ["Etat et Etablissements, ETAT", "État et Établissements, ETAT"],
    ["ETAT, ECOLES ", "ÉTAT, ÉCOLES "],
    ["L'Etat.", "L’État."],
    ["A l'issue", "À l’issue"],
    ["Fini. A compter du", "Fini. À compter du"],
    ["Annexe A la plus longue", "Annexe A la plus longue"],
    ["EHPAD Etampes", "EHPAD Etampes"],
  ],
  "ligatures": [["l'oeuvre, le coeur et les voeux ", "l’œuvre, le cœur et les vœux "]],
  "what belongs together stays on one line": [
    ["l'article 4 et l'article L. 313-11, n° 2", `l’article${NB}4 et l’article L.${NB}313-11, n°${NB}2`],
    ["M. Lebreton et Mme Fournier", `M.${NB}Lebreton et Mme${NB}Fournier`],
  ],
  "what reads like code is left alone": [
    ["https://exemple.fr/?a=1&b=2;c!d", "https://exemple.fr/?a=1&b=2;c!d"],
    ["mailto:nom@exemple.fr?subject=x", "mailto:nom@exemple.fr?subject=x"],
    ["nom@exemple.fr; a_b'c", "nom@exemple.fr; a_b'c"],
    ["../dossier/a...", "../dossier/a..."],
    ["&amp;", "&amp;"],
    ["C:\\Etat;", "C:\\Etat;"],
  ],
};

for (const [rule, examples] of Object.entries(EXAMPLES)) {
  test(rule, () => {
    for (const [keys, screen] of examples) assert.equal(typed(keys), screen);
  });
}

test("what is right already stays as it is, typed again or not", () => {
  for (const [, screen] of Object.values(EXAMPLES).flat()) {
    assert.equal(typed(typed(screen)), typed(screen));
    if (screen !== "État et Établissements, ETAT") assert.equal(typed(screen), screen);
  }
});

test("a correction takes away no more than what it changes", () => {
  assert.deepEqual(correct("un mot!"), { cut: 1, put: `${NB}!` });
  assert.deepEqual(correct("l’Etat "), { cut: 5, put: "État " });
  assert.equal(correct("un mot."), null);
});
