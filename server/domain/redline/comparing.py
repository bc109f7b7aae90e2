"""The redline of two texts: blocks paired, compared inside, then what moved or was cut in two found among the rest."""

from collections.abc import Sequence
from functools import partial

from server.domain.redline.inline import pieces
from server.domain.redline.moving import Compare, with_moves
from server.domain.redline.pairing import Reading, known_ids, pairs
from server.domain.redline.parts import PLAIN, Node, Numbers, Part, settled
from server.domain.redline.result import Block, Piece, Redline, Seam, Sign
from server.domain.redline.sequences import Budget, Match, gaps
from server.domain.redline.sewing import with_seams
from server.domain.redline.tables import columns
from server.domain.texts.text import without_ids


def redline(base: Node, target: Node, budget: Budget | None = None) -> Redline:
    """What leads from one text to the other; where the budget ends it is told more coarsely."""
    numbers, blocks, others = Numbers(), base.get("content", ()), target.get("content", ())
    a, b = numbers.both(blocks, others)
    reading = Reading(numbers, known_ids(a, b), budget or Budget())
    found = _siblings(a, b, reading)
    if len(a) == len(b) and _may_be_same(found) and _looks(base) == _looks(target):
        return Redline(tuple(Block(Sign.SAME, one, other) for one, other in zip(blocks, others, strict=True)))
    return Redline(with_moves(found, reading, partial(_pair, reading=reading)))


def _may_be_same(found: Sequence[Block]) -> bool:
    """Whether blocks that only look alike may have been taken for others that are alike to the letter."""
    signs = {one.sign for one in found}
    return len(signs) > 1 and Sign.CHANGED not in signs


def _looks(text: Node) -> Node:
    return without_ids(settled(text))


def _siblings(a: Sequence[Part], b: Sequence[Part], reading: Reading) -> tuple[Block, ...]:
    return _told(a, b, pairs(a, b, reading), reading, partial(_pair, reading=reading))


def _told(
    a: Sequence[Part], b: Sequence[Part], found: Sequence[Match], reading: Reading, pair: Compare
) -> tuple[Block, ...]:
    """Blocks in one order: in each gap those that went, then those that came."""
    told: list[Block] = []
    ranges = gaps(found, (0, len(a), 0, len(b)))
    for (start, end, other, other_end), match in zip(ranges, [*found, None], strict=True):
        told += [Block(Sign.REMOVED, before=reading.numbers.opened(one).node) for one in a[start:end]]
        told += [Block(Sign.ADDED, after=reading.numbers.opened(one).node) for one in b[other:other_end]]
        if match is not None:
            told.append(pair(a[match[0]], b[match[1]]))
    return with_seams(told, reading.budget)


def _pair(one: Part, other: Part, *, reading: Reading) -> Block:
    """Two blocks that are one, and what changed in it."""
    if one.key == other.key:
        return Block(Sign.SAME, one.node, other.node)
    one, other = reading.numbers.opened(one), reading.numbers.opened(other)
    if one.key == other.key:  # alike, though not to the letter
        return Block(Sign.SAME, one.node, other.node)
    inside = _inside(one, other, reading)
    return Block(Sign.CHANGED, one.shell, other.shell, inside) if inside else Block(Sign.CHANGED, one.node, other.node)


def _inside(one: Part, other: Part, reading: Reading) -> tuple[Block | Piece | Seam, ...]:
    if one.kind in PLAIN:
        return pieces(one.node.get("content", ()), other.node.get("content", ()), reading.budget)
    if one.kind != "table":
        return _siblings(one.children, other.children, reading)
    rows = pairs(one.children, other.children, reading)
    wide = columns(one, other, rows, reading)
    pair = partial(_pair if wide is None else partial(_row, wide), reading=reading)
    return _told(one.children, other.children, rows, reading, pair)


def _row(wide: Sequence[Match], one: Part, other: Part, *, reading: Reading) -> Block:
    """Two rows of a table whose columns are known."""
    if one.key == other.key:
        return Block(Sign.SAME, one.node, other.node)
    inside = _told(one.children, other.children, wide, reading, partial(_pair, reading=reading))
    return Block(Sign.CHANGED, one.shell, other.shell, inside)
