"""The application asked in this process, without a network, and whether that changed its database."""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Message

HOST = "127.0.0.1:8000"
OURS = f"http://{HOST}"
UNSEEN = ("security_event", "sign_in_attempt", "alembic_version", "rights")  # tables that a refusal may write in


@dataclass(frozen=True)
class Ask:
    """One request, as it goes over the wire; `path` is percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def scope(self) -> dict[str, object]:
        heads = {"host": HOST, "content-length": str(len(self.body)), **dict(self.headers)}
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(self.path),  # as uvicorn does
            "raw_path": self.path.encode("ascii"),
            "query_string": self.query.encode("ascii"),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in heads.items()],
            "client": ("203.0.113.9", 1),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def words(self) -> str:
        return unescape(self.body.decode("utf-8", "replace"))


async def ask(app: Starlette, request: Ask) -> Answer:
    """One answer; what fails inside is raised here, with its trace."""
    sent: list[Message] = []
    is_read = False

    async def receive() -> Message:
        nonlocal is_read
        if is_read:
            await asyncio.Event().wait()  # nobody leaves
        is_read = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async with asyncio.timeout(30):
        await app(request.scope(), receive, send)
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], told, b"".join(one.get("body", b"") for one in sent[1:]))


def routes(app: Starlette) -> list[tuple[str, Route]]:
    """Every route with its address, mounted ones included."""

    def inside(found: Sequence[BaseRoute], prefix: str = "") -> Iterator[tuple[str, Route]]:
        for one in found:
            if isinstance(one, Mount):
                yield from inside(one.routes or [], prefix + one.path)
            elif isinstance(one, Route):
                yield prefix + one.path, one

    return list(inside(app.routes))


class Fingerprint:
    """What a database held at one moment, and how to put that back; a session's last gesture counts for nothing."""

    def __init__(self, path: Path) -> None:
        self._raw = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._copy = path.with_suffix(".copy")
        with sqlite3.connect(self._copy) as copy:
            self._raw.backup(copy)
        copy.close()
        self._raw.execute("ATTACH ? AS kept", (str(self._copy),))
        self._columns = {table: self._listed(table) for table in self._tables()}
        self._kept = {table: self._hash(table) for table in self._columns}
        self._version = self._now()

    def changed(self) -> list[str]:
        """The tables that are not as they were."""
        if self._now() == self._version:
            return []
        self._version = self._now()
        return [table for table, kept in self._kept.items() if self._hash(table) != kept]

    def undo(self, tables: Sequence[str]) -> None:
        """Put tables back."""
        self._raw.execute("BEGIN IMMEDIATE")
        for table in tables:
            self._raw.execute(f'DELETE FROM main."{table}"')
            self._raw.execute(f'INSERT INTO main."{table}" SELECT * FROM kept."{table}"')
        self._raw.execute("COMMIT")

    def close(self) -> None:
        self._raw.close()

    def _now(self) -> int:
        """A number that moves when somebody else has written."""
        found: int = self._raw.execute("PRAGMA main.data_version").fetchone()[0]
        return found

    def _tables(self) -> list[str]:
        found = self._raw.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        return [name for (name,) in found.fetchall() if name not in UNSEEN]

    def _listed(self, table: str) -> str:
        columns = [one[1] for one in self._raw.execute(f'PRAGMA main.table_info("{table}")')]
        return ", ".join(f'"{one}"' for one in columns if one != "seen_at")

    def _hash(self, table: str) -> int:
        rows = self._raw.execute(f'SELECT {self._columns[table]} FROM main."{table}" ORDER BY rowid')
        return hash(tuple(rows.fetchall()))
