// Knows how to ask for the address of a link; knows nothing of where it will be put.
import { isSafeAddress } from "./address.ts";
import { make } from "./dom.ts";
import { laterWords } from "./laterwords.ts";

export type Answer = { kind: "keep" } | { kind: "remove" } | { kind: "set"; href: string };

/** An address as people type it, made whole; null when it cannot be a link. */
export function address(typed: string): string | null {
  const text = typed.trim();
  if (text === "" || /\s/.test(text)) return null;
  if (/^[^\s/:@]+@[^\s/:@]+\.[^\s/:@]+$/.test(text)) return `mailto:${text}`;
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`;
  if (!isSafeAddress(whole) || !URL.canParse(whole)) return null;
  return whole.startsWith("mailto:") || new URL(whole).hostname.includes(".") ? whole : null;
}

/** Asks in a dialog; `current` is the address there now, or null. */
export function askAddress(current: string | null): Promise<Answer> {
  const field = make("input");
  const error = make("p", "champ__erreur");
  const label = make("label", "", laterWords.linkField);
  const title = make("h2", "", laterWords.linkTitle);
  Object.assign(field, { type: "text", id: "lien-adresse", name: "adresse", inputMode: "url", autocomplete: "off", value: current ?? "" });
  Object.assign(error, { id: "lien-erreur", hidden: true });
  error.setAttribute("role", "alert");
  label.htmlFor = field.id;
  title.id = "lien-titre";

  const apply = button(laterWords.linkApply, "btn btn--plein", "submit");
  const remove = button(laterWords.linkRemove, "btn", "button");
  const cancel = button(laterWords.cancel, "btn", "button");
  remove.hidden = current === null;
  const place = make("div", "champ", label, field, error);
  const form = make("form", "", make("div", "dial__tete", title), make("div", "dial__corps", place), make("div", "dial__pied", cancel, remove, apply));
  form.noValidate = true;
  const dialog = make("dialog", "", form);
  dialog.setAttribute("aria-labelledby", title.id);
  document.body.append(dialog);

  return new Promise((resolve) => {
    let answer: Answer = { kind: "keep" };
    const answerWith = (given: Answer): void => {
      answer = given;
      dialog.close();
    };
    cancel.addEventListener("click", () => dialog.close());
    remove.addEventListener("click", () => answerWith({ kind: "remove" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const href = address(field.value);
      if (href) return answerWith({ kind: "set", href });
      error.textContent = laterWords.linkInvalid;
      error.hidden = false;
      place.classList.add("champ--erreur");
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", error.id);
      field.focus();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
    field.focus();
    field.select();
  });
}

function button(text: string, className: string, type: "submit" | "button"): HTMLButtonElement {
  const element = make("button", className, text);
  element.type = type;
  return element;
}
