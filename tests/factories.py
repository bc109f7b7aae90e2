"""Ready-made things for tests: a store, settings, the two example contracts."""

import copy
import os
from functools import cache
from pathlib import Path
from typing import Any

from server import contract_file
from server.settings import Settings
from server.store.engine import Store

IS_LONG = bool(os.environ.get("TEST_LONG"))
SAMPLES = ("exemple-cpom-ph.json", "exemple-cpom-ehpad.json")
PH = "CPOM-PH-EX-2027-2031"
EHPAD = "CPOM-EHPAD-EX-2027-2031"


def some_settings(path: Path, **changes: Any) -> Settings:
    """Settings for one database file."""
    return Settings(**{"database_url": f"sqlite:///{path}", "development": True, **changes})


def a_store(path: Path) -> Store:
    """A store over one database file, its schema not made yet."""
    return Store(some_settings(path))


@cache
def _sample(name: str) -> dict[str, Any]:
    return contract_file.read_data(name)


def a_file(name: str = SAMPLES[0]) -> dict[str, Any]:
    """One of the example contract files, free to be changed."""
    return copy.deepcopy(_sample(name))
