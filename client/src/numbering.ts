// Knows that the number proposed for an addition to the plan follows its place, until one writes another.
import { all, find } from "./dom.ts";

/** Starts the forms that add to the plan. */
export function startNumbering(): void {
  for (const form of all<HTMLFormElement>("form[data-addition]")) {
    const place = find<HTMLSelectElement>("select[name='place']", form);
    const number = find<HTMLInputElement>("input[name='number']", form);
    if (!place || !number) continue;
    let proposed = number.value;
    place.addEventListener("change", () => {
      if (number.value !== proposed) return; // theirs
      proposed = place.selectedOptions[0]?.dataset.number ?? "";
      number.value = proposed;
    });
  }
}
