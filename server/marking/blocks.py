"""The blocks of a text with what became of them."""

from collections.abc import Sequence
from typing import Any

from server.domain.redline import Block, Sign
from server.domain.redline.counting import EDITED, columns, is_restyled
from server.domain.refusals import N_
from server.marking.labels import label
from server.marking.pen import END_OF_INSERTION, END_OF_REMOVAL, Pen, Shown
from server.marking.words import words
from server.wording import rendering

Node = dict[str, Any]
INNER = ("list_item", "table_cell", "table_header")  # elements that hold their sign: nothing may stand around them
GONE: dict[Shown, tuple[Sign, ...]] = {
    Shown.BEFORE: (Sign.ADDED, Sign.CAME),
    Shown.AFTER: (Sign.REMOVED, Sign.LEFT),
    Shown.BOTH: (),
}


def blocks(told: Sequence[Block], pen: Pen, within: Sign = Sign.SAME) -> str:
    """The HTML of blocks that stand next to each other; `within` is what became of the one they are in."""
    return "".join(_block(one, pen, within) for one in told)


def _block(block: Block, pen: Pen, within: Sign) -> str:
    if block.sign is Sign.SAME:
        return rendering.html_of(_node(block, pen))
    if block.sign is Sign.CAME and pen.shown is Shown.AFTER:  # what changed in it is told here, all of it
        with pen.showing(Shown.BOTH):
            return _drawn(block, pen, within)
    if block.sign not in GONE[pen.shown]:
        return _drawn(block, pen, within)
    with pen.silent(), pen.showing(Shown.BOTH):
        _drawn(block, pen, within)
    return ""


def _node(block: Block, pen: Pen) -> Node:
    return (block.before if pen.shown is Shown.BEFORE else block.after) or block.node


def _drawn(block: Block, pen: Pen, within: Sign) -> str:
    node = _node(block, pen)
    if block.sign in EDITED and block.sign is within:  # told with what it is in
        return rendering.dressed(node, _inside(block, pen))
    place = (f' id="d{block.move}"' if pen.has_places else "") if block.sign is Sign.LEFT else _place(block, pen)
    if node["type"] == "table" and block.blocks:
        return _signed(block, _table(block, node, pen), place, pen)
    if node["type"] == "table_row":
        return _row(block, node, place, pen)
    if node["type"] in INNER:
        return rendering.dressed(node, _signed(block, _inside(block, pen), place, pen))
    return _signed(block, rendering.dressed(node, _inside(block, pen)), place, pen)


def _place(block: Block, pen: Pen) -> str:
    """Where one goes to see the change, if the block is one itself."""
    return pen.stop() if block.sign is not Sign.CHANGED or is_restyled(block) else ""


def _inside(block: Block, pen: Pen) -> str:
    """The content of a block."""
    if block.pieces:
        return words(block.pieces, pen)
    if block.blocks:
        return blocks(block.blocks, pen, block.sign)
    return rendering.html_within(_node(block, pen))


def _signed(block: Block, inside: str, place: str, pen: Pen) -> str:
    """What came or went in an `ins` or a `del`, what changed in a `div`; each with its label."""
    classes = f'class="redline__bloc redline__bloc--{block.sign.value}"{place}'
    said = label(block, pen)
    if block.sign is Sign.ADDED:
        return f"<ins {classes}>{said}{inside}{pen.unseen(END_OF_INSERTION)}</ins>"
    if block.sign in (Sign.REMOVED, Sign.LEFT):
        return f"<del {classes}>{said}{inside}{pen.unseen(END_OF_REMOVAL)}</del>"
    if not said and block.node["type"] in INNER:
        return inside
    return f"<div {classes}>{said}{inside}</div>"


def _row(block: Block, node: Node, place: str, pen: Pen) -> str:
    """A row; one that came, went or moved says so in its first cell, and each of its cells is marked."""
    if block.sign is Sign.CHANGED:
        return rendering.dressed(node, blocks(block.blocks, pen))
    cells = block.blocks or [Block(Sign.SAME, one, one) for one in node.get("content", ())]
    drawn = []
    for number, cell in enumerate(cells):
        if cell.sign not in (Sign.SAME, Sign.CHANGED):
            drawn.append(_block(cell, pen, Sign.SAME))
            continue
        inside = _inside(cell, pen)
        if cell.sign is Sign.CHANGED:
            inside = _signed(cell, inside, _place(cell, pen), pen)
        marked = _signed(block, inside, place, pen) if number == 0 else _unlabelled(block, inside)
        drawn.append(rendering.dressed(_node(cell, pen), marked))
    return rendering.dressed(node, "".join(drawn))


def _unlabelled(block: Block, inside: str) -> str:
    tag = {Sign.ADDED: "ins", Sign.REMOVED: "del", Sign.LEFT: "del"}.get(block.sign, "div")
    return f'<{tag} class="redline__bloc redline__bloc--{block.sign.value}">{inside}</{tag}>'


def _table(block: Block, node: Node, pen: Pen) -> str:
    """A table: its rows with their marks, or as it was and as it is where cells were merged or set apart."""
    known = columns(block)
    if known is not None or not any(_is_regrouped(row) for row in block.blocks):
        return rendering.dressed(node, _rows(block, known or (), pen))
    if pen.shown is not Shown.BOTH:
        return rendering.dressed(node, blocks(block.blocks, pen))
    number, drawn = pen.number, []
    for shown, said in ((Shown.BEFORE, N_("Tableau avant")), (Shown.AFTER, N_("Tableau après"))):
        pen.number = number
        with pen.showing(shown):
            drawn.append(pen.sign("i-tab", said) + rendering.dressed(_node(block, pen), blocks(block.blocks, pen)))
    return "".join(drawn)


def _is_regrouped(row: Block) -> bool:
    return any(cell.sign in EDITED or is_restyled(cell) for cell in row.blocks)


def _rows(table: Block, known: Sequence[Sign], pen: Pen) -> str:
    """The rows of a table; a column that came or went is one change, told in the first row."""
    drawn, is_told = [], False
    for row in table.blocks:
        if row.sign is not Sign.CHANGED or not any(sign in EDITED for sign in known):
            drawn.append(_block(row, pen, table.sign))
            continue
        cells = (_of_column(cell, pen) if is_told else _block(cell, pen, Sign.SAME) for cell in row.blocks)
        drawn.append(rendering.dressed(_node(row, pen), "".join(cells)))
        is_told = True
    return "".join(drawn)


def _of_column(cell: Block, pen: Pen) -> str:
    """A cell of a column that was told already."""
    if cell.sign not in EDITED:
        return _block(cell, pen, Sign.SAME)
    if cell.sign in GONE[pen.shown]:
        return ""
    return rendering.dressed(_node(cell, pen), _unlabelled(cell, _inside(cell, pen)))
