"""What every command needs: a database for the length of one command, and a terminal to answer in."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from server import settings
from server.settings import Settings
from server.store.engine import Store

Result = TypeVar("Result")
says = Console(stderr=True, highlight=False)
ONLY_THE_DATABASE = {"development": True, "host": "127.0.0.1", "public_url": Settings.public_url}  # of the settings


def with_store(work: Callable[[Store], Coroutine[Any, Any, Result]]) -> Result:
    """Do `work` with the database of the settings; nothing else of them has to be there."""

    async def run() -> Result:
        store = Store(settings.read(os.environ, **ONLY_THE_DATABASE))
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(run())


def show(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A table on standard output; names come from files and providers, so their signs are not commands."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(plain(cell), overflow="fold") for cell in row))
    Console().print(table)


def plain(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
