// Knows what the band says of the connection, and when; knows nothing of how the connection is kept.
import { announce } from "./announce.ts";
import type { Connection, Line } from "./connection.ts";
import { find, make } from "./dom.ts";
import { words } from "./words.ts";

const CALM_MS = 1_000; // a restart of the server is over before this: not worth a sentence
const RELIEF_MS = 4_000; // how long the good news stays

/** Writes the state of the connection in `[data-connection]`, and has it announced: nothing when all is well. */
export function showConnection(line: Line, isWriting: () => boolean): void {
  const place = find("[data-connection]");
  if (!place) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasTold = false;
  let wasBackup = false;
  const tell = (sentence: string, ...more: Node[]): void => {
    place.replaceChildren(...(sentence ? [sentence] : []), ...more.flatMap((each) => [" ", each]));
    announce("connection", sentence);
  };
  // Stays for as long as it is so, and is announced once.
  const tellBackup = (): void => {
    place.replaceChildren(words.backup);
    announce("connection", wasBackup ? (wasTold ? words.back : "") : words.backup);
    wasBackup = true;
    wasTold = false;
  };
  const later = (ms: number, act: () => void): void => {
    timer = setTimeout(act, ms);
  };
  const show = (state: Connection): void => {
    clearTimeout(timer);
    switch (state.kind) {
      case "connecting":
        return later(CALM_MS, () => tell(words.connecting));
      case "live":
        if (line.isBackup()) return tellBackup();
        tell(wasTold ? words.back : "");
        wasTold = false;
        return later(RELIEF_MS, () => place.replaceChildren());
      case "offline":
        return later(wasTold ? 0 : CALM_MS, () => {
          wasTold = true;
          tell(words.lost(state.why, isWriting()));
        });
      case "over":
        wasTold = true;
        return tell(words.over, signInLink());
      case "other":
        return tell(words.other, reloadButton());
      case "forbidden":
        return tell(state.says, ...(state.mayReload ? [reloadButton()] : []));
    }
  };
  line.onChange(show);
  show(line.state());
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
