"""`entente …` as a process of its own, ready in a moment: forked from one that has read the program already.

To read it takes some two seconds of a processor. `tests/web/test_commands.py`, `tests/web/test_postgresql_page.py`
and `tests/deploy` start it as people do.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["pytest", "tests.program"])


def begin(words: tuple[str, ...], environment: Mapping[str, str], out: Path, errors: Path) -> BaseProcess:
    """Start a command, with what it says added to two files; it ends with the tests at the latest."""
    process = FORKS.Process(target=_become, args=(words, dict(environment), out, errors), daemon=True)
    process.start()
    return process


def run(words: tuple[str, ...], environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """One command, its output, its status."""
    with tempfile.TemporaryDirectory(prefix="entente-") as folder:
        out, errors = Path(folder) / "out", Path(folder) / "errors"
        process = begin(words, environment, out, errors)
        process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(words, process.exitcode, out.read_text(), errors.read_text())


def _become(words: tuple[str, ...], environment: dict[str, str], out: Path, errors: Path) -> None:
    for path, descriptor in ((out, 1), (errors, 2)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["entente", *words]
    from server.__main__ import main  # read in the process all are forked from

    main()
