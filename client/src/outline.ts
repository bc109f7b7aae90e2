// Knows which article is being read and marks it in the outline; knows nothing of its text.
import { all, PLAN_CHANGED } from "./dom.ts";

const READING_BAND = "-15% 0px -70% 0px"; // an article is read when it crosses the upper part of the window

/** Keeps `aria-current` on the outline link of the article one writes in, else of the one being read. */
export function startOutline(): void {
  let stop = follow();
  document.addEventListener(PLAN_CHANGED, () => {
    stop();
    stop = follow();
  });
}

function follow(): () => void {
  const links = new Map(all("[data-outline]").map((link) => [link.dataset.outline ?? "", link]));
  const articles = all("[data-section]");
  if (links.size === 0 || articles.length === 0) return () => {};

  const seen = new Set<Element>();
  const look = (): void => {
    const written = articles.find((article) => article.dataset.editor === "live" && article.contains(document.activeElement));
    const read = isAtEnd() ? articles.at(-1) : articles.find((article) => seen.has(article));
    const current = written ?? read;
    if (current) mark(links, current.dataset.section ?? "");
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
      look();
    },
    { rootMargin: READING_BAND },
  );
  for (const article of articles) observer.observe(article);
  const gone = new AbortController();
  document.addEventListener("focusin", look, { signal: gone.signal });
  window.addEventListener("scroll", look, { passive: true, signal: gone.signal }); // the end of the page crosses no band
  return () => {
    observer.disconnect();
    gone.abort();
  };
}

function isAtEnd(): boolean {
  const { scrollHeight } = document.documentElement;
  return scrollY > 0 && scrollY + innerHeight >= scrollHeight - 1; // a fraction of a pixel is often missing
}

function mark(links: Map<string, HTMLElement>, section: string): void {
  for (const [id, link] of links) {
    if (id !== section) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      reveal(link);
    }
  }
}

// Not scrollIntoView: it would move the page as well.
function reveal(link: HTMLElement): void {
  const column = link.closest(".colonne");
  if (!column) return;
  const [around, box] = [column.getBoundingClientRect(), link.getBoundingClientRect()];
  if (box.top < around.top) column.scrollTop += box.top - around.top;
  else if (box.bottom > around.bottom) column.scrollTop += box.bottom - around.bottom;
}
