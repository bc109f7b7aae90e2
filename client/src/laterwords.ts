// Knows which language the page speaks, as words.ts does, for sentences that are not needed before one can type.
import type { LaterWords } from "./later.fr.ts";

const load = async (): Promise<{ laterWords: LaterWords }> =>
  globalThis.document?.documentElement.lang === "en" ? import("./later.en.ts") : import("./later.fr.ts");

export const { laterWords } = await load();
