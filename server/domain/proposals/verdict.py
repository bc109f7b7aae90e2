"""May a proposal be taken over into a text that moved on meanwhile? Judged block by block, never word by word."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.proposals.three_ways import Blocks, Node, Stretch, stretches
from server.domain.redline.parts import Numbers, settled


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


def verdict(base: Node, head: Node, proposal: Node) -> Verdict:
    """What may become of a proposal made from `base` when the text is `head` now."""
    o, b, p = (settled(one).get("content", []) for one in (base, head, proposal))
    numbers = Numbers()
    if [numbers.part(one).key for one in b] == [numbers.part(one).key for one in p]:
        return Same()
    changed = stretches(o, b, p)
    conflicts = tuple(Conflict(one.base, one.head, one.proposal) for one in changed if one.is_contested)
    if conflicts:
        return Rebase(conflicts)
    return Clean(settled({"type": "doc", "content": _merged(changed, o)}))


def _merged(changed: Sequence[Stretch], base: Sequence[Node]) -> list[Node]:
    """The base with what either side made of it."""
    made: list[Node] = []
    at = 0
    for one in changed:
        made += base[at : one.start]
        made += one.head if one.in_head else one.proposal
        at = one.end
    return made + list(base[at:])
