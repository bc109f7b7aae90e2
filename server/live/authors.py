"""Who wrote each word of a live text: its log read line by line, beside everything else, and kept for the next time."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import document
from server.domain.texts import text
from server.domain.texts.authors import Blame, Branch, Run, Words
from server.domain.texts.history import Mark, Writer
from server.store import authored
from server.store.engine import Store

KEPT = 8  # texts whose authors are known; each holds its document and its words once more
MINUTE = 60


class Stamp(NamedTuple):
    """Who wrote, and when: the first line of what they wrote within one minute."""

    writer: Writer
    at: datetime


@dataclass(frozen=True)
class Block:
    """A paragraph or heading with words in it: its id, and runs of (words, stamp); a line break is a line feed."""

    id: str | None
    runs: list[tuple[str, int]]


@dataclass(frozen=True)
class Authorship:
    """Who wrote each word of a text; runs name their stamp by its place in `stamps`.

    `line` says after which line of the text, counted from its first: the log's own numbers are nobody's to know.
    """

    line: int
    stamps: tuple[Stamp, ...]
    blocks: list[Block]


@dataclass(eq=False)
class _Reading:
    """A log read so far."""

    line: int = 0  # its number in the log
    count: int = 0
    stamps: list[Stamp] = field(default_factory=list)
    found: Authorship | None = None

    def __post_init__(self) -> None:
        """Begin with an empty document."""
        self._doc: Doc[Any] = Doc()
        self._shared = document.fragment(self._doc, text.ROOT)
        self._blame = Blame()
        self._subscription = self._shared.observe_deep(self._hear)
        self._latest: dict[Writer, int] = {}

    def close(self) -> None:
        """Let the document go: an observer that is not removed holds it for ever."""
        self._shared.unobserve(self._subscription)

    def go_on(self, lines: Sequence[tuple[Mark, bytes]]) -> Authorship:
        """Read more lines, and say who wrote what is there then."""
        for mark, delta in lines:
            self._blame.begin(self._stamp(mark))
            self._doc.apply_update(delta)
            self._blame.end(mark.writer)
            self.line = mark.number
            self.count += 1
        if self.found is None or self.found.line != self.count:
            blocks = list(_blocks(self._shared, self._blame.root))
            self.found = Authorship(self.count, tuple(self.stamps), blocks)
        return self.found

    def _stamp(self, mark: Mark) -> int:
        latest = self._latest.get(mark.writer)
        if latest is None or abs((mark.at - self.stamps[latest].at).total_seconds()) >= MINUTE:
            latest = self._latest[mark.writer] = len(self.stamps)
            self.stamps.append(Stamp(mark.writer, mark.at))
        return latest

    def _hear(self, events: list[Any]) -> None:
        """What one line changed; paths are those after it, so what holds others goes first."""
        for event in sorted(events, key=lambda one: len(one.path)):
            place: Any = self._blame.root
            for step in event.path:
                place = place.children[step]
            if isinstance(place, Words):
                self._change_words(place, event.delta)
            else:
                self._change_parts(place, event.delta)

    def _change_words(self, words: Words, delta: list[dict[str, Any]]) -> None:
        at = 0
        for step in delta:
            if "insert" in step:
                inserted = str(step["insert"]).encode()
                self._blame.insert(words, at, inserted)
                at += len(inserted)
            elif "delete" in step:
                self._blame.delete(words, at, int(step["delete"]))
            else:
                at += int(step["retain"])

    def _change_parts(self, branch: Branch, delta: list[dict[str, Any]]) -> None:
        at = 0
        for step in delta:
            if "insert" in step:
                for part in step["insert"]:
                    self._blame.put(branch, at, _mirror(part, self._blame.stamp))
                    at += 1
            elif "delete" in step:
                self._blame.take(branch, at, int(step["delete"]))
            else:
                at += int(step["retain"])


def _mirror(part: XmlElement | XmlText | XmlFragment, stamp: int) -> Branch | Words:
    """A part of the document as it just came."""
    if isinstance(part, XmlText):
        words = "".join(run for run, _ in part.diff() if isinstance(run, str))
        return Words([Run(words.encode(), stamp)] if words else [])
    return Branch([_mirror(child, stamp) for child in part.children])


def _blocks(parent: XmlFragment | XmlElement, branch: Branch) -> Iterator[Block]:
    """The blocks with words in a part of the document, in reading order."""
    children = list(parent.children)
    if any(isinstance(child, Words) for child in branch.children):
        yield Block(_id(parent), _runs(branch))
        return
    for child, inner in zip(children, branch.children, strict=True):
        if isinstance(child, XmlElement) and isinstance(inner, Branch):
            yield from _blocks(child, inner)


def _id(element: XmlFragment | XmlElement) -> str | None:
    attributes: Any = element.attributes if isinstance(element, XmlElement) else ()
    return next((value for name, value in attributes if name == "id" and isinstance(value, str)), None)


def _runs(branch: Branch) -> list[tuple[str, int]]:
    """Runs of words; what is no text among them is a line break, which belongs to the words before it."""
    runs: list[tuple[str, int]] = []
    breaks = 0  # in front of all words
    for child in branch.children:
        if isinstance(child, Words):
            runs += [(run.words.decode(), run.stamp) for run in child.runs]
        elif runs:
            runs.append(("\n", runs[-1][1]))
        else:
            breaks += 1
    return [("\n" * breaks, runs[0][1]), *runs] if breaks and runs else runs


class Authors:
    """The authors of live texts, each log read once and then only what is new in it; one at a time, in a thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read: OrderedDict[str, _Reading] = OrderedDict()
        self._one = asyncio.Semaphore(1)

    async def of(self, name: str) -> Authorship:
        """Who wrote each word of a document, as it is committed."""
        async with self._one:
            reading = self._read.pop(name, None) or _Reading()
            lines = await authored.lines(self._store, name, reading.line)
            work = asyncio.create_task(asyncio.to_thread(reading.go_on, lines))
            try:
                found = await asyncio.shield(work)
            except BaseException:
                await asyncio.wait({work})  # a thread cannot be stopped half-way
                reading.close()  # the next question reads all again
                raise
            self._read[name] = reading
            if len(self._read) > KEPT:
                self._read.popitem(last=False)[1].close()
            return found


async def people_in(store: Store, name: str) -> list[tuple[int, int]]:
    """The people whose words stand in a document, each with the party they wrote for, in the order of the text."""
    lines = await authored.lines(store, name, 0)
    return await asyncio.to_thread(_people_in, lines)


def _people_in(lines: Sequence[tuple[Mark, bytes]]) -> list[tuple[int, int]]:
    reading = _Reading()
    found = reading.go_on(lines)
    reading.close()
    stamps = dict.fromkeys(stamp for block in found.blocks for words, stamp in block.runs if words.strip())
    people: dict[tuple[int, int], None] = {}
    for writer in (found.stamps[stamp].writer for stamp in stamps):
        if writer.person is not None and writer.party is not None:
            people |= dict.fromkeys([(writer.person, writer.party), *writer.others])
    return list(people)
