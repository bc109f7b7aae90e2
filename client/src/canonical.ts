// Knows one way of writing a text down, the same as the server's (collab/canonical.py); knows nothing of when.
import * as Y from "yjs";

type Value = string | number | boolean | null | undefined | Value[] | { [name: string]: Value };
type Node = { type: string; attrs?: Attributes; content?: Node[]; text?: string; marks?: { type: string; attrs: Attributes }[] };
type Attributes = { [name: string]: Value };

/** The SHA-256 of a text in hexadecimal, the same as the server's `collab/canonical.py`: it covers kinds, attributes, marks, words and order. */
export async function digest(fragment: Y.XmlFragment): Promise<string> {
  const bytes = new TextEncoder().encode(canonical({ type: "doc", content: children(fragment) } as Value));
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JSON as RFC 8785 writes it, strings in NFC. */
export function canonical(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value.normalize("NFC"));
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort(); // by UTF-16 code unit, as the RFC wants it
  return `{${names.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
}

function children(parent: Y.XmlFragment | Y.XmlElement): Node[] {
  const nodes: Node[] = [];
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlText) nodes.push(...runs(child));
    else if (child instanceof Y.XmlElement) nodes.push(element(child));
  }
  return joined(nodes);
}

function element(of: Y.XmlElement): Node {
  const attrs = filled(of.getAttributes());
  const node: Node = { type: of.nodeName, content: children(of) };
  return Object.keys(attrs).length > 0 ? { ...node, attrs } : node;
}

function runs(text: Y.XmlText): Node[] {
  const nodes: Node[] = [];
  for (const { insert, attributes = {} } of text.toDelta() as { insert: unknown; attributes?: Attributes }[]) {
    if (typeof insert !== "string") continue;
    const marks = Object.entries(attributes).map(([name, value]) => ({ type: name.split("--")[0] ?? "", attrs: filled(value) }));
    nodes.push({ type: "text", text: insert, marks: sorted(marks) });
  }
  return nodes;
}

const sorted = (marks: { type: string; attrs: Attributes }[]): { type: string; attrs: Attributes }[] =>
  marks.map((mark) => [canonical(mark), mark] as const).sort(([one], [other]) => (one < other ? -1 : 1)).map(([, mark]) => mark);

function filled(attrs: unknown): Attributes {
  if (typeof attrs !== "object" || attrs === null) return {};
  return Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null && value !== undefined)) as Attributes;
}

function joined(nodes: Node[]): Node[] {
  const found: Node[] = [];
  for (const node of nodes) {
    const before = found.at(-1);
    const isSame = before?.type === "text" && node.type === "text" && canonical(before.marks) === canonical(node.marks);
    if (isSame) before.text = (before.text ?? "") + (node.text ?? "");
    else found.push(node);
  }
  return found;
}
