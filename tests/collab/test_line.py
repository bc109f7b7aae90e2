"""The two streams of a page over requests: whatever is lost, said twice or cut, each frame is heard once, in order."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collab import line as lines
from collab.line import DEAD_S, GONE, LENGTH_BYTES, TO_HEAR_BYTES, TOO_LARGE, Line
from collab.peer import LITTLE_BYTES, HangUp
from tests.collab.stage import settle

pytestmark = pytest.mark.anyio
LARGEST = 1000


def framed(frame: bytes) -> bytes:
    return len(frame).to_bytes(LENGTH_BYTES, "big") + frame


def frames(stream: bytes) -> Iterator[bytes]:
    while stream:
        end = LENGTH_BYTES + int.from_bytes(stream[:LENGTH_BYTES], "big")
        yield stream[LENGTH_BYTES:end]
        stream = stream[end:]


@pytest.fixture
async def line() -> Line:
    return Line(message_bytes=LARGEST)


some_frames = st.lists(st.binary(max_size=60), min_size=1, max_size=8)
cuts = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 80), st.booleans()), max_size=30)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(some_frames, cuts)
async def test_what_a_page_says_is_heard_once_and_in_order_however_often_it_is_said(
    said: list[bytes], tries: list[tuple[int, int, bool]]
) -> None:
    line = Line(message_bytes=LARGEST)
    stream, known = b"".join(map(framed, said)), 0
    for back, size, is_answered in [*tries, (0, 10_000, True)]:
        begins = max(0, known - back)
        given = await line.bring(begins, stream[begins : begins + size])
        assert given.code is None
        known = given.at if is_answered else known
    assert known == len(stream)
    line.leave()
    assert [await line.receive() for _ in said] == said
    assert await line.receive() is None


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(some_frames, st.lists(st.booleans(), max_size=12))
async def test_what_a_page_is_told_is_kept_until_it_has_come(told: list[bytes], arrives: list[bool]) -> None:
    line = Line(message_bytes=LARGEST)
    heard = bytearray()
    for frame, is_lost in zip(told, [*arrives, *[False] * len(told)], strict=False):
        line.put((frame,))
        piece = (await line.fetch(len(heard))).piece
        heard += b"" if is_lost else piece
    line.end(HangUp.RESTARTING)
    last = await line.fetch(len(heard))
    assert (list(frames(bytes(heard) + last.piece)), last.code) == (told, HangUp.RESTARTING)
    line.leave()


@pytest.mark.parametrize("begins", [1, 10**15])
async def test_a_gap_in_what_a_page_says_ends_it(line: Line, begins: int) -> None:
    assert (await line.bring(begins, framed(b"x"))).code == HangUp.NOT_OUR_PROTOCOL
    assert await line.receive() is None


async def test_a_page_cannot_have_heard_more_than_it_was_told(line: Line) -> None:
    line.put((b"x",))
    assert (await line.fetch(LENGTH_BYTES + 2)).code == HangUp.NOT_OUR_PROTOCOL


async def test_a_message_too_large_is_refused_by_its_length_alone(line: Line) -> None:
    assert (await line.bring(0, framed(b"x" * LARGEST))).code is None
    assert await line.receive() == b"x" * LARGEST
    given = await line.bring(LENGTH_BYTES + LARGEST, (LARGEST + 1).to_bytes(LENGTH_BYTES, "big"))
    assert given.code == TOO_LARGE


async def test_a_newer_request_takes_the_place_of_one_that_waits(line: Line) -> None:
    first = asyncio.create_task(line.fetch(0))
    await settle()
    second = asyncio.create_task(line.fetch(0))
    assert (await first).piece == b""
    line.put((b"x",))
    assert (await second).piece == framed(b"x")
    assert (await line.fetch(LENGTH_BYTES)).piece == b"x"
    assert (await line.fetch(0)).piece == b"", "one that was overtaken is not answered what is gone"


async def test_what_has_not_come_to_the_page_is_counted_and_waited_for(line: Line) -> None:
    line.put((b"x" * LITTLE_BYTES,))
    waits = asyncio.create_task(line.drained())
    await settle()
    assert (line.unsent(), waits.done()) == (LENGTH_BYTES + LITTLE_BYTES, False)
    heard = (await line.fetch(0)).piece
    assert line.unsent() == len(heard), "asked for is not arrived"
    line.put((b"y",))
    assert (await line.fetch(len(heard))).piece == framed(b"y")
    await waits
    line.end(HangUp.TOO_SLOW)
    await line.drained()


async def test_what_is_not_heard_yet_makes_the_next_words_wait(line: Line) -> None:
    piece = framed(b"x" * LARGEST) * (TO_HEAR_BYTES // LARGEST)
    said = 0
    while (said := (await line.bring(said, piece)).at) < TO_HEAR_BYTES:
        pass
    waits = asyncio.create_task(line.bring(said, framed(b"y")))
    await settle()
    assert not waits.done()
    while not waits.done():
        await line.receive()
    assert (await waits).at == said + LENGTH_BYTES + 1


async def test_a_line_nobody_asks_is_dead_and_what_it_said_is_heard(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "DEAD_S", 0.01)
    await line.bring(0, framed(b"x"))
    line.put((b"ignored",))
    heard = (await line.fetch(0)).piece
    assert heard == framed(b"ignored")
    assert await line.receive() == b"x"
    assert await line.receive() is None
    assert (await line.fetch(len(heard))).code == GONE
    await line.told()


def test_a_page_is_not_given_up_between_two_requests_that_wait() -> None:
    assert lines.WAIT_S < DEAD_S
