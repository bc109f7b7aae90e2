"""What two sides each did to the same blocks: the stretches of a base that one changed, the other, or both."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from server.domain.redline.parts import Numbers, Part
from server.domain.redline.sequences import Budget, gaps, matches

Node = dict[str, Any]
Blocks = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring blocks of a base that somebody changed, and what each side says in their place.

    Nothing of the base means that blocks were put between two others.
    """

    start: int
    end: int
    base: Blocks
    head: Blocks
    proposal: Blocks
    in_head: bool
    in_proposal: bool

    @property
    def is_contested(self) -> bool:
        """Whether both sides changed it."""
        return self.in_head and self.in_proposal


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Blocks from … to of the base, and those from … to that stand there now."""

    start: int
    end: int
    other: int
    other_end: int

    def meets(self, one: "_Hunk") -> bool:
        """Whether both touch the same block; what is put between two blocks touches both."""
        if self.start == self.end or one.start == one.end:
            return self.start <= one.end and one.start <= self.end
        return self.start < one.end and one.start < self.end


def stretches(base: Sequence[Node], head: Sequence[Node], proposal: Sequence[Node]) -> list[Stretch]:
    """What was changed, in the order of the base; changes of both sides that hang together are one stretch."""
    keys = _keys(base, head, proposal)
    theirs, ours = _hunks(keys[0], keys[1]), _hunks(keys[0], keys[2])
    return list(_stretches(theirs, ours, base, head, proposal))


def woven(base: Sequence[Node], changed: Sequence[Stretch], says: Callable[[Stretch], Sequence[Node]]) -> list[Node]:
    """The base with, in the place of each stretch that was changed, what is said of it."""
    made: list[Node] = []
    at = 0
    for one in changed:
        made += base[at : one.start]
        made += says(one)
        at = one.end
    return made + list(base[at:])


Key = tuple[int, str | None]  # what a block says, and its id where that is known to be its own


def _keys(*texts: Sequence[Node]) -> list[list[Key]]:
    """Each text's blocks by what they say and, where it names one block in every text, their id."""
    numbers = Numbers()
    parts = [[numbers.part(one) for one in text] for text in texts]
    names = [Counter(one.id for one in text) for text in parts]

    def key(part: Part) -> Key:
        return (part.key, part.id if all(one[part.id] <= 1 for one in names) else None)

    return [[key(one) for one in text] for text in parts]


def _hunks(base: Sequence[Key], other: Sequence[Key]) -> list[_Hunk]:
    every = gaps(matches(base, other, Budget()), (0, len(base), 0, len(other)))
    changed = (_Hunk(*one) for one in every if one[0] < one[1] or one[2] < one[3])
    return [part for one in changed for part in _parted(one, base, other)]


def _parted(hunk: _Hunk, base: Sequence[Key], other: Sequence[Key]) -> Iterator[_Hunk]:
    """A hunk cut in front of each block that is still there, so that neighbours are told apart."""
    places = {other[place][1]: place for place in range(hunk.other, hunk.other_end)}
    start, there = hunk.start, hunk.other
    for place in range(hunk.start + 1, hunk.end):
        name = base[place][1]
        found = places.get(name, -1) if name is not None else -1
        if found > there:
            yield _Hunk(start, place, there, found)
            start, there = place, found
    yield _Hunk(start, hunk.end, there, hunk.other_end)


def _stretches(
    theirs: Sequence[_Hunk], ours: Sequence[_Hunk], o: Sequence[Node], b: Sequence[Node], p: Sequence[Node]
) -> Iterator[Stretch]:
    grown = [0, 0]  # by how many blocks each side grew in the groups before: hunks of one side never overlap
    for group in _groups(theirs, ours):
        start, end = min(one.start for one in chain(*group)), max(one.end for one in chain(*group))
        now: list[Blocks] = []
        for side, text in enumerate((b, p)):
            more = grown[side] + sum(one.other_end - one.other - one.end + one.start for one in group[side])
            now.append(tuple(text[start + grown[side] : end + more]))
            grown[side] = more
        head, proposal = now
        in_head, in_proposal = map(bool, group)
        yield Stretch(start, end, tuple(o[start:end]), head, proposal, in_head=in_head, in_proposal=in_proposal)


def _groups(theirs: Sequence[_Hunk], ours: Sequence[_Hunk]) -> list[tuple[list[_Hunk], list[_Hunk]]]:
    """Hunks of both sides in order, those that meet one of the other side together."""
    groups: list[tuple[list[_Hunk], list[_Hunk]]] = []
    sides = [(one, 0) for one in theirs] + [(one, 1) for one in ours]
    for hunk, side in sorted(sides, key=lambda one: (one[0].start, one[0].end)):
        if not groups or not any(hunk.meets(one) for one in groups[-1][1 - side]):
            groups.append(([], []))
        groups[-1][side].append(hunk)
    return groups
