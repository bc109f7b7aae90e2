"""How many documents may be open, in one page and of everybody: one more is denied, and opens when there is room."""

import pytest

from collab import wire
from collab.conversation import Conversation
from collab.rooms import Rooms
from tests.collab.stage import GRAMMAR, Client, ListLog, NoChannel, hello

pytestmark = pytest.mark.anyio
NAMES = [f"section:{number}" for number in range(6)]


class Page(Client):
    """A tab that may open few documents, and remembers which were denied."""

    def __init__(self, rooms: Rooms, person: int, most_documents: int) -> None:
        super().__init__(rooms, person)
        self.talk.end()
        self.talk = Conversation(
            self.peer, {}, admit=self._admit, rooms=rooms, channel=NoChannel(), most_documents=most_documents
        )

    async def opens(self, name: str) -> bool:
        """Whether a document may be opened."""
        await self.talk.hear(hello(name))
        await self.talk.hear(wire.sync_step1(name, b"\x00"))
        return wire.permission_denied(name, "too-many") not in self.queue.take()


async def some_rooms(most_open: int) -> Rooms:
    log = ListLog()
    for name in NAMES:
        log.begin(name, "Le contrat.")
    return Rooms(log, GRAMMAR, lambda name, author: None, most_open=most_open)


async def test_a_page_has_so_many_documents_open_and_one_more_when_it_leaves_one() -> None:
    rooms = await some_rooms(most_open=10)
    page = Page(rooms, 1, most_documents=2)
    assert [await page.opens(name) for name in NAMES[:3]] == [True, True, False]
    assert await page.opens(NAMES[1])  # again: it has it open
    await page.talk.hear(bytes([len(NAMES[0])]) + NAMES[0].encode() + b"\x07")
    assert await page.opens(NAMES[2])
    assert rooms.counting.refused["too-many-documents"] == 1
    assert page.peer.hung_up is None
    await rooms.stop()


async def test_everybody_together_has_so_many_open_and_those_nobody_is_in_make_way() -> None:
    rooms = await some_rooms(most_open=3)
    first, second = Page(rooms, 1, 10), Page(rooms, 2, 10)
    await rooms.room(NAMES[5])  # of a page that was only shown
    assert [await first.opens(name) for name in NAMES[:2]] == [True, True]
    assert await second.opens(NAMES[2])
    assert not await second.opens(NAMES[3])
    assert await second.opens(NAMES[0])  # open already
    await rooms.room(NAMES[4])  # whoever only looks is shown the text all the same
    first.talk.end()
    assert await second.opens(NAMES[3])
    await rooms.stop()
