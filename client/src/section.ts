// Knows one section of the page: shown, opening or being written; knows neither the socket's life nor ProseMirror.
import type { Line } from "./connection.ts";
import { find, say } from "./dom.ts";
import type { Caret, Editor } from "./editor.ts";
import { enterRoom, type End, type Room } from "./room.ts";
import { missing, savingLine, showUnsaved } from "./saving.ts";
import { swap } from "./swap.ts";
import { words } from "./words.ts";

type Writing = { room: Room; editor: Editor };
type State =
  | { kind: "closed" }
  // `refused` is an editor whose last change the server refused: still on screen, so that no key is lost.
  | { kind: "opening"; room: Room; refused: Writing | null; attempt: number }
  | ({ kind: "live" } & Writing);

export type Section = {
  readonly id: string;
  readonly label: string;
  enter(caret: Caret | null): void;
  showHtml(html: string): void;
  setWritable(isWritable: boolean, reason: string): void;
  showWriters(sentence: string): void;
  lineChanged(): void;
  isLive(): boolean;
  unsent(): number;
};

// After a refusal, changes already on their way may close the new room too: they are given time to arrive.
const ATTEMPTS = 4;
const PAUSE_MS = 300;

const SAYS: Record<End["kind"], string> = {
  late: words.openLate,
  "not-allowed": words.readonly,
  refused: words.refused,
  closed: words.dropped,
  stale: "",
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
    if (!module) return giveUp(words.openFailed);
    const refused = state.refused?.editor;
    const written = refused?.blocks() ?? [];
    const at = refused ? refused.caret() : caret;
    const wantsFocus = article.contains(document.activeElement); // else the person has gone elsewhere meanwhile
    refused?.destroy(committed);
    committed = null;
    const toolbar = find("[data-toolbar]", article);
    const editor = module.mountEditor({ text: textPlace(), toolbar, label, room, caret: at, leave: () => article.focus() });
    wasSaving = false;
    become({ kind: "live", room, editor });
    if (wantsFocus) editor.focus();
    saving.show({ kind: "untouched" });
    if (!refused) return;
    saving.tell(words.refused);
    showUnsaved(article, missing(written, editor.blocks()));
  };

  const showSaving = (): void => {
    if (state.kind !== "live") return;
    const count = state.room.unsent();
    if (count > 0) {
      wasSaving = true;
      saving.show(line.isLive() ? { kind: "saving" } : { kind: "unsent", count });
    } else {
      state.editor.acknowledged();
      if (wasSaving) saving.show({ kind: "saved" });
    }
  };

  const ended = (end: End): void => {
    const before = state;
    if (before.kind === "live" && end.kind === "refused") return reopen(before, 1);
    const isEcho = end.kind === "refused" || end.kind === "closed";
    if (before.kind !== "opening" || !before.refused || !isEcho || before.attempt === ATTEMPTS) return giveUp(SAYS[end.kind]);
    const { refused, attempt } = before;
    before.room.leave();
    setTimeout(() => state === before && reopen(refused, attempt + 1), PAUSE_MS);
  };

  const reopen = (refused: Writing, attempt: number): void => {
    refused.room.leave();
    saving.tell(words.refused);
    open(null, refused, attempt);
  };

  // Back to the server's HTML; what it does not hold stays in sight.
  const giveUp = (sentence: string): void => {
    const writing = onScreen();
    const lost = writing && writing.room.unsent() > 0 ? missing(writing.editor.blocks(), writing.editor.keptBlocks()) : [];
    const hadFocus = writing?.editor.hasFocus() ?? false;
    writing?.editor.destroy(committed);
    if (state.kind !== "closed") state.room.leave();
    become({ kind: "closed" });
    saving.show({ kind: "untouched" });
    saving.tell(sentence);
    showUnsaved(article, lost);
    if (hadFocus) article.focus();
  };

  // Where the page says why a text is closed; else the saving line does.
  const sayWhy = (writable: boolean, reason: string): void => {
    const place = find("[data-why]", article);
    if (!place) return state.kind === "closed" ? saving.tell(writable ? "" : reason) : undefined;
    place.hidden = writable;
    if (reason) place.replaceChildren(...place.querySelectorAll("svg"), reason);
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
    setWritable: (writable, reason) => {
      article.dataset.writable = String(writable);
      const button = find("[data-write]", article);
      if (button) button.hidden = !writable;
      if (!writable && state.kind !== "closed") giveUp(reason || words.closed);
      sayWhy(writable, reason);
    },
    showWriters: (sentence) => say(find("[data-writers]", article), sentence),
    lineChanged: () => {
      if (line.state().kind === "forbidden" && state.kind !== "closed") giveUp(words.closed);
      else if (state.kind === "live" && state.room.unsent() > 0) showSaving();
    },
    isLive: () => state.kind === "live",
    unsent: () => onScreen()?.room.unsent() ?? 0,
  };
}
