"""Databases for one test, on SQLite or on PostgreSQL: empty ones, and copies of ones that were filled once."""

import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from tests.postgres import Cluster

Fill = Callable[[str], Awaitable[None]]  # puts into the database at an address what its copies begin with


class Databases(Protocol):
    """Where a test's databases come from; each is said by its address."""

    def empty(self) -> str: ...

    async def like(self, template: str, fill: Fill) -> str: ...


class Files:
    """SQLite: one file a database, in the test's folder."""

    _filled: dict[str, Path] = {}  # noqa: RUF012 (made once for all tests of a run)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def _path(self) -> Path:
        self._made += 1
        return self._folder / f"entente{self._made if self._made > 1 else ''}.sqlite"

    def empty(self) -> str:
        return f"sqlite:///{self._path()}"

    async def like(self, template: str, fill: Fill) -> str:
        if template not in self._filled:
            made = Path(tempfile.mkdtemp(prefix="entente-")) / f"{template}.sqlite"
            await fill(f"sqlite:///{made}")
            self._filled[template] = made
        return f"sqlite:///{shutil.copy(self._filled[template], self._path())}"


class Served:
    """PostgreSQL: one database each of the tests' own server, dropped when the test ends."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._made: list[str] = []

    def empty(self) -> str:
        self._made.append(self._cluster.create())
        return self._made[-1]

    async def like(self, template: str, fill: Fill) -> str:
        if template not in self._cluster.templates:
            address = self._cluster.create(template)
            await fill(address)
            self._cluster.templates.add(template)
        self._made.append(self._cluster.create(like=template))
        return self._made[-1]

    def drop(self) -> None:
        for address in self._made:
            self._cluster.drop(address)
