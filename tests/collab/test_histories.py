"""Differential test: whatever real Yjs clients write together through our rooms, they, we and the log hold one text."""

import asyncio
import os
from typing import Any

import pytest

from collab.canonical import digest
from collab.engine import LiveDocument
from collab.rooms import CEILING_BYTES, Rooms
from tests.collab.histories import History
from tests.collab.stage import GRAMMAR, ListLog
from tests.collab.yjs import Yjs, start
from tests.waiting import until

pytestmark = pytest.mark.anyio
SEED = int(os.environ.get("TEST_SEED", "20261123"))
AT_ONCE = 25
MOST_ROUNDS = 60  # to write and then to come to rest


async def play(yjs: Yjs, seeds: range) -> int:
    """Some histories at once, each to its end; how many edits were kept."""
    log = ListLog()
    rooms = Rooms(log, GRAMMAR, lambda name, author: None)
    rooms.start()
    histories = [History(seed, rooms) for seed in seeds]
    for one in histories:
        log.begin(one.name, f"Le contrat {one.seed}.")
    for number in range(MOST_ROUNDS):
        active = [one for one in histories if not one.is_quiet]
        if not active:
            break
        answers = await asyncio.to_thread(yjs.ask, [one.question() for one in active])
        for one, answer in zip(active, answers, strict=True):
            await one.take(answer)
        await told(active)
        if number % 5 == 4:
            await rooms.compact(lines=number % 2 * 20)  # some of them
        for one in active:
            await go_on(one)
    assert [one.seed for one in histories if not one.is_quiet] == [], "TEST_SEED: these never come to rest"
    asked = [{"seed": one.seed, "isOver": True, "tabs": []} for one in histories]
    for one, ended in zip(histories, await asyncio.to_thread(yjs.ask, asked), strict=True):
        await compare(one, ended, rooms, log)
    assert (sum(rooms.counting.refused.values()), rooms.counting.divergences) == (0, 0)
    await rooms.stop()
    return rooms.counting.updates


async def told(histories: list[History]) -> None:
    """Wait until all that was said is committed and told."""
    talks = [tab.talk for one in histories for tab in one.tabs if tab.talk is not None]
    await until(lambda: not any(one.peer.in_line for one in talks))


async def go_on(history: History) -> None:
    try:
        await history.go_on()
    except AssertionError as failed:
        raise AssertionError(f"TEST_SEED={history.seed}: {failed}") from failed


async def compare(history: History, ended: list[dict[str, Any]], rooms: Rooms, log: ListLog) -> None:
    """The clients, the server, the log with its snapshot and the log without hold the same text."""
    held = await rooms.made(history.name, digest)
    kept = await log.read(history.name)
    log.snapshots.pop(history.name, None)
    replayed = [LiveDocument(GRAMMAR, one, ceiling_bytes=CEILING_BYTES) for one in (kept, await log.read(history.name))]
    hashes = [held, *(one.made(digest) for one in replayed), *(one["hash"] for one in ended)]
    for one in replayed:
        one.close()
    assert hashes == [held] * len(hashes), f"TEST_SEED={history.seed}"
    assert not any(one["isWaiting"] for one in ended), f"TEST_SEED={history.seed}"


@pytest.mark.parametrize("count", [250, pytest.param(2_000, marks=pytest.mark.long)])
async def test_histories_of_real_clients_end_in_one_text(count: int) -> None:
    process, kept = start("histories.mjs", after="gestures.mjs"), 0
    with process:
        for first in range(SEED, SEED + count, AT_ONCE):
            kept += await play(Yjs(process), range(first, first + AT_ONCE))
        assert process.stdin is not None
        process.stdin.close()
    assert process.returncode == 0
    assert kept > 20 * count
