// Knows the sentences, in English, of what comes later; later.fr.ts gives the shape.
import type { LaterWords } from "./later.fr.ts";

export const laterWords: LaterWords = {
  linkTitle: "Link address",
  linkField: "Address (web page or e-mail address)",
  linkInvalid: "This address cannot be used. Write for example https://www.example.org or name@example.org.",
  linkApply: "Apply",
  linkRemove: "Remove the link",
  cancel: "Cancel",
  propose: "Make it a proposal",
  proposeHelp: "You can make it a proposal: a draft that only your party sees.",
  proposed: "Your text has become a draft proposal, visible to your party only.",
  seeProposal: "See the proposal",
  unproposed: "The proposal was not saved: your text stays here. Try again once the connection is back.",
  found: "Unsent text found: it is being sent.",
  foundKept: "Unsent text found: it is now saved.",
  foundClosed: "Unsent text found. This text is no longer open to writing: your words have not been sent, they are below.",
  foundStuck: "Unsent text found. It could not be sent: it is below.",
  unkept: "This browser cannot keep unsent text: it would be lost if this tab closed by accident.",
  understood: "Understood",
  ends: (isIdle) =>
    isIdle
      ? "If you do nothing, your session ends in two minutes."
      : "Your session reaches its longest duration in two minutes: sign in again to go on.",
  stay: "Stay signed in",
  refreshLate: "The contract has changed, but this page could not be brought up to date. Trying again.",
  planAdded: (label) => `Added to the outline: ${label}.`,
  planRemoved: (label) => `Removed from the outline: ${label}.`,
  planChanged: "The contract has been updated.",
  hide: "Hide this article",
  gone: "This contract is no longer at this address. Go back to the list of your contracts.",
};
