"""How often the open pages of a contract are told that it changed."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest

from collab.conversation import Conversation
from collab.log import Author
from collab.peer import Peer, Queue
from server.floor import FETCH_S, Floor, Guest, Person
from server.standing import Standings

pytestmark = pytest.mark.anyio
CHANGED = "CPOM"


async def nothing(*_: Any) -> Any:
    return None


async def test_the_more_pages_are_open_the_longer_they_rest_before_they_fetch_themselves_again() -> None:
    told = asyncio.Event()

    class Empty:
        """The standing of a contract without sections."""

        depths: Mapping[str, int] = {}

        async def of(self, _: str) -> "Empty":
            told.set()
            return self

        def changed(self, _: str) -> None: ...

    floor = Floor(nothing, cast(Standings, Empty()))
    for number in range(40):
        guest = Guest(Person(f"m{number}", "Zoé", "ARS", "AR", 1), number, cast(Conversation, None), nothing)
        hall = floor.enter(CHANGED, {}, Peer(Author(number, 1, number), Queue(), queue_bytes=1024), guest)
    floor.contract_changed(CHANGED)
    first = hall.refresh
    floor.contract_changed(CHANGED)
    assert first is not None
    assert hall.refresh is first  # two changes at once are one
    await told.wait()
    floor.contract_changed(CHANGED)
    second = hall.refresh
    assert second is not None
    second.cancel()
    assert second.when() - first.when() >= 40 * FETCH_S
