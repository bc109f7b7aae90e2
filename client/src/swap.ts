// Knows how to bring a section's HTML up to date while touching as little as possible; knows no editor.

const CHANGED_MS = 2_500; // long enough to be noticed from the corner of the eye

/**
 * Makes `text` show `html`, the server's own escaped HTML of that section.
 *
 * Top-level blocks that are the same stay the same nodes, so that a reader's selection in them is kept;
 * the others are replaced and carry `.change` for a moment.
 */
export function swap(text: HTMLElement, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const shown = blocksByMarkup(text);
  const blocks = [...template.content.children].map((block) => ({ block, same: shown.get(markup(block))?.shift() }));
  const kept = new Set(blocks.map(({ same }) => same));
  for (const node of [...text.childNodes]) if (!kept.has(node as Element)) node.remove();

  let here = text.firstElementChild;
  for (const { block, same } of blocks) {
    if (same && same === here) {
      here = here.nextElementSibling;
      continue;
    }
    text.insertBefore(same ?? block, here);
    if (!same) showChanged(block);
  }
}

// Equal blocks (two empty paragraphs) are taken in the order of the page.
function blocksByMarkup(text: HTMLElement): Map<string, Element[]> {
  const blocks = new Map<string, Element[]>();
  for (const block of text.children) {
    const key = markup(block);
    blocks.set(key, [...(blocks.get(key) ?? []), block]);
  }
  return blocks;
}

function markup(block: Element): string {
  if (!block.classList.contains("change")) return block.outerHTML;
  const plain = block.cloneNode(true) as Element;
  unmark(plain);
  return plain.outerHTML;
}

function showChanged(block: Element): void {
  block.classList.add("change");
  setTimeout(() => unmark(block), CHANGED_MS);
}

function unmark(block: Element): void {
  block.classList.remove("change");
  if (block.classList.length === 0) block.removeAttribute("class");
}
