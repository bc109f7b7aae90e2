"""How a redline reads: the examples a person would mark by hand."""

import pytest

from server.domain.redline import Block, Counts, OtherBase, Piece, Redline, Seam, Sign, apply, count, redline
from server.domain.redline.counting import columns
from server.domain.redline.parts import Node
from tests.domain.texts import LINK, doc, items, node, par, run, table

BRACKETS = {Sign.ADDED: ("{+", "+}"), Sign.REMOVED: ("[-", "-]"), Sign.CHANGED: ("<", ">"), Sign.SAME: ("", "")}


def shown(marked: Redline) -> list[str]:
    """Each paragraph in one line, what was removed as [-…-], added as {+…+}, formatted as <…>."""
    return [line for block in marked.blocks for line in told(block)]


def told(block: Block) -> list[str]:
    if block.blocks:
        return [line for one in block.blocks for line in told(one)]
    if block.pieces:
        line = "".join(said(one) for one in block.pieces)
    else:
        line = words(block.node)
        if block.sign in (Sign.ADDED, Sign.REMOVED):
            line = line.join(BRACKETS[block.sign])
    return [f"{block.sign.value}: {line}" if block.sign in (Sign.LEFT, Sign.CAME) else line]


def said(piece: Piece | Seam) -> str:
    if isinstance(piece, Seam):
        return "¶".join(BRACKETS[piece.sign])
    return "".join(map(words, piece.after or piece.before)).join(BRACKETS[piece.sign])


def words(one: Node) -> str:
    return str(one.get("text", "⏎" if one["type"] == "hard_break" else "".join(map(words, one.get("content", [])))))


def lines(before: str, after: str) -> str:
    [line] = shown(redline(doc(par(before)), doc(par(after))))
    return line


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Dix places.", "Dix places.", "Dix places."),
        ("pour 1 200 € par an", "pour 1 300 € par an", "pour [-1 200 €-]{+1 300 €+} par an"),
        ("avant le 30 juin 2027.", "avant le 1er juillet 2027.", "avant le [-30 juin 2027-]{+1er juillet 2027+}."),
        ("à l’ARS de le dire", "à l’agence de le dire", "à l’[-ARS-]{+agence+} de le dire"),
        ("un bilan à mi-parcours", "un bilan à mi-contrat", "un bilan à [-mi-parcours-]{+mi-contrat+}"),
        ("Le délai court.", "Le délai légal court.", "Le délai {+légal +}court."),
        ("Le délai légal court.", "Le délai court.", "Le délai [-légal -]court."),
        ("Le délai court.", "Le délai, s’il est légal, court.", "Le délai{+, s’il est légal,+} court."),
        ("Le délai, s’il est légal, court.", "Le délai court.", "Le délai[-, s’il est légal,-] court."),
        ("Le délai : un an", "Le délai\u00a0: un an", "Le délai[- -]{+\u00a0+}: un an"),
        ("A.", "A. Puis B.", "A.{+ Puis B.+}"),
        ("Le terme échoit.", "Oui. Le terme échoit. Puis non.", "{+Oui. +}Le terme échoit.{+ Puis non.+}"),
        (
            "Le délai court. Le terme échoit.",
            "Le délai court. Le préavis est long. Le terme échoit.",
            "Le délai court. {+Le préavis est long. +}Le terme échoit.",
        ),
        (
            "versés par douzièmes après un bilan à mi-parcours du contrat.",
            "versés par douzièmes après une revue de la situation du contrat.",
            "versés par douzièmes après [-un bilan à mi-parcours-]{+une revue de la situation+} du contrat.",
        ),
        (  # « de la » alone keeps no two changes apart
            "Le directeur de la caisse signe.",
            "Le président de la commission signe.",
            "Le [-directeur de la caisse-]{+président de la commission+} signe.",
        ),
        (  # an amount does
            "Le siège verse 70 000 € au foyer.",
            "La caisse verse 70 000 € au service.",
            "[-Le siège-]{+La caisse+} verse 70 000 € au [-foyer-]{+service+}.",
        ),
        ("👩‍⚕️ et 👨‍⚕️", "👩‍⚕️ et 👩‍⚕️", "👩‍⚕️ et [-👨‍⚕️-]{+👩‍⚕️+}"),
    ],
)
def test_words_are_marked_as_a_person_would(before: str, after: str, expected: str) -> None:
    assert lines(before, after) == expected


