// Knows how a contract page comes alive: socket, news, sections; knows nothing of how each does its part.
import { listen, type News, type Person } from "./channel.ts";
import { connect, showConnection } from "./connection.ts";
import { all, find } from "./dom.ts";
import { showPeople, writersHere } from "./presence.ts";
import { loadEditor, section, type Section } from "./section.ts";

/** Starts the live part of a contract page; `page` carries `data-contract` and `data-live`. */
export function startLive(page: HTMLElement): void {
  const line = connect(socketUrl(page.dataset.live ?? ""));
  const articles = all("[data-section]").filter((article) => find("[data-text]", article)); // a table has no text
  const sections = new Map(articles.map((article) => [article.dataset.section ?? "", section(article, line)]));

  showConnection(line, () => [...sections.values()].some((each) => each.isLive()));
  line.onChange(() => sections.forEach((each) => each.lineChanged()));
  listen(line, page.dataset.contract ?? "", (news) => hear(news, sections, page));
  for (const article of articles) listenToReader(article, sections);

  window.addEventListener("beforeunload", (event) => {
    if ([...sections.values()].some((each) => each.unsent() > 0)) event.preventDefault();
  });
  if (articles.some((article) => article.dataset.writable === "true")) whenIdle(() => void loadEditor());
}

function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

function hear(news: News, sections: Map<string, Section>, page: HTMLElement): void {
  switch (news.kind) {
    case "presence":
      return showPresence(news.people, sections, news.you ?? page.dataset.me ?? null);
    case "section":
      return sections.get(news.section)?.showHtml(news.html);
    case "section-state":
      return sections.get(news.section)?.setWritable(news.writable, news.reason);
  }
}

function showPresence(people: readonly Person[], sections: Map<string, Section>, me: string | null): void {
  showPeople(people, (id) => sections.get(id)?.label ?? null);
  for (const each of sections.values()) each.showWriters(writersHere(people, each.id, me));
}

function listenToReader(article: HTMLElement, sections: Map<string, Section>): void {
  const here = sections.get(article.dataset.section ?? "");
  if (!here) return;
  article.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    if (target.closest("[data-write]")) return here.enter(null);
    const text = target.closest("[data-text]");
    if (here.isLive() || !text || target.closest("a[href], button")) return;
    if (getSelection()?.isCollapsed === false) return; // selecting to copy or to comment is not entering
    const corner = text.getBoundingClientRect(); // the page may move while the text opens
    here.enter({ x: event.clientX - corner.left, y: event.clientY - corner.top });
  });
  article.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    const onText = target === article || (target.matches("[data-text]") && !here.isLive());
    if (event.key !== "Enter" || !onText) return;
    event.preventDefault();
    here.enter(null);
  });
}

function whenIdle(act: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: 5_000 });
  else setTimeout(act, 2_000);
}
