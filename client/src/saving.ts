// Knows whether a section's text is kept by the server and says so; knows neither the document nor the network.
import { announce } from "./announce.ts";
import type { Line } from "./connection.ts";
import { all, find, make, say } from "./dom.ts";
import type { End } from "./room.ts";
import { words } from "./words.ts";

export type Saving = { kind: "untouched" } | { kind: "saving" } | { kind: "saved" } | { kind: "unsent"; isOver: boolean };

/** How words that the server does not have yet stand. */
export function unsentState(line: Pick<Line, "isLive" | "state">): Saving {
  return line.isLive() ? { kind: "saving" } : { kind: "unsent", isOver: line.state().kind === "over" };
}

const CALM_MS = 1_000; // at most one change a second, but good news is immediate

export type SavingLine = {
  show(state: Saving): void;
  /** A sentence that stays until the state changes. */
  tell(sentence: string): void;
  /** Takes that sentence away, if it is the one shown. */
  untell(sentence: string): void;
};

/** The line `[data-save]` of an article. */
export function savingLine(article: HTMLElement): SavingLine {
  const place = find("[data-save]", article);
  const topic = `saving ${article.id}`;
  let shownAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (sentence: string): void => {
    shownAt = Date.now();
    say(place, sentence);
    if (article.id && sentence !== words.saving) announce(topic, sentence); // not each burst of typing: only what came of it
  };
  return {
    show: (state) => {
      article.dataset.saved = String(state.kind === "untouched" || state.kind === "saved");
      clearTimeout(timer);
      const sentence = sentenceOf(state);
      const wait = state.kind === "saving" || state.kind === "unsent" ? shownAt + CALM_MS - Date.now() : 0;
      if (wait <= 0) write(sentence);
      else timer = setTimeout(() => write(sentence), wait);
    },
    tell: (sentence) => {
      clearTimeout(timer);
      write(sentence);
    },
    untell: (sentence) => {
      if (place?.textContent === sentence) say(place, "");
    },
  };
}

function sentenceOf(state: Saving): string {
  switch (state.kind) {
    case "untouched":
      return "";
    case "saving":
      return words.saving;
    case "saved":
      return words.saved;
    case "unsent":
      return state.isOver ? words.unsentOver : words.unsentOffline;
  }
}

/** What is said when a text closes; `hasRest`: some of it is shown below. */
export type Says = (hasRest: boolean) => string;
export const SAYS: Record<End["kind"], Says> = {
  late: () => words.openLate,
  "not-allowed": () => words.readonly,
  refused: words.refused,
  differs: words.differs,
  closed: () => words.dropped,
  stale: () => "",
};

/** The blocks of `written` that are not in `kept`, each counted once: what would be lost. */
export function missing(written: readonly string[], kept: readonly string[]): string[] {
  const left = [...kept];
  return written.filter((block) => {
    const at = left.indexOf(block);
    if (at >= 0) left.splice(at, 1);
    return at < 0 && block.trim() !== "";
  });
}

/** What would be lost, in words: its blocks or, where nothing is missing but something differs, that it does. */
export function lost(written: readonly string[], kept: readonly string[]): string[] {
  const blocks = missing(written, kept);
  return blocks.length === 0 && missing(kept, written).length > 0 ? [words.onlyRemoved] : blocks;
}

/** Takes away what `showUnsaved` showed. */
export function forgetUnsaved(article: HTMLElement): void {
  for (const details of all(".non-enregistre", article)) details.remove();
}

/** Says how a text ended, and shows what the server did not keep of it until the person clears it: nothing is lost. */
export function showUnsaved(
  article: HTMLElement,
  line: SavingLine,
  says: Says,
  blocks: readonly string[],
  cleared: () => void = () => {},
): HTMLElement | null {
  line.tell(says(blocks.length > 0));
  if (blocks.length === 0) return null;
  const details = make("details", "non-enregistre", make("summary", "", words.unsavedText), make("p", "", words.unsavedHelp));
  const clear = make("button", "btn btn--petit", words.clear);
  clear.type = "button";
  clear.addEventListener("click", () => {
    details.remove();
    cleared();
  });
  details.append(make("pre", "non-enregistre__texte", blocks.join("\n")), clear);
  details.open = true;
  const place = find(".etat-sauvegarde", article);
  if (place) place.after(details);
  else article.append(details);
  return details;
}
