"""`kill -9` while people type: what somebody else had seen, and is not there when the server is back."""

import asyncio
import random

from benchmarks import crowd, stage
from benchmarks.hearing import judge
from benchmarks.servers import Server
from benchmarks.stage import Place, Stage
from benchmarks.typist import Score, typist

RATES = (25, 200)
WRITING, READING = 5, 3
SHORTEST_S = 2.0  # of typing before the blow; the peer saves 2 to 10 s after a change
BODY = "Le contrat couvre neuf services. " * 20


async def make_stage(kills: int) -> Stage:
    """A contract with an article a kill."""
    return await stage.build("killing", [stage.a_contract("CPOM-KILL", kills * len(RATES), 20, BODY)])


async def measure(server: Server, kills: int, longest_s: float, seed: int = 2027) -> dict[str, float]:
    """Seen keys, seen keys that were lost, and the most of them in one kill, at each rate."""
    draw = random.Random(seed)
    found: dict[str, float] = {}
    for order, rate in enumerate(RATES):
        lost = []
        seen = 0
        for number in range(kills):
            place = server.stage.places[order * kills + number]
            one_seen, one_lost = await _kill(server, place, rate, draw.uniform(SHORTEST_S, longest_s))
            seen += one_seen
            lost.append(one_lost)
        found |= {f"{rate}.seen": seen, f"{rate}.lost": sum(lost), f"{rate}.seconds": max(lost) / rate}
    return found


async def _kill(server: Server, place: Place, rate: int, after_s: float) -> tuple[int, int]:
    connected = WRITING + READING
    lines = await crowd.gather(server, [place] * connected, set(range(WRITING, connected)))
    state, score = lines[0].state(), Score()
    typists = [typist(place.document, state, int((after_s + 1) * rate / WRITING)) for _ in range(WRITING)]
    for number, one in enumerate(typists):
        lines[number].write(one.begin)
        score.give(lines[number], one, rate / WRITING, start_s=number / rate)
    asyncio.get_running_loop().call_later(after_s, server.kill)
    await score.play(lambda: any(line.is_lost for line in lines))
    await asyncio.gather(*(asyncio.wait_for(line.lost.wait(), 5) for line in lines))
    seen: dict[int, int] = {}
    for line in lines[WRITING:]:
        for client, clock in judge(line.heard, typists).clocks.items():
            seen[client] = max(clock, seen.get(client, 0))
    server.start()
    again = (await crowd.gather(server, [place]))[0]
    kept = stage.clocks(again.state())
    again.transport.abort()
    lost = [max(0, seen[one.client] - max(one.first, kept.get(one.client, 0))) for one in typists]
    return sum(seen[one.client] - one.first for one in typists), sum(lost)
