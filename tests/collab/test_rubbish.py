"""Rubbish harms only its sender: ten thousand frames that are nearly right, and a room that stays right."""

import logging
import random
from collections.abc import Iterator

import pytest

from collab import wire
from collab.awareness import Entry, encode_presence
from collab.peer import HangUp
from collab.rooms import Rooms
from tests.collab.stage import SECTION, Client, ListLog, hello
from tests.factories import IS_LONG
from tests.waiting import until

pytestmark = pytest.mark.anyio


def mutated(seeds: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Frames of every kind, cut, doubled, mixed, with bytes changed, put in and taken out."""
    chance = random.Random(seed)
    for _ in range(count):
        frame = chance.choice(seeds)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(frame) + 1)
            before, after = frame[:at], frame[at:]
            few = chance.randint(1, 9)
            frame = chance.choice(
                [
                    before + chance.randbytes(1) + after[1:],
                    before + chance.randbytes(few) + after,
                    before + after[few:],
                    before,
                    before + chance.choice(seeds)[at:],
                    before + before + after,
                ]
            )
        yield frame


async def test_ten_thousand_mutated_frames_harm_nobody_but_their_senders(
    rooms: Rooms, log: ListLog, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever comes, the room is right, the log replays to it, nothing of the senders stays."""
    caplog.set_level(logging.ERROR)
    honest = await Client(rooms, 1).open()
    await honest.type(" Au début.")  # its client id is its own from now on, whoever writes in its name
    await honest.listen()
    rubbish = await Client(rooms, 2).open()
    cursor = '{"cursor": {"anchor": {"tname": "prosemirror"}, "head": {"tname": "prosemirror"}}}'
    seeds = [
        hello(SECTION),
        hello("section:two"),
        wire.sync_step1(SECTION, rubbish.doc.get_state()),
        wire.update(SECTION, await rubbish.type(" é😀")),
        wire.sync_step2(SECTION, rubbish.doc.get_update()),
        wire.presence(SECTION, encode_presence([Entry(rubbish.doc.client_id, 1, cursor)])),
        wire.presence(SECTION, encode_presence([])),
        wire.stateless(SECTION, "mots"),
        wire.close(SECTION, "parti"),
        b"\x0a",
    ]
    ended = 0
    for number, frame in enumerate(mutated(seeds, 100_000 if IS_LONG else 10_000, seed=4)):
        if rubbish.peer.hung_up is not None or number % 50 == 0:
            ended += rubbish.peer.hung_up is HangUp.NOT_OUR_PROTOCOL
            rubbish.talk.end()
            rubbish = Client(rooms, 2)
            await rubbish.talk.hear(hello(SECTION))
            await rubbish.talk.hear(wire.sync_step1(SECTION, rubbish.doc.get_state()))
        await rubbish.talk.hear(frame)
    rubbish.talk.end()
    assert ended > 1000
    assert sum(rooms.counting.refused.values()) > ended  # and updates that the guard refused
    await honest.type(" Sain et sauf.")
    await until(lambda: "Sain et sauf." in log.text())  # what came before has its turns first
    await honest.listen()
    fresh = await Client(rooms, 3).open()
    assert honest.words == fresh.words == log.text()
    assert honest.saved[-1] is True
    assert caplog.messages == []  # the guard knew a reason for each, the engine was never in doubt
    fresh.talk.end()
    assert rooms.counting.connections == {honest.peer}
    assert set((await rooms.room(SECTION)).attendances) == {honest.peer}
