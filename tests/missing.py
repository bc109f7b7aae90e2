"""What this machine lacks for some tests, and how to get it: one line each in the summary of a run."""

import os
from typing import NoReturn

import pytest

_said: dict[str, None] = {}


def lacks(how: str) -> NoReturn:
    """Skip the test that needs what `how` tells to install; in CI nothing is skipped."""
    _said[how] = None
    (pytest.fail if os.environ.get("CI") else pytest.skip)(how)
    raise AssertionError("both raise")


def add(said_elsewhere: list[str]) -> None:
    """Take over what another process of the same run lacked."""
    _said.update(dict.fromkeys(said_elsewhere))


def said() -> list[str]:
    """What was lacking, each once."""
    return list(_said)
