// Knows what the band says of the connection, and when; knows nothing of how the connection is kept.
import type { Line } from "./connection.ts";
import { find, make, say } from "./dom.ts";
import { words } from "./words.ts";

const CALM_MS = 1_000; // a restart of the server is over before this: not worth a sentence
const RELIEF_MS = 4_000; // how long the good news stays

/** Writes the state of the connection in `[data-connection]`: nothing when all is well. */
export function showConnection(line: Line, isWriting: () => boolean): void {
  const place = find("[data-connection]");
  if (!place) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasTold = false;
  const later = (ms: number, act: () => void): void => {
    timer = setTimeout(act, ms);
  };
  line.onChange((state) => {
    clearTimeout(timer);
    switch (state.kind) {
      case "connecting":
        return;
      case "live":
        say(place, wasTold ? words.back : "");
        wasTold = false;
        return later(RELIEF_MS, () => say(place, ""));
      case "offline":
        return later(CALM_MS, () => {
          wasTold = true;
          say(place, isWriting() ? words.offlineWriting : words.offline);
        });
      case "over":
        wasTold = true;
        return place.replaceChildren(words.over, " ", signInLink());
      case "other":
        return place.replaceChildren(words.other, " ", reloadButton());
      case "forbidden":
        return say(place, state.says);
    }
  });
}

// A new tab, so that nothing written here is lost; coming back to this one reconnects.
function signInLink(): HTMLAnchorElement {
  const link = make("a", "btn btn--petit", words.signIn);
  link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}

function reloadButton(): HTMLButtonElement {
  const button = make("button", "btn btn--petit", words.reload);
  button.type = "button";
  button.addEventListener("click", () => location.reload());
  return button;
}
