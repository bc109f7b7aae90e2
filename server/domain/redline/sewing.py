"""Paragraphs cut in two, or joined: told as one paragraph with a seam where that says less."""

from collections.abc import Sequence
from typing import Any

from server.domain.redline.counting import words_of, words_of_node
from server.domain.redline.inline import pieces
from server.domain.redline.lines import SEAM_NODE
from server.domain.redline.parts import PLAIN
from server.domain.redline.result import Block, Sign, side
from server.domain.redline.sequences import Budget

Node = dict[str, Any]
GAIN = 0.5  # of the words told before; a seam has to spare the reader at least as many
LEAST_WORDS = 2  # in the part that was cut off


def with_seams(told: Sequence[Block], budget: Budget) -> tuple[Block, ...]:
    """The same blocks, a changed paragraph and its new or former neighbour as one where they are."""
    made: list[Block] = []
    for block in told:
        sewn = _sewn(made[-1], block, budget) if made else None
        if sewn is None:
            made.append(block)
            continue
        made[-1] = sewn
    return tuple(made)


def _sewn(one: Block, other: Block, budget: Budget) -> Block | None:
    """Two blocks as one paragraph with a seam, None when they are none."""
    signs = {one.sign, other.sign}
    if Sign.CHANGED not in signs or not signs & {Sign.ADDED, Sign.REMOVED} or not _is_plain(one, other):
        return None
    loose = other if one.sign is Sign.CHANGED else one
    if words_of_node(loose.node) < LEAST_WORDS:
        return None
    before, after = ([*side(one, is_after=is_after), *side(other, is_after=is_after)] for is_after in (False, True))
    found = Block(Sign.CHANGED, _shell(before[0]), _shell(after[0]), pieces(_content(before), _content(after), budget))
    return found if sum(words_of(found)) <= GAIN * (sum(words_of(one)) + sum(words_of(other))) else None


def _is_plain(*blocks: Block) -> bool:
    nodes = [node for block in blocks for node in (block.before, block.after) if node is not None]
    return all(node["type"] in PLAIN for node in nodes)


def _shell(node: Node) -> Node:
    return {key: value for key, value in node.items() if key != "content"}


def _content(paragraphs: Sequence[Node]) -> list[Node]:
    """Their words in one, each after the first behind a seam."""
    content: list[Node] = []
    for number, paragraph in enumerate(paragraphs):
        if number:
            content.append({"type": SEAM_NODE, "shell": _shell(paragraph)})
        content += paragraph.get("content", ())
    return content
