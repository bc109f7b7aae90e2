"""The benchmarks still run: each measure once, tiny, on our server alone."""

from pathlib import Path

import pytest

from benchmarks import comparing, targets, trace
from benchmarks.servers import Ours
from tests.factories import IS_LONG

EXPECTED = {
    "meeting": {"4.p50", "4.p99", "4.cpu", "4.memory_mb", "pages.4.cpu"},
    "ceiling": {"best", "50.p99", "50.cpu"},
    "joins": {"first", "one", "warm", "warm.cpu", "killed", "restart"},
    "rooms": {"room_kb", "p99", "cpu"},
    "kills": {"25.seen", "25.lost", "200.seen", "200.lost"},
    "stuck": {"growth_mb"},
}
SHORT = ("ceiling", "kills")  # crowds that type; servers killed and started again: the others are made of the same
SERVERS = [one for one in comparing.MEASURES if one.name in (EXPECTED if IS_LONG else SHORT)]


@pytest.mark.anyio
@pytest.mark.parametrize("measure", SERVERS, ids=lambda measure: measure.name)
async def test_a_measure_runs_on_our_server(measure: comparing.Measure) -> None:
    failures: list[str] = []
    found = await comparing.compare(measure, comparing.TINY, [Ours], failures.append)
    assert failures == []
    figures = found["ours"]
    assert {key: figure for key, figure in figures.items() if key.endswith((".lost", "missing")) and figure} == {}
    assert figures.keys() >= EXPECTED[measure.name]


def test_a_target_is_a_share_of_the_peer_or_a_figure() -> None:
    found = {"ours": {"200.p99": 10.0, "200.lost": 1.0, "200.cpu": 30.0}, "theirs": {"200.p99": 20.0, "200.cpu": 40.0}}
    lines = targets.table("meeting", found)
    assert [line.split(" | ", 1)[1] for line in lines] == [
        "10 ms | 20 ms | 0.50 × | ≤ 1.1 × (≤ 0.7 ×) | aim |",
        "30 % of a core | 40 % of a core | 0.75 × | ≤ 0.6 × (≤ 0.45 ×) | **no** |",
        "1 | – | – | ≤ 0 | **no** |",
    ]


def test_a_history_is_drawn_from_its_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "KEPT", tmp_path)
    made = trace.deltas(operations=200)
    assert trace.deltas(operations=200) == made
    assert len(made) == 200 // trace.A_LINE + 1
