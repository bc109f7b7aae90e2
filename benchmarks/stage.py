"""What both servers hold when a measure begins: contracts with people in their seats, and the same texts for the peer.

Ours is a database as `entente serve` finds it: contract files imported, every person bound to a seat, a session of
their own each. The peer's has the same documents, byte for byte what ours hold, in the table its extension makes.
"""

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pycrdt import Doc

from auth.session import COOKIE, new_token
from collab.guard import decode_state_vector
from collab.log import Author, Line
from server.contract_files.importing import import_contract
from server.store import contracts, people, sessions
from server.store.engine import Store
from server.store.updates import UpdateLog
from tests.factories import a_file, a_store

ISSUER = "https://people.bench.invalid"
ROLES = ("contributor", "lead_negotiator")
PARTIES = ("ars", "departement", "gestionnaire")
SCHEMA = 'CREATE TABLE IF NOT EXISTS "documents" ("name" varchar(255) NOT NULL, "data" blob NOT NULL, UNIQUE(name))'
Json = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A document, and the contract whose page opens it."""

    contract_id: str
    document: str


@dataclass(frozen=True)
class Stage:
    """Databases to copy from, the documents in them, a session cookie a person."""

    ours: Path
    theirs: Path
    places: tuple[Place, ...]
    cookies: tuple[str, ...]
    states: dict[str, bytes]

    def cookie(self, number: int) -> str:
        """The session of one of the people; they come again when there are more connections than people."""
        return self.cookies[number % len(self.cookies)]


@cache
def folder() -> Path:
    """Where this run keeps its databases, until it ends."""
    made = tempfile.mkdtemp(prefix="entente-bench-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(made)


def a_contract(name: str, sections: int, people_count: int, body: str) -> Json:
    """A contract file with `sections` articles free to type in, and so many people."""
    made = a_file()
    made["contract"]["id"] = name
    made["plan"] = [_section(number, body) for number in range(1, sections + 1)]
    for told_of_sections in ("comments", "proposals", "signoffs"):
        made[told_of_sections] = []
    return with_people(made, people_count)


def with_people(source: Json, count: int) -> Json:
    """The same with `count` more people, dealt over the three signing parties."""
    source["people"] += [
        {
            "id": f"bench-{number}",
            "party_id": PARTIES[number % len(PARTIES)],
            "name": f"Personne {number}",
            "function": "Participe à la réunion",
            "role": ROLES[number % 10 == 0],
        }
        for number in range(count)
    ]
    return source


def _section(number: int, body: str) -> Json:
    return {
        "id": f"s-{number}",
        "number": str(number),
        "title": f"Article {number}",
        "level": 1,
        "kind": "clause",
        "required": True,
        "status": "under_discussion",
        "body": body,
        "revision": 1,
    }


async def build(name: str, files: Sequence[Json], history: Sequence[bytes] = ()) -> Stage:
    """A stage of these contracts; `history` are deltas for the log of the first document."""
    ours, theirs = folder() / f"{name}-ours.sqlite", folder() / f"{name}-theirs.sqlite"
    store = a_store(ours)
    await store.migrate()
    for one in files:
        await import_contract(one, store)
    places = await _places(store, [one["contract"]["id"] for one in files])
    if history:
        await _replace(store, places[0].document, history)
    cookies = await _seat(store, [one["contract"]["id"] for one in files])
    log = UpdateLog(store)
    states = {place.document: _state(await log.lines(place.document)) for place in places}
    await store.close()
    with sqlite3.connect(theirs) as database:
        database.execute(SCHEMA)
        database.executemany('INSERT INTO "documents" VALUES (?, ?)', states.items())
    database.close()
    return Stage(ours, theirs, tuple(places), tuple(cookies), states)


async def _places(store: Store, ids: Sequence[str]) -> list[Place]:
    async with store.reading() as session:
        return [Place(one, found.document) for one in ids for found in await contracts.sections(session, one)]


async def _replace(store: Store, document: str, history: Sequence[bytes]) -> None:
    async with store.writing() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("DELETE FROM document_update WHERE document = ?", (document,))
    now = datetime.now(UTC)
    await UpdateLog(store).append([Line(document, delta, Author(), now) for delta in history])


async def _seat(store: Store, ids: Sequence[str]) -> list[str]:
    """Everybody in their seats, each with a session; people of the same key are the same in every contract."""
    now, tokens = datetime.now(UTC), dict[str, str]()
    async with store.writing() as session:
        for contract_id in ids:
            for member in await contracts.members(session, contract_id):
                if not member.key.startswith("bench-"):
                    continue
                person = await people.person(session, ISSUER, member.key, member.name, now)
                await people.bind(session, contract_id, member.key, person)
                if member.key not in tokens:
                    tokens[member.key] = new_token()
                    await sessions.open_session(session, tokens[member.key], person, "bench", now)
    return [f"{COOKIE}={token}" for token in tokens.values()]


def _state(lines: Sequence[Line]) -> bytes:
    doc: Doc[Any] = Doc()
    for line in lines:
        doc.apply_update(line.delta)
    return doc.get_update()


def clocks(state: bytes) -> dict[int, int]:
    """How far a state has every client."""
    doc: Doc[Any] = Doc()
    doc.apply_update(state)
    return decode_state_vector(doc.get_state())
