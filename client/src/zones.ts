// Knows the zones of a page and goes from one to the next with F6; knows nothing of what they hold.
import { all, find } from "./dom.ts";

// The tools and the text being written stand inside the text of the contract, and are zones of their own.
const ZONES = ["#sommaire", "#contenu", "[data-toolbar]", ".ProseMirror", "#volet", ".entete", ".bandeau"];

/** Goes to the next zone that is shown (`step` 1) or to the one before (-1); a dialog keeps its keys. */
export function changeZone(step: 1 | -1): boolean {
  if (find("dialog[open]")) return false;
  const zones = ZONES.flatMap((zone) => all(zone)).filter((zone) => zone.getClientRects().length > 0);
  const here = zones.findLastIndex((zone) => zone.contains(document.activeElement));
  const next = here < 0 ? (step < 0 ? -1 : 0) : here + step;
  enter(zones.at(next % zones.length));
  return zones.length > 0;
}

// The bar of tools is entered at its one stop, the others as a whole.
function enter(zone: HTMLElement | undefined): void {
  const stop = zone?.matches("[data-toolbar]") ? all("*", zone).find(({ tabIndex }) => tabIndex === 0) : zone;
  if (zone && zone === stop && zone.tabIndex < 0 && !zone.hasAttribute("tabindex")) zone.tabIndex = -1;
  stop?.focus();
}
