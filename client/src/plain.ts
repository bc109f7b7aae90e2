// Knows how lines of plain text are meant: paragraphs, lists; knows nothing of the editor.

const BULLET = /^\s*[-*•–—·]\s+(?=\S)/;
const NUMBER = /^\s*(\d{1,3})[.)]\s+(?=\S)/;

/** Plain text as HTML: an empty line ends a paragraph; where there is none, each line is one. Lines with a dash or a number are lists. */
export function fromPlain(text: string): string {
  const lines = text.replace(/\r\n?/g, "\n").replace(/^\n+|\s+$/g, "").split("\n");
  const isSpaced = lines.some((line) => line.trim() === "");
  const html: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const kind = kindOf(lines[at]!);
    const end = kind === "blank" ? at + 1 : endOf(lines, at, kind, isSpaced);
    if (kind !== "blank") html.push(write(kind, lines.slice(at, end)));
    at = end;
  }
  return html.join("");
}

type Kind = "blank" | "text" | "ul" | "ol";

const kindOf = (line: string): Kind => (line.trim() === "" ? "blank" : BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : "text");

function endOf(lines: readonly string[], from: number, kind: Kind, isSpaced: boolean): number {
  if (kind === "text" && !isSpaced) return from + 1;
  let end = from + 1;
  while (end < lines.length && kindOf(lines[end]!) === kind) end++;
  return end;
}

function write(kind: Kind, lines: readonly string[]): string {
  if (kind === "text") return `<p>${lines.map(escaped).join("<br>")}</p>`;
  const start = kind === "ol" ? Number(NUMBER.exec(lines[0]!)?.[1]) : 1;
  const items = lines.map((line) => `<li><p>${escaped(line.replace(kind === "ol" ? NUMBER : BULLET, ""))}</p></li>`);
  return `<${kind}${start > 1 ? ` start="${start}"` : ""}>${items.join("")}</${kind}>`;
}

const escaped = (text: string): string => text.trim().replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
