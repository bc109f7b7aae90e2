"""Many connections at once: brought together, let type, and asked at the end whether everybody has everything."""

import asyncio
import gc
import statistics
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from benchmarks.hearing import Heard, judge
from benchmarks.line import Line, frame
from benchmarks.servers import Server
from benchmarks.stage import Place
from benchmarks.typist import Score, Typist
from collab import wire
from server.domain.texts import text

AT_ONCE = 25  # connections opened at the same time while a crowd gathers
SYNC_S = 60.0
LAST_WORD_S = 15.0
SETTLE_S = 1.0
SILENCE_S = 0.7
MARKER = "§fin§"


@dataclass(frozen=True)
class Played:
    """What came of letting people type."""

    delays_ms: list[float]
    missed: int  # keys that a listening connection never had
    without_last_word: int  # connections the very last edit did not reach
    seconds: float
    cpu_s: float
    rate: float  # keys a second that really went out

    def percentile(self, wanted: int) -> float:
        """Milliseconds by which so many of a hundred keys had come."""
        return statistics.quantiles(self.delays_ms, n=100)[wanted - 1] if len(self.delays_ms) > 1 else float("inf")

    @property
    def cpu_percent(self) -> float:
        """Of one core."""
        return 100 * self.cpu_s / self.seconds


async def gather(server: Server, places: Sequence[Place], keeping: Collection[int] = ()) -> list[Line]:
    """A connection a place, each of another person; those numbered in `keeping` keep what they hear."""
    lines: list[Line] = []
    for start in range(0, len(places), AT_ONCE):
        some = list(enumerate(places))[start : start + AT_ONCE]
        made = [server.connect(place, number, keeps=number in keeping) for number, place in some]
        lines += await asyncio.gather(*made)
        await asyncio.wait_for(asyncio.gather(*(line.synced for line in lines[start:])), SYNC_S)
    return lines


def spread(count: int, over: int) -> list[int]:
    """`count` numbers evenly spread below `over`."""
    return [number * over // count for number in range(count)]


async def play(server: Server, lines: Sequence[Line], writers: Sequence[tuple[int, Typist]], per_s: float) -> Played:
    """Let `writers` (number of a line, typist) type at `per_s` keys a second each, and judge what others heard."""
    for number, one in writers:
        lines[number].write(one.begin)
    await silence(lines)
    score = Score()
    for order, (number, one) in enumerate(writers):
        score.give(lines[number], one, per_s, start_s=order / len(writers) / per_s)
    gc.collect()
    gc.disable()
    cpu = server.cpu_s()
    seconds = await score.play(lambda: any(line.is_lost for line in lines[:1]))
    cpu = server.cpu_s() - cpu
    gc.enable()
    missing = await last_word(lines, writers[0][1].document)
    heard = [_judged(number, line, writers) for number, line in enumerate(lines) if line.keeps]
    delays = [delay for one in heard for delay in one.delays_ms]
    keys = sum(len(one.sent) for _, one in writers)
    return Played(delays, sum(one.missed for one in heard), missing, seconds, cpu, keys / seconds)


def _judged(number: int, line: Line, writers: Sequence[tuple[int, Typist]]) -> Heard:
    return judge(line.heard, [one for writer, one in writers if writer != number])


async def last_word(lines: Sequence[Line], document: str) -> int:
    """Say one last word on the first line once all has come; how many of the others it does not reach in time."""
    await silence(lines)
    waiting = [line.await_bytes(MARKER.encode()) for line in lines[1:]]
    lines[0].write(frame(wire.update(document, _last_word())))
    done = await asyncio.gather(*(asyncio.wait_for(one.wait(), LAST_WORD_S) for one in waiting), return_exceptions=True)
    return sum(isinstance(one, BaseException) for one in done)


async def silence(lines: Sequence[Line]) -> None:
    """Wait until nothing more comes; an edit of another connection may still wait behind the last word."""
    before, deadline = -1, time.monotonic() + LAST_WORD_S
    while (now := sum(line.received for line in lines)) != before and time.monotonic() < deadline:
        before = now
        await asyncio.sleep(SILENCE_S)


def _last_word() -> bytes:
    doc: Doc[Any] = Doc()
    paragraph: Any = doc.get(text.ROOT, type=XmlFragment).children.append(XmlElement("paragraph"))
    paragraph.children.append(XmlText(MARKER))
    return doc.get_update()


def part(lines: Sequence[Line]) -> None:
    """Everybody leaves."""
    for line in lines:
        line.transport.abort()
