"""A text with a history: 260,000 operations of one author, drawn from a seed, kept between runs.

Runs of typing, backspaces over what was just written, jumps elsewhere: what a long article is made of.
"""

import pickle
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText, merge_updates

from server.domain.texts import text

OPERATIONS = 260_000
A_LINE = 26  # operations in one line of the log: some seconds of typing
LETTERS = "le gestionnaire et les autorites conviennent de ce qui suit, article par article. "
KEPT = Path("var/bench")


def deltas(operations: int = OPERATIONS, seed: int = 2027) -> Sequence[bytes]:
    """The lines of the log, oldest first."""
    kept = KEPT / f"trace-{operations}-{A_LINE}-{seed}.pickle"
    if kept.is_file():
        found: list[bytes] = pickle.loads(kept.read_bytes())  # our own, made below
        return found
    made = list(_written(operations, random.Random(seed)))
    KEPT.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(made))
    return made


def _written(operations: int, draw: random.Random) -> list[bytes]:
    doc: Doc[Any] = Doc(client_id=draw.randrange(1, 1 << 31))
    emitted: list[bytes] = []
    watch = doc.observe(lambda event: emitted.append(event.update))
    paragraph: Any = doc.get(text.ROOT, type=XmlFragment).children.append(XmlElement("paragraph"))
    run = paragraph.children.append(XmlText())
    at = size = 0
    for number in range(operations):
        if draw.random() < 0.02:
            at = draw.randrange(max(0, size - 4000), size + 1)  # most changes are near the end, where one writes
        if at and draw.random() < 0.2:
            at -= 1
            size -= 1
            del run[at : at + 1]
        else:
            run.insert(at, LETTERS[number % len(LETTERS)])
            at += 1
            size += 1
    doc.unobserve(watch)
    return [_merged(emitted[i : i + A_LINE]) for i in range(0, len(emitted), A_LINE)]


def _merged(some: list[bytes]) -> bytes:
    return merge_updates(*some) if len(some) > 1 else some[0]
