// Knows which blocks and marks a section may contain; the server renders and guards exactly these names.
import { Schema, type DOMOutputSpec, type MarkSpec, type Node, type NodeSpec } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";
import { isSafeAddress } from "./address.ts";

const TOP_HEADING = 3; // the page's own section title is an h2
const LEVELS = 3;
const BLOCK_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The block id carried by an element, or null. */
function readId(element: HTMLElement): string | null {
  const id = element.getAttribute("data-block");
  return id && BLOCK_ID.test(id) ? id : null;
}

const id = { id: { default: null } };
const named = (node: Node): Record<string, string> => (node.attrs.id ? { "data-block": String(node.attrs.id) } : {});
const onlyId = (element: HTMLElement) => ({ id: readId(element) });

// Our own h3–h5 carry an id; headings pasted from elsewhere do not and count from h1.
const headingRules = [1, 2, 3].map((level) => ({
  tag: `h${level + TOP_HEADING - 1}[data-block]`,
  priority: 60,
  getAttrs: (element: HTMLElement) => ({ level, ...onlyId(element) }),
}));
const foreignHeadingRules = [1, 2, 3, 4, 5, 6].map((level) => ({
  tag: `h${level}`,
  getAttrs: (element: HTMLElement) => ({ level: Math.min(level, LEVELS), ...onlyId(element) }),
}));

function headingTag(node: Node): string {
  const level = Math.min(Math.max(Math.trunc(Number(node.attrs.level)) || 1, 1), LEVELS);
  return `h${level + TOP_HEADING - 1}`;
}

const cells = tableNodes({
  cellContent: "block+",
  cellAttributes: {
    id: {
      default: null,
      getFromDOM: readId,
      setDOMAttr: (value, attrs) => {
        if (value) attrs["data-block"] = value;
      },
    },
  },
});

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  paragraph: {
    content: "inline*",
    group: "block",
    attrs: id,
    parseDOM: [{ tag: "p", getAttrs: onlyId }],
    toDOM: (node) => ["p", named(node), 0],
  },
  heading: {
    content: "inline*",
    group: "block",
    defining: true,
    attrs: { level: { default: 1 }, ...id },
    parseDOM: [...headingRules, ...foreignHeadingRules],
    toDOM: (node) => [headingTag(node), named(node), 0],
  },
  bullet_list: {
    content: "list_item+",
    group: "block",
    attrs: id,
    parseDOM: [{ tag: "ul", getAttrs: onlyId }],
    toDOM: (node) => ["ul", named(node), 0],
  },
  ordered_list: {
    content: "list_item+",
    group: "block",
    attrs: { order: { default: 1 }, ...id },
    parseDOM: [{ tag: "ol", getAttrs: (element) => ({ order: (element as HTMLOListElement).start || 1, ...onlyId(element) }) }],
    toDOM: (node) => ["ol", { ...(Number(node.attrs.order) === 1 ? {} : { start: String(node.attrs.order) }), ...named(node) }, 0],
  },
  list_item: {
    content: "paragraph block*",
    defining: true,
    attrs: id,
    parseDOM: [{ tag: "li", getAttrs: onlyId }],
    toDOM: (node) => ["li", named(node), 0],
  },
  table: {
    ...cells.table,
    group: "block",
    attrs: id,
    parseDOM: [{ tag: "table", getAttrs: onlyId }],
    toDOM: (node) => ["table", named(node), ["tbody", 0]],
  },
  table_row: {
    ...cells.table_row,
    attrs: id,
    parseDOM: [{ tag: "tr", getAttrs: onlyId }],
    toDOM: (node) => ["tr", named(node), 0],
  },
  table_cell: cells.table_cell,
  table_header: cells.table_header,
  hard_break: {
    inline: true,
    group: "inline",
    selectable: false,
    parseDOM: [{ tag: "br" }],
    toDOM: () => ["br"],
  },
  text: { group: "inline" },
};

const marks: Record<string, MarkSpec> = {
  strong: {
    parseDOM: [{ tag: "strong" }, { tag: "b[id^='docs-internal-guid']", skip: true, priority: 60 }, { tag: "b" }],
    toDOM: () => ["strong", 0],
  },
  em: {
    parseDOM: [{ tag: "em" }, { tag: "i" }],
    toDOM: () => ["em", 0],
  },
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: (element) => linkAttrs(element.getAttribute("href")) }],
    toDOM: (mark): DOMOutputSpec =>
      isSafeAddress(mark.attrs.href) ? ["a", { href: mark.attrs.href, target: "_blank", rel: "noopener noreferrer" }, 0] : ["span", 0],
  },
};

const linkAttrs = (address: string | null): { href: string } | false => (isSafeAddress(address) ? { href: address.trim() } : false);

export const schema = new Schema({ nodes, marks });
