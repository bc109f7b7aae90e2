"""May a proposal be taken over into a text that moved on meanwhile? Judged block by block, never word by word."""

from dataclasses import dataclass

from server.domain.proposals.three_ways import Blocks, Node, stretches, woven
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
    merged = woven(o, changed, lambda one: one.head if one.in_head else one.proposal)
    return Clean(settled({"type": "doc", "content": merged}))
