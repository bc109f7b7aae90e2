// Knows who is here and where they write, and shows it; knows neither the network nor the text.
import type { Person } from "./channel.ts";
import { find, hueClass, make, unseen } from "./dom.ts";
import { words } from "./words.ts";

const SHOWN = 5; // more would push the session bar onto two lines

/** Redraws the two lists of people. `labelOf` gives the label of a section on this page, or null. */
export function showPeople(people: readonly Person[], labelOf: (section: string) => string | null): void {
  redraw(find("[data-presence]"), pastilles(people));
  redraw(find("[data-people]"), people.map((person) => line(person, labelOf)));
}

/** Off line nobody is known to be here. */
export function showNobody(): void {
  redraw(find("[data-presence]"), []);
  redraw(find("[data-people]"), [make("li", "discret", words.nobody)]);
}

/** The sentence « Vous et Marc Lebreton (Département) écrivez ici », or nothing. */
export function writersHere(people: readonly Person[], section: string, me: string): string {
  const writing = people.filter((person) => person.writing.includes(section));
  const others = writing.filter((person) => person.id !== me).map(({ name, party }) => words.writer(name, party));
  return words.writers(others, writing.some((person) => person.id === me));
}

/** « Camille Authier » → « CA ». */
export function initials(name: string): string {
  const parts = name.split(/[\s-]+/).filter(Boolean);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((part) => part?.charAt(0) ?? "").join("").toUpperCase();
}

function pastilles(people: readonly Person[]): HTMLElement[] {
  const shown = people.slice(0, SHOWN).map((person) => {
    const mark = make("span", `pastille ${hueClass(person.hue)}`, initials(person.name));
    mark.setAttribute("aria-hidden", "true");
    const item = make("li", "", mark, unseen(words.present(person.name, person.party)));
    item.title = words.present(person.name, person.party);
    return item;
  });
  const rest = people.length - SHOWN;
  return rest > 0 ? [...shown, make("li", "presents__plus", words.more(rest), unseen(words.moreUnseen(rest)))] : shown;
}

function line(person: Person, labelOf: (section: string) => string | null): HTMLElement {
  const labels = person.writing.map(labelOf).filter((label) => label !== null);
  const item = make("li", "", make("strong", "", person.name), " ", make("span", `etiq ${hueClass(person.hue)}`, person.party));
  if (labels.length > 0) item.append(" ", make("span", "discret", words.writesIn(labels)));
  return item;
}

// Presence arrives often and rarely changes what is shown: an unchanged list is left alone.
function redraw(list: HTMLElement | null, items: HTMLElement[]): void {
  if (!list) return;
  const next = make("ul", "", ...items);
  if (next.innerHTML !== list.innerHTML) list.replaceChildren(...items);
}
