// Knows how to ask the server why it lets this page in no more; knows nothing of the connection it refuses.
import type { End } from "./connection.ts";
import { laterWords } from "./laterwords.ts";
import { words } from "./words.ts";

/** Why the door is closed; null when it is not, or when nobody answers. */
export async function whyRefused(): Promise<End | null> {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.type === "opaqueredirect" || answer?.status === 401) return { kind: "over" };
  if (answer?.status === 403) return { kind: "forbidden", says: words.forbidden };
  if (answer?.status !== 404) return null;
  return (await isSomebodyElse()) ? { kind: "other" } : { kind: "forbidden", says: laterWords.gone };
}

// Who has no seat here learns nothing of this page: it must not go on showing what its own person had not sent.
async function isSomebodyElse(): Promise<boolean> {
  const answer = await fetch("/seen", { method: "POST" }).catch(() => null);
  const person = answer?.headers.get("Entente-Person") ?? null;
  return person !== null && person !== document.body.dataset.person;
}
