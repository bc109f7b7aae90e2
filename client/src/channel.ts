// Knows the JSON the server sends about a contract and refuses what it does not know; knows nothing of the page.
import { HocuspocusProvider } from "@hocuspocus/provider";
import * as Y from "yjs";
import type { Line } from "./connection.ts";

export type Person = {
  readonly id: string;
  readonly name: string;
  readonly party: string;
  readonly sign: string;
  readonly hue: number;
  readonly writing: readonly string[];
};

export type News =
  | { kind: "presence"; people: readonly Person[]; you: string | null }
  | { kind: "section"; section: string; html: string; by: string }
  /** The plan, the facts or the state changed; on connecting, the version the server has. */
  | { kind: "contract"; version: number | null };

/** Listens to the contract's channel: a document without text that carries the server's news. */
export function listen(line: Line, contract: string, hear: (news: News) => void): void {
  const provider = new HocuspocusProvider({
    websocketProvider: line.socket,
    name: `contract:${contract}`,
    document: new Y.Doc(),
    awareness: null,
    token: "-", // the cookie is what authenticates
    onStateless: ({ payload }) => {
      const news = read(payload);
      if (news) hear(news);
    },
  });
  provider.attach();
}

/** The news in a payload, or null when this client does not know it (a newer server may say more). */
export function read(payload: string): News | null {
  let said: unknown;
  try {
    said = JSON.parse(payload);
  } catch {
    return null;
  }
  if (!isRecord(said)) return null;
  const { kind, section } = said;
  if (kind === "presence" && Array.isArray(said.people)) {
    const people = said.people.map(readPerson).filter((person) => person !== null);
    return { kind, people, you: typeof said.you === "string" ? said.you : null };
  }
  if (kind === "section" && typeof section === "string" && typeof said.html === "string") {
    return { kind, section, html: said.html, by: text(said.by) };
  }
  if (kind === "contract") return { kind, version: typeof said.version === "number" ? said.version : null };
  return null;
}

function readPerson(said: unknown): Person | null {
  if (!isRecord(said) || said.id === undefined || typeof said.name !== "string") return null;
  const writing = Array.isArray(said.writing) ? said.writing.map(String) : [];
  const hue = typeof said.hue === "number" ? said.hue : 0;
  return { id: String(said.id), name: said.name, party: text(said.party), sign: text(said.sign), hue, writing };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
