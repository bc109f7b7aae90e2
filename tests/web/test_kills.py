"""`kill -9` and full disks under people who type through raw websockets: what was seen, or said to be saved, stays."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc

from auth.session import COOKIE
from benchmarks import stage
from benchmarks.line import Line
from benchmarks.typist import WORDS, Typist, typist
from collab import document, wire
from collab.guard import decode_state_vector
from server.contract_files.importing import import_contract
from server.domain.texts import text
from server.store import contracts, people, sessions
from server.store.updates import UpdateLog
from tests.databases import Databases
from tests.factories import IS_LONG, a_store
from tests.web.forked import Server

pytestmark = pytest.mark.anyio
CONTRACT = "CPOM-KILL"
TOKENS = [f"the-session-of-one-who-types-until-the-end-{number}" for number in range(3)]
KEYS = 200  # of one writer in one round, unless death comes first
ROUNDS = {"sqlite": 200 if IS_LONG else 40, "postgresql": 20 if IS_LONG else 4}
LONGEST_S = 0.3
WAIT_S = 60.0


async def fill(database: str) -> None:
    """A contract with one article, and three people signed in."""
    store = a_store(database)
    await store.migrate()
    await import_contract(stage.a_contract(CONTRACT, 1, len(TOKENS), "Le contrat."), store)
    now = datetime.now(UTC)
    async with store.writing() as session:
        for number, token in enumerate(TOKENS):
            person = await people.person(session, stage.ISSUER, f"bench-{number}", f"Personne {number}", now)
            await people.bind(session, CONTRACT, f"bench-{number}", person)
            await sessions.open_session(session, token, person, "bench", now)
    await store.close()


@pytest.fixture
async def filled(databases: Databases) -> str:
    return await databases.like("killing", fill)


@pytest.fixture
def server(filled: str, tmp_path: Path) -> Iterator[Server]:
    made = Server(filled, tmp_path)
    yield made
    made.kill()


async def article(database: str) -> str:
    store = a_store(database)
    async with store.reading() as session:
        found = (await contracts.sections(session, CONTRACT))[0].document
    await store.close()
    return found


async def replayed(database: str, name: str) -> Doc[Any]:
    """The article, from every line of its log."""
    store, doc = a_store(database), Doc[Any]()
    for one in await UpdateLog(store).lines(name):
        doc.apply_update(one.delta)
    await store.close()
    return doc


@dataclass
class Writer:
    """Somebody's keys, and the connection they go out on."""

    line: Line
    keys: Typist
    said: int  # how often something was said to be saved before
    out: int = 0

    async def type(self) -> None:
        """Send key after key until all are out or the server is gone, never so many that they only wait."""
        self.line.write(self.keys.begin)
        for key in self.keys.keys:
            if self.line.is_lost:
                return
            self.line.write(key)
            self.out += 1
            await asyncio.sleep(0.001)

    @property
    def saved(self) -> int:
        """The clock up to which this writer was told that all is saved: of the paragraph, then of each key."""
        told = said(self.line, self.keys.document) - self.said
        return self.keys.first + told - 1 if told else 0


def said(line: Line, name: str) -> int:
    """How often something was said to be saved here."""
    saved = wire.saved(name, kept=True)
    return sum(payload == saved for _, payload in line.heard)


def seen(line: Line) -> dict[int, int]:
    """How far a connection has seen everybody."""
    doc: Doc[Any] = Doc()
    for _, payload in line.heard:
        with suppress(wire.NotOurProtocol):
            message = wire.decode(payload)
            if isinstance(message, wire.Update | wire.SyncStep2):
                doc.apply_update(message.update)
    return decode_state_vector(doc.get_state())


async def come(server: Server, name: str) -> list[Line]:
    lines = [await server.connect(CONTRACT, name, f"{COOKIE}={token}") for token in TOKENS]
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(*(line.synced for line in lines))
    return lines


async def until(done: Any) -> None:
    async with asyncio.timeout(WAIT_S):
        while not done():  # noqa: ASYNC110 (what is waited for comes from another process)
            await asyncio.sleep(0.01)


