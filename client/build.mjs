// Bundles src/main.ts and styles/main.css into server/static; knows nothing of Python or of the pages.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "server", "static");
const styles = join(here, "styles", "main.css");
const EDITOR_LIMIT_BYTES = 130_000; // gzip, everything that must have come before one can type, in one language
const FIRST_SCRIPT_LIMIT_BYTES = 5_000; // gzip; the page must read well before any live code arrives

mkdirSync(dirname(styles), { recursive: true });
if (!existsSync(styles)) writeFileSync(styles, "");
rmSync(join(out, "chunks"), { recursive: true, force: true });

// lib0/dom.js makes four validators that nobody calls, and with them keeps all of lib0/schema.js: said to be pure, they go.
const withoutSchemas = {
  name: "lib0-without-schemas",
  setup: ({ onLoad }) =>
    onLoad({ filter: /lib0[/\\]dom\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("= $.$custom(", "= /* @__PURE__ */ $.$custom("),
    })),
};

// lib0 prints in colours and looks where it runs, and keeps half of itself for it. Here it runs in a browser, and what
// yjs may ever print is a plain warning. A name missing here would stop the page: looked for below.
const PLAIN = {
  logging: `export const warn = console.warn, print = console.log, BOLD = "", UNBOLD = "", RED = "", ORANGE = "";`,
  environment: `export const isBrowser = true, getVariable = () => null;`,
  sha256: `export const digest = () => { throw new Error("No mark of ours stands twice on one word."); };`,
};
const plainLib0 = {
  name: "lib0-plain",
  setup: ({ onLoad }) =>
    onLoad({ filter: /lib0[/\\](logging|environment|hash[/\\]sha256)\.js$/ }, ({ path }) => ({ contents: PLAIN[basename(path, ".js")] })),
};

const result = await build({
  absWorkingDir: here,
  entryPoints: [
    { in: "src/main.ts", out: "app" },
    { in: "styles/main.css", out: "app" },
  ],
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  metafile: true,
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file" },
  external: ["/static/*"],
  legalComments: "none",
  plugins: [withoutSchemas, plainLib0],
  logLevel: "warning",
});

const outputs = Object.entries(result.metafile.outputs);
for (const [file, { bytes }] of outputs) {
  const gzip = gzipSync(readFileSync(join(here, file)), { level: 9 }).length;
  console.log(`${relative(out, join(here, file)).padEnd(32)} ${String(bytes).padStart(7)} B ${String(gzip).padStart(7)} B gzip`);
}

const first = gzipSync(readFileSync(join(out, "app.js")), { level: 9 }).length;
if (first > FIRST_SCRIPT_LIMIT_BYTES) throw new Error(`app.js is ${first} B gzip; at most ${FIRST_SCRIPT_LIMIT_BYTES}.`);
const missing = outputs.find(([file]) => /\(void 0\)\(/.test(readFileSync(join(here, file), "utf8")));
if (missing) throw new Error(`${missing[0]} calls what is not there: a name is missing in PLAIN.`);
const yjs = outputs.filter(([, { inputs }]) => Object.keys(inputs).some((name) => /node_modules\/yjs\//.test(name)));
if (yjs.length !== 1) throw new Error(`yjs is bundled ${yjs.length} times; two copies break every document.`);

const size = (file) => gzipSync(readFileSync(join(here, file)), { level: 9 }).length;
const needed = (file) => [file, ...result.metafile.outputs[file].imports.filter(({ kind }) => kind === "import-statement").flatMap(({ path }) => needed(path))];
const ofSource = (name) => outputs.find(([, { entryPoint }]) => entryPoint === `src/${name}`)?.[0];
const editor = [...new Set(["live.ts", "editor.ts", "words.fr.ts"].flatMap((name) => needed(ofSource(name))))].reduce((sum, file) => sum + size(file), 0);
console.log(`Before one can type: ${editor} B gzip.`);
if (editor > EDITOR_LIMIT_BYTES) throw new Error(`What must come before one can type is ${editor} B gzip; at most ${EDITOR_LIMIT_BYTES}: let something come later.`);
