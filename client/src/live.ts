// Knows how a contract page comes alive: socket, news, sections; knows nothing of how each does its part.
import { showConnection } from "./band.ts";
import { listen, type News, type Person } from "./channel.ts";
import { connect, type Line } from "./connection.ts";
import { all, find } from "./dom.ts";
import { loadCopy, loadEditor, loadLater } from "./parts.ts";
import { section } from "./section.ts";
import type { Section } from "./talk.ts";

/** What of the news is not the text itself. */
type Company = {
  showPeople(people: readonly Person[]): void;
  showNobody(): void;
  renew(version: number | null): void;
  tellChange(label: string, by: string): void;
};

const textArticles = (): HTMLElement[] => all("[data-section]").filter((article) => find("[data-text]", article)); // a table has no text

/** Starts the live part of a contract page; `page` carries `data-contract`, `data-person` and `data-live`. */
export function startLive(page: HTMLElement): void {
  const { live = "", contract = "", me = "", person = "" } = page.dataset;
  const line = connect(socketUrl(live));
  const later = loadLater();
  let changed = (): void => {};
  const unkept = (): void => void later.then(({ showUnkept }) => showUnkept());
  const sections = new Map<string, Section>();
  const take = (article: HTMLElement): Section => {
    const one = section(article, line, { person, unkept, changed: () => changed() });
    sections.set(one.id, one);
    listenToReader(article, one);
    return one;
  };
  textArticles().forEach(take);
  const early = new Map<string, string>(); // texts of articles this page does not show yet
  const started = later.then(({ startLater }) => startLater(line, sections, page, { take, early }));
  void started.then((one) => (changed = one.changed));
  const company: Company = {
    showPeople: (people) => void later.then(({ showPresence }) => showPresence(people, sections, me)),
    tellChange: (label, by) => void later.then(({ tellChange }) => tellChange(label, by)),
    showNobody: () => void later.then(({ showAlone }) => showAlone(sections)),
    renew: (version) => void started.then((one) => one.renew(version)),
  };

  showConnection(line, () => [...sections.values()].some((each) => each.isLive()));
  line.onChange(({ kind }) => {
    sections.forEach((each) => each.lineChanged());
    changed();
    if (kind !== "live") company.showNobody();
  });
  listen(line, contract, (news) => line.state().kind === "live" && hear(news, { sections, early }, line, me, company));

  window.addEventListener("beforeunload", (event) => {
    if ([...sections.values()].some((each) => each.unsent() > 0)) event.preventDefault();
  });
  if (textArticles().some((article) => article.dataset.writable === "true")) whenIdle(() => void loadEditor().then(loadCopy));
}

function socketUrl(path: string): string {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Shows the news. The first of a connection says who it belongs to: if that changed, nothing here is theirs. */
export function hear(
  news: News,
  { sections, early }: { sections: ReadonlyMap<string, Section>; early: Map<string, string> },
  line: Pick<Line, "stop">,
  me: string,
  company: Pick<Company, "showPeople" | "tellChange" | "renew">,
): void {
  switch (news.kind) {
    case "presence":
      if (news.you !== null && news.you !== me) return line.stop({ kind: "other" });
      return company.showPeople(news.people);
    case "section": {
      const section = sections.get(news.section);
      if (!section) early.set(news.section, news.html);
      section?.showHtml(news.html);
      return section && company.tellChange(section.label, news.by);
    }
    case "contract":
      return company.renew(news.version);
  }
}

function listenToReader(article: HTMLElement, here: Section): void {
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
