// Knows which language the page speaks, and loads the sentences of that one: words.fr.ts, or words.en.ts in the same shape.
import type { Words } from "./words.fr.ts";

const load = async (): Promise<{ words: Words }> =>
  globalThis.document?.documentElement.lang === "en" ? import("./words.en.ts") : import("./words.fr.ts");

export const { words } = await load();
