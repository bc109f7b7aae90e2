"""How often the open pages of a contract are told that it changed."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from markupsafe import Markup

from collab.conversation import Conversation
from collab.log import Author
from collab.peer import Peer, Queue
from server.live.floor import FETCH_S, Floor, Guest, Person
from server.live.standing import Standings
from server.wording.rendering import Read

pytestmark = pytest.mark.anyio
CHANGED = "CPOM"


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110 (the floor has no event for it)
            await asyncio.sleep(0.005)


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


async def test_a_page_that_does_not_read_misses_a_text_and_is_told_it_as_it_is_once_it_reads() -> None:
    texts = iter(["un", "deux", "trois"])

    async def text_of(_: str) -> Read:
        return Read(Markup(next(texts)), False)

    class Plan:
        """The standing of a contract with one section."""

        def changed(self, _: str) -> None: ...

    floor, outlets = Floor(text_of, cast(Standings, Plan())), [Queue(), Queue()]
    zoe = Person("m1", "Zoé", "ARS", "AR", 1)
    for number, outlet in enumerate(outlets):
        guest = Guest(zoe, number, cast(Conversation, None), nothing, hears=True)
        peer = Peer(Author(number, 1, number), outlet, queue_bytes=1 << 20)
        hall = floor.enter(CHANGED, {"section:a": 0}, peer, guest)
    slow, quick = outlets
    slow.put((b"x" * 100_000,))
    floor.text_changed("section:a", Author(1, 1, 1))
    await until(lambda: b"un" in b"".join(quick.take()))
    assert slow.take() == [b"x" * 100_000]  # hung up on by nobody
    await until(lambda: b"deux" in b"".join(slow.take()))
    await until(lambda: hall.push is None)
    assert quick.take() == []
