// Knows the tools above the text, their names and their state; knows nothing of saving or of other people.
import type { MarkType, NodeType } from "prosemirror-model";
import { Plugin, type Command, type EditorState } from "prosemirror-state";
import { isInTable } from "prosemirror-tables";
import type { EditorView } from "prosemirror-view";
import { redoCommand, undoCommand } from "y-prosemirror";
import { hasMark, insertTable, levelAt, linkAt, listAt, setLevel, setLink, toggleEm, toggleList, toggleStrong } from "./commands.ts";
import { icon, make } from "./dom.ts";
import { menu } from "./menu.ts";
import { tell } from "./notice.ts";
import { put } from "./paste.ts";
import { keyName } from "./platform.ts";
import { schema } from "./schema.ts";
import { ACTS, told } from "./tables.ts";
import { helpsTyping, toggleTypingHelp } from "./typing.ts";
import { words } from "./words.ts";

type Tool = {
  name: string;
  face: Node | string;
  keys?: string;
  run: Command;
  isOn?: (state: EditorState) => boolean;
};
/** `element` is what is placed, `stop` what takes the focus. */
type Made = { element: HTMLElement; stop: HTMLElement; update: (view: EditorView) => void };

const { strong, em } = schema.marks as Record<"strong" | "em", MarkType>;
const { bullet_list, ordered_list } = schema.nodes as Record<"bullet_list" | "ordered_list", NodeType>;

const editLink: Command = (state, dispatch, view) => {
  if (!dispatch || !view) return true;
  const asked = import("./link.ts").then(({ askAddress }) => askAddress(linkAt(state)?.href ?? null));
  void asked.then((answer) => {
    if (answer.kind !== "keep") setLink(answer.kind === "set" ? answer.href : null)(view.state, view.dispatch);
    view.focus();
  });
  return true;
};

const bringDocument: Command = (_, dispatch, view) => {
  if (dispatch && view) void import("./document.ts").then(({ insertDocument }) => insertDocument(view, put)).catch(() => tell(view, words.openOffline));
  return true;
};

const typingHelp: Command = (state, dispatch) => {
  if (!dispatch) return true;
  toggleTypingHelp();
  dispatch(state.tr); // so that the bar shows it
  return true;
};

// The groups, with a rule between them; the block type stands at the head of the second, the table menu at its end.
const GROUPS = (): Tool[][] => [
  [
    { name: words.strong, face: make("b", "", words.strongLetter), keys: "Mod-b", run: toggleStrong, isOn: (state) => hasMark(state, strong) },
    { name: words.em, face: make("i", "", words.emLetter), keys: "Mod-i", run: toggleEm, isOn: (state) => hasMark(state, em) },
  ],
  [
    { name: words.bullets, face: icon("puces"), run: toggleList(bullet_list), isOn: (state) => listAt(state) === bullet_list },
    { name: words.numbers, face: icon("nums"), run: toggleList(ordered_list), isOn: (state) => listAt(state) === ordered_list },
    { name: words.link, face: words.link, run: editLink, isOn: (state) => linkAt(state) !== null },
    { name: words.table, face: icon("tab"), run: insertTable },
    { name: words.document, face: icon("document"), run: bringDocument },
  ],
  [
    { name: words.undo, face: icon("annule"), keys: "Mod-z", run: undoCommand },
    { name: words.redo, face: icon("retablit"), keys: "Mod-y", run: redoCommand },
  ],
  [{ name: words.typingHelp, face: "«\u00A0»", run: typingHelp, isOn: helpsTyping }],
];

/** Fills `place` with the tools; the plugin keeps their state. */
export function toolbar(place: HTMLElement): Plugin {
  return new Plugin({
    view: (view) => {
      const groups = GROUPS().map((tools) => tools.map((tool) => toolButton(tool, view)));
      groups[1]?.unshift(levelSelect(view));
      groups[1]?.push(tableMenu(view));
      const all = groups.flat();
      place.replaceChildren(
        ...groups.flatMap((group, at) => [...(at > 0 ? [rule()] : []), ...group.map(({ element }) => element)]),
      );
      place.classList.add("outils");
      place.setAttribute("role", "toolbar");
      place.setAttribute("aria-label", words.tools);
      place.hidden = false;
      const update = (): void => all.forEach((made) => made.update(view));
      update();
      const stop = oneTabStop(place, all);
      return {
        update: () => {
          update();
          stop.tidy();
        },
        destroy: () => {
          stop.end();
          place.hidden = true;
          place.replaceChildren();
        },
      };
    },
  });
}

function toolButton({ name, face, keys, run, isOn }: Tool, view: EditorView): Made {
  const button = make("button", typeof face === "string" ? "avec-texte" : "", face);
  button.type = "button";
  button.setAttribute("aria-label", name);
  button.title = keys ? `${name} (${keyName(keys)})` : name;
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays in the text
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    run(view.state, view.dispatch, view);
    if (run !== editLink) view.focus();
  });
  return {
    element: button,
    stop: button,
    update: ({ state }) => {
      if (isOn) button.setAttribute("aria-pressed", String(isOn(state)));
      button.setAttribute("aria-disabled", String(!run(state, undefined, view)));
    },
  };
}

function levelSelect(view: EditorView): Made {
  const levels = [words.paragraph, ...[1, 2, 3].map(words.heading)];
  const select = make("select", "", ...levels.map((text, level) => new Option(text, String(level))));
  select.setAttribute("aria-label", words.blockType);
  select.title = words.blockType;
  select.addEventListener("change", () => {
    setLevel(Number(select.value))(view.state, view.dispatch);
    view.focus();
  });
  return { element: select, stop: select, update: ({ state }) => (select.value = String(levelAt(state))) };
}

function tableMenu(view: EditorView): Made {
  const items = ACTS.map((each) => ({
    name: each.name,
    keys: each.key,
    mayAct: () => each.run(view.state),
    act: () => {
      told(each)(view.state, view.dispatch, view);
      view.focus();
    },
  }));
  const { place, button, update } = menu(words.tableMenu, items);
  return {
    element: place,
    stop: button,
    update: ({ state }) => {
      place.hidden = !isInTable(state);
      if (!place.hidden) update();
    },
  };
}

function rule(): HTMLElement {
  const element = make("span", "sep");
  element.setAttribute("aria-hidden", "true");
  return element;
}

// One tab stop for the whole bar, arrows inside it (ARIA Authoring Practices, toolbar).
function oneTabStop(place: HTMLElement, tools: readonly Made[]): { tidy(): void; end(): void } {
  let current = tools[0];
  const shown = (): Made[] => tools.filter(({ element }) => !element.hidden);
  const tidy = (): void => {
    if (!current || current.element.hidden) current = shown()[0];
    for (const tool of tools) tool.stop.tabIndex = tool === current ? 0 : -1;
  };
  const move = (event: KeyboardEvent): void => {
    const among = shown();
    const here = among.findIndex(({ stop }) => stop === document.activeElement);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (here < 0 || next === undefined) return;
    event.preventDefault();
    current = among.at(next % among.length);
    tidy();
    current?.stop.focus();
  };
  place.addEventListener("keydown", move);
  tidy();
  return { tidy, end: () => place.removeEventListener("keydown", move) };
}
