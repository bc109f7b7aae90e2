"""A hurried peer never stands before another: turns are fair, and a cursor is shown where it is, not where it was."""

import pytest

from collab import wire
from collab.awareness import Entry, encode_presence
from collab.rooms import Rooms
from tests.collab.stage import SECTION, Client, ListLog, settle

pytestmark = pytest.mark.anyio
OTHER_SECTION = "section:two"
A_ROUND = 32  # edits of one connection before those of the next


@pytest.fixture
async def log() -> ListLog:
    made = ListLog()
    made.begin(SECTION, "Le contrat.")
    made.begin(OTHER_SECTION, "Autre chose.")
    return made


async def test_a_thousand_edits_of_one_do_not_stand_before_one_of_another(rooms: Rooms, log: ListLog) -> None:
    hurried, calm = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    async with rooms.still(SECTION):  # all are in line before the turn
        for _ in range(1000):
            await hurried.type("x")
        await calm.type("Un mot. ", at=0)
    while log.commits == 0:
        await settle()
    written = [line.author.person for line in log.lines]
    whole, log.lines = log.lines, log.lines[: written.index(2) + 1]
    assert log.text().startswith("Un mot. ")
    assert log.text().count("x") <= A_ROUND  # behind a few of the thousand
    log.lines = whole
    await hurried.listen()
    await calm.listen()
    assert log.text().count("x") == 1000
    assert calm.saved[-1] is hurried.saved[-1] is True


async def test_a_thousand_edits_in_one_text_do_not_keep_another_text_waiting(rooms: Rooms, log: ListLog) -> None:
    hurried, calm = await Client(rooms, 1).open(), await Client(rooms, 2).open(OTHER_SECTION)
    async with rooms.still(SECTION), rooms.still(OTHER_SECTION):
        for _ in range(1000):
            await hurried.type("x")
        await calm.type(" Un mot.", OTHER_SECTION)
    while log.commits == 0:
        await settle()
    assert log.text(OTHER_SECTION) == "Autre chose. Un mot."  # in the first of all commits


async def test_a_cursor_that_moves_a_thousand_times_is_shown_where_it_is(rooms: Rooms) -> None:
    moving, other = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    heard = len(other.heard)
    for clock in range(1, 1001):
        state = f'{{"cursor": {{"anchor": {{"tname": "prosemirror", "item": {{"client": 1, "clock": {clock}}}}}}}}}'
        await moving.talk.hear(wire.presence(SECTION, encode_presence([Entry(moving.doc.client_id, clock, state)])))
    await other.listen()
    shown = [one for one in other.heard[heard:] if isinstance(one, wire.Presence)]
    assert 1 <= len(shown) <= 20  # not a thousand frames: where it was is nobody's business
    assert other.peer.hung_up is moving.peer.hung_up is None
