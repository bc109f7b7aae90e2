// The peer: a stock Hocuspocus server with its usual delayed saving to a file, on the port given.
// It acknowledges and relays before it saves: the figures say what our promise costs beside that.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../client/package.json", import.meta.url));
const { Server } = require("@hocuspocus/server");
const Y = require("yjs");
const [port, file] = process.argv.slice(2);
const server = new Server({
  port: Number(port),
  address: "127.0.0.1",
  quiet: true,
  onStoreDocument: async ({ document }) => writeFileSync(file, Y.encodeStateAsUpdate(document)),
});
await server.listen();
console.log("listening");
