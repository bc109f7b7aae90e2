// Knows which copies of unsent words this browser keeps, and whose they are; knows nothing of what is in them.

/** A database of this browser that holds one text as one tab last had it. */
export type Copy = { readonly name: string; readonly person: string; readonly section: string };

const COPY = "entente-copy"; // the name of a database says whose it is and of which section, nothing else
const SENT = "entente-sent:"; // a mark beside a copy: the server has everything in it
const PERSON = "entente-person"; // who was last seen signed in in this browser
const FORGET = "entente-forget"; // written by whoever signs out and gives up their unsent words

/** A name that no other tab uses. */
export function copyName(person: string, section: string): string {
  return [COPY, person, section, crypto.randomUUID()].join(":");
}

/** Every copy in this browser; none where the browser keeps none. */
export async function copies(): Promise<Copy[]> {
  const found = await Promise.resolve(globalThis.indexedDB?.databases?.() ?? []).catch(() => []);
  return found.flatMap(({ name }) => {
    const [kind, person, ...rest] = (name ?? "").split(":");
    return name && kind === COPY && person ? [{ name, person, section: rest.slice(0, -1).join(":") }] : [];
  });
}

/** Whether the server had everything of a copy. The mark may be lost when a browser is killed, never made up. */
export const isSent = ({ name }: Pick<Copy, "name">): boolean => kept(SENT + name) !== null;

/** Marks a copy as sent, or takes the mark away. */
export const markSent = (name: string, sent: boolean): void => keep(SENT + name, sent ? "1" : null);

/** Deletes a copy; another tab that has it open lets go of it. */
export function remove(name: string): Promise<void> {
  markSent(name, false);
  return new Promise((done) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = () => done();
  });
}

/** Writes down who is signed in here, for the other tabs. */
export const sayWho = (person: string): void => keep(PERSON, person);

/** Tells this page and the other tabs that `person` gave up what they had not sent. */
export function sayForgotten(person: string): void {
  keep(FORGET, `${person} ${Date.now()}`);
  document.dispatchEvent(new Event(FORGET)); // a page does not hear its own storage
}

/** Hears from this page and the other tabs: another person is signed in, or this one gave up their unsent words. */
export function hearOthers(me: string, hear: (news: "other" | "forgotten") => void): void {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === PERSON && newValue && newValue !== me) hear("other");
    if (key === FORGET && newValue?.split(" ")[0] === me) hear("forgotten");
  });
  document.addEventListener(FORGET, () => hear("forgotten"));
}

// Storage throws when the browser forbids it, or is full: then only what is on screen counts.
function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Nothing to do: see above.
  }
}
