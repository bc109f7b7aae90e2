// Knows how long one stays in a text without writing; knows nothing of what leaving it takes.

const QUIET_MS = 5 * 60_000; // then the others need not be told that one writes there
const AFTER_ESCAPE_MS = 30_000; // a quick return finds the undo history
const AGAIN_MS = 5_000;

export type Stay = {
  /** The person pressed Escape: leave soon, unless they come back. */
  soon(): void;
  end(): void;
};

/** Calls `leave` once nobody has written in `article` for a while and `mayLeave` allows it. */
export function stay(article: HTMLElement, mayLeave: () => boolean, leave: () => void): Stay {
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => (mayLeave() ? leave() : wait(AGAIN_MS)), ms);
  };
  const stays = (event?: Event): void => {
    if (event instanceof KeyboardEvent && ["Tab", "Shift", "Escape"].includes(event.key)) return; // on the way out
    wait(QUIET_MS);
  };
  for (const gesture of ["keydown", "input", "pointerdown"]) {
    article.addEventListener(gesture, stays, { capture: true, signal: ended.signal });
  }
  stays();
  return {
    soon: () => wait(AFTER_ESCAPE_MS),
    end: () => {
      clearTimeout(timer);
      ended.abort();
    },
  };
}
