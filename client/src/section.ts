// Knows one section of the page: shown, opening or being written; knows neither the socket's life nor ProseMirror.
import type { Line } from "./connection.ts";
import { find, holdStill, say } from "./dom.ts";
import type { Caret, Editor } from "./editor.ts";
import { enterRoom, type End, type Room } from "./room.ts";
import { forgetUnsaved, missing, savingLine, showUnsaved } from "./saving.ts";
import { stay, type Stay } from "./stay.ts";
import { swap } from "./swap.ts";
import { words } from "./words.ts";

type Writing = { room: Room; editor: Editor };
type State =
  | { kind: "closed" }
  // `refused` is an editor whose last change the server refused: still on screen, so that no key is lost.
  | { kind: "opening"; room: Room; refused: Writing | null; attempt: number }
  | ({ kind: "live"; stay: Stay } & Writing);

export type Section = {
  readonly id: string;
  readonly label: string;
  enter(caret: Caret | null): void;
  showHtml(html: string): void;
  showWriters(sentence: string): void;
  lineChanged(): void;
  isLive(): boolean;
  unsent(): number;
};

// After a refusal, changes already on their way may close the new room too: they are given time to arrive.
const ATTEMPTS = 4;
const PAUSE_MS = 300;

type Says = (hasRest: boolean) => string;
const SAYS: Record<End["kind"], Says> = {
  late: () => words.openLate,
  "not-allowed": () => words.readonly,
  refused: words.refused,
  closed: () => words.dropped,
  stale: () => "",
};

/** The editor arrives only with the first section entered, or when the browser is idle. */
export const loadEditor = (): Promise<typeof import("./editor.ts")> => import("./editor.ts");

/** Makes an article of the page a section that can be entered. */
export function section(article: HTMLElement, line: Line): Section {
  const id = article.dataset.section ?? "";
  const label = article.dataset.label ?? "";
  const saving = savingLine(article);
  let state: State = { kind: "closed" };
  let committed: string | null = null; // what the server gave since the editor is there, for when it goes
  let wasSaving = false;

  const become = (next: State): void => {
    state = next;
    article.dataset.editor = state.kind;
  };
  const textPlace = (): HTMLElement => find("[data-text]", article) ?? article;
  const onScreen = (): Writing | null =>
    state.kind === "live" ? state : state.kind === "opening" ? state.refused : null;

  const open = (caret: Caret | null, refused: Writing | null, attempt = 1): void => {
    const room = enterRoom(line, id, {
      opened: () => void mount(room, caret),
      unsentChanged: showSaving,
      ended,
    });
    become({ kind: "opening", room, refused, attempt });
  };

  const mount = async (room: Room, caret: Caret | null): Promise<void> => {
    const module = await loadEditor().catch(() => null);
    if (state.kind !== "opening" || state.room !== room) return;
    if (!module) return giveUp(() => words.openFailed);
    const refused = state.refused?.editor;
    const written = refused?.blocks() ?? [];
    const at = refused ? refused.caret() : caret;
    const wantsFocus = article.contains(document.activeElement); // else the person has gone elsewhere meanwhile
    refused?.destroy(committed);
    committed = null;
    wasSaving = false;
    const editor = holdStill(textPlace, () => {
      const toolbar = find("[data-toolbar]", article);
      const made = module.mountEditor({ text: textPlace(), toolbar, label, room, leave: escape });
      become({ kind: "live", room, editor: made, stay: stay(article, mayLeave, () => void close()) });
      return made;
    });
    if (at !== null) editor.putCaret(at);
    if (wantsFocus) editor.focus();
    saving.show({ kind: "untouched" });
    if (!refused) return;
    const rest = missing(written, editor.blocks());
    saving.tell(words.refused(rest.length > 0));
    showUnsaved(article, rest);
  };

  const mayLeave = (): boolean => state.kind === "live" && state.room.unsent() === 0 && line.isLive();

  const escape = (): void => {
    article.focus({ preventScroll: true });
    if (state.kind === "live") state.stay.soon();
  };

  const showSaving = (): void => {
    if (state.kind !== "live") return;
    if (state.room.unsent() > 0) {
      wasSaving = true;
      saving.show(line.isLive() ? { kind: "saving" } : { kind: "unsent", isOver: line.state().kind === "over" });
    } else {
      state.editor.acknowledged();
      if (wasSaving) saving.show({ kind: "saved" });
    }
  };

  const ended = (end: End): void => {
    const before = state;
    if (end.kind === "not-allowed") closeToWriting();
    if (before.kind === "live" && end.kind === "refused") return reopen(before, 1);
    const isEcho = end.kind === "refused" || end.kind === "closed";
    if (before.kind !== "opening" || !before.refused || !isEcho || before.attempt === ATTEMPTS) return giveUp(SAYS[end.kind]);
    const { refused, attempt } = before;
    before.room.leave();
    setTimeout(() => state === before && reopen(refused, attempt + 1), PAUSE_MS);
  };

  const reopen = (refused: Writing, attempt: number): void => {
    refused.room.leave();
    saving.tell(words.notKept);
    open(null, refused, attempt);
  };

  // Back to the server's HTML; returns what it does not hold.
  const close = (): string[] => {
    const writing = onScreen();
    const lost = writing && writing.room.unsent() > 0 ? missing(writing.editor.blocks(), writing.editor.keptBlocks()) : [];
    const hadFocus = writing?.editor.hasFocus() ?? false;
    holdStill(textPlace, () => {
      writing?.editor.destroy(committed);
      if (state.kind === "live") state.stay.end();
      if (state.kind !== "closed") state.room.leave();
      become({ kind: "closed" });
    });
    saving.show({ kind: "untouched" });
    if (hadFocus) article.focus({ preventScroll: true });
    return lost;
  };

  // What the server does not hold stays in sight.
  const giveUp = (says: Says): void => {
    const lost = close();
    saving.tell(says(lost.length > 0));
    showUnsaved(article, lost);
  };

  const closeToWriting = (): void => {
    article.dataset.writable = "false";
    const button = find("[data-write]", article);
    if (button) button.hidden = true;
  };

  article.tabIndex = -1;
  article.dataset.saved = "true";
  become(state);

  return {
    id,
    label,
    enter: (caret) => {
      if (state.kind === "live") return state.editor.focus();
      if (state.kind === "opening" || article.dataset.writable !== "true") return;
      if (!line.isLive()) return saving.tell(words.openOffline);
      saving.tell(words.opening);
      article.focus({ preventScroll: true });
      open(caret, null);
    },
    showHtml: (html) => {
      committed = html;
      if (!onScreen()) swap(textPlace(), html);
    },
    showWriters: (sentence) => say(find("[data-writers]", article), sentence),
    lineChanged: () => {
      const { kind } = line.state();
      if (kind === "live") saving.untell(words.openOffline);
      if (kind === "forbidden" || kind === "other") closeToWriting();
      if (kind === "forbidden" && state.kind !== "closed") giveUp(() => words.closed);
      else if (kind === "other") {
        close();
        forgetUnsaved(article); // it is the former person's
      } else if (state.kind === "live" && state.room.unsent() > 0) showSaving();
    },
    isLive: () => state.kind === "live",
    unsent: () => onScreen()?.room.unsent() ?? 0,
  };
}
