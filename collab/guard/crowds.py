"""How long may the engine have to look for the place of an item? Not longer than people would wait.

Where several items claim one place, yrs walks past the items that may stand there, from the left origin to
the right one (yjs, structs/Item.js, integrate). In honest updates these are the few written meanwhile. An
update made to hurt has every item walk past all others: 8 000 of them, 48 kB, took the engine 9 seconds.
"""

from collab.guard.index import Index, Place
from collab.guard.refusals import Reason, Refused
from collab.guard.update import STRING, Id, Struct

_PARTS = 3
"""Items a list gains at most by one insertion: itself, and what its two origins were cut out of."""

Run = tuple[int, Id | None]
"""Where a client's last string ends, and its right origin: what must fit for the engine to lengthen it."""


class _Crowd:
    """How many items stand in one place, at most, and the last id an update has put there."""

    __slots__ = ("count", "last")

    def __init__(self, count: int) -> None:
        self.count = count
        self.last: Id | None = None


class Crowds:
    """Counts what an update adds to each place, and the steps the engine may need for it."""

    __slots__ = ("_crowds", "_index", "_runs", "_steps")

    def __init__(self, index: Index, steps: int) -> None:
        """`steps` is how many are allowed."""
        self._index = index
        self._steps = steps
        self._crowds: dict[Place, _Crowd] = {}
        self._runs: dict[int, Run] = {}

    def join(self, place: Place, struct: Struct) -> None:
        """Count `struct`, which joins `place`; raises `Refused`."""
        crowd = self._crowd(place)
        is_behind_last = crowd.last is not None and struct.origin == crowd.last
        if not is_behind_last:  # behind it, nothing can have come in between
            self._steps -= crowd.count
            if self._steps < 0:
                raise Refused(Reason.TOO_CROWDED)
        if not self._lengthens(struct):
            crowd.count += 1 if is_behind_last else _PARTS
        crowd.last = Id(struct.client, struct.end - 1)

    def cut(self, place: Place) -> None:
        """Count a cut through an item in `place`, at the edge of a deletion."""
        self._crowd(place).count += 1

    def commit(self) -> None:
        """Add the counts to the index."""
        for place, crowd in self._crowds.items():
            self._index.set_crowd(place, crowd.count)
        self._index.runs.update(self._runs)

    def _lengthens(self, struct: Struct) -> bool:
        """Whether the engine joins a string to the one before it, so that typing adds no items."""
        client, clock, _, ref, origin, right_origin, _, _, _ = struct
        if ref != STRING:
            return False
        last = self._runs.get(client) or self._index.runs.get(client)
        self._runs[client] = (struct.end, right_origin)
        return last == (clock, right_origin) and origin == (client, clock - 1)

    def _crowd(self, place: Place) -> _Crowd:
        crowd = self._crowds.get(place)
        if crowd is None:
            is_known = place < len(self._index.holders) * self._index.lists
            crowd = self._crowds[place] = _Crowd(self._index.crowd(place) if is_known else 0)
        return crowd


class Census(Crowds):
    """Counts what a whole document holds: every struct of a full state is one item, cut already."""

    __slots__ = ()

    def join(self, place: Place, struct: Struct) -> None:
        """Count `struct`; the engine walks past nothing, the state has its items in order."""
        if struct.ref == STRING:
            self._runs[struct.client] = (struct.end, struct.right_origin)
        self._crowd(place).count += 1

    def cut(self, place: Place) -> None:
        """Nothing: the item in `place` was cut when its words were deleted."""