def kept_of(line: Line) -> dict[int, int]:
    return stage.clocks(line.state())


def check_kept(writers: Sequence[Writer], kept: dict[int, int], *, round_: int) -> int:
    """Everything acknowledged or seen by anybody is there; how many keys that was."""
    keys = 0
    for one in writers:
        reached = max([one.saved, *(seen(other.line).get(one.keys.client, 0) for other in writers)])
        assert kept.get(one.keys.client, 0) >= min(reached, one.keys.first + one.out), f"round {round_}"
        keys += max(0, reached - one.keys.first)
    return keys


async def send_again(writers: Sequence[Writer], lines: Sequence[Line]) -> None:
    """Everybody comes back with all they typed, as a browser does."""
    for one, line in zip(writers, lines, strict=True):
        line.write(one.keys.begin + b"".join(one.keys.keys[: one.out]))
    for one, line in zip(writers, lines, strict=True):
        await until(lambda line=line, one=one: said(line, one.keys.document) >= one.out + 2)


@pytest.mark.both_databases
async def test_nothing_seen_or_said_to_be_saved_is_lost_or_doubled_by_kill_nine(
    server: Server, filled: str, engine: str
) -> None:
    chance, name = random.Random(2027), await article(filled)
    writers: list[Writer] = []
    typed: list[str] = []
    keys = 0
    for round_ in range(ROUNDS[engine] + 1):
        server.start()
        lines = await come(server, name)
        if writers:
            keys += check_kept(writers, kept_of(lines[0]), round_=round_)
            await send_again(writers, lines)
            typed += ["".join(_letters(one.out)) for one in writers]
        if round_ == ROUNDS[engine]:
            break
        state = (await replayed(filled, name)).get_update()
        await until(lambda lines=lines: all(said(line, name) for line in lines))  # of the opening
        writers = [Writer(line, typist(name, state, KEYS), said(line, name)) for line in lines]
        typing = [asyncio.create_task(one.type()) for one in writers]
        await asyncio.sleep(chance.uniform(0.01, LONGEST_S))  # no hope in it: the blow falls when it falls
        server.kill()
        await asyncio.gather(*typing)
        await asyncio.gather(*(asyncio.wait_for(line.lost.wait(), WAIT_S) for line in lines))
    assert keys > ROUNDS[engine]
    found = text.to_body(document.read(await replayed(filled, name), text.ROOT)).split("\n")
    assert sorted(one for one in found if one) == sorted(one for one in ["Le contrat.", *typed] if one)


def _letters(count: int) -> list[str]:
    letters = WORDS.encode("ascii", "replace").decode().replace("?", "e")
    return [letters[number % len(letters)] for number in range(count)]


async def test_on_a_full_disk_nobody_is_told_saved_and_everybody_goes_on_reading(server: Server, filled: str) -> None:
    name, kept = await article(filled), Path(filled.removeprefix("sqlite:///"))
    server.start()
    lines = await come(server, name)
    await until(lambda: all(said(line, name) for line in lines))
    state = (await replayed(filled, name)).get_update()
    writers = [Writer(line, typist(name, state, 1000), said(line, name)) for line in lines]
    server.limit_files(max(one.stat().st_size for one in kept.parent.glob(f"{kept.name}*")) + 20_000)
    await asyncio.gather(*(one.type() for one in writers))
    await until(lambda: all(line.is_lost for line in lines))  # asked to come back
    assert "a commit failed" in server.log.read_text()
    assert all(0 < one.saved < one.keys.first + one.out for one in writers)
    back = await come(server, name)
    check_kept(writers, kept_of(back[0]), round_=0)  # read by whoever comes now
    for one, line in zip(writers, back, strict=True):
        line.write(one.keys.begin + b"".join(one.keys.keys[: one.out]))
    await until(lambda: all(line.is_lost for line in back))
    server.limit_files(-1)
    again = await come(server, name)
    await send_again(writers, again)
    server.kill()
    found = text.to_body(document.read(await replayed(filled, name), text.ROOT)).split("\n")
    assert sorted(one for one in found if one) == sorted(
        ["Le contrat.", *("".join(_letters(one.out)) for one in writers)]
    )
