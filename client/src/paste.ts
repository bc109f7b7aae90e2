// Knows how to make pasted HTML harmless before it is parsed; the schema then keeps only what it knows.

/**
 * Pasted HTML without styles, scripts, comments or images.
 *
 * The page's policy would report each `style` attribute, and an image would be fetched while parsing.
 * The schema would drop them anyway.
 */
export function withoutStyles(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(style|script|xml|title)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<(img|link|meta|base|iframe|object|embed|video|audio|source)\b[^>]*>/gi, "")
    .replace(/\s(?:style|on[a-z]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, "");
}
