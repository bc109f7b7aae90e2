"""Which blocks of one text are which of the other: the same id, the same words, else most words in common."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from server.domain.redline.parts import Numbers, Part, likeness
from server.domain.redline.sequences import Budget, Match, Range, brought_together, gaps, increasing, matches, trim

LIKE = 0.4  # of the words in common, and two blocks are one that changed
LIKE_ALONE = 0.25  # the same for two that stand alone between others
MOST_COMPARED = 900  # pairs of blocks of one stretch that are compared one by one


@dataclass(slots=True)
class Reading:
    """What is known of both texts while they are compared."""

    numbers: Numbers
    ids: frozenset[str]  # that name one and the same block in each
    budget: Budget = field(default_factory=Budget)

    def item(self, part: Part) -> Hashable:
        """What a block is known by: its id, else its words."""
        return part.id if part.id in self.ids else part.key


def known_ids(a: Sequence[Part], b: Sequence[Part]) -> frozenset[str]:
    """Ids that name one and the same block in each text: one that was copied, or given to other words, names none."""
    mine, theirs = _named(a), _named(b)
    both = ((name, one, theirs.get(name)) for name, one in mine.items())
    return frozenset(name for name, one, other in both if one is not None and other is not None and _is_one(one, other))


def _named(parts: Sequence[Part]) -> dict[str, Part | None]:
    """Every block by its id; None where several have it."""
    found: dict[str, Part | None] = {}
    todo = list(parts)
    while todo:
        one = todo.pop()
        todo += one.children
        if one.id is not None:
            found[one.id] = None if one.id in found else one
    return found


def _is_one(one: Part, other: Part) -> bool:
    return one.key == other.key or (one.family == other.family and likeness(one, other) >= LIKE_ALONE)


def pairs(a: Sequence[Part], b: Sequence[Part], reading: Reading) -> list[Match]:
    """Places of blocks that are each other's, increasing on both sides."""
    if (len(a), len(b)) == (1, 1) and a[0].family == b[0].family:  # all that a cell or an item holds
        return [(0, 0)]
    found, middle = trim([one.key for one in a], [one.key for one in b], (0, len(a), 0, len(b)))
    mine, theirs = [reading.item(one) for one in a], [reading.item(one) for one in b]
    found = sorted([*found, *matches(mine, theirs, reading.budget, middle)])
    found = _with_alike(a, b, found, reading)
    closer = brought_together(mine, theirs, found)
    return found if closer == found else _with_alike(a, b, closer, reading)


def _with_alike(a: Sequence[Part], b: Sequence[Part], found: list[Match], reading: Reading) -> list[Match]:
    """The pairs found, and in the gaps between them those of blocks that have most words in common."""
    more: list[Match] = []
    for gap in _open(gaps(found, (0, len(a), 0, len(b)))):
        alike = _by_rare_words(a, b, gap)
        more += alike
        for rest in _open(gaps(alike, gap)):
            more += _one_by_one(a, b, rest, reading)
    return sorted([*found, *more])


def _open(ranges: Sequence[Range]) -> list[Range]:
    return [one for one in ranges if one[0] < one[1] and one[2] < one[3]]


def _by_rare_words(a: Sequence[Part], b: Sequence[Part], within: Range) -> list[Match]:
    """Blocks that share words which no other block there has: found in time linear in the words."""
    start, end, other, other_end = within
    if (end - start) * (other_end - other) <= MOST_COMPARED:
        return []
    mine, theirs = _owners(a, start, end), _owners(b, other, other_end)
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for word, i in mine.items():
        if i is not None and (j := theirs.get(word)) is not None and a[i].family == b[j].family:
            votes[i][j] += 1
    best = [(i, counted.most_common(1)[0][0]) for i, counted in sorted(votes.items())]
    return increasing([(i, j) for i, j in best if likeness(a[i], b[j]) >= LIKE])


def _owners(parts: Sequence[Part], start: int, end: int) -> Mapping[str, int | None]:
    """The one block that has a word; None where several have it."""
    owners: dict[str, int | None] = {}
    for place in range(start, end):
        for word in parts[place].words:
            owners[word] = None if word in owners else place
    return owners


def _one_by_one(a: Sequence[Part], b: Sequence[Part], within: Range, reading: Reading) -> list[Match]:
    """Pairs in order with the most in common in all."""
    start, end, other, other_end = within
    n, m = end - start, other_end - other
    if n == m == 1:
        is_one = a[start].family == b[other].family and likeness(a[start], b[other]) >= LIKE_ALONE
        return [(start, other)] if is_one else []
    if n * m > MOST_COMPARED or not reading.budget.take(n * m * 8):
        return _in_turn(a, b, within)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    worth = [[_worth(a[start + i], b[other + j]) for j in range(m)] for i in range(n)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], worth[i][j] and worth[i][j] + best[i + 1][j + 1])
    return [(start + i, other + j) for i, j in _path(best, worth)]


def _in_turn(a: Sequence[Part], b: Sequence[Part], within: Range) -> list[Match]:
    """Pairs as they come, where there are too many to look for the best; one more on either side is passed over."""
    i, end, j, other_end = within
    found: list[Match] = []
    while i < end and j < other_end:
        if _worth(a[i], b[j]):
            found.append((i, j))
            i, j = i + 1, j + 1
        elif j + 1 < other_end and _worth(a[i], b[j + 1]):
            j += 1
        elif i + 1 < end and _worth(a[i + 1], b[j]):
            i += 1
        else:
            i, j = i + 1, j + 1
    return found


def _worth(one: Part, other: Part) -> float:
    """How much it is worth to take two blocks for one; 0 when they are none."""
    if one.family != other.family:
        return 0.0
    found = likeness(one, other)
    return found if found >= LIKE else 0.0


def _path(best: list[list[float]], worth: list[list[float]]) -> list[Match]:
    found: list[Match] = []
    i = j = 0
    while i < len(worth) and j < len(worth[0]):
        if worth[i][j] and best[i][j] == worth[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found
