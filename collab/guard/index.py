"""What does the document hold? Not its words: which ids are known, and in which list each one stands.

All lookups are bisections in sorted lists, one per client; a client's clocks have no holes, so the lists
only grow at their end. Runs of text in one place become one span, as the engine merges them too.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from collab.guard.update import Id, Range

# What a parent is, which decides what it may hold. Plain numbers: places are hashed for every keystroke, and
# the hash of an enum is slow.
ROOT: Final = 0
ELEMENT: Final = 1
TEXT: Final = 2


class Place(NamedTuple):
    """One list of items: the children of `parent`, or the values of its attribute `key`.

    `parent` is None for the root; `element` is the parent's name where it has one; `depth` counts the
    levels below the root.
    """

    parent: Id | None
    kind: int
    element: str
    key: str | None
    depth: int


ROOT_PLACE: Final = Place(None, ROOT, "", None, 0)


class Span(NamedTuple):
    """A run of ids up to `end` (not included), each behind the one before it, that stand in one `place`;
    None when they are garbage.

    `inside` is the place of its children if it is a type. `is_deleted` says that its content is gone, so
    that the engine makes garbage of what is placed inside it. `is_behind` says that its first id stands
    behind its client's id before that, so that the two spans are one if they are of one kind.
    """

    end: int
    place: Place | None
    inside: Place | None
    is_deleted: bool
    is_behind: bool


class Spans:
    """Spans by client and clock."""

    __slots__ = ("_spans", "_starts")

    def __init__(self) -> None:
        self._starts: dict[int, list[int]] = {}
        self._spans: dict[int, list[Span]] = {}

    def __bool__(self) -> bool:
        return bool(self._starts)

    def end(self, client: int) -> int:
        """The first clock of `client` that is not known; 0 for a stranger."""
        spans = self._spans.get(client)
        return spans[-1].end if spans else 0

    def ends(self) -> dict[int, int]:
        """The first unknown clock of every client."""
        return {client: spans[-1].end for client, spans in self._spans.items()}

    def find(self, id: Id) -> Span | None:
        """The span `id` belongs to."""
        starts = self._starts.get(id.client)
        if starts is None:
            return None
        at = bisect_right(starts, id.clock) - 1
        if at < 0:
            return None
        span = self._spans[id.client][at]
        return span if id.clock < span.end else None

    def append(self, client: int, start: int, span: Span) -> None:
        """Add a span that begins where `client` is known to, or anywhere for a new client."""
        spans = self._spans.setdefault(client, [])
        if span.is_behind and spans and spans[-1][1:4] == span[1:4]:
            spans[-1] = Span(*span[:4], spans[-1].is_behind)
            return
        spans.append(span)
        self._starts.setdefault(client, []).append(start)

    def lengthen(self, client: int, end: int) -> None:
        """Let the last span of `client` reach up to `end`."""
        spans = self._spans[client]
        spans[-1] = Span(end, *spans[-1][1:])

    def extend(self, other: "Spans") -> None:
        """Append all spans of `other`."""
        for client, spans in other._spans.items():
            for start, span in zip(other._starts[client], spans, strict=True):
                self.append(client, start, span)


class Pairs:
    """Where a surrogate pair must not be cut: the clocks of second halves, ascending for each client."""

    __slots__ = ("_halves",)

    def __init__(self) -> None:
        self._halves: dict[int, array[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._halves)

    def are_cut(self, client: int, clock: int) -> bool:
        """Whether a cut in front of `clock` goes through a pair."""
        halves = self._halves.get(client)
        if not halves:
            return False
        at = bisect_left(halves, clock)
        return at < len(halves) and halves[at] == clock

    def append(self, client: int, clocks: Sequence[int]) -> None:
        """Remember second halves behind all that `client` has."""
        if clocks:
            self._halves.setdefault(client, array("Q")).extend(clocks)

    def extend(self, other: "Pairs") -> None:
        """Append all pairs of `other`."""
        for client, halves in other._halves.items():
            self.append(client, halves)


class Deletions:
    """Which clocks are deleted: for each client, ascending starts and ends of ranges that do not touch."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: dict[int, list[int]] = {}
        self._ends: dict[int, list[int]] = {}

    def missing(self, range_: Range) -> list[Range]:
        """The parts of `range_` that are not deleted yet."""
        client, reached, end = range_
        starts = self._starts.get(client)
        if starts is None:
            return [range_]
        ends = self._ends[client]
        parts: list[Range] = []
        for at in range(bisect_right(ends, reached), bisect_left(starts, end)):
            if starts[at] > reached:
                parts.append(Range(client, reached, starts[at]))
            reached = ends[at]
        if reached < end:
            parts.append(Range(client, reached, end))
        return parts

    def add(self, ranges: Iterable[Range]) -> None:
        """Note `ranges` as deleted; all of them are `missing`."""
        by_client: dict[int, list[Range]] = {}
        for range_ in ranges:
            by_client.setdefault(range_.client, []).append(range_)
        for client, added in by_client.items():
            self._merge(client, added)

    def _merge(self, client: int, added: list[Range]) -> None:
        starts, ends = self._starts.setdefault(client, []), self._ends.setdefault(client, [])
        if len(added) > 1:  # one pass over all of them: many insertions into a long list would be quadratic
            known = map(Range, (client,) * len(starts), list(starts), list(ends))
            added = sorted((*known, *added))
            starts.clear()
            ends.clear()
        for _, start, end in added:
            _insert(starts, ends, start, end)


def _insert(starts: list[int], ends: list[int], start: int, end: int) -> None:
    """Add the range `start` to `end`, joined with the neighbours it touches."""
    at = bisect_left(starts, start)
    if at < len(starts) and starts[at] == end:
        end = ends[at]
        del starts[at], ends[at]
    if at and ends[at - 1] == start:
        ends[at - 1] = end
    else:
        starts.insert(at, start)
        ends.insert(at, end)


class Index:
    """All that the guard knows of a document."""

    __slots__ = ("crowds", "deletions", "pairs", "runs", "spans")

    def __init__(self) -> None:
        self.spans = Spans()
        self.pairs = Pairs()
        self.deletions = Deletions()
        self.crowds: dict[Place, int] = {}
        """How many items stand in each place, at most; see `collab.guard.crowds`."""
        self.runs: dict[int, tuple[int, Id | None]] = {}
        """Each client's last string: its end and its right origin."""
