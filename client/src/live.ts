// Knows how a contract page comes alive: socket, news, sections; knows nothing of how each does its part.
import { showConnection } from "./band.ts";
import { listen, type News, type Person } from "./channel.ts";
import { connect, type Line } from "./connection.ts";
import { all, find } from "./dom.ts";
import { loadCopy, loadEditor, loadLater } from "./parts.ts";
import { section } from "./section.ts";
import type { Section } from "./talk.ts";

/** What of the news is not the text itself. */
type Company = { showPeople(people: readonly Person[]): void; showNobody(): void };

/** Starts the live part of a contract page; `page` carries `data-contract`, `data-person` and `data-live`. */
export function startLive(page: HTMLElement): void {
  const { live = "", contract = "", me = "", person = "" } = page.dataset;
  const line = connect(socketUrl(live));
  const later = loadLater();
  const articles = all("[data-section]").filter((article) => find("[data-text]", article)); // a table has no text
  let changed = (): void => {};
  const unkept = (): void => void later.then(({ showUnkept }) => showUnkept());
  const made: Section[] = [];
  for (const article of articles) made.push(section(article, line, { person, unkept, changed: () => changed() }));
  const sections = new Map(made.map((each) => [each.id, each]));
  const company: Company = {
    showPeople: (people) => void later.then(({ showPresence }) => showPresence(people, sections, me)),
    showNobody: () => void later.then(({ showAlone }) => showAlone(sections)),
  };

  showConnection(line, () => made.some((each) => each.isLive()));
  line.onChange(({ kind }) => {
    made.forEach((each) => each.lineChanged());
    changed();
    if (kind !== "live") company.showNobody();
  });
  listen(line, contract, (news) => line.state().kind === "live" && hear(news, sections, line, me, company));
  void later.then(({ startLater }) => (changed = startLater(line, sections, page)));
  for (const article of articles) listenToReader(article, sections);

  window.addEventListener("beforeunload", (event) => {
    if (made.some((each) => each.unsent() > 0)) event.preventDefault();
  });
  if (articles.some((article) => article.dataset.writable === "true")) whenIdle(() => void loadEditor().then(loadCopy));
}

function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Shows the news. The first of a connection says who it belongs to: if that changed, nothing here is theirs. */
export function hear(
  news: News,
  sections: ReadonlyMap<string, Section>,
  line: Pick<Line, "stop">,
  me: string,
  company: Pick<Company, "showPeople">,
): void {
  switch (news.kind) {
    case "presence":
      if (news.you !== null && news.you !== me) return line.stop({ kind: "other" });
      return company.showPeople(news.people);
    case "section":
      return sections.get(news.section)?.showHtml(news.html);
  }
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
