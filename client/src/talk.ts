// Knows what the page and its sections say to each other; knows nothing of how either does its part.
import type { Caret } from "./editor.ts";
import type { Found } from "./safety.ts";

/** What a section must know of its page, and tells it: that a crash would lose unsent words; that there are more or fewer of them. */
export type Page = { readonly person: string; unkept(): void; changed(): void };

export type Section = {
  readonly id: string;
  readonly label: string;
  /** Somebody writes in it, or did until the server closed it: it may not vanish from under them. */
  isInUse(): boolean;
  /** It left the plan: the editor goes, and what the server does not hold stays in sight. */
  retire(): void;
  enter(caret: Caret | null): void;
  /** Opens, if words that a former tab left are news to the server, and sends them. */
  bringBack(found: Found): void;
  /** Drops what the server does not have: it is, or is about to be, another person who looks. */
  forget(): void;
  showHtml(html: string): void;
  showWriters(sentence: string): void;
  lineChanged(): void;
  isLive(): boolean;
  unsent(): number;
};
