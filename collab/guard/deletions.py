"""What is deleted in a document? Ranges of clocks; what they held, the engine has mostly thrown away."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import repeat

from collab.guard.update import Range


class Deletions:
    """Which clocks are deleted: for each client, ascending starts and ends of ranges that do not touch."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: dict[int, array[int]] = {}
        self._ends: dict[int, array[int]] = {}

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
        starts, ends = self._starts.get(client, array("I")), self._ends.get(client, array("I"))
        if len(added) > 1:  # one pass over all of them: many insertions into a long list would be quadratic
            added = sorted((*map(Range, repeat(client), starts, ends), *added))
            starts, ends = array("I"), array("I")
        for _, start, end in added:
            _insert(starts, ends, start, end)
        self._starts[client], self._ends[client] = starts, ends


def _insert(starts: "array[int]", ends: "array[int]", start: int, end: int) -> None:
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
