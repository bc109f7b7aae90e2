"""The cold join: a large document opened by one and by a hundred at once, warm and after `kill -9`."""

import asyncio
import time
from collections.abc import Sequence

from benchmarks import crowd, stage, trace
from benchmarks.line import Line
from benchmarks.servers import Server
from benchmarks.stage import Place, Stage
from tests import large

STORM_S = 60.0
CROWD = 100


async def make_contract() -> Stage:
    """The large contract, 400 kB of text, as one document."""
    return await stage.build("large", [stage.with_people(large.a_large_file(1), CROWD)])


async def make_trace() -> Stage:
    """One article somebody wrote with 260,000 operations."""
    deltas = await asyncio.to_thread(trace.deltas)
    return await stage.build("trace", [stage.a_contract("CPOM-TRACE", 1, CROWD, "")], deltas)


async def measure(server: Server, count: int) -> dict[str, float]:
    """One comes to a server just started and stays, one more comes, `count` at once; again after it was killed."""
    place = server.stage.places[0]
    first, first_cpu, staying = await _storm(server, place, 1)
    one, _, more = await _storm(server, place, 1)
    crowd.part(more)
    warm, warm_cpu, lines = await _storm(server, place, count)
    crowd.part([*staying, *lines])
    server.kill()
    restart = server.start()
    killed, killed_cpu, lines = await _storm(server, place, count)
    crowd.part(lines)
    return {
        "first": first,
        "first.cpu": first_cpu,
        "one": one,
        "warm": warm,
        "warm.cpu": warm_cpu,
        "killed": killed,
        "killed.cpu": killed_cpu,
        "restart": restart * 1000,
        "size_kb": len(server.stage.states[place.document]) / 1000,
    }


async def _storm(server: Server, place: Place, count: int) -> tuple[float, float, list[Line]]:
    """Milliseconds from the first knock until the last of `count` has all of the document; processor seconds."""
    cpu, started = server.cpu_s(), time.perf_counter()
    lines = await asyncio.gather(*(server.connect(place, number) for number in range(count)))
    ends = await asyncio.wait_for(asyncio.gather(*(line.synced for line in lines)), STORM_S)
    cpu = server.cpu_s() - cpu
    _check(lines, server.stage.states[place.document])
    return (max(ends) - started) * 1000, cpu, lines


def _check(lines: Sequence[Line], state: bytes) -> None:
    """Everybody got the whole document: the first as the engine reads it, the others as many bytes.

    Raises:
        AssertionError: somebody did not.
    """
    whole = stage.clocks(state)
    assert stage.clocks(lines[0].state()) == whole, "the document came incomplete"
    sizes = {len(line.first or b"") for line in lines}
    assert min(sizes) >= 0.99 * max(sizes), f"some joined with less than others: {sorted(sizes)}"
