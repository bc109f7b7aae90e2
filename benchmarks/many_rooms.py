"""Many rooms: hundreds of articles of some twenty contracts open at once, two people in each."""

import asyncio

from benchmarks import crowd, stage
from benchmarks.hearing import judge
from benchmarks.servers import Server
from benchmarks.stage import Stage
from benchmarks.typist import Score, typist

A_CONTRACT = 25  # articles
BODY = "Le contrat couvre neuf services et quatre établissements du gestionnaire. " * 12
PEOPLE = 40
KEYS_PER_S = 250.0  # of all rooms together
WARMING = 10


async def make_stage(rooms: int) -> Stage:
    """Contracts with as many articles together, and a few more to warm up on."""
    contracts = range(-(-(rooms + WARMING) // A_CONTRACT))
    return await stage.build(
        "rooms", [stage.a_contract(f"CPOM-ROOMS-{one}", A_CONTRACT, PEOPLE, BODY) for one in contracts]
    )


async def measure(server: Server, rooms: int, seconds: float) -> dict[str, float]:
    """Memory a room with its two connections; delays and processor while somebody types in each."""
    warm = await crowd.gather(server, [place for place in server.stage.places[-WARMING:] for _ in "ab"])
    await asyncio.sleep(crowd.SETTLE_S)
    before = server.memory_kb()
    places = server.stage.places[:rooms]
    lines = await crowd.gather(server, [place for place in places for _ in "ab"], set(range(1, 2 * rooms, 2)))
    await asyncio.sleep(crowd.SETTLE_S)
    after = server.memory_kb()
    per_s = KEYS_PER_S / rooms
    score = Score()
    typists = []
    for number, place in enumerate(places):
        line = lines[2 * number]
        typists.append(typist(place.document, line.state(), max(1, int(per_s * seconds)), has_cursor=True))
        line.write(typists[-1].begin)
        score.give(line, typists[-1], per_s, start_s=number / rooms / per_s)
    await crowd.silence(lines)
    cpu = server.cpu_s()
    took = await score.play()
    cpu = server.cpu_s() - cpu
    await crowd.silence(lines)
    heard = [judge(lines[2 * number + 1].heard, [one]) for number, one in enumerate(typists)]
    delays = sorted(delay for one in heard for delay in one.delays_ms)
    crowd.part([*warm, *lines])
    return {
        "room_kb": (after - before) / rooms,
        "p99": delays[int(len(delays) * 0.99)],
        "cpu": 100 * cpu / took,
        "lost": sum(one.missed for one in heard),
    }
