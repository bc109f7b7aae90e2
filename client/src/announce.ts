// Knows how to speak to screen readers without flooding them; knows nothing of what is said.
import { find } from "./dom.ts";

const SETTLE_MS = 500; // what comes together is said together
const EVERY_MS = 5_000; // and then nothing for a while, whatever happens
const AGAIN_MS = 60_000; // the same sentence is news again after this

const waiting = new Map<string, string>();
const said = new Map<string, { sentence: string; at: number }>();
let spokenAt = -EVERY_MS;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says `sentence` soon and politely; only the last of a topic is said, and not what was just said; "" takes it back. */
export function announce(topic: string, sentence: string): void {
  const before = said.get(topic);
  const isOld = before?.sentence === sentence && Date.now() - before.at < AGAIN_MS;
  if (sentence === "") said.delete(topic);
  if (sentence === "" || isOld) waiting.delete(topic);
  else waiting.set(topic, sentence);
  if (waiting.size > 0) timer ??= setTimeout(speak, Math.max(SETTLE_MS, spokenAt + EVERY_MS - Date.now()));
}

function speak(): void {
  timer = undefined;
  const place = find("[data-announce]");
  if (!place || waiting.size === 0) return;
  spokenAt = Date.now();
  place.replaceChildren([...waiting.values()].join(" ")); // a new text node is heard, even with the same words
  for (const [topic, sentence] of waiting) said.set(topic, { sentence, at: spokenAt });
  waiting.clear();
}
