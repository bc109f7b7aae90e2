// Knows how to fetch the redline of a draft again once its words have changed; knows no editor and draws nothing.
import { all, find } from "./dom.ts";

const SETTLE_MS = 1_500; // one who types is not read between two words

/**
 * Shows in `place` what the server would show there now, some time after the words of `text` changed.
 *
 * A redline that somebody is going through stays as it is until they leave it. What cannot be fetched is fetched
 * after the next change, or with the button that the page has for it.
 */
export function redrawer(place: HTMLElement, text: HTMLElement, redrawn: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = said(text);

  const plan = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), SETTLE_MS);
  };
  const ask = async (): Promise<void> => {
    const now = said(text);
    if (now === shown || place.contains(document.activeElement)) return;
    const fresh = find(`#${place.id}`, await served());
    if (!fresh || place.contains(document.activeElement)) return;
    shown = now;
    place.replaceChildren(...Array.from(fresh.childNodes, (node) => document.importNode(node, true)));
    redrawn();
    if (said(text) !== now) plan();
  };
  new MutationObserver(plan).observe(text, { subtree: true, childList: true, characterData: true });
  place.addEventListener("focusout", plan);
}

/** The words of a text and how many parts of each kind it has; other people's cursors say nothing. */
function said(text: HTMLElement): string {
  const plain = text.cloneNode(true) as HTMLElement;
  for (const cursor of all("[data-court]", plain)) cursor.remove();
  const parts = ["p", "h3", "h4", "h5", "li", "tr", "td", "strong", "em", "a"].map((tag) => all(tag, plain).length);
  return `${plain.textContent} ${parts.join(" ")}`;
}

async function served(): Promise<Document> {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual", cache: "no-store" });
    if (answer.ok) return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    // the network is away: the page says so elsewhere
  }
  return new DOMParser().parseFromString("", "text/html");
}
