"""What two sequences have in common, in order: fast where they are alike, and never slow.

Equal ends first, then what stands once on both sides (patience difference), and in what is left the shortest way
(Myers, 1986), as long as a budget lasts. After that what is left is simply taken as different: coarser, still right.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Range = tuple[int, int, int, int]  # from, to on one side; from, to on the other
Match = tuple[int, int]
STEPS = 1_500_000  # some second of work
FARTHEST = 120  # differences within one stretch that are worth the shortest way


@dataclass(slots=True)
class Budget:
    """How many steps of comparison are left."""

    steps: int = STEPS

    def take(self, steps: int) -> bool:
        """Spend some; False when there are not so many left."""
        if steps > self.steps:
            self.steps = 0
            return False
        self.steps -= steps
        return True


def matches(a: Sequence[Hashable], b: Sequence[Hashable], budget: Budget, within: Range | None = None) -> list[Match]:
    """Places of equal items, increasing on both sides."""
    found: list[Match] = []
    todo: list[Range] = [within or (0, len(a), 0, len(b))]
    while todo:
        ends, here = trim(a, b, todo.pop())
        found += ends
        start, end, other, other_end = here
        if start == end or other == other_end or not budget.take(end - start + other_end - other):
            continue
        anchors = _once(a, b, here)
        if anchors:
            found += anchors
            todo += gaps(anchors, here)
        else:
            found += _shortest(a, b, here, budget)
    return sorted(found)


def brought_together(a: Sequence[Hashable], b: Sequence[Hashable], found: list[Match]) -> list[Match]:
    """The same matches, those of repeated items moved by one where what went and what came can then meet.

    From « X, X » to « Y, X » the first X may be taken for the second, and then Y came before it and an X went after it:
    it is rather the first that became Y.
    """
    made = list(found)
    for start, end in _stretches(found):
        (i, j), (m, n) = made[start], made[end - 1]
        before = made[start - 1] if start else (-1, -1)
        after = made[end] if end < len(made) else (len(a), len(b))
        free = (i - before[0] - 1, j - before[1] - 1, after[0] - m - 1, after[1] - n - 1)
        if free[0] == free[3] == 0 < min(free[1], free[2]) and a[i + 1 : m + 2] == b[j : n + 1]:
            made[start:end] = [(x + 1, y) for x, y in made[start:end]]
        elif free[1] == free[2] == 0 < min(free[0], free[3]) and a[i : m + 1] == b[j + 1 : n + 2]:
            made[start:end] = [(x, y + 1) for x, y in made[start:end]]
    return made


def _stretches(found: Sequence[Match]) -> list[Match]:
    """From … to of matches that follow each other on both sides."""
    cuts = [at for at in range(1, len(found)) if found[at] != (found[at - 1][0] + 1, found[at - 1][1] + 1)]
    return list(pairwise([0, *cuts, len(found)])) if found else []


def gaps(anchors: Sequence[Match], within: Range) -> list[Range]:
    """What stands before, between and after matches, in order."""
    start, end, other, other_end = within
    edges = [(start - 1, other - 1), *anchors, (end, other_end)]
    return [(i + 1, m, j + 1, n) for (i, j), (m, n) in pairwise(edges)]


def increasing(pairs: Sequence[Match]) -> list[Match]:
    """Most of some pairs, sorted by their first, such that the second increases too."""
    tails: list[int] = []  # the smallest second that ends a chain of each length
    ends: list[int] = []
    before: list[int] = [-1] * len(pairs)
    for number, (_, second) in enumerate(pairs):
        length = bisect_left(tails, second)
        before[number] = ends[length - 1] if length else -1
        tails[length : length + 1] = [second]
        ends[length : length + 1] = [number]
    chain: list[Match] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def trim(a: Sequence[Hashable], b: Sequence[Hashable], within: Range) -> tuple[list[Match], Range]:
    """What is equal at both ends, and what is left between."""
    start, end, other, other_end = within
    found: list[Match] = []
    while start < end and other < other_end and a[start] == b[other]:
        found.append((start, other))
        start, other = start + 1, other + 1
    while start < end and other < other_end and a[end - 1] == b[other_end - 1]:
        end, other_end = end - 1, other_end - 1
        found.append((end, other_end))
    return found, (start, end, other, other_end)


def _once(a: Sequence[Hashable], b: Sequence[Hashable], within: Range) -> list[Match]:
    """What stands exactly once on both sides, as far as it is in the same order."""
    start, end, other, other_end = within
    mine, theirs = Counter(a[start:end]), Counter(b[other:other_end])
    places = {item: place for place, item in enumerate(b[other:other_end], other) if theirs[item] == 1}
    pairs = [(i, places[a[i]]) for i in range(start, end) if a[i] in places and mine[a[i]] == 1]
    return increasing(pairs)


def _shortest(a: Sequence[Hashable], b: Sequence[Hashable], within: Range, budget: Budget) -> list[Match]:
    """The matches of a shortest way from one side to the other; none when it is too long."""
    start, end, other, other_end = within
    n, m = end - start, other_end - other
    reached = {1: 0}
    trace: list[dict[int, int]] = []
    for far in range(min(n + m, FARTHEST) + 1):
        trace.append(reached.copy())
        for k in range(-far, far + 1, 2):
            down = k == -far or (k != far and reached[k - 1] < reached[k + 1])
            x = began = reached[k + 1] if down else reached[k - 1] + 1
            while x < n and x - k < m and x >= k and a[start + x] == b[other + x - k]:
                x += 1
            if not budget.take(1 + x - began):
                return []
            reached[k] = x
            if k == n - m and x >= n:
                return [(start + i, other + j) for i, j in _way_back(trace, n, m)]
    return []


def _way_back(trace: list[dict[int, int]], n: int, m: int) -> list[Match]:
    found: list[Match] = []
    x, y = n, m
    for far in range(len(trace) - 1, -1, -1):
        reached, k = trace[far], x - y
        down = k == -far or (k != far and reached[k - 1] < reached[k + 1])
        before = k + 1 if down else k - 1
        then_x = reached[before]
        then_y = then_x - before
        while x > then_x and y > then_y and x > 0 and y > 0:
            x, y = x - 1, y - 1
            found.append((x, y))
        x, y = then_x, then_y
    return found
