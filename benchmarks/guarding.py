"""What reading every byte first costs: the guard beside the engine alone, on real keystrokes."""

import base64
import json
import statistics
import time
import tracemalloc
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import document
from collab.guard import Guard
from server.domain.texts import text
from server.live import grammar
from tests.collab.updates import GRAMMAR
from tests.large import Writer, example_texts

STORY = Path("tests/collab/fixtures/honest.json")
ROUNDS = 15
TEXT_BYTES = 570_000
"""Of text, which Yjs keeps as 1 MB."""
ONE_MB = 1_000_000
WRITER_CLIENT = 3_141_592_653


def rows() -> Iterator[tuple[str, str, str]]:
    """Microseconds an update, medians of ROUNDS interleaved rounds: keys one after the other, then a session of
    y-prosemirror made of gestures (pastes, tables, formatting, undo, offline spells). Then a document of 1 MB."""
    story = [(str(writer), base64.b64decode(update)) for writer, update in _story()]
    yield from _compare("keys typed in a paragraph", _keys())
    yield from _compare("updates of a real session", story)
    yield "the guard alone: a key (decode, check, commit), median", f"{_median(_keys()):.1f} µs", "aim: ≤ 10 µs"
    yield "the guard alone: an update judged in full, median", f"{_median(story):.1f} µs", "a session's gestures"
    yield "the guard filled from a state of 1 MB", f"{_load_ms():.0f} ms", "aim: ≤ 150 ms"
    yield "its index of that document, in memory", f"{_index_mb():.1f} MB", "aim: ≤ 5 MB"


def _median(story: list[tuple[str, bytes]]) -> float:
    """Microseconds of one update in the guard alone: of each the best of ROUNDS, of these the median."""
    best = [float("inf")] * len(story)
    emitted = _emitted(story)
    for _ in range(ROUNDS):
        guard = Guard(GRAMMAR)
        for at, (writer, update) in enumerate(story):
            started = time.perf_counter()
            guard.accept(guard.check(update, writer), emitted[at])
            best[at] = min(best[at], time.perf_counter() - started)
    return statistics.median(best) * 1e6


def _emitted(story: list[tuple[str, bytes]]) -> list[bytes | None]:
    """What the engine says after each update."""
    doc: Doc[Any] = Doc()
    heard: list[bytes] = []
    watch = doc.observe(lambda event: heard.append(event.update))
    emitted = []
    for _, update in story:
        heard.clear()
        doc.apply_update(update)
        emitted.append(heard[0] if heard else None)
    doc.unobserve(watch)
    return emitted


@cache
def _one_mb() -> bytes:
    """The state of one article of 1 MB, as Yjs keeps it, with an id for each block."""
    content = Writer(example_texts(), seed=2027).section(1, TEXT_BYTES)["content"]
    state = document.first_state(content, text.ROOT, client_id=WRITER_CLIENT)
    assert abs(len(state) - ONE_MB) < ONE_MB / 20, len(state)
    return state


def _loaded() -> Guard:
    guard = Guard(grammar.GRAMMAR)
    guard.load(_one_mb(), {WRITER_CLIENT: "anne"})
    return guard


def _load_ms() -> float:
    """The best of ROUNDS, for a megabyte."""
    best = float("inf")
    _one_mb()
    for _ in range(ROUNDS):
        started = time.perf_counter()
        _loaded()
        best = min(best, time.perf_counter() - started)
    return best * 1e3 * ONE_MB / len(_one_mb())


def _index_mb() -> float:
    """What Python has allocated for it and keeps, for a megabyte."""
    _loaded()
    tracemalloc.start()
    guard = _loaded()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert guard.knows()
    return taken / len(_one_mb())


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
