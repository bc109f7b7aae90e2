// Knows which files are web pages or plain text, and in which letters they are written; knows nothing of what they say.

const HEAD = 2_000; // bytes in which a page says how it is written

const isNamed = ({ name }: File, ends: RegExp): boolean => ends.test(name);
export const isWebPage = (file: File): boolean => isNamed(file, /\.html?$/i);
export const isTextFile = (file: File): boolean => isNamed(file, /\.txt$/i);

/** The words of a file: as its first bytes say, else as a page says of itself, else UTF-8, or what Windows wrote before. */
export function decoded(bytes: Uint8Array, isPage: boolean): string {
  const mark = (bytes[0] === 0xff && bytes[1] === 0xfe && "utf-16le") || (bytes[0] === 0xfe && bytes[1] === 0xff && "utf-16be");
  const head = isPage ? new TextDecoder("windows-1252").decode(bytes.subarray(0, HEAD)) : "";
  const said = mark || /<meta\b[^>]*charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1];
  for (const name of [said, "utf-8"]) {
    try {
      if (name) return new TextDecoder(name, { fatal: true }).decode(bytes);
    } catch {
      // Not written so, or in letters nobody knows.
    }
  }
  return new TextDecoder("windows-1252").decode(bytes);
}