def test_three_words_that_moved_in_a_paragraph_are_not_a_new_paragraph() -> None:
    before = "Les parties arrêtent ensemble, chaque année, la liste des actions et leur calendrier."
    after = "Chaque année, les parties arrêtent ensemble la liste des actions et leur calendrier."
    kept = "arrêtent ensemble"
    assert kept in lines(before, after)
    assert "la liste des actions et leur calendrier." in lines(before, after)


def test_a_paragraph_that_keeps_next_to_nothing_is_shown_as_written_anew() -> None:
    before = "Le gestionnaire transmet chaque trimestre les comptes de la résidence au conseil."
    after = "La dotation de soins suit le taux directeur publié par arrêté ministériel en mars."
    [block] = redline(doc(par(before)), doc(par(after))).blocks
    assert [one.sign for one in block.pieces] == [Sign.REMOVED, Sign.ADDED, Sign.SAME]  # the full stop


def test_a_block_that_moved_is_told_at_both_places_and_counts_no_words() -> None:
    one, two, three = par("Le premier texte.", "a"), par("Le deuxième texte.", "b"), par("Le troisième texte.", "c")
    marked = redline(doc(one, two, three), doc(three, one, two))
    assert shown(marked) == [
        "came: Le troisième texte.",
        "Le premier texte.",
        "Le deuxième texte.",
        "left: Le troisième texte.",
    ]
    assert count(marked) == Counts(changes=1, moved=1)


def test_a_block_that_moved_and_changed_is_both() -> None:
    marked = redline(
        doc(par("Le premier texte.", "a"), par("Le deuxième texte.", "b")),
        doc(par("Le deuxième texte entier.", "b"), par("Le premier texte.", "a")),
    )
    assert "left: Le premier texte." in shown(marked) or "came: Le deuxième texte{+ entier+}." in shown(marked)
    assert count(marked).moved == 1


def test_blocks_without_ids_or_with_copied_ones_are_paired_by_likeness() -> None:
    first, second = "Le gestionnaire ouvre dix places de jour.", "Le Département finance le transport des personnes."
    for name in (None, "same"):
        marked = redline(
            doc(par(first, name), par(second, name)),
            doc(par("Un préambule tout neuf.", name), par(first.replace("dix", "huit"), name), par(second, name)),
        )
        assert shown(marked) == [
            "{+Un préambule tout neuf.+}",
            "Le gestionnaire ouvre [-dix-]{+huit+} places de jour.",
            second,
        ]


def test_a_paragraph_cut_in_two_or_joined_loses_and_gains_no_word() -> None:
    whole = doc(par("Le délai est d’un an. Il court du jour de la signature.", "a"), par("Fin.", "z"))
    halves = doc(par("Le délai est d’un an.", "a"), par("Il court du jour de la signature.", "b"), par("Fin.", "z"))
    cut, joined = redline(whole, halves), redline(halves, whole)
    assert shown(cut)[0] == "Le délai est d’un an.[- -]{+¶+}Il court du jour de la signature."
    assert shown(joined)[0] == "Le délai est d’un an.[-¶-]{+ +}Il court du jour de la signature."
    assert (count(cut), count(joined)) == (Counts(changes=1, cut=1), Counts(changes=1, joined=1))


def test_the_end_of_a_paragraph_set_apart_is_found_behind_one_that_went() -> None:
    before = doc(par("Le délai est d’un an. Il court du jour de la signature.", "a"), par("Ceci est de trop.", "x"))
    after = doc(par("Le délai est d’un an.", "a"), par("Il court du jour de la signature.", "b"))
    assert shown(redline(before, after)) == [
        "Le délai est d’un an.[- -]{+¶+}Il court du jour de la signature.",
        "[-Ceci est de trop.-]",
    ]


