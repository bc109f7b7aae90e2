"""Plain npm `@hocuspocus/provider` against a server that is killed: two documents on one socket, nothing twice."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Demo
from tests.factories import EHPAD, PH
from tests.web.plain import Clients, Look, plain_clients
from tests.web.site import Browser

pytestmark = pytest.mark.anyio


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo.sqlite").start()
    yield demo
    demo.stop()


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    async with plain_clients() as made:
        yield made


async def signed_in(demo: Demo, subject: str) -> Browser:
    browser = Browser(demo.url)
    await browser.sign_in(subject)
    return browser


def section(path: Path, key: str, contract_id: str = PH) -> str:
    raw = sqlite3.connect(path)
    found = raw.execute("SELECT id FROM section WHERE key = ? AND contract_id = ?", (key, contract_id)).fetchone()[0]
    raw.close()
    return f"section:{found}"


def is_saved(found: Look) -> bool:
    return bool(found["synced"]) and found["unsynced"] == 0


async def test_a_plain_provider_writes_reads_and_comes_back(served: Demo, clients: Clients, tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite"
    names = section(path, "s-4-3"), section(path, "s-4-6")
    camille, elodie = await signed_in(served, "camille-authier"), await signed_in(served, "elodie-maugin")
    foreign = section(path, "s-1", EHPAD)
    first, second, denied = await clients.connect("hocuspocus", camille, PH, *names, foreign)
    reader, other = await clients.connect("hocuspocus", elodie, PH, *names)
    for one in (first, second, reader, other):
        await one.until(is_saved)
    assert [(await one.look())["scopes"][-1] for one in (first, second, reader, other)] == [
        "read-write",
        "read-write",
        "readonly",
        "readonly",
    ]
    found = await denied.until(lambda found: found["denied"])
    assert (found["denied"], found["text"]) == ("not-found", "")

    await first.tell("type", words="Premier 😀 ", marks={"strong": {}})
    await second.tell("type", words="Second ")
    await second.tell("point")
    await first.until(is_saved)
    await reader.until(lambda found: "<strong>Premier 😀 </strong>" in found["text"])
    found = await other.until(lambda found: "Second " in found["text"] and found["pointers"])
    assert found["pointers"] == ["Camille Authier"]
    await other.tell("type", words="Par un partenaire ")
    assert (await other.until(lambda found: found["unsynced"] > 0))["scopes"] == ["readonly"]

    served.kill()
    await first.until(lambda found: found["codes"])
    await first.tell("type", words="Pendant ")
    assert (await first.look())["unsynced"] > 0
    served.start()
    for one in (first, second):
        await one.until(is_saved)
    await first.tell("type", words="Après ")
    found = await first.until(is_saved)
    for words in ("Premier 😀 ", "Pendant ", "Après "):
        assert found["text"].count(words) == 1
    [late] = await clients.connect("hocuspocus", elodie, PH, names[0])
    assert (await late.until(lambda found: "Après" in found["text"]))["text"] == found["text"]
    [fresh] = await clients.connect("hocuspocus", camille, PH, names[1])
    assert "partenaire" not in (await fresh.until(is_saved))["text"]
