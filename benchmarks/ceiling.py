"""The ceiling: the most keys a second among fifty, ten of whom type, at which 99 in 100 still come in time."""

from collections.abc import Sequence

from benchmarks import crowd, stage
from benchmarks.servers import Server
from benchmarks.stage import Stage
from benchmarks.typist import typist

CONNECTED = 50
WRITING = 10
LISTENING = 5
IN_TIME_MS = 250.0
ENOUGH = 0.95  # of the offered rate must have gone out, or the generator is what is measured
RATES = (400, 800, 1600, 3200, 6400, 12800)
BODY = "Le contrat couvre neuf services. " * 20


async def make_stage() -> Stage:
    """A contract with an article a rate."""
    return await stage.build("ceiling", [stage.a_contract("CPOM-CEILING", len(RATES), CONNECTED, BODY)])


async def measure(server: Server, rates: Sequence[int], seconds: float) -> dict[str, float]:
    """Delays and processor at each rate; the best rate that passes. Two failures in a row end the climb."""
    found: dict[str, float] = {"best": 0, "best.p99": float("inf")}
    failed = 0
    for place, rate in zip(server.stage.places, rates, strict=False):
        lines = await crowd.gather(server, [place] * CONNECTED, set(crowd.spread(LISTENING, CONNECTED)))
        state, per_s = lines[0].state(), rate / WRITING
        writers = [(at, typist(place.document, state, int(per_s * seconds))) for at in crowd.spread(WRITING, CONNECTED)]
        played = await crowd.play(server, lines, writers, per_s)
        crowd.part(lines)
        p99, lost = played.percentile(99), played.missed + played.without_last_word
        found |= {f"{rate}.p99": p99, f"{rate}.cpu": played.cpu_percent, f"{rate}.lost": lost}
        found[f"{rate}.offered"] = played.rate
        if p99 < IN_TIME_MS and not lost and played.rate >= ENOUGH * rate:
            found |= {"best": rate, "best.p99": p99}
            failed = 0
        else:
            failed += 1
        if failed == 2:
            break
    return found
