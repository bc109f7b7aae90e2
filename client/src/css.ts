// Knows how to read the styles a word processor writes beside its text; knows nothing of what they mean.

export type Styles = {
  /** What an element says itself, in `data-css`, without spaces and in small letters. */
  own(element: Element): string;
  /** The same, after what its classes say. */
  of(element: Element): string;
  /** What `@list l0:level2` says. */
  list(name: string): string;
};

const plain = (css: string): string => css.toLowerCase().replace(/\s+/g, "");

/** Reads a style sheet; of selectors, only « p.Class » and its like, as word processors write them. */
export function readStyles(sheet: string): Styles {
  const classes = new Map<string, string>();
  const lists = new Map<string, string>();
  for (const [, selectors = "", css] of sheet.replace(/<!--|-->|\/\*[\s\S]*?(?:\*\/|$)/g, "").matchAll(/([^{}]+)(?:\{([^{}]*)\})?/g)) {
    if (css === undefined) continue;
    const list = /@list\s+(l\d+:level\d+)/i.exec(selectors)?.[1];
    if (list) lists.set(list.toLowerCase(), plain(css));
    for (const [, name = ""] of selectors.matchAll(/\.([\w-]+)/g)) classes.set(name, `${classes.get(name) ?? ""}${plain(css)};`);
  }
  const own = (element: Element): string => plain(element.getAttribute("data-css") ?? "");
  return {
    own,
    of: (element) => [...element.classList].map((name) => classes.get(name) ?? "").join("") + own(element),
    list: (name) => lists.get(name) ?? "",
  };
}
