// Knows what happens to unsent words when people come and go in one browser; knows neither contracts nor texts.
import { copies, isSent, remove, sayForgotten, sayWho } from "./copies.ts";
import { find } from "./dom.ts";

const SURE = "sure";

/** Starts what every page does for, or against, the person it was made for: `data-person`, absent when nobody is signed in. */
export function startPerson(): void {
  const me = document.body.dataset.person;
  if (me === undefined) return void warn();
  sayWho(me);
  void forgetOthers(me);
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.getAttribute("action") !== "/sign-out" || SURE in form.dataset) return;
    event.preventDefault();
    void signOut(form, me);
  });
}

// Before anyone signs in: whoever is not the author of what is kept here makes it go.
async function warn(): Promise<void> {
  const kept = (await copies()).filter((copy) => !isSent(copy));
  show("[data-kept]", kept.length > 0);
}

async function forgetOthers(me: string): Promise<void> {
  const others = (await copies()).filter(({ person }) => person !== me);
  const isLoss = others.some((copy) => !isSent(copy));
  await Promise.all(others.map(({ name }) => remove(name)));
  show("[data-forgotten]", isLoss);
}

async function signOut(form: HTMLFormElement, me: string): Promise<void> {
  const mine = (await copies()).filter(({ person }) => person === me);
  const isLoss = mine.some((copy) => !isSent(copy)) || "unsent" in document.documentElement.dataset;
  if (isLoss && !(await isAgreed())) return;
  if (isLoss) sayForgotten(me);
  await Promise.all(mine.map(({ name }) => remove(name)));
  form.dataset[SURE] = "";
  form.requestSubmit();
}

// Staying is what happens unless one says otherwise: Escape stays too.
function isAgreed(): Promise<boolean> {
  const dialog = find<HTMLDialogElement>("#depart");
  if (!dialog) return Promise.resolve(true);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "leave"), { once: true });
  });
}

function show(selector: string, isShown: boolean): void {
  const notice = find(selector);
  if (notice && isShown) notice.hidden = false;
}
