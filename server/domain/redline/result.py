"""What a redline is: both texts in one, from which either can be read again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.domain.redline.parts import joined, settled

Node = dict[str, Any]


class OtherBase(ValueError):
    """A redline was to be applied to a text that it was not made from."""


class Sign(StrEnum):
    """What became of a block or of some words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"  # a block: it or something in it; words: their marks
    LEFT = "left"  # a block that stood here and stands elsewhere now
    CAME = "came"  # the same block at its new place, and what changed in it


OPPOSITE = {
    Sign.ADDED: Sign.REMOVED,
    Sign.REMOVED: Sign.ADDED,
    Sign.LEFT: Sign.CAME,
    Sign.CAME: Sign.LEFT,
    Sign.SAME: Sign.SAME,
    Sign.CHANGED: Sign.CHANGED,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words and line breaks of a paragraph: as they were, as they are."""

    sign: Sign
    before: tuple[Node, ...] = ()
    after: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Seam:
    """Where one paragraph became two (ADDED), or two one (REMOVED); `shell` is the one that begins here."""

    sign: Sign
    shell: Node


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it was and as it is; `inside` tells its content, or the nodes hold it themselves."""

    sign: Sign
    before: Node | None = None
    after: Node | None = None
    inside: tuple["Block | Piece | Seam", ...] = ()
    move: int = 0  # the same number at both places of a block that moved

    @property
    def node(self) -> Node:
        """The block as it is, or was when it is no more."""
        found = self.before if self.after is None else self.after
        assert found is not None  # noqa: S101 (a block stands on one side at least)
        return found

    @property
    def blocks(self) -> tuple["Block", ...]:
        """The blocks inside."""
        return tuple(one for one in self.inside if isinstance(one, Block))

    @property
    def pieces(self) -> tuple["Piece | Seam", ...]:
        """The words inside."""
        return tuple(one for one in self.inside if not isinstance(one, Block))


@dataclass(frozen=True, slots=True)
class Redline:
    """Every block of both texts in one order."""

    blocks: tuple[Block, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the texts read the same."""
        return all(one.sign is Sign.SAME for one in self.blocks)

    def before(self) -> Node:
        """The text it was made from, in normal form."""
        return _doc(self.blocks, is_after=False)

    def after(self) -> Node:
        """The text it leads to, in normal form."""
        return _doc(self.blocks, is_after=True)


def apply(base: Node, marked: Redline) -> Node:
    """The text that a redline leads to.

    Raises:
        OtherBase: it was made from another text.
    """
    if settled(base) != marked.before():
        raise OtherBase
    return marked.after()


def invert(marked: Redline) -> Redline:
    """The redline that leads back."""
    came = {one.move: one for one in walk(marked.blocks) if one.sign is Sign.CAME}
    return Redline(tuple(_inverted(one, came) for one in marked.blocks))


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, also those inside others, in reading order."""
    for block in blocks:
        yield block
        yield from walk(block.blocks)


def _doc(blocks: Iterable[Block], *, is_after: bool) -> Node:
    content = [node for block in blocks for node in side(block, is_after=is_after)]
    return settled({"type": "doc", "content": content})


def side(block: Block, *, is_after: bool) -> list[Node]:
    """The block as one side has it: none, one, or several when it was cut in two or joined from two."""
    shell = block.after if is_after else block.before
    gone = (Sign.REMOVED, Sign.LEFT) if is_after else (Sign.ADDED, Sign.CAME)
    if shell is None or block.sign in gone:
        return []
    if not block.inside:
        return [shell]
    if block.blocks:
        return [_filled(shell, [node for one in block.blocks for node in side(one, is_after=is_after)])]
    return _paragraphs(shell, block.pieces, is_after=is_after)


def _paragraphs(shell: Node, pieces: Iterable[Piece | Seam], *, is_after: bool) -> list[Node]:
    found: list[tuple[Node, list[Node]]] = [(shell, [])]
    for one in pieces:
        if isinstance(one, Piece):
            found[-1][1].extend(one.after if is_after else one.before)
        elif is_after == (one.sign is Sign.ADDED):
            found.append((one.shell, []))
    return [_filled(shell, joined(content)) for shell, content in found]


def _filled(shell: Node, content: list[Node]) -> Node:
    return {**shell, "content": content} if content else shell


def _inverted(block: Block, came: dict[int, Block]) -> Block:
    if block.sign is Sign.CAME:
        return Block(Sign.LEFT, before=_one(block, is_after=True), move=block.move)
    if block.sign is Sign.LEFT:
        return _swapped(came[block.move], came)
    return _swapped(block, came)


def _swapped(block: Block, came: dict[int, Block]) -> Block:
    """A block with its sides exchanged; one that moved stays the one that came: it is told at the other place."""
    sign = block.sign if block.sign is Sign.CAME else OPPOSITE[block.sign]
    inside = tuple(_inverted(one, came) if isinstance(one, Block) else _turned(one) for one in block.inside)
    return Block(sign, block.after, block.before, inside, block.move)


def _turned(one: Piece | Seam) -> Piece | Seam:
    sign = OPPOSITE[one.sign]
    return Seam(sign, one.shell) if isinstance(one, Seam) else Piece(sign, one.after, one.before)


def _one(block: Block, *, is_after: bool) -> Node:
    return side(block, is_after=is_after)[0]
