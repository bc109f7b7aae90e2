// Knows how names and numbers stand in a sentence, whatever its language; knows no sentence.

/** « A, B et C »: nobody and nothing is named twice. */
export function listed(these: readonly string[], and: string): string {
  const once = [...new Set(these)];
  if (once.length <= 1) return once.join("");
  return `${once.slice(0, -1).join(", ")} ${and} ${once.at(-1)}`;
}

/** « Nadège Fournier » → « N. Fournier », « Marie-Claire Le Goff » → « M.-C. Le Goff ». */
export function shortName(name: string): string {
  const [first = "", ...rest] = name.split(" ").filter(Boolean);
  if (rest.length === 0) return name;
  return `${first.split("-").map((part) => `${part.charAt(0)}.`).join("-")}\u00A0${rest.join(" ")}`;
}

/** 12345 → « 12 345 » in French (U+202F), “12,345” in English. */
export function grouped(count: number, language: "fr" | "en-GB"): string {
  return count.toLocaleString(language);
}
