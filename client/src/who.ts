// Knows how to say who wrote the words selected in an article, or all of its text; asks the server, changes nothing.
import { find, hueClass, make, unseen } from "./dom.ts";
import { placeIn, type Place } from "./place.ts";

type Party = { name: string; sign: string; hue: number };
type Stamp = { name: string | null; party: Party | null; at: string; when: string };
type Answer = { by: Stamp[]; blocks: { id: string | null; runs: { text: string; by: number }[] }[] };
type Said = "loading" | "nothing" | "unsaved" | "changed" | "failed" | "offline" | "over";

const MOST_SHOWN = 80; // characters of the words asked about

/** Asks about what is selected; `article`, if nothing is selected in it, about all of its text. */
export function askWho(article: HTMLElement | null): void {
  const dialog = find<HTMLDialogElement>("[data-who-dialog]");
  if (!dialog || dialog.open) return;
  const selected = getSelection()?.anchorNode;
  const around = selected instanceof Element ? selected : (selected?.parentElement ?? null);
  const here = article ?? around?.closest<HTMLElement>("[data-section]") ?? null;
  const text = here && find("[data-text]", here);
  const place = text && placeIn(text);
  const ask = (): void => void tell(dialog, here, place);
  find("[data-who-retry]", dialog)!.onclick = ask;
  title(dialog, place ? "place" : "whole");
  if (place || article) ask();
  else {
    title(dialog, "place");
    clear(dialog, place);
    say(dialog, "nothing");
  }
  dialog.showModal();
}

async function tell(dialog: HTMLDialogElement, article: HTMLElement | null, place: Place | null): Promise<void> {
  clear(dialog, place);
  if (!article) return;
  if (article.dataset.saved === "false") {
    whenSaved(article, dialog, () => void tell(dialog, article, place));
    return say(dialog, "unsaved");
  }
  say(dialog, "loading");
  const answer = await ask(article, place);
  if (typeof answer === "string") return say(dialog, answer);
  const runs = answer.blocks.flatMap((block) => block.runs);
  if (place && runs.map(({ text }) => text).join("") !== place.words) return say(dialog, "changed");
  say(dialog, null);
  const list = find("[data-who-list]", dialog)!;
  list.append(...authors(answer, runs, place !== null).map((stamp) => author(stamp, list.dataset.start ?? "", place !== null)));
  if (!place) find("[data-who-text]", dialog)!.append(...answer.blocks.map((block) => paragraph(block.runs, answer.by, list.dataset.start ?? "")));
}

// « La réponse viendra après »: it does, if one still waits for it.
function whenSaved(article: HTMLElement, dialog: HTMLDialogElement, act: () => void): void {
  const watch = new MutationObserver(() => {
    if (dialog.open && article.dataset.saved === "false") return;
    watch.disconnect();
    if (dialog.open) act();
  });
  watch.observe(article, { attributes: true, attributeFilter: ["data-saved"] });
}

async function ask(article: HTMLElement, place: Place | null): Promise<Answer | Said> {
  const key = article.id.replace(/^article-/, "");
  const address = new URL(`/contracts/${document.body.dataset.contract}/sections/${key}/authors`, location.href);
  if (place) address.search = new URLSearchParams({ block: place.block, from: String(place.from), to: String(place.to) }).toString();
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (!answer) return "offline";
  if (answer.status === 401 || answer.redirected) return "over";
  return answer.ok ? ((await answer.json().catch(() => "failed")) as Answer) : "failed";
}

/** Who wrote some words, each with each of their times; of a whole text, each once. */
function authors({ by }: Answer, runs: readonly { by: number }[], isPlace: boolean): Stamp[] {
  const found = [...new Set(runs.map((run) => run.by))].flatMap((number) => by[number] ?? []);
  if (isPlace) return found;
  return found.filter((stamp, at) => found.findIndex((one) => one.name === stamp.name && one.party?.name === stamp.party?.name) === at);
}

function author({ name, party, at, when }: Stamp, start: string, isPlace: boolean): HTMLElement {
  const item = make("li", "auteur");
  if (party) {
    const sign = make("span", `pastille ${hueClass(party.hue)}`, party.sign);
    sign.setAttribute("aria-hidden", "true");
    item.append(sign);
  }
  const words = make("span", "", make("strong", "", name ?? start));
  if (party) words.append(" ", make("span", `etiq ${hueClass(party.hue)}`, party.name));
  if (isPlace) {
    const time = make("time", "discret bloc-ligne", when);
    time.dateTime = at;
    words.append(time);
  }
  item.append(words);
  return item;
}

/** A block of the text, its runs set apart by a line below in their party's colour and by its two letters. */
function paragraph(runs: readonly { text: string; by: number }[], by: readonly Stamp[], start: string): HTMLElement {
  const shown = make("p");
  let before: Stamp | undefined;
  for (const { text, by: number } of runs) {
    const stamp = by[number];
    const isNew = stamp?.name !== before?.name || stamp?.party?.name !== before?.party?.name || !before;
    before = stamp;
    const run = make("span", stamp?.party ? `auteur__mots ${hueClass(stamp.party.hue)}` : "");
    if (isNew && stamp) {
      run.append(unseen(` [${stamp.name ?? start}${stamp.party ? `, ${stamp.party.name}` : ""}] `));
      if (stamp.party) run.append(sign(stamp.party.sign));
    }
    run.append(...text.split("\n").flatMap((line, at) => (at > 0 ? [make("br"), line] : [line])));
    run.title = stamp ? `${stamp.name ?? start}, ${stamp.when}` : "";
    shown.append(run);
  }
  return shown;
}

function sign(letters: string): HTMLElement {
  const shown = make("sup", "auteur__signe", letters);
  shown.setAttribute("aria-hidden", "true");
  return shown;
}

function title(dialog: HTMLElement, what: "place" | "whole"): void {
  const place = find("[data-who-title]", dialog)!;
  place.textContent = place.dataset[what] ?? "";
}

function clear(dialog: HTMLElement, place: Place | null): void {
  const words = find("[data-who-words]", dialog)!;
  words.hidden = !place;
  const shown = place?.words ?? "";
  words.textContent = shown.length > MOST_SHOWN ? `${shown.slice(0, MOST_SHOWN)}…` : shown;
  for (const name of ["list", "text"]) find(`[data-who-${name}]`, dialog)?.replaceChildren();
}

function say(dialog: HTMLElement, said: Said | null): void {
  const place = find("[data-who-says]", dialog)!;
  place.textContent = (said && place.dataset[said]) ?? "";
  find("[data-who-retry]", dialog)!.hidden = !(said && ["unsaved", "changed", "failed", "offline"].includes(said));
}
