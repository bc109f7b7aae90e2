"""A hundred thousand malformed inputs: no death, no panic, no growth, and no difference from a real yjs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEED = os.environ.get("TEST_SEED", "20261123")
MOST_GROWTH_MB = 16
REASONS = 20
"""For how many different reasons updates are refused, at least: all that bytes so small can give, but rare ones."""


@pytest.mark.parametrize("refusals", [100_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_nothing_malformed_harms_a_document(refusals: int) -> None:
    """`storm.py` says what is checked; it is a process of its own because an engine that dies takes it along."""
    ran = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.collab.storm", SEED, str(refusals)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    again = f"TEST_SEED={SEED} brings this back"
    assert ran.returncode == 0, f"{again}: exit {ran.returncode}\n{ran.stderr[-4000:]}"
    report = json.loads(ran.stdout)
    assert report["refused"] >= refusals
    assert report["passed"] > refusals / 20
    assert report["grown_mb"] < MOST_GROWTH_MB, again
    assert report["peak_mb"] < MOST_GROWTH_MB, again
    assert sum(reason.startswith("update: ") for reason in report["reasons"]) >= REASONS, again
    assert {"presence", "frame", "state vector: bad-count"} <= set(report["reasons"])
