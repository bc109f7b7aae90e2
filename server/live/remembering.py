"""A text as it stood in the past: its log applied again up to a line, beside everything else."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, Generic, TypeVar

from markupsafe import Markup
from pycrdt import Doc

from collab import document
from server.domain.texts import history, text
from server.domain.texts.history import Change, WritingSession
from server.store.updates import UpdateLog
from server.wording import rendering

KEPT_TEXTS = 16  # of at most some 1 MB each: the pages of somebody who goes back and forth
KEPT_CHANGES = 10_000  # two numbers each
T = TypeVar("T")


class Recent(Generic[T]):
    """The values asked for lately, at most `size` of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """A value, which is the latest from now on; None when it is not kept."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def keep(self, key: Hashable, value: T) -> None:
        """Keep a value, in place of the one nobody has asked for the longest."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)


class Past:
    """The past states of live texts. A line once committed never changes, so what was read of it may be kept.

    A replay runs in a thread, one at a time: it shares the interpreter with the people who are writing.
    """

    def __init__(self, log: UpdateLog) -> None:
        self._log = log
        self._texts: Recent[Markup] = Recent(KEPT_TEXTS)
        self._changes: Recent[Change] = Recent(KEPT_CHANGES)
        self._one = asyncio.Semaphore(1)

    async def html(self, name: str, line: int) -> Markup:
        """The text of a document after a line of its log, as the pages show it."""
        found = self._texts.get((name, line))
        if found is None:
            found = (await self._replayed(name, {line}, _html))[line]
            self._texts.keep((name, line), found)
        return found

    async def texts(self, name: str, lines: Collection[int]) -> dict[int, text.Node]:
        """The text of a document after each of some lines of its log."""
        return await self._replayed(name, lines, _text)

    async def changes(self, name: str, told: Sequence[WritingSession]) -> list[Change]:
        """What each session changed: the words of the text before its first line beside those after its last."""
        missing = [one for one in told if self._changes.get((name, one.before, one.last)) is None]
        lines = {line for one in missing for line in (one.before, one.last) if line is not None}
        counts = await self._replayed(name, lines, _words) if lines else {}
        for one in missing:
            before = Counter() if one.before is None else counts[one.before]
            self._changes.keep((name, one.before, one.last), history.change(before, counts[one.last]))
        return [found for one in told if (found := self._changes.get((name, one.before, one.last)))]

    async def _replayed(self, name: str, lines: Collection[int], read: Callable[[Doc[Any]], T]) -> dict[int, T]:
        async with self._one:
            deltas = await self._log.deltas(name, max(lines))
            return await asyncio.to_thread(_replay, deltas, frozenset(lines), read)


def _replay(deltas: Sequence[tuple[int, bytes]], lines: frozenset[int], read: Callable[[Doc[Any]], T]) -> dict[int, T]:
    """What `read` says of a document after each of `lines`."""
    doc: Doc[Any] = Doc()
    found: dict[int, T] = {}
    for number, delta in deltas:
        doc.apply_update(delta)
        if number in lines:
            found[number] = read(doc)
    return found


def _text(doc: Doc[Any]) -> text.Node:
    return document.read(doc, text.ROOT)


def _html(doc: Doc[Any]) -> Markup:
    return rendering.html(_text(doc))


def _words(doc: Doc[Any]) -> Counter[str]:
    return history.words(text.to_body(_text(doc)))
