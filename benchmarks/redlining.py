"""What the redline of a large text costs: blocks, words and counts, beside difflib on the same words."""

import copy
import random
import time
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from server.domain.redline import count, redline
from server.domain.redline.parts import Node
from server.domain.texts.text import to_body, walk
from server.marking.views import View, page
from server.wording.languages import languages
from tests.large import TEXT_BYTES, Writer, example_texts

ROUNDS = 15
EDITS = 30
NAIVE_ROUNDS = 1  # it takes seconds


def rows() -> Iterator[tuple[str, str, str]]:
    """Of 400 kB as one article, its blocks with ids, EDITS words changed: the best of ROUNDS."""
    base = _large()
    target = _edited(base)
    marked, language = redline(base, target), languages()["fr"]
    counts = count(marked)
    shown = counts.inserted + counts.removed
    ours = _best_ms(lambda: redline(base, target), ROUNDS)
    before, after = (to_body(one).split() for one in (base, target))
    naive = _best_ms(lambda: SequenceMatcher(None, before, after).get_opcodes(), NAIVE_ROUNDS)
    what = f"redline of 400 kB, {EDITS} words changed"
    beside = f"difflib on the same words: {naive:.0f} ms ({ours / naive:.2f}×); aim: ≤ 100 ms"
    yield what, f"{ours:.0f} ms, {shown} words shown", beside
    yield f"{what}: its HTML", f"{_best_ms(lambda: page(marked, View.TEXT, language), ROUNDS):.0f} ms", "no peer"


def _large() -> Node:
    base: Node = Writer(example_texts(), seed=2027).section(1, TEXT_BYTES)["content"]
    for number, block in enumerate(one for one in walk(base) if one["type"] not in ("doc", "text")):
        block.setdefault("attrs", {})["id"] = f"b{number}"
    return base


def _edited(base: Node) -> Node:
    target, draw = copy.deepcopy(base), random.Random(30)
    for run in draw.sample([one for one in walk(target) if one["type"] == "text"], EDITS):
        words = run["text"].split(" ")
        words[draw.randrange(len(words))] = "zygomatique"
        run["text"] = " ".join(words)
    return target


def _best_ms(act: Callable[[], object], rounds: int) -> float:
    """Milliseconds of processor, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()  # of this process alone: others may be at work
        act()
        best = min(best, time.process_time() - started)
    return best * 1e3
