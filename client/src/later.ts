// Knows what a contract page needs soon after it has come alive, but neither to read nor to write.
import { announce } from "./announce.ts";
import { show } from "./changes.ts";
import type { Person } from "./channel.ts";
import type { Line } from "./connection.ts";
import { hearOthers } from "./copies.ts";
import { find, make } from "./dom.ts";
import { tellGestures } from "./gestures.ts";
import { bringBack } from "./leftovers.ts";
import { warnBeforeTheEnd } from "./limits.ts";
import { showNobody, showPeople, writersHere } from "./presence.ts";
import { PROPOSED } from "./proposing.ts";
import { refresher, type Changed } from "./refresh.ts";
import { savingLine, unsentState } from "./saving.ts";
import { doubtSilence } from "./silence.ts";
import type { Section } from "./talk.ts";
import { findTheWay } from "./way.ts";
import { laterWords } from "./laterwords.ts";
import { words } from "./words.ts";

export { whyRefused } from "./door.ts";

type Sections = ReadonlyMap<string, Section>;

/** What `startLater` gives to call: there are more or fewer unsent words; the contract changed. */
type Later = { changed(): void; renew: Changed };

/** How articles that come get to life: `take` makes one a section, `early` are texts that came before their article. */
type Coming = { take: (article: HTMLElement) => Section; early: Map<string, string> };

/** Starts what goes on as long as the page is open. */
export function startLater(line: Line, sections: Map<string, Section>, page: HTMLElement, { take, early }: Coming): Later {
  const { person = "" } = page.dataset;
  findTheWay(line);
  warnBeforeTheEnd(page, line, tellGestures(line));
  doubtSilence(line, () => [...sections.values()].some((each) => each.unsent() > 0));
  hearOthers(person, (news) => {
    if (news === "other") line.stop({ kind: "other" });
    else sections.forEach((each) => each.forget());
  });
  bringBack(line, person, sections);
  const renew = refresher(page, line, (fresh) => show(fresh, sections, take, early));
  document.addEventListener(PROPOSED, () => renew(null)); // nobody else is told: this page asks for itself
  return { changed: overall(line, sections), renew };
}

/** Keeps the saving state of the whole page: in the band, and as `data-unsent` of the document for the first script. */
function overall(line: Line, sections: Sections): () => void {
  const band = find(".bandeau");
  const saving = band && savingLine(band);
  let wasUnsent = false;
  return () => {
    const isUnsent = [...sections.values()].some((each) => each.unsent() > 0);
    document.documentElement.toggleAttribute("data-unsent", isUnsent);
    if (isUnsent) saving?.show(unsentState(line));
    else if (wasUnsent) saving?.show({ kind: "saved" });
    wasUnsent ||= isUnsent;
  };
}

/** Shows who is here and where they write. */
export function showPresence(people: readonly Person[], sections: Sections, me: string): void {
  showPeople(people, (id) => sections.get(id)?.label ?? null);
  myName = people.find(({ id }) => id === me)?.name ?? "";
  for (const each of sections.values()) {
    const writers = writersHere(people, each.id, me);
    each.showWriters(writers);
    if (each.isLive()) announce("writers", writers);
  }
}

/** Has it announced that somebody changes a text of the page. */
export function tellChange(label: string, by: string): void {
  if (by && by !== myName) announce("changes", words.changedBy(by, label));
}
let myName = "";

/** Off line nobody is known to be here. */
export function showAlone(sections: Sections): void {
  showNobody();
  for (const each of sections.values()) each.showWriters("");
}

/** Says, once, that a crash of the tab would lose unsent words. */
export function showUnkept(): void {
  if (find("[data-unkept]")) return;
  const notice = make("p", "annonce", laterWords.unkept);
  notice.dataset.unkept = "";
  notice.setAttribute("role", "status");
  find(".bandeau")?.after(notice);
}
