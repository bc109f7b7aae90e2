// Knows one section of the page: shown, opening or being written; knows neither the socket's life nor ProseMirror.
import type { Line } from "./connection.ts";
import { find, say } from "./dom.ts";
import type { Editor, Point } from "./editor.ts";
import { enterRoom, type End, type Room } from "./room.ts";
import { missing, savingLine, showUnsaved } from "./saving.ts";
import { swap } from "./swap.ts";
import { words } from "./words.ts";

type State = { kind: "closed" } | { kind: "opening"; room: Room } | { kind: "live"; room: Room; editor: Editor };

export type Section = {
  readonly id: string;
  readonly label: string;
  enter(point: Point | null): void;
  showHtml(html: string): void;
  setWritable(isWritable: boolean, reason: string): void;
  showWriters(sentence: string): void;
  lineChanged(): void;
  isLive(): boolean;
  unsent(): number;
};

const SAYS: Record<Exclude<End["kind"], "stale">, string> = {
  late: words.openLate,
  "not-allowed": words.readonly,
  refused: words.refused,
  closed: words.dropped,
};

/** The editor arrives only with the first section entered, or when the browser is idle. */
export const loadEditor = (): Promise<typeof import("./editor.ts")> => import("./editor.ts");

/** Makes an article of the page a section that can be entered. */
export function section(article: HTMLElement, line: Line): Section {
  const id = article.dataset.section ?? "";
  const label = article.dataset.label ?? "";
  const saving = savingLine(article);
  let state: State = { kind: "closed" };
  let committed: string | null = null; // what the server last gave, for when the editor goes
  let savedOnce = false;

  const become = (next: State): void => {
    state = next;
    article.dataset.editor = state.kind;
  };
  const textPlace = (): HTMLElement => find("[data-text]", article) ?? article;

  const open = (point: Point | null, afterwards: (editor: Editor | null) => void): void => {
    savedOnce = false;
    const room = enterRoom(line, id, {
      opened: () => void mount(room, point, afterwards),
      unsentChanged: showSaving,
      ended: (end) => {
        const wasOpening = state.kind === "opening";
        ended(end);
        if (wasOpening) afterwards(null);
      },
    });
    become({ kind: "opening", room });
  };

  const mount = async (room: Room, point: Point | null, afterwards: (editor: Editor | null) => void): Promise<void> => {
    const module = await loadEditor().catch(() => null);
    if (state.kind !== "opening" || state.room !== room) return;
    if (!module) {
      close(words.openFailed);
      return afterwards(null);
    }
    committed ??= textPlace().innerHTML;
    const editor = module.mountEditor({ text: textPlace(), toolbar: find("[data-toolbar]", article), label, room, point, leave: () => article.focus() });
    become({ kind: "live", room, editor });
    saving.show({ kind: "untouched" });
    if (article.contains(document.activeElement)) editor.focus(); // else the person has gone elsewhere meanwhile
    afterwards(editor);
  };

  const showSaving = (): void => {
    if (state.kind !== "live") return;
    const count = state.room.unsent();
    if (count > 0) {
      savedOnce = true;
      saving.show(line.isLive() ? { kind: "saving" } : { kind: "unsent", count });
    } else {
      state.editor.acknowledged();
      if (savedOnce) saving.show({ kind: "saved" });
    }
  };

  // Back to the server's HTML. Gives the blocks that were on screen, and those known to be kept.
  const close = (sentence: string): { written: string[]; kept: string[]; hadFocus: boolean } => {
    const before = state;
    become({ kind: "closed" });
    let blocks = { written: [] as string[], kept: [] as string[], hadFocus: false };
    if (before.kind === "live") {
      const unsent = before.room.unsent() > 0;
      blocks = { written: unsent ? before.editor.blocks() : [], kept: before.editor.keptBlocks(), hadFocus: before.editor.hasFocus() };
      before.editor.destroy(committed ?? "");
    }
    if (before.kind !== "closed") before.room.leave();
    saving.show({ kind: "untouched" });
    saving.tell(sentence);
    return blocks;
  };

  const ended = (end: End): void => {
    if (end.kind === "stale") return void close("");
    if (end.kind !== "refused") return giveUp(SAYS[end.kind]);
    const { written, kept, hadFocus } = close(SAYS.refused);
    if (hadFocus) article.focus({ preventScroll: true });
    open(null, (editor) => {
      saving.tell(SAYS.refused);
      showUnsaved(article, missing(written, editor ? editor.blocks() : kept));
    });
  };

  const giveUp = (sentence: string): void => {
    const { written, kept, hadFocus } = close(sentence);
    showUnsaved(article, missing(written, kept));
    if (hadFocus) article.focus();
  };

  const isWritable = (): boolean => article.dataset.writable === "true";

  article.tabIndex = -1;
  article.dataset.saved = "true";
  become(state);

  return {
    id,
    label,
    enter: (point) => {
      if (state.kind === "live") return state.editor.focus();
      if (state.kind === "opening" || !isWritable()) return;
      if (!line.isLive()) return saving.tell(words.openOffline);
      saving.tell(words.opening);
      article.focus({ preventScroll: true });
      open(point, () => {});
    },
    showHtml: (html) => {
      committed = html;
      if (state.kind !== "live") swap(textPlace(), html);
    },
    setWritable: (writable, reason) => {
      article.dataset.writable = String(writable);
      const button = find("[data-write]", article);
      if (button) button.hidden = !writable;
      if (!writable && state.kind !== "closed") giveUp(reason || words.closed);
      else if (state.kind === "closed") saving.tell(writable ? "" : reason);
    },
    showWriters: (sentence) => say(find("[data-writers]", article), sentence),
    lineChanged: () => {
      if (line.state().kind === "forbidden" && state.kind !== "closed") giveUp(words.closed);
      else if (state.kind === "live" && state.room.unsent() > 0) showSaving();
    },
    isLive: () => state.kind === "live",
    unsent: () => (state.kind === "live" ? state.room.unsent() : 0),
  };
}
