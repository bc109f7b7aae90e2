"""What goes wrong inside the turn that all rooms share costs what it touches, and never the turns themselves."""

import asyncio
import gc
import weakref
from datetime import datetime, tzinfo
from typing import Any

import pytest

from collab import wire
from collab.awareness import Entry, encode_presence
from collab.conversation import Access
from collab.log import Author, Snapshot
from collab.peer import HangUp
from collab.rooms import Rooms
from tests.collab.stage import GRAMMAR, SECTION, Client, ListLog, settle

pytestmark = pytest.mark.anyio
OTHER_SECTION = "section:two"
PANIC = bytes.fromhex("010101084401070000")  # an empty string: the engine panics (crdt-engine.md 4)


class Panic(BaseException):
    """As the engine's: not an Exception."""


@pytest.fixture
async def log() -> ListLog:
    made = ListLog()
    made.begin(SECTION, "Le contrat.")
    made.begin(OTHER_SECTION, "Annexe.")
    return made


async def still_turns(rooms: Rooms, log: ListLog) -> bool:
    """Whether somebody who comes now can write in both texts."""
    for name in (SECTION, OTHER_SECTION):
        fresh = await Client(rooms, 8).open(name)
        await fresh.type(" Après.", name)
        await fresh.listen()
        if not fresh.saved[-1] or not log.text(name).endswith(" Après."):
            return False
    return True


