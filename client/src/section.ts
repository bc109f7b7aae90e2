// Knows one section of the page: shown, opening or being written; knows neither the socket's life nor ProseMirror.
import type { Line } from "./connection.ts";
import { closeToWriting, find, holdStill, say } from "./dom.ts";
import type { Caret, Editor } from "./editor.ts";
import { loadEditor, loadProposing } from "./parts.ts";
import { enterRoom, isSentBack, type End, type Room } from "./room.ts";
import { safety, type Settled } from "./safety.ts";
import { forgetUnsaved, lost as lostWords, missing, savingLine, SAYS, showUnsaved, unsentState, type Says } from "./saving.ts";
import { stay, type Stay } from "./stay.ts";
import { swap } from "./swap.ts";
import type { Page, Section } from "./talk.ts";
import { words } from "./words.ts";

type Writing = { room: Room; editor: Editor };
type Sent = Writing & { says: Says }; // an editor sent back by the server, and what to say of it
type State =
  | { kind: "closed" }
  // `refused` is an editor whose text the server does not have so: still on screen, so that no key is lost.
  | { kind: "opening"; room: Room; refused: Sent | null; attempt: number }
  | ({ kind: "live"; stay: Stay } & Writing);

// After a refusal, changes already on their way may close the new room too: they are given time to arrive.
const ATTEMPTS = 4;
const PAUSE_MS = 300;

