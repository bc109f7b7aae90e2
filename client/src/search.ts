// Knows how words are found whatever their accents, capitals, quotes and spaces; knows nothing of the page.

/** A text as it is compared, and for each of its characters where it stood before. */
export type Folded = { text: string; at: readonly number[] };

const SAME: Record<string, string> = { œ: "oe", æ: "ae", "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-" };
const NOTHING = /[\p{M}\u00AD\u200B-\u200D\u2060\uFEFF]/u;

/** Small letters without accents; every space is one plain space, and runs of them one. */
export function fold(text: string): Folded {
  const at: number[] = [];
  let folded = "";
  let position = 0;
  for (const character of text) {
    for (const part of character.normalize("NFKD").toLowerCase()) {
      const sign = NOTHING.test(part) ? "" : /\s/.test(part) ? " " : (SAME[part] ?? part);
      if (sign === " " && folded.endsWith(" ")) continue;
      folded += sign;
      for (let count = 0; count < sign.length; count++) at.push(position);
    }
    position += character.length;
  }
  return { text: folded, at: [...at, text.length] };
}

/** Where in the text the wanted words stand, from and to, none inside another. */
export function search(text: string, wanted: string): [from: number, to: number][] {
  const [inside, words] = [fold(text), fold(wanted).text.trim()];
  const found: [number, number][] = [];
  if (words === "") return found;
  for (let from = inside.text.indexOf(words); from >= 0; from = inside.text.indexOf(words, from + words.length)) {
    found.push([inside.at[from]!, endOf(text, inside.at[from + words.length - 1]!)]);
  }
  return found;
}

// The last character whole, with the accents written after it.
function endOf(text: string, start: number): number {
  const rest = /^[\s\S]\p{M}*/u.exec(text.slice(start));
  return start + (rest?.[0].length ?? 1);
}