async def test_an_engine_and_a_commit_that_fail_in_one_turn_cost_no_other_turn(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collab.turns.APPLYING_S", 60.0)  # both in one turn, however slow the machine
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open(OTHER_SECTION)
    room = await rooms.room(SECTION)
    guard = room.text._guard
    assert guard is not None
    monkeypatch.setattr(guard, "check", lambda update, writer: _passes(update, writer))
    log.fails = True
    await anne.send(PANIC)  # past a guard that sleeps, to the engine, which panics in earnest
    await yann.type(" B", OTHER_SECTION)
    await settle()
    log.fails = False
    assert (anne.peer.hung_up, yann.peer.hung_up) == (HangUp.RESTARTING, HangUp.RESTARTING)
    assert await still_turns(rooms, log)


def _passes(update: bytes, writer: str) -> Any:
    class Passed:
        is_new = adds = True

    return Passed()


@pytest.mark.parametrize("failure", [AssertionError("never"), MemoryError(), Panic("a panic")])
async def test_a_flaw_while_an_edit_is_taken_costs_its_room_and_no_other(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open(OTHER_SECTION)
    room = await rooms.room(SECTION)

    def flawed(update: bytes, author: Author) -> bytes | None:
        raise failure

    monkeypatch.setattr(room.text, "take", flawed)
    await anne.type(" A")
    await yann.type(" B", OTHER_SECTION)
    await yann.listen()
    assert (anne.peer.hung_up, yann.peer.hung_up, yann.saved[-1]) == (HangUp.RESTARTING, None, True)
    assert (log.text(), log.text(OTHER_SECTION)) == ("Le contrat.", "Annexe. B")
    assert await still_turns(rooms, log)
    assert anne.peer.in_line == yann.peer.in_line == 0


@pytest.mark.parametrize("place", ["collab.turns.merged", "collab.room.merged", "collab.room.Room.tell_cursors"])
async def test_a_panic_while_a_turn_is_kept_or_told_is_not_its_last(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def panics(*_: object) -> bytes:
        raise Panic("a panic")

    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    with monkeypatch.context() as until:
        until.setattr(place, panics)
        await anne.type(" A")
        await yann.talk.hear(wire.presence(SECTION, encode_presence([Entry(yann.doc.client_id, 1, '{"cursor": {}}')])))
        await settle()
    assert await still_turns(rooms, log)


async def test_a_room_thrown_away_during_its_own_commit_may_still_fail_it(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    log.may_commit.clear()
    log.fails = True
    await anne.type(" A")
    await settle()
    throwing = asyncio.create_task(_throw_away(rooms))
    await settle()
    log.may_commit.set()
    await throwing
    await settle()
    log.fails = False
    assert await still_turns(rooms, log)


async def _throw_away(rooms: Rooms) -> None:
    await rooms.throw_away(await rooms.room(SECTION))


async def test_a_text_held_still_is_not_thrown_away_under_its_holder(rooms: Rooms, log: ListLog) -> None:
    """Else a fresh room would take edits while a use case decides on a text it believes still."""
    anne = await Client(rooms, 1).open()
    async with rooms.still(SECTION) as held:
        throwing = asyncio.create_task(rooms.throw_away(held))
        await settle()
        assert not held.is_spoiled
        back = Client(rooms, 2)
        opening = asyncio.create_task(back.open())
        await settle()
        await anne.type(" Glissé")
        await settle()
        assert log.text() == "Le contrat."
        held.freeze()
    await throwing
    await opening
    assert (held.is_spoiled, anne.peer.hung_up) == (True, HangUp.RESTARTING)
    assert log.text() == "Le contrat."


async def test_a_judge_that_fails_leaves_the_text_to_its_readers(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flaw of the guard is there at every try: reading the room back would hang up on its readers again and again."""

    async def fails() -> None:
        raise AssertionError("a flaw of the guard")

    anne = await Client(rooms, 1).open(OTHER_SECTION)
    reader = await Client(rooms, 9, Access.READ).open()
    monkeypatch.setattr((await rooms.room(SECTION)).text, "judge", fails)
    writer = await Client(rooms, 2).open()
    await writer.type(" A")
    await writer.listen()
    assert (writer.saved[-1], reader.peer.hung_up, writer.talk.writes_in) == (False, None, [])
    assert (await Client(rooms, 3).open()).words == log.text() == "Le contrat."
    await anne.type(" B", OTHER_SECTION)
    await anne.listen()
    assert anne.saved[-1] is True


async def test_who_joins_while_a_text_is_frozen_knows_that_it_is(rooms: Rooms) -> None:
    async with rooms.still(SECTION) as held:
        joining = Client(rooms, 1)
        opening = asyncio.create_task(joining.open())
        await settle()
        held.freeze()
    await opening
    assert joining.talk.writes_in == []


async def test_what_was_sent_just_before_leaving_is_kept_by_a_room_about_to_be_closed(
    rooms: Rooms, log: ListLog
) -> None:
    anne = await Client(rooms, 1).open()
    for words in (" un", " deux"):  # while the text is judged, then at once
        await anne.type(words)
        room = await rooms.room(SECTION)
        anne.talk.end()
        rooms.close_idle(idle_s=-1)
        assert await rooms.room(SECTION) is room
        await settle()
        assert log.text().endswith(words)
        anne.talk.__init__(anne.peer, {}, admit=anne._admit, rooms=rooms, channel=anne.talk._channel)  # type: ignore[misc]
        await anne.open()
    assert log.text() == "Le contrat. un deux"


async def test_nothing_is_told_of_cursors_that_did_not_move(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    log.may_commit.clear()
    for clock in (1, 2):  # before a commit and during it
        await anne.type(".")
        frame = encode_presence([Entry(anne.doc.client_id, clock, '{"cursor": {}}')])
        await anne.talk.hear(wire.presence(SECTION, frame))
        await settle()
    log.may_commit.set()
    await yann.listen()
    shown = [one.payload for one in yann.heard if isinstance(one, wire.Presence)]
    assert encode_presence([]) not in shown
    assert len(shown) == 1


async def test_a_server_that_stops_finishes_its_commit_and_says_so_before_it_hangs_up(log: ListLog) -> None:
    rooms = Rooms(log, GRAMMAR, lambda name, author: None)
    rooms.start()
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    told: list[bytes] = []
    anne.queue.end = lambda code: told.extend(anne.queue.take())  # type: ignore[method-assign]
    log.may_commit.clear()
    await anne.type(" A")
    await settle()
    await yann.type(" B")  # behind it: never acknowledged, sent again when Yann is back
    stopping = asyncio.create_task(rooms.stop())
    await settle()
    assert not stopping.done()
    log.may_commit.set()
    await stopping
    assert told[-1].endswith(b"\x08\x01")
    assert yann.saved == [True]
    assert log.text() == "Le contrat. A"
    assert (anne.peer.hung_up, yann.peer.hung_up) == (HangUp.RESTARTING, HangUp.RESTARTING)


async def test_whoever_gives_up_waiting_for_a_text_hands_it_on(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    async with rooms.still(SECTION):
        waiting = [asyncio.create_task(Client(rooms, person).open()) for person in (2, 3, 4)]
        await settle()
        waiting[0].cancel()
    waiting[1].cancel()  # it was handed to this one in that very moment
    await anne.type(" A")
    await settle()
    assert log.text() == "Le contrat. A"
    assert (await waiting[2]).words in ("Le contrat.", "Le contrat. A")
    assert await still_turns(rooms, log)


async def test_words_typed_while_a_snapshot_is_written_come_after_it(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    for word in (" un", " deux"):
        await anne.type(word)
        await settle()
    writing, may_write = asyncio.Event(), asyncio.Event()
    keep = log.compact

    async def slowly(name: str, snapshot: Snapshot) -> None:
        writing.set()
        await may_write.wait()
        await keep(name, snapshot)

    log.compact = slowly  # type: ignore[method-assign]
    compacting = asyncio.create_task(rooms.compact(lines=1))
    await writing.wait()
    await anne.type(" trois")
    await settle()
    anne.talk.end()
    rooms.close_idle(idle_s=-1)  # and the room is closed and opened meanwhile
    yann = await Client(rooms, 2).open()
    await yann.type(" quatre")
    await settle()
    may_write.set()
    await compacting
    assert log.snapshots[SECTION].line < len(log.lines)
    rooms.close_idle(idle_s=-1)
    await rooms.throw_away(await rooms.room(SECTION))
    fresh = await Client(rooms, 3).open()
    assert fresh.words == log.text() == "Le contrat. un deux trois quatre"
    owners = (await rooms.room(SECTION)).text.writers
    assert (owners[anne.doc.client_id], owners[yann.doc.client_id]) == ("1", "2")


async def test_a_snapshot_that_cannot_be_written_loses_nothing_and_is_tried_again(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    for word in (" un", " deux"):
        await anne.type(word)
        await settle()
    keep = log.compact

    async def fails(name: str, snapshot: Snapshot) -> None:
        raise OSError("the disk is full")

    log.compact = fails  # type: ignore[method-assign]
    await rooms.compact(lines=1)
    await anne.type(" trois")
    await anne.listen()
    assert (anne.saved[-1], log.snapshots) == (True, {})
    log.compact = keep  # type: ignore[method-assign]
    await rooms.compact(lines=1)
    assert log.snapshots[SECTION].line == await log.last(SECTION)


async def test_a_clock_that_jumps_changes_neither_order_nor_text(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = iter((12, 3, 23, 0))

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls(2026, 6, 1, next(hours), tzinfo=tz)

    monkeypatch.setattr("collab.turns.datetime", Clock)
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    for writer, other, words in ((anne, yann, " un"), (yann, anne, " deux"), (anne, yann, " trois")):
        await writer.type(words)
        await writer.listen()
        await other.listen()
    await rooms.compact(lines=1)
    await yann.type(" quatre")
    await yann.listen()
    assert [line.at.hour for line in log.lines if line.author.person] == [12, 3, 23, 0]  # as the clock said
    await rooms.throw_away(await rooms.room(SECTION))
    assert (await Client(rooms, 3).open()).words == log.text() == "Le contrat. un deux trois quatre"


async def test_a_room_that_was_closed_leaves_nothing_behind(rooms: Rooms) -> None:
    anne, reader = await Client(rooms, 1).open(), await Client(rooms, 9, Access.READ).open()
    await anne.type(" A")
    await anne.listen()
    await anne.talk.hear(wire.presence(SECTION, encode_presence([Entry(anne.doc.client_id, 1, '{"cursor": {}}')])))
    await settle()
    room = await rooms.room(SECTION)
    left = [weakref.ref(one) for one in (room, room.text, room.text._doc, room.text._guard)]
    del room
    anne.talk.end()
    reader.talk.end()
    await settle()
    rooms.close_idle(idle_s=-1)
    async with asyncio.timeout(20):
        while any(one() is not None for one in left):  # the cursor that is gone is still to be told
            await asyncio.sleep(0.01)
            gc.collect()
