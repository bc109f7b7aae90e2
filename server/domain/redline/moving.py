"""Blocks that went in one place and came in another: the same id, or the same words, is a move."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from server.domain.redline.pairing import LIKE, Reading
from server.domain.redline.parts import Node, Numbers, Part, likeness
from server.domain.redline.result import Block, Sign

OPEN = frozenset({"bullet_list", "ordered_list", "list_item"})  # what is in them may move on its own; cells stay
TELLING_WORDS = 3  # fewer may stand in two places by chance; an id may not
Compare = Callable[[Part, Part], Block]


@dataclass(eq=False, slots=True)
class _Place:
    """Where a block went from, or came to."""

    part: Part
    over: "_Place | None"
    under: list["_Place"] = field(default_factory=list)
    is_taken: bool = False
    other: Part | None = None
    number: int = 0

    def take(self, number: int, other: Part) -> None:
        """It moved: what it was in, and what is in it, did not move as a whole."""
        self.number, self.other = number, other
        over: _Place | None = self
        while over is not None:
            over.is_taken = True
            over = over.over
        todo = list(self.under)
        for one in todo:
            one.is_taken = True
            todo += one.under


def with_moves(blocks: tuple[Block, ...], reading: Reading, compare: Compare) -> tuple[Block, ...]:
    """The same blocks, those that only moved told as such."""
    went = list(_places(blocks, Sign.REMOVED, reading.numbers))
    came = list(_places(blocks, Sign.ADDED, reading.numbers))
    if not went or not came:
        return blocks
    named: dict[str | None, _Place] = {one.part.id: one for one in came if one.part.id in reading.ids}
    alike: dict[int, list[_Place]] = defaultdict(list)
    for one in reversed(came):
        alike[one.part.key].append(one)
    number = 0
    for one in went:
        found = None if one.is_taken else _same(one, named, alike)
        if found is not None:
            number += 1
            one.take(number, found.part)
            found.take(number, one.part)
    if not number:
        return blocks
    moved = {id(one.part.node): one for one in (*went, *came) if one.number}
    return tuple(_rewritten(one, moved, compare) for one in blocks)


def _places(blocks: tuple[Block, ...], sign: Sign, numbers: Numbers) -> Iterator[_Place]:
    """Every block of a sign and the blocks in it that may move, the outer before the inner."""
    for block in blocks:
        if block.sign is sign:
            if not block.node["type"].startswith("table_") or block.node["type"] == "table_row":
                yield from _within(numbers.part(block.node), None)
        else:
            yield from _places(block.blocks, sign, numbers)


def _within(part: Part, over: _Place | None) -> Iterator[_Place]:
    place = _Place(part, over)
    if over is not None:
        over.under.append(place)
    yield place
    if part.kind in OPEN:
        for child in part.children:
            yield from _within(child, place)


def _same(one: _Place, named: dict[str | None, _Place], alike: dict[int, list[_Place]]) -> _Place | None:
    """Where a block that went came again."""
    found = named.get(one.part.id)
    if found is not None and not found.is_taken and _is_like(one.part, found.part):
        return found
    if one.part.words.total() < TELLING_WORDS:
        return None
    there = alike[one.part.key]
    while there:
        found = there.pop()
        if not found.is_taken:
            return found
    return None


def _is_like(one: Part, other: Part) -> bool:
    return one.family == other.family and likeness(one, other) >= LIKE


def _rewritten(block: Block, moved: dict[int, _Place], compare: Compare) -> Block:
    if block.sign not in (Sign.REMOVED, Sign.ADDED):
        if not block.blocks:
            return block
        return replace(block, inside=tuple(_rewritten(one, moved, compare) for one in block.blocks))
    place = moved.get(id(block.node))
    if place is None or place.other is None:
        return _opened(block, moved, compare)
    if block.sign is Sign.REMOVED:
        return Block(Sign.LEFT, before=block.before, move=place.number)
    return replace(compare(place.other, place.part), sign=Sign.CAME, move=place.number)


def _opened(block: Block, moved: dict[int, _Place], compare: Compare) -> Block:
    """A block that went or came and did not move; what moved out of it or into it is told in it."""
    node = block.node
    if node["type"] not in OPEN:
        return block
    inside = tuple(_rewritten(_alone(block.sign, one), moved, compare) for one in node.get("content", ()))
    if all(one.sign is block.sign and not one.inside for one in inside):
        return block
    shell = {key: value for key, value in node.items() if key != "content"}
    return replace(_alone(block.sign, shell), inside=inside)


def _alone(sign: Sign, node: Node) -> Block:
    return Block(sign, before=node) if sign is Sign.REMOVED else Block(sign, after=node)
