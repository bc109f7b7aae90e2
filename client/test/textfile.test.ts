// A file of letters: whoever wrote it, its accents come as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decoded } from "../src/textfile.ts";

const bytes = (latin: string): Uint8Array => Uint8Array.from(latin, (letter) => letter.charCodeAt(0));

test("a text is read as its first bytes say, else as UTF-8, else as Windows wrote before", () => {
  assert.equal(decoded(new TextEncoder().encode("\uFEFFété €"), false), "été €");
  assert.equal(decoded(bytes("\xff\xfe\xe9\x00t\x00\xe9\x00"), false), "été");
  assert.equal(decoded(bytes("\xfe\xff\x00\xe9\x00t\x00\xe9"), false), "été");
  assert.equal(decoded(bytes("\xe9t\xe9 \x80"), false), "été €");
  assert.equal(decoded(new Uint8Array(), false), "");
});

test("a page is read as it says of itself, in both ways of saying it, unless it says nonsense", () => {
  assert.equal(decoded(bytes('<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><p>\xe9'), true).slice(-1), "é");
  assert.equal(decoded(bytes("<meta charset='iso-8859-15'><p>\xa4"), true).slice(-1), "€");
  assert.equal(decoded(bytes('<meta charset="nonsense"><p>\xc3\xa9'), true).slice(-1), "é");
  assert.equal(decoded(bytes('<meta charset="utf-8"><p>\xe9'), true).slice(-1), "é");
  assert.equal(decoded(bytes("<meta charset=iso-8859-15>\xa4"), false).slice(-1), "¤");
});
