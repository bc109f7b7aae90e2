import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./page.ts";
import { bindings } from "../src/keys.ts";
import { keyName } from "../src/platform.ts";

globalThis.matchMedia ??= (() => ({ matches: false, addEventListener: () => {} })) as unknown as typeof matchMedia;
const { PAGE_KEYS } = await import("../src/frame.ts");
const { REDLINE_KEYS } = await import("../src/redline.ts");

const DIALOG = readFileSync(new URL("../../server/templates/shortcuts.html", import.meta.url), "utf8");
const ELSEWHERE = { Enter: "live.ts begins to write", Escape: "keys() leaves the text" };

/** The keys of the dialog, as its macro is called: `keys("F6 Shift-F6", …)`; those of a library apart. */
function documented(isOurs: boolean): string[] {
  const calls = [...DIALOG.matchAll(/keys\("([^"]+)"([^)]*)\)/g)];
  return calls.filter(([, , rest]) => rest?.includes("by=") !== isOurs).flatMap(([, keys]) => keys?.split(" ") ?? []);
}

test("the dialog of shortcuts lists every key that does something, and no other", () => {
  const bound = new Set([...Object.keys(bindings), ...Object.keys(PAGE_KEYS), ...Object.keys(REDLINE_KEYS), ...Object.keys(ELSEWHERE)]);
  assert.deepEqual([...new Set(documented(true))].sort(), [...bound].sort());
  assert.deepEqual(documented(false), ["Shift-ArrowUp", "Shift-ArrowDown", "Shift-ArrowLeft", "Shift-ArrowRight"]);
});

test("a key is named as it is written on the keyboard", () => {
  assert.deepEqual(["Mod-b", "Alt-Shift-ArrowDown", "Alt-Shift-Backspace"].map(keyName), ["Ctrl+B", "Alt+Maj+↓", "Alt+Maj+Retour arrière"]);
});