/** Makes an article of the page a section that can be entered. */
export function section(article: HTMLElement, line: Line, page: Page): Section {
  const id = article.dataset.section ?? "";
  const saving = savingLine(article);
  let state: State = { kind: "closed" };
  let committed: string | null = null; // what the server gave since the editor is there, for when it goes
  let wasSaving = false;
  let wasCut = false;
  const copy = safety(page.person, id, page.unkept);

  const become = (next: State): void => {
    state = next;
    article.dataset.editor = state.kind;
    page.changed();
  };
  const textPlace = (): HTMLElement => find("[data-text]", article) ?? article;
  const hasFocus = (): boolean => article.contains(document.activeElement);
  const onScreen = (): Writing | null =>
    state.kind === "live" ? state : state.kind === "opening" ? state.refused : null;

  const open = (caret: Caret | null, refused: Sent | null, attempt = 1): void => {
    const room = enterRoom(line, id, {
      opened: () => (copy.isWanted(room.doc) || hasFocus() ? void mount(room, caret) : void close()),
      unsentChanged: showSaving,
      ended,
    });
    wasCut = false;
    become({ kind: "opening", room, refused, attempt });
  };

  const mount = async (room: Room, caret: Caret | null): Promise<void> => {
    const module = await loadEditor().catch(() => null);
    if (state.kind !== "opening" || state.room !== room) return;
    if (!module) return giveUp(() => words.openFailed);
    const { editor: refused, says } = state.refused ?? {};
    const written = refused?.blocks() ?? [];
    const at = refused ? refused.caret() : caret;
    const wantsFocus = hasFocus(); // else the person has gone elsewhere meanwhile
    refused?.destroy(committed);
    committed = null;
    wasSaving = false;
    const editor = holdStill(textPlace, () => {
      const toolbar = find("[data-toolbar]", article);
      const made = module.mountEditor({ text: textPlace(), toolbar, label: article.dataset.label ?? "", room, leave: escape });
      become({ kind: "live", room, editor: made, stay: stay(article, mayLeave, () => void close()) });
      return made;
    });
    if (at !== null) editor.putCaret(at);
    if (wantsFocus) editor.focus();
    saving.show({ kind: "untouched" });
    copy.takeUp(room);
    if (refused && says) showUnsaved(article, saving, says, missing(written, editor.blocks()));
  };

  const mayLeave = (): boolean => state.kind === "live" && state.room.unsent() === 0 && line.isLive();

  const escape = (): void => {
    article.focus({ preventScroll: true });
    if (state.kind === "live") state.stay.soon();
  };

  const showSaving = (): void => {
    if (state.kind !== "live") return;
    const isSent = state.room.unsent() === 0;
    copy.changed(state.room.doc, isSent);
    if (!isSent) {
      wasSaving = true;
      saving.show(unsentState(line));
    } else {
      state.editor.acknowledged();
      copy.settle("kept");
      if (wasSaving) saving.show({ kind: "saved" });
    }
    page.changed();
  };

  const ended = (end: End): void => {
    const before = state;
    if (end.kind === "not-allowed") closeToWriting(article);
    if (before.kind === "live" && isSentBack(end)) return reopen({ ...before, says: SAYS[end.kind] }, 1);
    const isEcho = isSentBack(end) || end.kind === "closed";
    if (before.kind !== "opening" || !before.refused || !isEcho || before.attempt === ATTEMPTS) {
      return giveUp(SAYS[end.kind], end.kind === "not-allowed" ? "closed" : "later");
    }
    const { refused, attempt } = before;
    before.room.leave();
    setTimeout(() => state === before && reopen(refused, attempt + 1), PAUSE_MS);
  };

  const reopen = (refused: Sent, attempt: number): void => {
    refused.room.leave();
    copy.leave(false); // it holds what the server will not have
    copy.settle("shown");
    saving.tell(refused.says(false));
    open(null, refused, attempt);
  };

  // Back to the server's HTML; returns what it does not hold.
  const close = (): string[] => {
    const writing = onScreen();
    const lost = writing && writing.room.unsent() > 0 ? lostWords(writing.editor.blocks(), writing.editor.keptBlocks()) : [];
    const hadFocus = writing?.editor.hasFocus() ?? false;
    holdStill(textPlace, () => {
      writing?.editor.destroy(committed);
      if (state.kind === "live") state.stay.end();
      if (state.kind !== "closed") state.room.leave();
      become({ kind: "closed" });
    });
    saving.show({ kind: "untouched" });
    copy.leave(lost.length > 0);
    if (hadFocus) article.focus({ preventScroll: true });
    return lost;
  };

  // What the server does not hold stays in sight, and in this browser until it is cleared.
  const giveUp = (says: Says, found: Settled = "later"): void => {
    const doc = onScreen()?.room.doc;
    wasCut ||= doc !== undefined;
    const lost = close();
    const shown = showUnsaved(article, saving, says, lost, copy.clear);
    if (shown && doc && found === "closed") void loadProposing().then((one) => one.offer(article, shown, () => one.committed(line, id), doc, copy.clear));
    copy.settle(lost.length > 0 ? "shown" : found);
  };

  const forget = (): void => {
    close();
    copy.clear();
    forgetUnsaved(article);
  };

  article.tabIndex = -1;
  article.dataset.saved = "true";
  become(state);

  return {
    id,
    get label() { return article.dataset.label ?? ""; }, // it may be renumbered
    isInUse: () => state.kind !== "closed" || wasCut,
    retire: () => {
      closeToWriting(article);
      giveUp(() => words.removed);
    },
    enter: (caret) => {
      if (state.kind === "live") return state.editor.focus();
      if (state.kind === "opening" || article.dataset.writable !== "true") return;
      if (!line.isLive() && line.state().kind !== "connecting") return saving.tell(words.openOffline); // a first line opens it itself
      saving.tell(words.opening);
      article.focus({ preventScroll: true });
      open(caret, null);
    },
    bringBack: (found) => {
      copy.take(found);
      if (state.kind === "live") copy.takeUp(state.room);
      else if (article.dataset.writable !== "true") copy.settle("closed");
      else if (state.kind === "closed") open(null, null);
    },
    forget,
    showHtml: (html) => {
      committed = html;
      if (!onScreen()) swap(textPlace(), html);
    },
    showWriters: (sentence) => say(find("[data-writers]", article), sentence),
    lineChanged: () => {
      const end = line.state();
      const { kind } = end;
      if (kind === "live") saving.untell(words.openOffline);
      if (kind === "forbidden" || kind === "other") closeToWriting(article);
      if (kind === "forbidden" && state.kind !== "closed") giveUp(() => words.closed);
      else if (kind === "other") forget();
      else if (state.kind === "live" && state.room.unsent() > 0) showSaving();
    },
    isLive: () => state.kind === "live",
    unsent: () => onScreen()?.room.unsent() ?? 0,
  };
}
