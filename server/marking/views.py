"""A redline as a page shows it: in the text, side by side, or the text it leads to."""

from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from server.domain.redline import Counts, Redline, Sign, count
from server.domain.refusals import N_
from server.marking.blocks import blocks
from server.marking.pen import Pen, Shown
from server.wording import rendering
from server.wording.languages import Language


class View(StrEnum):
    """How one reads a redline; the value is in the address."""

    TEXT = "text"
    SIDE = "side"
    CLEAN = "clean"


VIEWS = {View.TEXT: N_("Dans le texte"), View.SIDE: N_("Côte à côte"), View.CLEAN: N_("Texte final")}


@dataclass(frozen=True)
class Page:
    """What a page says of a redline."""

    html: Markup
    view: View
    counts: Counts


def page(marked: Redline, view: View, language: Language) -> Page:
    """A redline in one view."""
    return Page(Markup(_drawn(marked, view, language)), view, count(marked))  # noqa: S704 (blocks() escapes its words)


def passage(marked: Redline, language: Language) -> Markup:
    """A redline of a few blocks, on a page with others: one does not go from change to change in it."""
    return Markup(blocks(marked.blocks, Pen(language, has_places=False)))  # noqa: S704 (blocks() escapes its words)


def _drawn(marked: Redline, view: View, language: Language) -> str:
    if view is View.CLEAN:
        return str(rendering.html(marked.after()))
    if view is View.TEXT:
        return blocks(marked.blocks, Pen(language))
    return _side_by_side(marked, language)


def _side_by_side(marked: Redline, language: Language) -> str:
    """Each block as it was beside as it is; what did not change is there once for both."""
    before = Pen(language, Shown.BEFORE)
    after = Pen(language, Shown.AFTER, placed=before.placed)
    rows = []
    for block in marked.blocks:
        old, new = blocks((block,), before), blocks((block,), after)
        look = "meme" if block.sign is Sign.SAME else "change"
        cells = (_cell(after, said, html) for said, html in ((N_("Avant"), old), (N_("Après"), new)))
        rows.append(f'<div class="redline__paire redline__paire--{look}">{"".join(cells)}</div>')
    return "".join(rows)


def _cell(pen: Pen, said: str, html: str) -> str:
    return f'<div class="redline__cote"><span class="redline__cote-nom">{pen.say(said)}</span>{html}</div>'
