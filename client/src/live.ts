// Knows how a contract page comes alive: socket, news, sections; knows nothing of how each does its part.
import { showConnection } from "./band.ts";
import { listen, type News, type Person } from "./channel.ts";
import { connect, type Line } from "./connection.ts";
import { all, find } from "./dom.ts";
import { tellGestures } from "./gestures.ts";
import { showNobody, showPeople, writersHere } from "./presence.ts";
import { loadEditor, section, type Section } from "./section.ts";

/** Starts the live part of a contract page; `page` carries `data-contract` and `data-live`. */
export function startLive(page: HTMLElement): void {
  const line = connect(socketUrl(page.dataset.live ?? ""));
  const articles = all("[data-section]").filter((article) => find("[data-text]", article)); // a table has no text
  const sections = new Map(articles.map((article) => [article.dataset.section ?? "", section(article, line)]));

  showConnection(line, () => [...sections.values()].some((each) => each.isLive()));
  line.onChange(({ kind }) => {
    sections.forEach((each) => each.lineChanged());
    if (kind === "live") return;
    showNobody();
    sections.forEach((each) => each.showWriters(""));
  });
  listen(line, page.dataset.contract ?? "", (news) => line.state().kind === "live" && hear(news, sections, line, page.dataset.me));
  tellGestures(line);
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

/** Shows the news. The first of a connection says who it belongs to: if that changed, nothing here is theirs. */
export function hear(news: News, sections: ReadonlyMap<string, Section>, line: Pick<Line, "stop">, me = ""): void {
  switch (news.kind) {
    case "presence":
      if (news.you !== null && news.you !== me) return line.stop({ kind: "other" });
      return showPresence(news.people, sections, me);
    case "section":
      return sections.get(news.section)?.showHtml(news.html);
  }
}

function showPresence(people: readonly Person[], sections: ReadonlyMap<string, Section>, me: string): void {
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
