"""What is said of a block beside its words: that it came, went, moved, or is of another kind."""

from typing import Any

from markupsafe import escape

from server.domain.redline import Block, Sign
from server.domain.redline.counting import EDITED, is_restyled
from server.domain.refusals import N_
from server.marking.pen import Pen, Shown

Node = dict[str, Any]
KINDS = {
    "paragraph": N_("Paragraphe"),
    "bullet_list": N_("Liste à puces"),
    "ordered_list": N_("Liste numérotée"),
    "table_cell": N_("Cellule"),
    "table_header": N_("Cellule d’en-tête"),
}
SAID = {
    "table_row": (N_("Ligne ajoutée"), N_("Ligne supprimée")),
    "table_cell": (N_("Colonne ajoutée"), N_("Colonne supprimée")),
    "table_header": (N_("Colonne ajoutée"), N_("Colonne supprimée")),
}
ATTRIBUTES = (
    ("order", N_("numérotée à partir de {old} → {new}")),
    ("colspan", N_("largeur en colonnes\u00a0: {old} → {new}")),
    ("rowspan", N_("hauteur en lignes\u00a0: {old} → {new}")),
)


def label(block: Block, pen: Pen) -> str:
    """What is said of a block; nothing when only words in it changed."""
    if block.sign in EDITED:
        is_removed = block.sign is Sign.REMOVED
        said = SAID.get(block.node["type"], (N_("Ajouté"), N_("Supprimé")))[is_removed]
        return pen.sign("i-non" if is_removed else "i-plus", said)
    moved = _moved(block, pen) if block.move else ""
    return moved + (_restyled(block, pen) if is_restyled(block) else "")


def _moved(block: Block, pen: Pen) -> str:
    if pen.shown is not Shown.BOTH or not pen.has_places:
        return pen.sign("i-haut", N_("Déplacé"))
    if block.sign is Sign.LEFT:
        said, there = pen.say(N_("Déplacé d’ici\u00a0: voir sa nouvelle place")), f"a{block.move}"
    else:
        said, there = pen.say(N_("Déplacé ici\u00a0: voir son ancienne place")), f"d{block.move}"
    here = f' id="a{block.move}"' if block.sign is Sign.CAME else ""
    return pen.label("i-haut", f'<a href="#{there}"{here}>{said}</a>')


def _restyled(block: Block, pen: Pen) -> str:
    """From which kind and attributes to which."""
    before, after = block.before or {}, block.after or {}
    said = []
    if _kind(before, pen) != _kind(after, pen):
        said.append(str(escape(f"{_kind(before, pen)} → {_kind(after, pen)}")))
    old, new = before.get("attrs", {}), after.get("attrs", {})
    for name, sentence in ATTRIBUTES:
        if old.get(name, 1) != new.get(name, 1):
            said.append(pen.say(sentence, old=old.get(name, 1), new=new.get(name, 1)))
    return pen.label("i-diff", ", ".join(said) or pen.say(N_("Mise en forme du tableau")))


def _kind(node: Node, pen: Pen) -> str:
    kind = node.get("type", "")
    if kind == "heading":
        return pen.language.say(N_("Titre {level}"), level=node.get("attrs", {}).get("level"))
    return pen.language.say(KINDS.get(kind, ""))
