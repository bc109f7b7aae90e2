"""What does the document hold? Not its words: which ids are known, and in which list each one stands.

A client's clocks have no holes, so what is known of it only grows at its end; all lookups are bisections. Runs of
text in one list become one span, as the engine merges them too. Everything is kept in arrays of numbers: a document
of 1 MB has some 20 000 spans, for which Python's own objects would take more memory than the text.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from collab.guard.deletions import Deletions
from collab.guard.refusals import Grammar
from collab.guard.update import Id

Place = int
"""The number of one list of items: the children of a holder, or the values of one of its attributes.

Each holder, in the order they come, has as many numbers as the grammar has attributes, and one more, the first, for
its children. So a place is equal to another exactly if it is the same list.
"""

NOWHERE: Final = -1
"""The place of garbage: nobody knows any more where it stood."""
NOTHING: Final = -1
"""What is inside of an item that cannot hold anything."""
GONE: Final = -2
"""What is inside of an item whose content is deleted: the engine makes garbage of whatever is placed there."""


class Holder(NamedTuple):
    """What lists belong to: the name of its element, "" for a text, and how many levels it is below the root."""

    element: str
    depth: int

    @property
    def is_text(self) -> bool:
        """Whether it holds characters and marks, rather than elements and texts."""
        return not self.element


ROOT: Final = Holder("/", 0)
"""The root fragment; no element can have that name."""
ROOT_PLACE: Final[Place] = 0


@cache  # as many as there are elements and levels
def holder(element: str, depth: int) -> Holder:
    """The one holder that says so."""
    return Holder(element, depth)


class Span(NamedTuple):
    """A run of ids from `start` on, each behind the one before it, that stand in one `place`.

    `inside` is the place of its children if it is a type. Since `chain` every id of its client stands behind the
    one before, in one list, whatever has been deleted of them.
    """

    start: int
    place: Place
    inside: Place
    chain: int

    def is_reversed(self, left: Id, right: Id, client: int) -> bool:
        """Whether `right` surely does not stand to the right of `left`, which this is the span of, and that matters.

        A redo (yjs, redoItem) may place what `client` writes behind its own run and before the beginning of that same
        run, when both were redone the other way round. Nothing cuts a run before its beginning, and none is merged
        with what stands before it: all engines then place it alike (tests/collab/node/redone.mjs). Anywhere else in
        the run it depends on how the run happens to be cut.
        """
        if right.client != left.client or not self.chain <= right.clock <= left.clock:
            return False
        return left.client != client or right.clock != self.chain


class _Client:
    """One client's spans: what `Span` says, in an array each. `end` is the first clock that is not known."""

    __slots__ = ("chains", "end", "insides", "places", "starts")

    def __init__(self) -> None:
        self.end = 0
        self.starts = array("I")
        self.places = array("i")
        self.insides = array("i")
        self.chains = array("I")

    def span(self, at: int) -> Span:
        return Span(self.starts[at], self.places[at], self.insides[at], self.chains[at])

    def append(self, span: Span, end: int) -> None:
        """Add a span up to `end`, or lengthen the last one if `span` goes on in the same way."""
        start, place, inside, chain = span
        self.end = end
        places = self.places
        if places and places[-1] == place and self.insides[-1] == inside and (chain < start or place == NOWHERE):
            return
        self.starts.append(start)
        places.append(place)
        self.insides.append(inside)
        self.chains.append(chain)

    def extend(self, other: "_Client") -> None:
        self.append(other.span(0), other.end)
        self.starts += other.starts[1:]
        self.places += other.places[1:]
        self.insides += other.insides[1:]
        self.chains += other.chains[1:]


class Spans:
    """Spans by client and clock."""

    __slots__ = ("_clients",)

    def __init__(self) -> None:
        self._clients: dict[int, _Client] = {}

    def __bool__(self) -> bool:
        return bool(self._clients)

    def end(self, client: int) -> int:
        """The first clock of `client` that is not known; 0 for a stranger."""
        known = self._clients.get(client)
        return known.end if known else 0

    def ends(self) -> dict[int, int]:
        """The first unknown clock of every client."""
        return {client: known.end for client, known in self._clients.items()}

    def find(self, id: Id) -> Span | None:
        """The span `id` belongs to."""
        client, clock = id
        known = self._clients.get(client)
        if known is None or clock >= known.end:
            return None
        at = bisect_right(known.starts, clock) - 1
        return known.span(at) if at >= 0 else None

    def append(self, client: int, span: Span, end: int) -> None:
        """Add a span up to `end` that begins where `client` is known to, or anywhere for a new client."""
        known = self._clients.get(client)
        if known is None:
            known = self._clients[client] = _Client()
        known.append(span, end)

    def lengthen(self, client: int, end: int) -> None:
        """Let the last span of `client` reach up to `end`."""
        self._clients[client].end = end

    def extend(self, other: "Spans") -> None:
        """Append all spans of `other`, which is not used any more."""
        for client, added in other._clients.items():
            known = self._clients.setdefault(client, added)
            if known is not added:
                known.extend(added)


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
            self._halves.setdefault(client, array("I")).extend(clocks)

    def extend(self, other: "Pairs") -> None:
        """Append all pairs of `other`."""
        for client, halves in other._halves.items():
            self._halves.setdefault(client, array("I")).extend(halves)


FEW: Final = 8
"""How many items a place is taken to hold of which nothing is kept, because it never held more."""


class Index:
    """All that the guard knows of a document."""

    __slots__ = ("_crowds", "deletions", "holders", "lists", "pairs", "runs", "spans")

    def __init__(self, grammar: Grammar) -> None:
        self.spans = Spans()
        self.pairs = Pairs()
        self.deletions = Deletions()
        self.holders: list[Holder] = [ROOT]
        self.lists: Final = len(grammar.attributes) + 1
        """How many places a holder has."""
        self._crowds: dict[Place, int] = {}
        self.runs: dict[int, tuple[int, Id | None]] = {}
        """Each client's last string: its end and its right origin."""

    def crowd(self, place: Place) -> int:
        """How many items stand in a place, at most; see `collab.guard.crowds`."""
        return self._crowds.get(place, FEW)

    def set_crowd(self, place: Place, count: int) -> None:
        """`place` holds at most `count` items now."""
        if count > FEW or place in self._crowds:
            self._crowds[place] = count
