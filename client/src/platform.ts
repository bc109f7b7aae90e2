// Knows which keyboard is in front of the person, and how its keys are written.
import { words } from "./words.ts";

export const isMac = /Mac|iP(hone|ad|od)/.test(globalThis.navigator?.platform ?? "");

const ARROWS: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
const NAMES: Record<string, string> = isMac
  ? { Mod: "⌘", Ctrl: "⌃", Alt: "⌥", Shift: "⇧", Backspace: "⌫", Delete: "⌦", ...ARROWS }
  : { Mod: "Ctrl", Shift: words.keyShift, Backspace: words.keyBackspace, Delete: words.keyDelete, ...ARROWS };

/** « Mod-b » as it is written on this keyboard: « Ctrl+B », or « ⌘B » on a Mac. */
export function keyName(keys: string): string {
  const parts = keys.split("-").map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key));
  return parts.join(isMac ? "" : "+");
}
