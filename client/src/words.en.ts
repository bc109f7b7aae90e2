// Knows every sentence the client says, in English; knows nothing of when it is said. French, words.fr.ts, gives the shape.
import { grouped, listed, shortName } from "./naming.ts";
import type { Words } from "./words.fr.ts";

/** “article 4.3”, “Annexe 2”: a numbered label as it is, any other between quotes. */
function the(label: string): string {
  const small = label.charAt(0).toLowerCase() + label.slice(1);
  return /\d/.test(label) ? (small.startsWith("article ") ? small : label) : `“${label}”`;
}

const notKept = "Your last change could not be saved.";

export const words: Words = {
  // The connection
  connecting: "Connecting…",
  lost: (why, isWriting) => {
    const what = {
      lost: "Connection lost.",
      network: "Your device has no network any more.",
      restart: "The server is restarting.",
      fast: "This page has sent too much in a short time: it goes on in a few seconds.",
      many: "Too many pages are open at once. Close those you no longer need.",
    }[why];
    if (isWriting) return `${what} You can go on writing: your changes will be sent as soon as the connection is back.`;
    return `${what} ${why === "network" ? "Trying again when it is back." : "Trying again."}`;
  },
  back: "Connection restored.",
  backup: "Backup connection: this network blocks live links, so the text arrives a little later.",
  over: "Your session has ended. Sign in again to go on; what you have written stays here.",
  signIn: "Sign in (new tab)",
  forbidden: "You no longer have access to this contract. Ask your party’s lead negotiator.",
  notUnderstood: "The server no longer understands this page. Reload it.",
  other: "Someone else has signed in in this browser. Reload the page.",
  reload: "Reload the page",
  tooLarge: "What was sent is larger than allowed (1 MB). Copy your text, reload the page, then paste it in several parts.",

  // The contract changed
  removed: "This article was removed from the outline. Its text is kept; a lead negotiator can put it back.",

  // One section
  opening: "Opening…",
  openLate: "The text did not open in time. Try again in a moment.",
  openOffline: "Connection lost. Click in the text again once the connection is back.",
  openFailed: "The editor could not be loaded. Reload the page.",
  readonly: "You can read this text, but not change it.",
  closed: "This text is no longer open to writing.",
  dropped: "This text has closed. Click in it again to go on.",
  differs: (hasRest) => `The text shown here was no longer the server’s: it has been replaced${hasRest ? "; what differed is below." : "."}`,
  refused: (hasRest) => `${notKept} Here is the saved text${hasRest ? "; yours is below." : "."}`,
  textOf: (label) => `Text of ${the(label)}`,

  // Saving
  saving: "Saving…",
  saved: "Saved",
  unsentOffline: "Not saved: it will be sent when the connection is back",
  unsentOver: "Not saved: it will be sent when you have signed in again",
  unsavedText: "Your text that was not saved",
  unsavedHelp: "Copy what you want to keep.",
  clear: "Clear",
  onlyRemoved: "You had removed or formatted text, and written nothing more.",

  // People
  nobody: "Offline",
  present: (name, party) => `${name}, ${party}`,
  more: (count) => `+${grouped(count, "en-GB")}`,
  moreUnseen: (count) => (count === 1 ? " other person" : " other people"),
  writesIn: (labels) => `writing in ${listed(labels.map(the), "and")}`,
  writers: (others, me) => {
    if (others.length === 0) return "";
    return `${listed(me ? ["You", ...others] : others, "and")} ${me || others.length > 1 ? "are" : "is"} writing here`;
  },
  writer: (name, party) => `${name} (${party})`,
  cursor: (name, sign) => (sign ? `${shortName(name)}, ${sign}` : name),
  someone: "Someone",
  changedBy: (name, label) => `${name} is changing ${the(label)}`,

  // The toolbar
  tools: "Formatting",
  strong: "Bold",
  strongLetter: "B",
  em: "Italic",
  emLetter: "I",
  blockType: "Kind of paragraph",
  paragraph: "Paragraph",
  heading: (level) => `Heading ${level}`,
  bullets: "Bulleted list",
  numbers: "Numbered list",
  link: "Link",
  table: "Insert a table",
  tableMenu: "Table",
  document: "Insert a document…",
  rowAdd: "Add a row below",
  rowRemove: "Delete the row",
  columnAdd: "Add a column to the right",
  columnRemove: "Delete the column",
  tableRemove: "Delete the table",
  undo: "Undo",
  redo: "Redo",

  // Tables
  rowAbove: "Add a row above",
  columnBefore: "Add a column to the left",
  headerRow: "Header row, or not",
  cellsMerge: "Merge the cells",
  cellSplit: "Split the cell",
  done: (act) => `Done: ${act.charAt(0).toLowerCase()}${act.slice(1)}.`,

  // Keys
  keyShift: "Shift",
  keyBackspace: "Backspace",
  keyDelete: "Delete",

  // Typing
  typingHelp: "French typography while typing",

  // Pasting: what could not be kept
  pasteImages: "Images were not pasted.",
  pasteComments: "Comments were not pasted.",
  pasteDeletions: "Text deleted under tracked changes was not pasted.",
  pasteStruck: "Text that was struck through was pasted without the line.",
  pasteNotes: "Footnotes were pasted at the end, their numbers in brackets.",
  pasteNumbering: "Lists such as a) or 1.1 are now numbered 1, 2, 3: check the references.",
  pasteTables: "The table that was in a cell is now text.",
  pasteNoDrop: "A table cannot be dropped in a table.",
  pasteTooMuch: "This text is too long to be pasted at once: nothing was pasted. Paste it in several parts.",
};