def test_marks_kinds_and_attributes_are_changes_of_their_own() -> None:
    before = doc(node("heading", run("Objet"), level=2), par("Un texte lié ici."))
    linked = {**run("lié"), "marks": [LINK]}
    after = doc(
        node("heading", run("Objet"), level=3),
        node("paragraph", run("Un "), run("texte", "strong"), run(" "), linked, run(" ici.")),
    )
    marked = redline(before, after)
    assert shown(marked) == ["Objet", "Un <texte> <lié> ici."]
    assert count(marked) == Counts(changes=3, formatted=2, restyled=1)


def test_a_line_break_is_added_like_a_word() -> None:
    before = doc(par("Un deux"))
    after = doc(node("paragraph", run("Un "), {"type": "hard_break"}, run("deux")))
    assert shown(redline(before, after)) == ["Un {+⏎+}deux"]


def test_rows_columns_and_cells_of_a_table_are_told_apart() -> None:
    before = table(("Action", "Montant"), ("SESSAD", "60 000 €"), ("IME", "70 000 €"))
    after = table(
        ("Action", "ETP", "Montant"), ("SESSAD", "2", "110 000 €"), ("PCPE", "1", "5 000 €"), ("IME", "3", "70 000 €")
    )
    marked = redline(doc(before), doc(after))
    [block] = marked.blocks
    assert columns(block) == (Sign.SAME, Sign.ADDED, Sign.SAME)
    assert [row.sign for row in block.blocks] == [Sign.CHANGED, Sign.CHANGED, Sign.ADDED, Sign.CHANGED]
    assert "[-60 000 €-]{+110 000 €+}" in shown(marked)
    found = count(marked)
    assert (found.changes, found.columns_added, found.columns_removed) == (3, 1, 0)  # a column, a row, a cell


def test_a_merged_cell_is_an_attribute_and_a_cell_less() -> None:
    def cell(words: str, **attrs: int) -> Node:
        return node("table_cell", par(words), **attrs)

    before = node("table", node("table_row", cell("Total"), cell("2027")), node("table_row", cell("a"), cell("b")))
    after = node("table", node("table_row", cell("Total", colspan=2)), node("table_row", cell("a"), cell("b")))
    [block] = redline(doc(before), doc(after)).blocks
    assert [(one.sign, one.node.get("attrs", {}).get("colspan")) for one in block.blocks[0].blocks] == [
        (Sign.CHANGED, 2),
        (Sign.REMOVED, None),
    ]


def test_an_item_set_one_level_deeper_moved() -> None:
    first, second = node("list_item", par("Premier point"), id="a"), node("list_item", par("Second point"), id="b")
    deeper = node("list_item", par("Premier point"), node("bullet_list", second), id="a")
    marked = redline(doc(node("bullet_list", first, second)), doc(node("bullet_list", deeper)))
    assert shown(marked) == ["Premier point", "came: Second point", "left: Second point"]
    assert (count(marked).inserted, count(marked).removed, count(marked).moved) == (0, 0, 1)


def test_an_item_that_became_another_is_told_in_its_words() -> None:
    marked = redline(doc(items("dix places", "un service")), doc(items("douze places", "un service")))
    assert shown(marked) == ["[-dix-]{+douze+} places", "un service"]


def test_a_redline_leads_only_from_its_own_base() -> None:
    marked = redline(doc(par("a")), doc(par("b")))
    with pytest.raises(OtherBase):
        apply(doc(par("c")), marked)


def test_counts_are_of_words_and_of_places_to_look_at() -> None:
    marked = redline(
        doc(par("Le gestionnaire ouvre dix places.", "a"), par("Un paragraphe de trop.", "b")),
        doc(par("Le gestionnaire ouvre douze places de jour.", "a"), par("Tout neuf, lui.", "c")),
    )
    assert count(marked) == Counts(changes=4, inserted=6, removed=5)
