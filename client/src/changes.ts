// Knows what a change of the contract does to the articles of an open page, and what to say of it; knows no network.
import { all, find, make, PLAN_CHANGED } from "./dom.ts";
import { reconcile } from "./reconcile.ts";
import type { Section } from "./talk.ts";
import { laterWords } from "./laterwords.ts";

/** Shows the fresh page in this one and returns the sentence that says what changed, "" for nothing. */
export function show(
  fresh: Document,
  sections: Map<string, Section>,
  take: (article: HTMLElement) => Section,
  early: Map<string, string>,
): string {
  const isKept = (article: HTMLElement): boolean =>
    find(".non-enregistre", article) !== null || (sections.get(article.dataset.section ?? "")?.isInUse() ?? false);
  const { added, removed, isChanged } = reconcile(fresh, isKept);
  for (const article of removed) if (article.isConnected) retire(article, sections);
  for (const id of [...sections.keys()]) if (!find(`[data-section="${id}"]`)) sections.delete(id);
  for (const article of all("[data-section]")) {
    const id = article.dataset.section ?? "";
    if (sections.has(id) || !find("[data-text]", article)) continue;
    const html = early.get(id);
    const one = take(article);
    if (html !== undefined) one.showHtml(html);
  }
  early.clear();
  document.dispatchEvent(new window.Event(PLAN_CHANGED));
  const [first] = [...added, ...removed];
  if (!first || added.length + removed.length > 1) return isChanged ? laterWords.planChanged : "";
  return added.length > 0 ? laterWords.planAdded(nameOf(first)) : laterWords.planRemoved(nameOf(first));
}

// The words of who was writing stay in sight until they have had enough of them.
function retire(article: HTMLElement, sections: Map<string, Section>): void {
  sections.get(article.dataset.section ?? "")?.retire();
  for (const named of [article, ...all("[id]", article)]) named.removeAttribute("id");
  article.removeAttribute("aria-labelledby");
  article.setAttribute("aria-label", nameOf(article));
  delete article.dataset.section;
  article.dataset.gone = "";
  const hide = make("button", "btn btn--petit", laterWords.hide);
  hide.type = "button";
  hide.addEventListener("click", () => article.remove());
  find(".etat-sauvegarde", article)?.append(hide);
}

const nameOf = (article: HTMLElement): string => article.dataset.label ?? find(".partie-titre, .article__titre", article)?.textContent ?? "";
