// Knows how to ask for a document and have its words put into a text; cleaning.ts and the server know what is kept of it.
import type { EditorView } from "prosemirror-view";
import { make, say } from "./dom.ts";
import { laterWords } from "./laterwords.ts";
import { tell } from "./notice.ts";
import { decoded, isTextFile, isWebPage } from "./textfile.ts";

/** What a document holds; `told` are the sentences about what could not come. */
type Brought = { kind: "brought"; html: string; text: string; told: string[] } | { kind: "refused"; says: string };
export type Put = (view: EditorView, html: string, text: string, told: readonly string[]) => Promise<unknown>;

const TOO_LARGE = 413;
const MOST_BYTES = 10 * 1024 * 1024; // of a page or a text: what a section holds is far less

const LOST: Partial<Record<string, string>> = { // by their names in server/documents/blocks.py
  objects: laterWords.lostObjects,
  comments: laterWords.lostComments,
  deletions: laterWords.lostDeletions,
  hidden: laterWords.lostHidden,
  contents: laterWords.lostContents,
  notes: laterWords.lostNotes,
  numbering: laterWords.lostNumbering,
  struck: laterWords.lostStruck,
  tables: laterWords.lostTables,
};

/** Asks for a document in a dialog and puts its words where the caret is, by `put`, as what is pasted. */
export function insertDocument(view: EditorView, put: Put): void {
  const article = view.dom.closest<HTMLElement>("[data-section]");
  const field = make("input");
  const error = make("p", "champ__erreur");
  const label = make("label", "", laterWords.documentField);
  const help = make("p", "champ__aide", laterWords.documentHelp);
  const title = make("h2", "", laterWords.documentTitle);
  Object.assign(field, { type: "file", id: "doc-fichier", accept: ".docx,.odt,.html,.htm,.txt" });
  Object.assign(error, { id: "doc-erreur", hidden: true });
  error.setAttribute("role", "alert");
  field.setAttribute("aria-describedby", "doc-aide");
  [label.htmlFor, help.id, title.id] = [field.id, "doc-aide", "doc-titre"];

  const progress = make("progress");
  progress.hidden = true;
  progress.setAttribute("aria-label", laterWords.documentReading);
  const state = make("p", "");
  state.setAttribute("role", "status");
  const insert = button(laterWords.documentInsert, "btn btn--plein", "submit");
  const cancel = button(laterWords.cancel, "btn", "button");
  const place = make("div", "champ", label, help, field, error);
  const promise = make("p", "discret", laterWords.documentPromise);
  const form = make("form", "", make("div", "dial__tete", title), make("div", "dial__corps", place, promise, state, progress), make("div", "dial__pied", cancel, insert));
  form.noValidate = true;
  const dialog = make("dialog", "", form);
  dialog.setAttribute("aria-labelledby", title.id);
  document.body.append(dialog);

  const leaving = new AbortController();
  let isReading = false;
  const show = (isBusy: boolean, wrong: string): void => {
    isReading = isBusy;
    insert.setAttribute("aria-disabled", String(isBusy)); // it keeps the focus
    progress.hidden = !isBusy;
    say(state, isBusy ? laterWords.documentReading : "");
    error.textContent = wrong;
    error.hidden = wrong === "";
    place.classList.toggle("champ--erreur", wrong !== "");
    field.setAttribute("aria-invalid", String(wrong !== ""));
    field.setAttribute("aria-describedby", wrong ? "doc-erreur doc-aide" : "doc-aide");
    if (wrong) field.focus();
  };
  const act = async (): Promise<void> => {
    const file = field.files?.[0];
    if (!file) return show(false, laterWords.documentNone);
    show(true, "");
    const brought = await read(file, article?.dataset.section ?? "", leaving.signal);
    if (leaving.signal.aborted) return;
    if (brought.kind === "refused") return show(false, brought.says);
    if (view.isDestroyed || !view.editable) return show(false, laterWords.documentClosed);
    dialog.close();
    view.focus();
    if (!(await put(view, brought.html, brought.text, [laterWords.documentDone, ...brought.told]))) tell(view, laterWords.documentBlank);
  };
  cancel.addEventListener("click", () => dialog.close());
  field.addEventListener("change", () => isReading || show(false, ""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isReading) void act();
  });
  dialog.addEventListener("close", () => {
    leaving.abort();
    dialog.remove();
  });
  dialog.showModal();
  field.focus();
}

// A page or a text is read here, as what is pasted is; what a word processor writes is read by the server.
async function read(file: File, section: string, signal: AbortSignal): Promise<Brought> {
  try {
    if (!isWebPage(file) && !isTextFile(file)) return await ask(file, section, signal);
    if (file.size > MOST_BYTES) return { kind: "refused", says: laterWords.documentTooLarge };
    const words = decoded(new Uint8Array(await file.arrayBuffer()), isWebPage(file));
    if (!words.trim() || words.includes("\0")) return { kind: "refused", says: laterWords.documentBlank };
    return { kind: "brought", html: isWebPage(file) ? words : "", text: isWebPage(file) ? "" : words, told: [] };
  } catch {
    return { kind: "refused", says: laterWords.documentFailed };
  }
}

async function ask(file: File, section: string, signal: AbortSignal): Promise<Brought> {
  const text = section.includes(":") ? section : `section:${section}`;
  const address = `/contracts/${document.body.dataset.contract}/reading/${text}`;
  const headers = { accept: "application/json", "Content-Type": "application/octet-stream" };
  const answer = await fetch(address, { method: "POST", headers, body: file, redirect: "error", cache: "no-store", signal });
  const said = (await answer.json().catch(() => null)) as { html?: unknown; lost?: unknown; says?: unknown; remedy?: unknown } | null;
  if (answer.ok && typeof said?.html === "string" && Array.isArray(said.lost)) {
    return { kind: "brought", html: said.html, text: "", told: said.lost.flatMap((one) => LOST[String(one)] ?? []) };
  }
  if (typeof said?.says === "string" && typeof said.remedy === "string") return { kind: "refused", says: `${said.says} ${said.remedy}` };
  return { kind: "refused", says: answer.status === TOO_LARGE ? laterWords.documentTooLarge : laterWords.documentFailed };
}

function button(text: string, className: string, type: "submit" | "button"): HTMLButtonElement {
  const element = make("button", className, text);
  element.type = type;
  return element;
}
