"""Real yjs clients beside the tests: the scripts of `tests/collab/node`, run with the client's own packages."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from build_client import CLIENT, find_node

SCRIPTS = Path(__file__).parent / "node"


def start(script: str, *arguments: object, after: str = "") -> "subprocess.Popen[str]":
    """A script that is spoken to in lines; the caller ends it. It begins with what the script `after` says."""
    found = find_node()
    source = "\n".join((SCRIPTS / one).read_text(encoding="utf-8") for one in (after, script) if one)
    return subprocess.Popen(
        [found.node, "--no-warnings", "--input-type=module-typescript", "-e", source, *map(str, arguments)],
        cwd=CLIENT,
        env={**found.env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def told(script: str, *arguments: object, after: str = "") -> Iterator[Any]:
    """Every line a script says, which is JSON; it must end well."""
    process = start(script, *arguments, after=after)
    with process:
        yield from map(json.loads, _lines(process.stdout))
    assert process.returncode == 0


def _lines(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


class Yjs:
    """A real yjs that mirrors documents: it is given a state and deltas, and tells what it holds."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, question: Any) -> Any:
        """One answer to one question, both JSON."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(question) + "\n")
        stdin.flush()
        answer = stdout.readline()
        assert answer, "yjs is gone"
        return json.loads(answer)


@contextmanager
def yjs() -> Iterator[Yjs]:
    """A real yjs, as long as the block lasts."""
    process = start("mirror.mjs")
    with process:
        yield Yjs(process)
        assert process.stdin is not None
        process.stdin.close()
    assert process.returncode == 0
