// Knows what becomes of words that a former tab could not send; knows neither how they were kept nor how they are sent.
import * as Y from "yjs";
import { committed, merged } from "./committed.ts";
import type { Line } from "./connection.ts";
import { leftovers, type Leftover } from "./copy.ts";
import { all, find, make } from "./dom.ts";
import { offer } from "./proposing.ts";
import { FRAGMENT } from "./room.ts";
import type { Found, Settled } from "./safety.ts";
import { savingLine, showUnsaved } from "./saving.ts";
import type { Section } from "./talk.ts";
import { whenLeft } from "./waiting.ts";
import { laterWords } from "./laterwords.ts";
import { words } from "./words.ts";

const MESSAGE_LIMIT_BYTES = 1_000_000; // a little less than ENTENTE_MESSAGE_KIB as it is by default

/**
 * Gives each section of the page the words that former tabs of this person left for it.
 *
 * Looks when the line comes alive, when one comes to the page, and when another tab lets go of what it keeps: the
 * page before this one too, if it was only reloaded.
 */
export function bringBack(line: Line, person: string, sections: ReadonlyMap<string, Section>): void {
  const onTheirWay = new Set<string>(); // sections that already have words to settle
  const look = async (): Promise<void> => {
    if (!line.isLive()) return;
    const left = await leftovers(person, (section) => sections.has(section) && !onTheirWay.has(section), (name) => whenLeft(name, () => void look()));
    for (const [id, here] of bySection(left)) give(id, here);
  };
  const give = (id: string, here: readonly Leftover[]): void => {
    const [section, article] = [sections.get(id), all("[data-section]").find(({ dataset }) => dataset.section === id)];
    if (!section || !article || onTheirWay.has(id)) return here.forEach((each) => each.leave());
    onTheirWay.add(id);
    const found = foundIn(article, here, line);
    const settled = (how: Settled, open?: Y.Doc): void => {
      onTheirWay.delete(id);
      found.settled(how, open);
      if (how !== "later") void look(); // there may be more, of another tab
    };
    section.bringBack({ ...found, settled });
  };
  line.onChange(({ kind }) => kind === "live" && void look());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void look());
  void look();
}

function bySection(left: readonly Leftover[]): Map<string, Leftover[]> {
  const found = new Map<string, Leftover[]>();
  for (const each of left) found.set(each.section, [...(found.get(each.section) ?? []), each]);
  return found;
}

function foundIn(article: HTMLElement, left: readonly Leftover[], line: Line): Found {
  const update = Y.mergeUpdates(left.map((each) => each.update));
  const free = (): void => left.forEach((each) => void each.free());
  const leave = (): void => left.forEach((each) => each.leave());
  const show = async (open?: Y.Doc): Promise<void> => {
    const server = open ?? (await committed(line, article.dataset.section ?? ""));
    if (!server) return leave(); // if the line was lost, its return looks again
    const blocks = unsentBlocks(update, server);
    if (blocks.length === 0 && isNews(server, update)) blocks.push(words.onlyRemoved);
    const says = open ? laterWords.foundStuck : laterWords.foundClosed;
    const shown = showUnsaved(article, savingLine(article), () => says, blocks, free);
    if (!shown) free();
    else if (!open) offer(article, shown, () => committed(line, article.dataset.section ?? ""), merged(new Y.Doc(), update), free);
  };
  return {
    update,
    isNews: (doc) => isNews(doc, update),
    taken: () => tell(article, laterWords.found),
    mayGo: (doc) => Y.encodeStateAsUpdate(merged(doc, update), Y.encodeStateVector(doc)).length < MESSAGE_LIMIT_BYTES,
    settled: (how: Settled, open?: Y.Doc) => {
      const wasTaken = tell(article, "");
      if (how === "kept" && wasTaken) tell(article, laterWords.foundKept);
      if (how === "kept" || how === "shown") free();
      else if (how === "closed") void show(open);
      else leave();
    },
  };
}

/** Writes the notice of an article; says whether there was one. */
function tell(article: HTMLElement, sentence: string): boolean {
  const before = find("[data-found]", article);
  before?.remove();
  if (sentence === "") return before !== null;
  const clear = make("button", "btn btn--petit", laterWords.understood);
  clear.type = "button";
  const notice = make("p", "retrouve", make("span", "", sentence), clear);
  notice.dataset.found = "";
  clear.addEventListener("click", () => notice.remove());
  find(".etat-sauvegarde", article)?.after(notice);
  return true;
}

/** Whether `doc` lacks anything of `update`. */
export function isNews(doc: Y.Doc, update: Uint8Array): boolean {
  let lacks = false;
  const twin = merged(doc, update, () => (lacks = true));
  return lacks || twin.store.pendingStructs !== null;
}

/** The paragraphs, headings and cells of `update` in which something was written that `server` does not have. */
export function unsentBlocks(update: Uint8Array, server: Y.Doc): string[] {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  const known = Y.decodeStateVector(Y.encodeStateVector(server));
  const blocks: string[] = [];
  const walk = (parent: Y.XmlFragment | Y.XmlElement): void => {
    const children = parent.toArray();
    const texts = children.filter((child) => child instanceof Y.XmlText);
    if (texts.some((text) => isUnsent(text, known))) blocks.push(children.map(plain).join(""));
    for (const child of children) if (child instanceof Y.XmlElement) walk(child);
  };
  walk(doc.getXmlFragment(FRAGMENT));
  return blocks;
}

const plain = (child: unknown): string =>
  child instanceof Y.XmlText ? child.toDelta().map(({ insert }: { insert: unknown }) => (typeof insert === "string" ? insert : "")).join("") : "\n";

function isUnsent(text: Y.XmlText, known: ReadonlyMap<number, number>): boolean {
  for (let item = text._start; item; item = item.right) {
    const isWord = !item.deleted && item.content instanceof Y.ContentString;
    if (isWord && item.id.clock + item.length > (known.get(item.id.client) ?? 0)) return true;
  }
  return false;
}
