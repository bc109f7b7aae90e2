"""What reading every byte first costs: the guard beside the engine alone, on real keystrokes."""

import base64
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab.guard import Guard
from tests.collab.updates import GRAMMAR

STORY = Path("tests/collab/fixtures/honest.json")
ROUNDS = 15


def rows() -> Iterator[tuple[str, str, str]]:
    """Microseconds an update, medians of ROUNDS interleaved rounds: keys one after the other, then a session of
    y-prosemirror made of gestures (pastes, tables, formatting, undo, offline spells)."""
    yield from _compare("keys typed in a paragraph", _keys())
    story = [(str(writer), base64.b64decode(update)) for writer, update in _story()]
    yield from _compare("updates of a real session", story)


def _compare(what: str, story: list[tuple[str, bytes]]) -> Iterator[tuple[str, str, str]]:
    alone, guarded = [], []
    for _ in range(ROUNDS):
        alone.append(_time(story, None) / len(story))
        guarded.append(_time(story, Guard(GRAMMAR)) / len(story))
    engine, both = statistics.median(alone) * 1e6, statistics.median(guarded) * 1e6
    beside = f"the engine alone: {engine:.1f} µs ({both / engine:.1f}×)"
    yield f"check, apply, accept one of {len(story)} {what}", f"{both:.1f} µs", beside


def _keys(count: int = 2000) -> list[tuple[str, bytes]]:
    """What a person sends who writes a sentence into the middle of a paragraph."""
    doc: Doc[Any] = Doc()
    sent: list[bytes] = []
    paragraph = doc.get(GRAMMAR.root, type=XmlFragment).children.append(XmlElement("paragraph"))
    text = paragraph.children.append(XmlText("Le contrat couvre neuf services."))
    begun = doc.get_update()
    watch = doc.observe(lambda event: sent.append(event.update))
    for number in range(count):
        text.insert(11 + number, "les places de jour "[number % 19])
    doc.unobserve(watch)
    return [("anne", begun), *(("anne", update) for update in sent)]


def _story() -> list[Any]:
    found: list[Any] = json.loads(STORY.read_text(encoding="utf-8"))["story"]
    return found


def _time(story: list[tuple[str, bytes]], guard: Guard | None) -> float:
    doc: Doc[Any] = Doc()
    emitted: list[bytes] = []
    watch = doc.observe(lambda event: emitted.append(event.update))
    started = time.perf_counter()
    for writer, update in story:
        passed = guard.check(update, writer) if guard else None
        emitted.clear()
        doc.apply_update(update)
        if guard and passed:
            guard.accept(passed, emitted[0] if emitted else None)
    took = time.perf_counter() - started
    doc.unobserve(watch)
    return took
