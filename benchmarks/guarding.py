"""What reading every byte first costs: the guard beside the engine alone, on real keystrokes."""

import base64
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pycrdt import Doc

from collab.guard import Guard
from tests.collab.updates import GRAMMAR

STORY = Path("tests/collab/fixtures/honest.json")
ROUNDS = 15


def rows() -> Iterator[tuple[str, str, str]]:
    """Microseconds an update, over a real session of y-prosemirror, medians of ROUNDS interleaved rounds."""
    story = [(str(writer), base64.b64decode(update)) for writer, update in _story()]
    alone, guarded = [], []
    for _ in range(ROUNDS):
        alone.append(_time(story, None) / len(story))
        guarded.append(_time(story, Guard(GRAMMAR)) / len(story))
    engine, both = statistics.median(alone) * 1e6, statistics.median(guarded) * 1e6
    beside = f"the engine alone: {engine:.1f} µs ({both / engine:.1f}×)"
    yield f"check, apply, accept one of {len(story)} real updates", f"{both:.1f} µs", beside


def _story() -> list[Any]:
    found: list[Any] = json.loads(STORY.read_text(encoding="utf-8"))["story"]
    return found


def _time(story: list[tuple[str, bytes]], guard: Guard | None) -> float:
    doc: Doc[Any] = Doc()
    started = time.perf_counter()
    for writer, update in story:
        passed = guard.check(update, writer) if guard else None
        doc.apply_update(update)
        if guard and passed:
            guard.accept(passed)
    return time.perf_counter() - started
