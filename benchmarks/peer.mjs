// The peer: Hocuspocus as its documentation starts it, with its SQLite extension, both at their defaults.
// It relays before it saves, and saves the whole document 2 to 10 s later.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port, database] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/package.json`));
const { Server } = require("@hocuspocus/server");
const { SQLite } = require("@hocuspocus/extension-sqlite");
const server = new Server({
  port: Number(port),
  address: "127.0.0.1",
  quiet: true,
  extensions: [new SQLite({ database })],
});
await server.listen();
