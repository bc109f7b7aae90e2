"""Where the peer comes from: Hocuspocus and its SQLite extension from npm, on request, outside what git tracks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PINNED = {"@hocuspocus/server": "4.7.0", "@hocuspocus/extension-sqlite": "4.7.0", "yjs": "13.6.33"}
FOLDER = Path("var/bench/peer").resolve()
_BUILT = FOLDER / "node_modules/better-sqlite3/build/Release/better_sqlite3.node"
REMEDY = "its SQLite driver is built here: it needs node, npm, python3, make and g++ (apt-get install build-essential)"


def node() -> str:
    """The system's Node: the driver is built for it. Ends the program when there is none."""
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        sys.exit(f"Hocuspocus cannot be installed: no node and npm on PATH; {REMEDY}")
    return found


def install() -> None:
    """Bring the pinned peer to FOLDER, unless it is there; the first time takes some minutes."""
    made = FOLDER / "package.json"
    wanted = json.dumps({"private": True, "dependencies": PINNED})
    if _BUILT.is_file() and made.is_file() and made.read_text() == wanted:
        return
    node()
    print(f"Installing Hocuspocus {PINNED['@hocuspocus/server']} in {FOLDER} …", file=sys.stderr)
    FOLDER.mkdir(parents=True, exist_ok=True)
    made.write_text(wanted)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, env=dict(os.environ))
    if done.returncode or not _BUILT.is_file():
        made.unlink()
        sys.exit(f"{done.stderr.strip()}\nHocuspocus could not be installed; {REMEDY}")
