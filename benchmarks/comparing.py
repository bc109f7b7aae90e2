"""What is measured of both servers, and how: interleaved runs (ours, theirs, ours …), medians of each figure."""

import asyncio
import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from benchmarks import ceiling, joining, killing, many_rooms, meeting, stuck
from benchmarks.servers import Ours, Server, Theirs
from benchmarks.stage import Stage

Figures = dict[str, float]


@dataclass(frozen=True)
class Size:
    """How much of it: the short form for everybody, the full one for the page of figures, a tiny one for the tests."""

    runs: int
    seconds: float  # of typing
    sizes: dict[int, int]  # of meetings: connected, of whom write
    rates: tuple[int, ...]
    joins: int
    rooms: int
    kills: int  # at each rate
    kill_s: float  # of typing at most before it
    megabytes: int


SHORT = Size(1, 6, meeting.SIZES, ceiling.RATES[1:], joining.CROWD, 200, 3, 6, 16)
FULL = Size(5, 20, meeting.SIZES, ceiling.RATES, joining.CROWD, 500, 20, 12, 16)
TINY = Size(1, 1, {4: 2}, (50,), 3, 4, 1, 2.2, 1)


@dataclass(frozen=True)
class Measure:
    """One thing measured: what it is called, the data it needs, how its figures are taken from a server."""

    name: str
    says: str
    stage: Callable[[Size], Awaitable[Stage]]
    take: Callable[[Server, Size], Awaitable[Figures]]
    runs: int | None = None  # when it repeats within a run


MEASURES = (
    Measure(
        "meeting",
        "the meeting",
        lambda size: meeting.make_stage(size.sizes),
        lambda server, size: meeting.measure(server, size.sizes, size.seconds),
    ),
    Measure(
        "ceiling",
        "the ceiling",
        lambda size: ceiling.make_stage(),
        lambda server, size: ceiling.measure(server, size.rates, size.seconds / 2),
    ),
    Measure(
        "joins",
        "the cold join of the large contract",
        lambda size: joining.make_contract(),
        lambda server, size: joining.measure(server, size.joins),
    ),
    Measure(
        "trace",
        "the cold join of a long history",
        lambda size: joining.make_trace(),
        lambda server, size: joining.measure(server, size.joins),
    ),
    Measure(
        "rooms",
        "many rooms",
        lambda size: many_rooms.make_stage(size.rooms),
        lambda server, size: many_rooms.measure(server, size.rooms, size.seconds),
    ),
    Measure(
        "kills",
        "kill -9 while people type",
        lambda size: killing.make_stage(size.kills),
        lambda server, size: killing.measure(server, size.kills, size.kill_s),
        runs=1,
    ),
    Measure(
        "stuck",
        "a reader that stops reading",
        lambda size: stuck.make_stage(),
        lambda server, size: stuck.measure(server, size.megabytes),
    ),
)


async def compare(
    measure: Measure, size: Size, kinds: Sequence[type[Server]] = (Ours, Theirs), says: Callable[[str], None] = print
) -> dict[str, Figures]:
    """The medians of every figure of each server, by its name; a run that failed is said, and counts for nothing."""
    stage = await measure.stage(size)
    found: dict[str, list[Figures]] = {kind.name: [] for kind in kinds}
    for run in range(measure.runs or size.runs):
        for kind in kinds:
            server = kind(stage)
            try:
                await asyncio.to_thread(server.start)
                found[kind.name].append(await measure.take(server, size))
            except (OSError, TimeoutError) as failed:
                says(f"{measure.says}, {kind.name}, run {run + 1} failed: {failed!r} {server.log.read_text()[-500:]}")
            finally:
                server.stop()
    return {name: _medians(runs) for name, runs in found.items()}


def _medians(runs: Sequence[Figures]) -> Figures:
    keys = [key for key in (runs[0] if runs else {}) if all(key in one for one in runs)]
    return {key: statistics.median(one[key] for one in runs) for key in keys}
