"""What every command needs: a database for the length of one command, and a terminal to answer in."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from server import settings
from server.settings import Settings
from server.store.engine import Store

Result = TypeVar("Result")
says = Console(stderr=True, highlight=False)
UNBOUND = 1000  # columns: no row of ours is wider
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


def show(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> None:
    """A table on standard output, the first column whole; one line a row when another program reads it.

    Names come from files and providers: their signs are not commands to the terminal.
    """
    out = Console(width=None if sys.stdout.isatty() else UNBOUND)
    table = Table(Column(columns[0], no_wrap=True), *columns[1:], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(plain(cell), overflow="fold") for cell in row))
    out.print(table)


def tell(line: str) -> None:
    """A sentence for people, on standard error."""
    says.print(plain(line), markup=False, soft_wrap=True)


def plain(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)
