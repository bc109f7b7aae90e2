"""The words of a paragraph with what became of them."""

from collections.abc import Sequence
from typing import Any

from server.domain.redline import Piece, Seam, Sign
from server.domain.redline.counting import runs
from server.domain.refusals import N_
from server.marking.pen import Pen, Shown
from server.wording import rendering

Node = dict[str, Any]
MARKS = {"strong": (N_("gras"), N_("sans gras")), "em": (N_("italique"), N_("sans italique"))}


def words(pieces: Sequence[Piece | Seam], pen: Pen) -> str:
    """The HTML of a paragraph's content."""
    return "".join(_run(run, pen) for run in runs(pieces))


def _run(run: Sequence[Piece | Seam], pen: Pen) -> str:
    first = run[0]
    if isinstance(first, Piece) and first.sign is Sign.SAME:
        return _html(first.before if pen.shown is Shown.BEFORE else first.after)
    inside = "".join(_one(one, pen) for one in run)
    if not inside:  # nothing of it stands on this side
        with pen.silent():
            pen.stop()
        return ""
    return f'<span class="redline__modif"{pen.stop()}>{inside}</span>'


def _one(one: Piece | Seam, pen: Pen) -> str:
    if one.sign is (Sign.REMOVED if pen.shown is Shown.AFTER else Sign.ADDED) and pen.shown is not Shown.BOTH:
        return ""
    if isinstance(one, Seam):
        return _seam(one, pen)
    if one.sign is Sign.CHANGED:
        return _formatted(one, pen)
    is_added = one.sign is Sign.ADDED
    nodes = one.after if is_added else one.before
    inside = _html(nodes, "↵<br>" if is_added else "↵")
    if not any(node["type"] != "text" or node["text"].strip() for node in nodes):  # only spaces: nothing to hear
        return f"<ins>{inside}</ins>" if is_added else f"<del>{inside}</del>"
    return pen.inserted(inside) if is_added else pen.removed(inside)


def _seam(one: Seam, pen: Pen) -> str:
    if one.sign is Sign.ADDED:
        return f'<ins>{pen.unseen(N_("paragraphe coupé ici"))}<span aria-hidden="true">¶</span></ins><br>'
    line = "<br>" if pen.shown is Shown.BEFORE else ""
    return f'<del>{pen.unseen(N_("paragraphes joints ici"))}<span aria-hidden="true">¶</span></del>{line}'


def _formatted(one: Piece, pen: Pen) -> str:
    """Words that are the same and look different: what they look like, and what changed in that."""
    if pen.shown is Shown.BEFORE:
        return f'<span class="redline__forme">{_html(one.before)}</span>'
    said = ", ".join(_differences(_marks(one.before), _marks(one.after), pen))
    return f'<span class="redline__forme">{_html(one.after)}</span><span class="redline__note"> [{said}]</span>'


def _marks(nodes: Sequence[Node]) -> dict[str, str]:
    """The marks of words, with the address of a link."""
    marks = nodes[0].get("marks", [])
    return {mark["type"]: str(mark.get("attrs", {}).get("href", "")) for mark in marks}


def _differences(before: dict[str, str], after: dict[str, str], pen: Pen) -> list[str]:
    said = [
        pen.say(on if kind in after else off)
        for kind, (on, off) in MARKS.items()
        if (kind in before) != (kind in after)
    ]
    old, new = before.get("link"), after.get("link")
    if old != new:
        if old is None:
            said.append(pen.say(N_("lien vers {new}"), new=new))
        elif new is None:
            said.append(pen.say(N_("lien retiré, qui menait à {old}"), old=old))
        else:
            said.append(pen.say(N_("lien\u00a0: {old} → {new}"), old=old, new=new))
    return said


def _html(nodes: Sequence[Node], line: str = "<br>") -> str:
    """Words as pages show them; `line` stands for a line break."""
    return "".join(line if node["type"] == "hard_break" else rendering.html_of(node) for node in nodes)
