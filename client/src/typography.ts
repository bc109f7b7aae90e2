// Knows how French is typeset and what the characters just typed should become; knows neither the editor nor the page.

const NB = "\u00A0";
const THIN = "\u202F";
const SPACE = `[ ${NB}${THIN}]`;

/** Takes away the last `cut` characters and puts others in their place. */
export type Correction = { cut: number; put: string };

// A word begins with a capital that French writes with its accent; or it holds a ligature.
const CAPITALS = [
  "État", "Établissement", "Écart", "Échange", "Échéance", "Échéancier", "École", "Économie", "Écoute", "Écrit", "Édition", "Éducation",
  "Égalité", "Élaboration", "Élection", "Élément", "Élève", "Émission", "Énergie", "Équilibre", "Équipe", "Équipement", "Équité", "Établir",
  "Étape", "Étude", "Éthique", "Être", "Évaluation", "Événement", "Évolution",
];
const LIGATURES = ["œuvre", "cœur", "sœur", "vœu", "nœud", "manœuvre"];

const bare = (word: string): string => word.replace(/^É/, "E").replace(/^Ê/, "E").replace("œ", "oe").replace("Œ", "Oe");
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const plurals = (word: string): string[] => [word, /[sx]$/.test(word) ? word : word + (word.endsWith("u") && word.includes("œ") ? "x" : "s")];
const RIGHT = new Map(
  [...CAPITALS, ...CAPITALS.map((word) => word.toUpperCase()), ...LIGATURES, ...LIGATURES.map(capital)]
    .flatMap((word) => (word === word.toUpperCase() ? [word, `${word}S`] : plurals(word)))
    .map((word) => [bare(word), word]),
);

const END = "[\\s.,;:!?)…»'’\"]$"; // what ends a word
const NUMBER = `(?<=^|[\\s(«])(?:\\d{1,3}(?:${SPACE}\\d{3})+|\\d+)(?:,\\d+)?`;
const UNITS = "euros?|places?|ETP|lits?|habitants?|usagers?|personnes?|heures?|journées?|jours?|séances?|actes?|mois|ans|[kM]€";
const SENTENCE = `(?:^|[.!?…;:]\\s|«${SPACE})`;
const AFTER_A = "l|la|ce|ces|cet|cette|chaque|compter|court|défaut|long|moyen|noter|partir|savoir|terme|titre|travers";

type Rule = readonly [pattern: RegExp, right: string | ((...found: string[]) => string)];
const grouped = (number: string): string => number.replace(new RegExp(`${SPACE}(?=\\d{3})`, "g"), THIN);

const RULES: readonly Rule[] = [
  // Words, once they are whole
  [new RegExp(`(?<![\\p{L}-])(\\p{L}+)(?=${END})`, "u"), (all) => RIGHT.get(all) ?? all],
  [new RegExp(`(?<=${SENTENCE})A(?= (?:${AFTER_A})${END})`), "À"],
  [new RegExp(`(?<![\\p{L}\\d])(\\d+|[IVXLC]+)i?[èe]me(s?)(?=${END})`, "u"), "$1e$2"],
  [new RegExp(`(?<![\\p{L}\\d])(1|I)[èe]re(s?)(?=${END})`, "u"), "$1re$2"],
  // Amounts: thousands apart, and their unit with them
  [new RegExp(`(${NUMBER})${SPACE}?((?:[kM])?€|%)$`), (_all, number, unit) => `${grouped(number!)}${NB}${unit!}`],
  [new RegExp(`(${NUMBER})${SPACE}(${UNITS})(?=${END})`), (_all, number, unit) => `${grouped(number!)}${NB}${unit!}`],
  // What stays on one line
  [/(?<![\p{L}\d])([nN]°|art\.|[LRD]\.|p\.|[Aa]rticles?|[Aa]nnexes?) (\d)$/u, `$1${NB}$2`],
  [/(?<![\p{L}\d])(M\.|MM\.|Mmes?|Dr) (\p{Lu})$/u, `$1${NB}$2`],
  // Signs
  [/(?<!\d)'$/, "’"],
  [/(?<!\.)\.\.\.$/, "…"],
  [/(?<=[\p{L})»’…,;] )- $/u, "– "],
  [/(?<=\S) ([;:!?»])$/, `${NB}$1`],
  [/([\p{L}\d»)\]%€°’…])([;!?])$/u, `$1${NB}$2`],
  [/((?<=\p{L})\p{L}|[»)\]%€])(:|»)$/u, `$1${NB}$2`],
  [/(\d): $/, `$1${NB}: `],
  [/«$/, `«${NB}`],
  [new RegExp(`«${NB}${SPACE}$`), `«${NB}`],
];

// An address, a path, an e-mail, an entity: what reads like code is left alone.
const CODE = /:\/\/|^(?:www\.|mailto:|tel:|file:|doi:)|[@\\_=<>{}|]|^&|^[\w.-]+\.[a-z]{2,}\/|^\.{0,2}\//i;
const SCHEME = /(?:^|\s)(?:https?|ftp|mailto|tel|file|doi):$/i;

/** What the last characters of `text`, all that stands before the caret, should become; null when they are right. */
export function correct(text: string): Correction | null {
  const right = /"$/.test(text) ? quoted(text) : isCode(text) ? text : RULES.reduce(apply, text);
  if (right === text) return null;
  let same = 0;
  while (same < right.length && right[same] === text[same]) same++;
  return { cut: text.length - same, put: right.slice(same) };
}

const apply = (text: string, [pattern, right]: Rule): string =>
  typeof right === "string" ? text.replace(pattern, right) : text.replace(pattern, right);

function isCode(text: string): boolean {
  const word = /(\S*)\s?$/.exec(text)?.[1] ?? "";
  return CODE.test(word) || SCHEME.test(text);
}

// A quotation mark closes the one that is open; else it opens after a space, and means inches after a number.
function quoted(text: string): string {
  const before = text.slice(0, -1);
  if (before.lastIndexOf("«") > before.lastIndexOf("»")) return `${RULES.reduce(apply, before + NB).replace(/\s+$/, "")}${NB}»`;
  return /(?:^|[\s([’–—])$/.test(before) ? `${before}«${NB}` : text;
}
