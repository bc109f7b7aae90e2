// Knows how words for a closed text become a draft proposal of one's party, and says where it is; knows not how they were kept.
import * as Y from "yjs";
import { merged } from "./committed.ts";
import { find, make, say } from "./dom.ts";
import { laterWords } from "./laterwords.ts";
import { words } from "./words.ts";

/** The event that says that a proposal was made here. */
export const PROPOSED = "entente:proposed";

export { committed } from "./committed.ts";

type Outcome = { kind: "kept"; at: string } | { kind: "refused"; says: string };

const ASKING_MS = 15_000; // the line may be lost while one asks

/** How to ask the server for the text as it is committed: nothing without a connection. */
type Ask = () => Promise<Y.Doc | null>;

/** Offers, beside unsent words that are shown, to make a proposal of them, if this person may propose here; `kept` is called once the server has it. */
export function offer(article: HTMLElement, details: HTMLElement, ask: Ask, copy: Y.Doc, kept: () => void): void {
  const address = article.dataset.proposals;
  const clear = find("button", details);
  if (!address || !clear) return;
  const button = make("button", "btn btn--petit btn--plein", laterWords.propose);
  const told = make("p", "non-enregistre__suite");
  button.type = "button";
  told.setAttribute("role", "status");
  clear.before(make("p", "", laterWords.proposeHelp), button, " ");
  clear.after(told);
  const act = async (): Promise<void> => {
    if (button.hasAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true"); // it keeps the focus
    say(told, words.saving);
    const outcome = await send(address, ask, copy);
    button.removeAttribute("aria-disabled");
    if (outcome.kind === "refused") return say(told, outcome.says);
    details.remove();
    kept();
    showDraft(article, outcome.at);
    document.dispatchEvent(new Event(PROPOSED));
  };
  button.addEventListener("click", () => void act());
}

async function send(address: string, ask: Ask, copy: Y.Doc): Promise<Outcome> {
  const server = await soon(ask());
  if (!server) return { kind: "refused", says: laterWords.unproposed };
  const update = Y.encodeStateAsUpdate(merged(server, Y.encodeStateAsUpdate(copy)), Y.encodeStateVector(server));
  const headers = { accept: "application/json", "Content-Type": "application/octet-stream" };
  try {
    const answer = await fetch(address, { method: "POST", headers, body: update as Uint8Array<ArrayBuffer>, redirect: "error", cache: "no-store" });
    return outcomeOf(answer.ok, await answer.json().catch(() => null));
  } catch {
    return { kind: "refused", says: laterWords.unproposed };
  }
}

function outcomeOf(isKept: boolean, said: { at?: unknown; says?: unknown; remedy?: unknown } | null): Outcome {
  if (isKept && typeof said?.at === "string") return { kind: "kept", at: said.at };
  const hasReason = typeof said?.says === "string" && typeof said.remedy === "string";
  return { kind: "refused", says: hasReason ? `${said.says} ${said.remedy}` : laterWords.unproposed };
}

function soon(asked: Promise<Y.Doc | null>): Promise<Y.Doc | null> {
  return Promise.race([asked, new Promise<null>((give) => setTimeout(() => give(null), ASKING_MS))]);
}

function showDraft(article: HTMLElement, at: string): void {
  find("[data-proposed]", article)?.remove();
  const link = make("a", "btn btn--petit", laterWords.seeProposal);
  link.href = at;
  const notice = make("p", "retrouve", make("span", "", laterWords.proposed), link);
  notice.dataset.proposed = "";
  find(".etat-sauvegarde", article)?.after(notice);
  say(find("[data-save]", article), words.readonly);
  link.focus();
}
