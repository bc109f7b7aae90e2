"""May a proposal be taken over into a text that moved on meanwhile? Judged block by block, never word by word."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from server.domain.redline.parts import Numbers, Part, settled
from server.domain.redline.sequences import Budget, gaps, matches

Node = dict[str, Any]
Blocks = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """The text says already what the proposal says."""


@dataclass(frozen=True, slots=True)
class Clean:
    """The text and the proposal changed other blocks: `merged` says both, and nothing else."""

    merged: Node


@dataclass(frozen=True, slots=True)
class Conflict:
    """Blocks of the base that both changed, or next to which both put something: what each made of them."""

    base: Blocks
    head: Blocks
    proposal: Blocks


@dataclass(frozen=True, slots=True)
class Rebase:
    """The proposal has to be taken up again by its authors, for they have not seen what it would say now."""

    conflicts: tuple[Conflict, ...]


Verdict = Same | Clean | Rebase


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


def verdict(base: Node, head: Node, proposal: Node) -> Verdict:
    """What may become of a proposal made from `base` when the text is `head` now."""
    o, b, p = (settled(one).get("content", []) for one in (base, head, proposal))
    looks, keys = _keys(o, b, p)
    if looks[1] == looks[2]:
        return Same()
    theirs, ours = _hunks(keys[0], keys[1]), _hunks(keys[0], keys[2])
    conflicts = tuple(_conflicts(theirs, ours, o, b, p))
    if conflicts:
        return Rebase(conflicts)
    return Clean(settled({"type": "doc", "content": _merged(theirs, ours, o, b, p)}))


def _keys(*texts: Sequence[Node]) -> tuple[list[list[int]], list[list[object]]]:
    """Each text's blocks by what they say; and by that and their id, where it names one block in every text."""
    numbers = Numbers()
    parts = [[numbers.part(one) for one in text] for text in texts]
    names = [Counter(one.id for one in text) for text in parts]

    def key(part: Part) -> object:
        return (part.key, part.id if all(one[part.id] <= 1 for one in names) else None)

    return [[one.key for one in text] for text in parts], [[key(one) for one in text] for text in parts]


def _hunks(base: Sequence[Any], other: Sequence[Any]) -> list[_Hunk]:
    every = gaps(matches(base, other, Budget()), (0, len(base), 0, len(other)))
    return [_Hunk(*one) for one in every if one[0] < one[1] or one[2] < one[3]]


def _conflicts(
    theirs: Sequence[_Hunk], ours: Sequence[_Hunk], o: Sequence[Node], b: Sequence[Node], p: Sequence[Node]
) -> Iterator[Conflict]:
    """What both changed; hunks that hang together are one conflict."""
    for group in _groups(theirs, ours):
        if all(group):
            start, end = min(one.start for one in chain(*group)), max(one.end for one in chain(*group))
            in_head, in_proposal = (
                text[start + _grown(hunks, group[side], start) : end + _grown(hunks, (), end)]
                for side, (hunks, text) in enumerate(((theirs, b), (ours, p)))
            )
            yield Conflict(tuple(o[start:end]), tuple(in_head), tuple(in_proposal))


def _groups(theirs: Sequence[_Hunk], ours: Sequence[_Hunk]) -> list[tuple[list[_Hunk], list[_Hunk]]]:
    """Hunks of both sides in order, those that meet one of the other side together."""
    groups: list[tuple[list[_Hunk], list[_Hunk]]] = []
    sides = [(one, 0) for one in theirs] + [(one, 1) for one in ours]
    for hunk, side in sorted(sides, key=lambda one: (one[0].start, one[0].end)):
        if not groups or not any(hunk.meets(one) for one in groups[-1][1 - side]):
            groups.append(([], []))
        groups[-1][side].append(hunk)
    return groups


def _grown(hunks: Sequence[_Hunk], but: Sequence[_Hunk], place: int) -> int:
    """By how many blocks a text grew before a place of the base."""
    before = (one for one in hunks if one.end <= place and one not in but)
    return sum(one.other_end - one.other - one.end + one.start for one in before)


def _merged(
    theirs: Sequence[_Hunk], ours: Sequence[_Hunk], o: Sequence[Node], b: Sequence[Node], p: Sequence[Node]
) -> list[Node]:
    """The base with the hunks of both sides in it."""
    sides = [(one, b) for one in theirs] + [(one, p) for one in ours]
    made: list[Node] = []
    at = 0
    for hunk, text in sorted(sides, key=lambda one: (one[0].start, one[0].end)):
        made += o[at : hunk.start]
        made += text[hunk.other : hunk.other_end]
        at = hunk.end
    return made + list(o[at:])
