"""What changed in the words of a paragraph: pieces that are the same, added, removed, or formatted in another way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from server.domain.redline.lines import SEAM_NODE, Line
from server.domain.redline.parts import joined
from server.domain.redline.reading import stretches
from server.domain.redline.result import Piece, Seam, Sign
from server.domain.redline.sequences import Budget, matches

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Characters `start` to `end` before, and `there` to `end_there` after: the same, or one in place of the other."""

    is_same: bool
    start: int
    end: int
    there: int
    end_there: int


def pieces(before: Sequence[Node], after: Sequence[Node], budget: Budget) -> tuple[Piece | Seam, ...]:
    """How the content of one paragraph became that of another."""
    a, b = Line(before), Line(after)
    found: list[Piece] = []
    for is_same, run in groupby(_stretches(a, b, budget), lambda one: one.is_same):
        every = list(run)
        start, end = (every[0].start, every[0].there), (every[-1].end, every[-1].end_there)
        found += _alike(a, b, start, end[0] - start[0]) if is_same else _differing(a, b, start, end)
    return tuple(_sewn(_tidy(found)))


def _stretches(a: Line, b: Line, budget: Budget) -> Iterator[_Stretch]:
    """Both lines from one end to the other."""
    for one in stretches(a.keys, b.keys, matches(a.keys, b.keys, budget)):
        if one.is_same:
            yield from _same(a, b, one.start, one.end, one.other)
        else:
            yield _Stretch(False, a.starts[one.start], a.starts[one.end], b.starts[one.other], b.starts[one.other_end])


def _same(a: Line, b: Line, start: int, end: int, other: int) -> Iterator[_Stretch]:
    """Tokens that are the same; spaces after them may still differ."""
    i, j = a.starts[start], b.starts[other]
    for number in range(start, end):
        word, stop = a.end_of_word(number), a.starts[number + 1]
        word_there, stop_there = b.end_of_word(number - start + other), b.starts[number - start + other + 1]
        if a.text[word:stop] != b.text[word_there:stop_there]:
            yield _Stretch(True, i, word, j, word_there)
            yield _Stretch(False, word, stop, word_there, stop_there)
            i, j = stop, stop_there
    if i < a.starts[end]:
        yield _Stretch(True, i, a.starts[end], j, b.starts[end - start + other])


def _differing(a: Line, b: Line, start: tuple[int, int], end: tuple[int, int]) -> Iterator[Piece]:
    """What was removed, what was added in its place; the spaces both end with are kept."""
    (i, j), (m, n) = start, end
    shared = 0
    while (
        shared < min(m - i, n - j) and (space := a.text[m - shared - 1]).isspace() and space == b.text[n - shared - 1]
    ):
        if space == "\n":
            break
        shared += 1
    if i < m - shared:
        yield Piece(Sign.REMOVED, before=a.cut(i, m - shared))
    if j < n - shared:
        yield Piece(Sign.ADDED, after=b.cut(j, n - shared))
    yield from _alike(a, b, (m - shared, n - shared), shared)


def _alike(a: Line, b: Line, start: tuple[int, int], length: int) -> Iterator[Piece]:
    """The same characters on both sides, cut where their marks begin or cease to differ."""
    (i, j), done = start, 0
    at, there = a.node_at(i), b.node_at(j)
    while done < length:
        stop = min(length, a.end_of_node(at) - i, b.end_of_node(there) - j)
        if stop > done:
            before, after = a.cut(i + done, i + stop), b.cut(j + done, j + stop)
            yield Piece(Sign.SAME if before == after else Sign.CHANGED, before, after)
        done = stop
        at += i + done >= a.end_of_node(at)
        there += j + done >= b.end_of_node(there)


def _tidy(found: Sequence[Piece]) -> Iterator[Piece]:
    """In each change what was removed before what was added, and neighbours of one kind as one."""
    for is_change, run in groupby(found, lambda one: one.sign in (Sign.REMOVED, Sign.ADDED)):
        every = list(run)
        if is_change:
            for sign in (Sign.REMOVED, Sign.ADDED):
                yield from _joined([one for one in every if one.sign is sign])
        else:
            for _, alike in groupby(every, _formatting):
                yield from _joined(list(alike))


def _formatting(one: Piece) -> object:
    """What tells two neighbours apart that both have other marks than before."""
    if one.sign is Sign.SAME:
        return one.sign
    return [[node.get("marks") for node in nodes] for nodes in (one.before, one.after)]


def _joined(alike: list[Piece]) -> Iterator[Piece]:
    if alike:
        before = joined(node for one in alike for node in one.before)
        after = joined(node for one in alike for node in one.after)
        yield Piece(alike[0].sign, tuple(before), tuple(after))


def _sewn(found: Iterator[Piece]) -> Iterator[Piece | Seam]:
    """Seams out of the pieces they are in."""
    for one in found:
        nodes = one.before or one.after
        if one.sign is Sign.SAME or not any(node["type"] == SEAM_NODE for node in nodes):
            yield one
            continue
        for is_seam, run in groupby(nodes, lambda node: node["type"] == SEAM_NODE):
            if is_seam:
                yield from (Seam(one.sign, node["shell"]) for node in run)
            elif one.sign is Sign.ADDED:
                yield Piece(one.sign, after=tuple(run))
            else:
                yield Piece(one.sign, before=tuple(run))
