"""Paragraphs cut in two, or joined: told as one paragraph with a seam where that says less."""

from collections.abc import Sequence
from typing import Any

from server.domain.redline.counting import EDITED, words_of, words_of_node
from server.domain.redline.inline import pieces
from server.domain.redline.lines import SEAM_NODE
from server.domain.redline.parts import PLAIN
from server.domain.redline.result import OPPOSITE, Block, Sign, side
from server.domain.redline.sequences import Budget

Node = dict[str, Any]
GAIN = 0.5  # of the words told before; a seam has to spare the reader at least as many
LEAST_WORDS = 2  # in the part that was cut off


def with_seams(told: Sequence[Block], budget: Budget) -> tuple[Block, ...]:
    """The same blocks, a changed paragraph and its new or former neighbour as one where they are."""
    made: list[Block] = []
    for block in told:
        for place in _neighbours(made, block.sign):
            sewn = _sewn(made[place], block, budget)
            if sewn is not None:
                is_far = block.sign is Sign.CHANGED  # it stands on both sides: the other comes to it
                made[place : place + 1] = [] if is_far else [sewn]
                made += [sewn] if is_far else []
                break
        else:
            made.append(block)
    return tuple(made)


def _neighbours(made: Sequence[Block], sign: Sign) -> list[int]:
    """Where the neighbours of a block to come are: what stands between them is all of the other side."""
    place = len(made) - 1
    passed = OPPOSITE[sign] if sign in EDITED or not made else made[-1].sign
    while place >= 0 and passed in EDITED and made[place].sign is passed:
        place -= 1
    found = [place] if sign in EDITED else [len(made) - 1, place]
    return [one for one in found if one >= 0]


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
