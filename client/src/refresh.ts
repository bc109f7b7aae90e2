// Knows when an open page is no longer what the server would serve, and fetches it again; knows no article.
import type { Line } from "./connection.ts";
import { find, say } from "./dom.ts";
import { laterWords } from "./laterwords.ts";

const FIRST_MS = 200; // several changes in a row are one
const SPREAD_MS = 1_500; // forty pages do not ask at the same instant
const RETRY_MS = 2_000;
const LAST_RETRY_MS = 30_000;
const SHOWN_MS = 8_000;

/** Tells that the contract changed; `version` when it is only what the server says on connecting. */
export type Changed = (version: number | null) => void;

type Answer = { kind: "page"; page: Document } | { kind: "gone" } | { kind: "over" } | { kind: "failed" };

/** Fetches the page again, some time after each change, and gives it to `show`, which returns what to announce. */
export function refresher(page: HTMLElement, line: Pick<Line, "stop" | "isLive">, show: (fresh: Document) => string): Changed {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isStale = false;
  let failures = 0;

  const plan = (ms: number): void => {
    isStale = true;
    if (!isAsking) timer ??= setTimeout(() => void ask(), ms);
  };
  const ask = async (): Promise<void> => {
    timer = undefined;
    isAsking = true;
    isStale = false;
    const answer = await served();
    isAsking = false;
    take(answer);
    if (isStale && failures === 0) plan(FIRST_MS);
  };
  const take = (answer: Answer): void => {
    if (answer.kind === "failed") {
      announce(laterWords.refreshLate);
      return plan(Math.min(RETRY_MS * 2 ** failures++, LAST_RETRY_MS));
    }
    failures = 0;
    if (answer.kind === "over") return line.stop({ kind: "over" });
    if (answer.kind === "gone") return line.stop({ kind: "forbidden", says: laterWords.gone });
    const { me, version } = answer.page.body.dataset;
    if (me !== page.dataset.me) return line.stop({ kind: "other" });
    page.dataset.version = version;
    announce(show(answer.page));
  };
  return (version) => {
    if (version === null || String(version) !== page.dataset.version) plan(FIRST_MS + Math.random() * SPREAD_MS);
  };
}

async function served(): Promise<Answer> {
  try {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" }, redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 401) return { kind: "over" };
    if (answer.status === 404) return { kind: "gone" };
    if (!answer.ok) return { kind: "failed" };
    return { kind: "page", page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  } catch {
    return { kind: "failed" };
  }
}

let hide: ReturnType<typeof setTimeout> | undefined;

function announce(sentence: string): void {
  const place = find("[data-news]");
  if (!place || !sentence) return;
  say(place, sentence);
  clearTimeout(hide);
  hide = setTimeout(() => say(place, ""), SHOWN_MS);
}
