"""How large a redline is: changes to read one after the other, words, moves, what happened to tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any

from server.domain.redline.result import Block, Piece, Redline, Seam, Sign
from server.domain.redline.tokens import words

Node = dict[str, Any]
EDITED = (Sign.ADDED, Sign.REMOVED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each; `changes` is how many places there are to look at."""

    changes: int = 0
    inserted: int = 0  # words
    removed: int = 0
    moved: int = 0  # blocks
    formatted: int = 0  # stretches of words with other marks
    restyled: int = 0  # blocks of another kind or with other attributes
    cut: int = 0  # paragraphs cut in two
    joined: int = 0
    columns_added: int = 0
    columns_removed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def count(marked: Redline) -> Counts:
    """How large a redline is."""
    return sum(map(_count, marked.blocks), Counts())


def _count(block: Block) -> Counts:
    if block.sign in (Sign.SAME, Sign.LEFT):
        return Counts()
    inserted, removed = words_of(block, is_deep=False)
    own = Counts(
        changes=block.sign is not Sign.CHANGED or is_restyled(block),
        inserted=inserted,
        removed=removed,
        moved=block.sign is Sign.CAME,
        restyled=is_restyled(block),
    )
    if block.node["type"] == "table":
        return own + _table(block)
    return sum(map(_within(block), block.blocks), own + _line(block.pieces))


def _within(block: Block) -> Any:
    """How a child is counted: what came or went with its parent is no change of its own."""
    if block.sign not in EDITED:
        return _count
    return lambda child: _count(child) + (Counts(changes=-1) if child.sign is block.sign else Counts())


def _line(pieces: Iterable[Piece | Seam]) -> Counts:
    found = Counts()
    for run in runs(pieces):
        first = run[0]
        if first.sign is Sign.SAME:
            continue
        seams = [one.sign for one in run if isinstance(one, Seam)]
        found += Counts(
            changes=1,
            formatted=first.sign is Sign.CHANGED,
            cut=seams.count(Sign.ADDED),
            joined=seams.count(Sign.REMOVED),
        )
    return found


def runs(pieces: Iterable[Piece | Seam]) -> Iterator[list[Piece | Seam]]:
    """Pieces in changes: what was removed and what was added in its place are one."""
    for is_edit, run in groupby(pieces, lambda one: one.sign in EDITED):
        if is_edit:
            yield list(run)
        else:
            yield from ([one] for one in run)


def _table(table: Block) -> Counts:
    found = columns(table)
    if found is None:
        return sum(map(_count, table.blocks), Counts())
    added, removed = found.count(Sign.ADDED), found.count(Sign.REMOVED)
    every = Counts(changes=added + removed, columns_added=added, columns_removed=removed)
    for row in table.blocks:
        every += _count(row)
        if row.sign is Sign.CHANGED:
            every += Counts(changes=-added - removed)
    return every


def columns(table: Block) -> tuple[Sign, ...] | None:
    """What became of each column of a table whose rows in place all tell the same; None when they do not."""
    rows = [row for row in table.blocks if row.sign is Sign.CHANGED and row.blocks]
    told = {tuple(cell.sign if cell.sign in EDITED else Sign.SAME for cell in row.blocks) for row in rows}
    if len(told) != 1 or any(_is_wide(cell) for row in rows for cell in row.blocks):
        return None
    found = told.pop()
    stands = any(row.sign is Sign.SAME for row in table.blocks)  # a row as it was has no column more or less
    return None if stands and any(sign in EDITED for sign in found) else found


def _is_wide(cell: Block) -> bool:
    sides = (one.get("attrs", {}) for one in (cell.before, cell.after) if one is not None)
    return any(one.get("colspan", 1) != 1 or one.get("rowspan", 1) != 1 for one in sides)


def is_restyled(block: Block) -> bool:
    """Whether a block is of another kind, or has other attributes; ids say nothing."""
    if block.before is None or block.after is None or block.sign in (Sign.SAME, Sign.LEFT):
        return False
    return looks(block.before) != looks(block.after)


def looks(node: Node) -> tuple[str, dict[str, Any]]:
    """Kind and attributes of a block, its id left out."""
    return node["type"], {name: value for name, value in node.get("attrs", {}).items() if name != "id"}


def words_of(block: Block, *, is_deep: bool = True) -> tuple[int, int]:
    """How many words a block shows as inserted, and as removed; without those of its blocks if not `is_deep`."""
    if block.sign in EDITED and not block.inside:
        found = words_of_node(block.node)
        return (found, 0) if block.sign is Sign.ADDED else (0, found)
    edited = [one for one in block.pieces if isinstance(one, Piece)]
    inserted = sum(_words(one.after) for one in edited if one.sign is Sign.ADDED)
    removed = sum(_words(one.before) for one in edited if one.sign is Sign.REMOVED)
    for child in block.blocks if is_deep else ():
        more, less = words_of(child)
        inserted, removed = inserted + more, removed + less
    return inserted, removed


def words_of_node(node: Node) -> int:
    """How many words a node holds."""
    return _words((node,))


def _words(nodes: Iterable[Node]) -> int:
    """Words of neighbouring texts read in one, whatever their marks."""
    found = 0
    for is_text, run in groupby(nodes, lambda one: "text" in one):
        if is_text:
            found += sum(1 for _ in words("".join(one["text"] for one in run)))
        else:
            found += sum(_words(one.get("content", ())) for one in run)
    return found
