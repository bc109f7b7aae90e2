"""Ready-made things for tests: a store, settings, the two example contracts."""

import copy
import os
from functools import cache
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from server.contract_files import contract_file
from server.settings import Settings
from server.store.engine import Store

IS_LONG = bool(os.environ.get("TEST_LONG"))
SAMPLES = ("exemple-cpom-ph.json", "exemple-cpom-ehpad.json")
PH = "CPOM-PH-EX-2027-2031"
EHPAD = "CPOM-EHPAD-EX-2027-2031"


def address(database: Path | str) -> str:
    """The address of a database: that of its file, or as it is."""
    return f"sqlite:///{database}" if isinstance(database, Path) else database


def some_settings(database: Path | str, **changes: Any) -> Settings:
    """Settings for one database."""
    return Settings(**{"database_url": address(database), "development": True, **changes})


def a_store(database: Path | str) -> Store:
    """A store over one database, its schema not made yet."""
    return Store(some_settings(database))


async def migrate(database: str) -> None:
    """Bring a database to the program's schema."""
    store = a_store(database)
    await store.migrate()
    await store.close()


@cache
def _sample(name: str) -> dict[str, Any]:
    return contract_file.read_data(name)


def a_file(name: str = SAMPLES[0]) -> dict[str, Any]:
    """One of the example contract files, free to be changed."""
    return copy.deepcopy(_sample(name))


async def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table: what "nothing was written" is measured by."""
    async with store.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in await session.execute(table.select())), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }
