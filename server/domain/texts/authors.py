"""Who wrote each word of a text: runs of words, each with the stamp of the line that brought them.

Words keep their author when they are only moved: a paragraph split or joined, cut and pasted, deleted and undone is
deleted and written anew for the engine, and nobody has written anything. So what a line inserts is first looked for
among what it deletes itself, then among what its writer deleted lately.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

KEPT = 64  # deletions of one writer that may still come back
SURE_BYTES = 8  # words found inside others: shorter ones are a coincidence
AGAIN_BYTES = 4  # of a former line, whole: a letter typed again is new


@dataclass(slots=True)
class Run:
    """Words that came with one stamp, in UTF-8: the engine counts so."""

    words: bytes
    stamp: int


@dataclass(eq=False, slots=True)
class Passage:
    """What was deleted from one text in one go, and where."""

    source: "Words"
    at: int
    runs: list[Run]
    words: bytes = b""

    def __post_init__(self) -> None:
        """Its words in one."""
        self.words = b"".join(run.words for run in self.runs)


@dataclass(eq=False, slots=True)
class Words:
    """One text of the document: runs in order."""

    runs: list[Run] = field(default_factory=list)

    def _cut(self, at: int) -> int:
        """Where in the list byte `at` begins a run, cutting one in two if it must."""
        for number, run in enumerate(self.runs):
            if at <= 0:
                return number
            if at < len(run.words):
                self.runs[number : number + 1] = [Run(run.words[:at], run.stamp), Run(run.words[at:], run.stamp)]
                return number + 1
            at -= len(run.words)
        return len(self.runs)

    def insert(self, at: int, run: Run) -> None:
        """Put a run in front of byte `at`."""
        self.runs.insert(self._cut(at), run)

    def delete(self, at: int, length: int) -> Passage:
        """Take `length` bytes out."""
        first = self._cut(at)
        last = self._cut(at + length)
        passage = Passage(self, at, self.runs[first:last])
        del self.runs[first:last]
        return passage

    def replace(self, run: Run, by: Iterable[Run]) -> None:
        """Put other runs in place of one of this text."""
        number = next((number for number, one in enumerate(self.runs) if one is run), None)
        if number is not None:
            self.runs[number : number + 1] = by

    def settle(self) -> None:
        """Join neighbours of one stamp."""
        runs: list[Run] = []
        for run in self.runs:
            if runs and runs[-1].stamp == run.stamp:
                runs[-1] = Run(runs[-1].words + run.words, run.stamp)
            elif run.words:
                runs.append(run)
        self.runs = runs


@dataclass(eq=False, slots=True)
class Branch:
    """A part of the document that holds others; a leaf that holds none is one too."""

    children: list["Branch | Words"] = field(default_factory=list)

    def texts(self) -> Iterator[Words]:
        """Every text in it, in reading order."""
        for child in self.children:
            if isinstance(child, Words):
                yield child
            else:
                yield from child.texts()


class Blame:
    """The words of one document as its log is read line by line: `begin`, changes, `end` for each line."""

    def __init__(self) -> None:
        self.root = Branch()
        self._lately: dict[object, deque[Passage]] = {}
        self.stamp = 0
        self._deleted: list[Passage] = []
        self._fresh: list[tuple[Words, Run]] = []

    def begin(self, stamp: int) -> None:
        """What follows came with this stamp."""
        self.stamp = stamp
        self._deleted, self._fresh = [], []

    def insert(self, text: Words, at: int, words: bytes) -> None:
        """Words came in front of byte `at`."""
        run = Run(words, self.stamp)
        text.insert(at, run)
        self._fresh.append((text, run))

    def delete(self, text: Words, at: int, length: int) -> None:
        """Words went."""
        self._deleted.append(text.delete(at, length))

    def put(self, parent: Branch, at: int, child: Branch | Words) -> None:
        """A part came, whole; its words are new."""
        parent.children.insert(at, child)
        for text in _texts(child):
            self._fresh += [(text, run) for run in text.runs]

    def take(self, parent: Branch, at: int, count: int) -> None:
        """Parts went, with all that was in them."""
        for child in parent.children[at : at + count]:
            for text in _texts(child):
                self._deleted.append(Passage(text, 0, text.runs))
        del parent.children[at : at + count]

    def end(self, writer: object) -> None:
        """The line is whole: words that only moved get their stamps back."""
        lately = self._lately.setdefault(writer, deque(maxlen=KEPT))
        for text, run in self._fresh:
            found = self._moved(run, lately)
            if found is not None:
                text.replace(run, found)
        changed = [text for text, _ in self._fresh] + [passage.source for passage in self._deleted]
        for text in {id(text): text for text in changed}.values():
            text.settle()
        for passage in self._deleted:
            _remember(lately, passage)

    def _moved(self, run: Run, lately: deque[Passage]) -> list[Run] | None:
        """The runs that `run` was before it moved, if it only moved."""
        for passage in reversed(self._deleted):
            found = _found(run, passage)
            if found is not None:
                return found
        if len(run.words) >= AGAIN_BYTES:
            for passage in reversed(lately):
                found = _found(run, passage)
                if found is not None:
                    return found
        return None


def _texts(part: Branch | Words) -> Iterator[Words]:
    return iter((part,)) if isinstance(part, Words) else part.texts()


def _found(run: Run, passage: Passage) -> list[Run] | None:
    """The runs in place of `run` if its words are those of a passage, a part of it, or have it inside."""
    words, lost = run.words, passage.words
    if words == lost:
        return _slice(passage.runs, 0, len(lost))
    inner = words if len(words) < len(lost) else lost
    if len(inner.strip()) < SURE_BYTES:
        return None
    at = lost.find(words)
    if at >= 0:
        return _slice(passage.runs, at, at + len(words))
    at = words.find(lost)
    if at < 0:
        return None
    around = Run(words[:at], run.stamp), Run(words[at + len(lost) :], run.stamp)
    return [around[0], *_slice(passage.runs, 0, len(lost)), around[1]]


def _slice(runs: list[Run], start: int, end: int) -> list[Run]:
    found: list[Run] = []
    for run in runs:
        part = run.words[max(start, 0) : max(end, 0)]
        if part:
            found.append(Run(part, run.stamp))
        start, end = start - len(run.words), end - len(run.words)
    return found


def _remember(lately: deque[Passage], passage: Passage) -> None:
    """Keep a deletion; letters deleted one after the other, forwards or backwards, are one."""
    last = lately[-1] if lately else None
    if last is not None and last.source is passage.source:
        if passage.at == last.at:
            lately[-1] = Passage(last.source, last.at, [*last.runs, *passage.runs])
            return
        if passage.at + len(passage.words) == last.at:
            lately[-1] = Passage(last.source, passage.at, [*passage.runs, *last.runs])
            return
    lately.append(passage)
