// Knows which article is being read and marks it in the outline; knows nothing of its text.
import { all } from "./dom.ts";

const READING_BAND = "-15% 0px -70% 0px"; // an article is read when it crosses the upper part of the window

/** Keeps `aria-current` on the outline link of the article one writes in, else of the one being read. */
export function startOutline(): void {
  const links = new Map(all("[data-outline]").map((link) => [link.dataset.outline ?? "", link]));
  const articles = all("[data-section]");
  if (links.size === 0 || articles.length === 0) return;

  const seen = new Set<Element>();
  const follow = (): void => {
    const written = articles.find((article) => article.contains(document.activeElement));
    const current = written ?? articles.find((article) => seen.has(article));
    if (current) mark(links, current.dataset.section ?? "");
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
      follow();
    },
    { rootMargin: READING_BAND },
  );
  for (const article of articles) observer.observe(article);
  document.addEventListener("focusin", follow);
}

function mark(links: Map<string, HTMLElement>, section: string): void {
  for (const [id, link] of links) {
    if (id === section) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
