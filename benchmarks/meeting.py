"""The meeting: so many have one article open, a few of them type as people do, their cursors move."""

import asyncio
from collections.abc import Mapping

from benchmarks import crowd, stage
from benchmarks.line import opening
from benchmarks.servers import Ours, Server
from benchmarks.stage import Place, Stage
from benchmarks.typist import typist

KEYS_PER_S = 5.0
LISTENING = 20
BODY = "Le contrat couvre neuf services et quatre établissements du gestionnaire. " * 20
SIZES = {10: 3, 50: 5, 200: 10}  # connected: of whom write


async def make_stage(sizes: Mapping[int, int]) -> Stage:
    """A contract with an article for every meeting, and people enough that each connection is somebody else's."""
    return await stage.build("meeting", [stage.a_contract("CPOM-MEETING", len(sizes) + 1, max(sizes), BODY)])


async def measure(server: Server, sizes: Mapping[int, int], seconds: float) -> dict[str, float]:
    """The figures of each meeting, one after the other on the same server.

    The largest is held once more with ours as its own pages are: each also hears the contract's news.
    """
    places = iter(server.stage.places)
    found: dict[str, float] = {}
    for connected, writing in sizes.items():
        found |= await _meet(server, next(places), connected, writing, seconds)
    if isinstance(server, Ours):
        pages = await _meet(server, next(places), connected, writing, seconds, as_pages=True)
        found |= {f"pages.{key}": figure for key, figure in pages.items()}
    return found


async def _meet(
    server: Server, place: Place, connected: int, writing: int, seconds: float, *, as_pages: bool = False
) -> dict[str, float]:
    keeping = set(crowd.spread(min(LISTENING, connected), connected))
    lines = await crowd.gather(server, [place] * connected, keeping)
    if as_pages:
        for line in lines:
            line.write(opening(f"contract:{place.contract_id}"))
    state = lines[0].state()
    writers = [
        (at, typist(place.document, state, int(seconds * KEYS_PER_S), has_cursor=True))
        for at in crowd.spread(writing, connected)
    ]
    played = await crowd.play(server, lines, writers, KEYS_PER_S)
    crowd.part(lines)
    await asyncio.sleep(crowd.SETTLE_S)
    return {
        f"{connected}.p50": played.percentile(50),
        f"{connected}.p95": played.percentile(95),
        f"{connected}.p99": played.percentile(99),
        f"{connected}.cpu": played.cpu_percent,
        f"{connected}.memory_mb": server.memory_kb() / 1000,
        f"{connected}.lost": played.missed + played.without_last_word,
    }
