"""Whose client id is it, before a word is written with it? Of whoever showed it first, while they are there."""

from typing import Any

import pytest
from pycrdt import Doc

from collab import wire
from collab.awareness import Entry, encode_presence
from collab.guard import Reason
from collab.rooms import Rooms
from tests.collab.stage import SECTION, Client, ListLog

pytestmark = pytest.mark.anyio


async def show(who: Client, client: int, clock: int = 1, state: str | None = "{}") -> None:
    await who.talk.hear(wire.presence(SECTION, encode_presence([Entry(client, clock, state)])))


def taking(who: Client, client: int) -> Client:
    """The same tab, that writes with another's client id from now on."""
    doc: Doc[Any] = Doc(client_id=client)
    doc.apply_update(who.doc.get_update())
    who.doc, who.fragment = doc, doc.get("prosemirror", type=type(who.fragment))
    return who


@pytest.fixture
async def honest(rooms: Rooms) -> Client:
    """Somebody who has come in and not written yet: the others are shown their client id."""
    honest = await Client(rooms, 1).open()
    await show(honest, honest.doc.client_id)
    return honest


async def attacked(rooms: Rooms, client: int) -> list[bool]:
    """What is said to another who writes with a client id."""
    hostile = taking(await Client(rooms, 2).open(), client)
    hostile.saved.clear()
    await hostile.type(" volé")
    await hostile.listen()
    return hostile.saved


async def test_nobody_takes_the_id_of_somebody_who_has_not_written_yet(
    rooms: Rooms, log: ListLog, honest: Client
) -> None:
    assert await attacked(rooms, honest.doc.client_id) == [False]
    assert rooms.counting.refused == {Reason.FOREIGN_CLIENT: 1}
    await show(honest, honest.doc.client_id, 2, None)  # it shows no cursor for a while, and is still there
    assert await attacked(rooms, honest.doc.client_id) == [False]
    honest.saved.clear()
    await honest.type(" Mes mots.")
    await honest.listen()
    assert (honest.saved, honest.words, log.text()) == ([True], *["Le contrat. Mes mots."] * 2)


async def test_nobody_shows_the_id_that_another_has_shown(rooms: Rooms, honest: Client) -> None:
    hostile = await Client(rooms, 2).open()
    await show(hostile, honest.doc.client_id)
    hostile.talk.end()
    assert await attacked(rooms, honest.doc.client_id) == [False]


async def test_a_tab_that_comes_back_before_its_old_connection_ends_keeps_its_id(
    rooms: Rooms, log: ListLog, honest: Client
) -> None:
    back = taking(await Client(rooms, 1).open(), honest.doc.client_id)
    await show(back, back.doc.client_id, 2)
    honest.talk.end()
    assert await attacked(rooms, back.doc.client_id) == [False]
    second = await Client(rooms, 1).open()  # another tab of theirs, with an id of its own
    await show(second, second.doc.client_id)
    await second.type(" B")
    await back.listen()
    await back.type(" A")
    await back.listen()
    assert (back.saved[-1], log.text()) == (True, "Le contrat. B A")


async def test_an_id_without_a_word_is_free_again_when_its_tab_leaves(rooms: Rooms, honest: Client) -> None:
    room = await rooms.room(SECTION)
    await show(honest, 7, 2)  # one tab, one id: it lets go of the former one
    assert (room.text.owner(7), room.text.owner(honest.doc.client_id)) == ("1", None)
    honest.talk.end()
    assert await attacked(rooms, 7) == [True]


async def test_an_id_with_words_stays_its_writers_when_they_leave(rooms: Rooms, honest: Client) -> None:
    await honest.type(" A")
    honest.talk.end()
    assert await attacked(rooms, honest.doc.client_id) == [False]
