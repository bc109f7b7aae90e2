// Knows when the typing help for French acts, and whether a person wants it; typography.ts knows what it says.
import { InputRule } from "prosemirror-inputrules";
import type { Correction } from "./typography.ts";

const KEY = "entente-typographie";
const REACH = 500; // characters before the caret

let correct: ((text: string) => Correction | null) | null = null;
let isWanted = kept() !== "off";

/** Fetches the rules; until they are there, what one types stays as typed. */
export async function loadTypography(): Promise<void> {
  ({ correct } = await import("./typography.ts"));
}

export const helpsTyping = (): boolean => isWanted;

/** Turns the help on or off, in this browser. */
export function toggleTypingHelp(): void {
  isWanted = !isWanted;
  try {
    localStorage.setItem(KEY, isWanted ? "on" : "off");
  } catch {
    // Storage is forbidden: the choice holds for this page only.
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Sets right what is being typed; Backspace or Ctrl+Z just after takes the help back, not the words. */
export const frenchRule = (): InputRule =>
  new InputRule(new RegExp(`[^\\ufffc]{1,${REACH}}$`), (state, [text], start, end) => {
    const written = state.doc.textBetween(start, end, null, "\ufffc");
    if (!isWanted || !correct || !text?.startsWith(written)) return null; // a selection is being replaced
    const correction = correct(text);
    if (!correction) return null;
    const same = text.length - correction.cut;
    const at = Math.min(same, written.length);
    const put = text.slice(at, same) + correction.put;
    return put || start + at < end ? state.tr.insertText(put, start + at, end) : state.tr;
  });
