"""What of a proposal stands in a text that moved on: whole blocks and rows that only it changed, never letters."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from server.domain.proposals.three_ways import Blocks, Node, Stretch, stretches, woven
from server.domain.redline.parts import settled


class By(StrEnum):
    """Who changed a passage since the proposal was made."""

    TEXT = "text"  # today's text only
    PROPOSAL = "proposal"  # the proposal only: carried over
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring blocks or rows that were changed: as they were, in today's text, and in the proposal.

    `number` counts those that both changed, from 0: somebody has to choose there.
    """

    by: By
    base: Blocks
    head: Blocks
    proposal: Blocks
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """Today's `text` with the proposal's changes in it, where today's text did not change.

    Where both did, it says what today's text says, or the proposal's words if they were chosen.
    """

    text: Node
    passages: tuple[Passage, ...]

    @property
    def contested(self) -> list[Passage]:
        """What both changed."""
        return [one for one in self.passages if one.by is By.BOTH]


def carry(base: Node, head: Node, proposal: Node, chosen: Collection[int] = ()) -> Carried:
    """A proposal made from `base` taken over into `head`; `chosen` are the numbers of passages where its words win."""
    o, b, p = (settled(one).get("content", []) for one in (base, head, proposal))
    carrying = _Carrying(chosen)
    blocks = _with_own_ids(carrying.merged(o, b, p), set())
    return Carried({"type": "doc", "content": blocks}, tuple(carrying.passages))


@dataclass(eq=False)
class _Carrying:
    chosen: Collection[int]
    passages: list[Passage] = field(default_factory=list)
    contested: int = 0

    def merged(self, o: Sequence[Node], b: Sequence[Node], p: Sequence[Node]) -> list[Node]:
        """The base with what each side made of it, block by block or row by row."""
        changed = stretches(o, b, p)
        rewritten = {name for one in changed if one.is_contested for name in _ids(one.base)}
        return woven(o, changed, lambda one: self._told(one, rewritten))

    def _told(self, one: Stretch, rewritten: set[str]) -> Sequence[Node]:
        if one.is_contested and _are_alike_tables(one):
            return [self._table(one)]
        if one.is_contested or rewritten & set(_ids(one.proposal)):  # a block it moved, and today's text rewrote
            return self._contested(one)
        by = By.PROPOSAL if one.in_proposal else By.TEXT
        self.passages.append(Passage(by, one.base, one.head, one.proposal))
        return one.proposal if one.in_proposal else one.head

    def _contested(self, one: Stretch) -> Sequence[Node]:
        number = self.contested
        self.contested += 1
        self.passages.append(Passage(By.BOTH, one.base, one.head, one.proposal, number))
        return one.proposal if number in self.chosen else one.head

    def _table(self, one: Stretch) -> Node:
        rows = (table.get("content", []) for table in (one.base[0], one.head[0], one.proposal[0]))
        return {**one.head[0], "content": self.merged(*rows)}


def _are_alike_tables(one: Stretch) -> bool:
    """Whether a stretch is one table on every side, of as many columns, so that rows may be put together."""
    sides = (one.base, one.head, one.proposal)
    if any(len(side) != 1 or side[0]["type"] != "table" for side in sides):
        return False
    shapes = {_shape(row) for side in sides for row in side[0].get("content", [])}
    return len(shapes) == 1 and None not in shapes


def _shape(row: Node) -> int | None:
    """How many cells a row has; None when some of them are wider or higher than one."""
    cells = row.get("content", [])
    wide = any(cell.get("attrs", {}).get(name, 1) != 1 for cell in cells for name in ("colspan", "rowspan"))
    return None if wide else len(cells)


def _ids(blocks: Sequence[Node]) -> Iterator[str]:
    return (one["attrs"]["id"] for one in blocks if "id" in one.get("attrs", {}))


def _with_own_ids(blocks: Sequence[Node], known: set[Any]) -> list[Node]:
    """The same blocks; one whose id stands before already has none."""
    found = []
    for block in blocks:
        attrs = block.get("attrs", {})
        if attrs.get("id") in known:
            block = {**block, "attrs": {name: value for name, value in attrs.items() if name != "id"}}
        known.update([attrs["id"]] if "id" in attrs else [])
        if "content" in block:
            block = {**block, "content": _with_own_ids(block["content"], known)}
        found.append(block)
    return found
