"""The large contract: 400 kB of text, about 640 kB as Yjs keeps it, made from our example texts by a seeded generator.

As one section that holds all, or as 30. Where `../shared` is beside the project, the same is made of real articles.
"""

import asyncio
import json
import random
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from server.contract_files import contract_file
from server.contract_files.importing import import_contract
from tests.factories import SAMPLES, a_file, a_store

TEXT_BYTES = 400_000
SECTIONS = 30
REAL = Path(__file__).parents[2] / "shared" / "data" / "textes-reels-casf-2009.json"
WORD = re.compile(r"[^\W\d_]{5,}")
Json = dict[str, Any]


@cache
def example_texts() -> tuple[str, ...]:
    """Every paragraph of the two example contracts."""
    nodes = [node for name in SAMPLES for _, node, _ in contract_file.sections(a_file(name))]
    return tuple(part for node in nodes for part in node.get("body", "").split("\n\n") if part)


def real_texts() -> tuple[str, ...] | None:
    """The paragraphs of real articles, None where they are not at hand."""
    if not REAL.exists():
        return None
    articles = json.loads(REAL.read_text(encoding="utf-8"))["articles"]
    return tuple(part for article in articles for part in article["paragraphs"])


def a_large_file(sections: int = SECTIONS, texts: Sequence[str] | None = None, seed: int = 2027) -> Json:
    """A sound contract file: the disability example, its plan replaced by `sections` long articles, free to type in."""
    writer = Writer(texts or example_texts(), seed)
    made = a_file()
    made["plan"] = [writer.section(number, TEXT_BYTES // sections) for number in range(1, sections + 1)]
    for told_of_sections in ("comments", "proposals", "signoffs"):
        made[told_of_sections] = []
    return made


def a_large_database(path: Path, sections: int = SECTIONS) -> None:
    """A database that holds the large contract in place of the disability example.

    Made in a thread: where Playwright runs, no other event loop can.
    """
    with ThreadPoolExecutor() as beside:
        beside.submit(asyncio.run, _keep(path, sections)).result()


async def _keep(path: Path, sections: int) -> None:
    store = a_store(path)
    await store.migrate()
    await import_contract(a_large_file(sections), store)
    await store.close()


class Writer:
    """Writes text that looks like its sources and repeats none: words and numbers drawn again, from one seed."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self._draw = random.Random(seed)
        self._sentences = [one for part in texts for one in re.split(r"(?<=[.;])\s+", part) if one]
        self._words = sorted({word.lower() for one in self._sentences for word in WORD.findall(one)})

    def section(self, number: int, size: int) -> Json:
        """A numbered article of about `size` bytes of text."""
        content: list[Json] = []
        written = 0
        for block, length in self._blocks(number):
            if written >= size:
                break
            content.append(block)
            written += length
        return {
            "id": f"s-{number}",
            "number": str(number),
            "title": f"{self._sentence()[:60].rstrip()} ({number})",
            "level": 1,
            "kind": "clause",
            "required": True,
            "status": "under_discussion",
            "content": {"type": "doc", "content": content},
            "revision": 1,
        }

    def _blocks(self, number: int) -> Iterator[tuple[Json, int]]:
        kinds = [self._paragraph] * 20 + [self._list] * 2 + [self._table]
        for part in range(1, 10_000):
            title = _run(f"{number}.{part} {self._piece(50)}")
            yield _measured({**_block("heading", title), "attrs": {"level": 1 + part % 3}})
            for kind in kinds:
                yield _measured(kind())

    def _paragraph(self) -> Json:
        return _block("paragraph", _run(f"{self._sentence()} {self._sentence()} "), _run(self._piece(30), "strong"))

    def _list(self) -> Json:
        return _block("bullet_list", *(_block("list_item", self._short(120)) for _ in range(4)))

    def _table(self) -> Json:
        head = _block("table_row", *(_block("table_header", self._short(15)) for _ in range(3)))
        rows = [_block("table_row", *(_block("table_cell", self._short(25)) for _ in range(3))) for _ in range(3)]
        return _block("table", head, *rows)

    def _short(self, length: int) -> Json:
        return _block("paragraph", _run(self._piece(length)))

    def _piece(self, length: int) -> str:
        return self._sentence()[:length].strip() or "néant"

    def _sentence(self) -> str:
        varied = WORD.sub(self._another, self._draw.choice(self._sentences))
        return re.sub(r"\d+", lambda _: str(self._draw.randrange(1, 2000)), varied)

    def _another(self, word: re.Match[str]) -> str:
        return self._draw.choice(self._words) if self._draw.random() < 0.5 else word[0]


def _block(kind: str, *content: Json) -> Json:
    return {"type": kind, "content": list(content)}


def _run(words: str, *marks: str) -> Json:
    return {"type": "text", "text": words} | ({"marks": [{"type": mark} for mark in marks]} if marks else {})


def _measured(block: Json) -> tuple[Json, int]:
    return block, sum(len(words.encode()) for words in _texts(block))


def _texts(node: Json) -> Iterator[str]:
    if node["type"] == "text":
        yield node["text"]
    for child in node.get("content", []):
        yield from _texts(child)
