// Knows which `data-…` of the page starts which module; knows nothing of what they do.
import { find } from "./dom.ts";
import { startFrame } from "./frame.ts";
import { startNumbering } from "./numbering.ts";
import { startOutline } from "./outline.ts";
import { startPerson } from "./person.ts";
import { startView } from "./view.ts";

startFrame();
startOutline();
startNumbering();
startView();
startPerson();

const page = find("[data-page='contract'][data-live]");
if (page) {
  document.documentElement.dataset.live = "connecting";
  void import("./words.ts"); // at once, so that live.ts does not wait for them afterwards
  void import("./live.ts").then(({ startLive }) => startLive(page));
}
if (find("[data-redline]")) void import("./redline.ts").then(({ startRedline }) => startRedline());
