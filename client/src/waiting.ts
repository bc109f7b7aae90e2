// Knows when the tab that holds a copy has let go of it; knows neither what a copy holds nor what becomes of it.

const awaited = new Set<string>();
let looking = new AbortController();

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") return;
  looking.abort(); // words go to the page one looks at, not to the one that has waited longest
  looking = new AbortController();
});

/** Calls `left` once the tab that holds the lock `name` has let go of it, by its own hand or because it is gone; not if this page is hidden first. */
export function whenLeft(name: string, left: () => void): void {
  if (awaited.has(name) || document.visibilityState !== "visible") return;
  awaited.add(name);
  const { signal } = looking;
  const end = (): void => void awaited.delete(name);
  navigator.locks.request(name, { signal }, end).then(left, end);
}
