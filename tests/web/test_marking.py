"""How a redline looks: one HTML from which both texts can be read, whose changes can be gone to, that runs nothing."""

import re
from html.parser import HTMLParser
from unicodedata import normalize

import pytest

from server.domain.redline import redline
from server.domain.redline.parts import Node
from server.domain.texts.text import walk
from server.marking.views import Page, View, page
from server.wording.languages import languages
from tests.domain.texts import Writer, doc, items, node, par, run, table
from tests.factories import IS_LONG

FRENCH, ENGLISH = languages()["fr"], languages()["en"]
SIGNS = ("hors-ecran", "redline__signe", "redline__note", "redline__cote-nom")
PLACE = re.compile(r' id="m(\d+)" data-modif')


class Words(HTMLParser):
    """The words of well-formed HTML, but for those of some elements and those that are signs."""

    def __init__(self, *left_out: str) -> None:
        super().__init__()
        self.left_out = left_out
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "use"):
            classes = dict(attrs).get("class") or ""
            self.open.append((tag, tag in self.left_out or any(one in classes for one in SIGNS)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("br", "use"):
            assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if not any(is_left_out for _, is_left_out in self.open):
            self.words.append(data)


def words(html: str, *left_out: str) -> str:
    parser = Words(*left_out)
    parser.feed(html)
    assert parser.open == []
    return bare("".join(parser.words))


def bare(said: str) -> str:
    return re.sub(r"[\s¶↵]", "", normalize("NFC", said))


def drawn(before: Node, after: Node, view: View = View.TEXT) -> Page:
    return page(redline(before, after), view, FRENCH)


@pytest.mark.parametrize("seed", range(20 if IS_LONG else 2))
def test_both_texts_are_read_off_one_html_and_every_change_can_be_gone_to(seed: int) -> None:
    writer = Writer(seed)
    for _ in range(100):
        before = writer.text()
        after = writer.edited(before)
        for view in (View.TEXT, View.SIDE):
            shown = drawn(before, after, view)
            places = sorted(int(one) for one in PLACE.findall(shown.html))
            assert places == list(range(1, shown.counts.changes + 1))
        html = str(drawn(before, after).html)
        if "Tableau avant" not in html and "--came" not in html:  # there a text is told twice
            assert words(html, "del") == said(after)
            assert words(html, "ins") == said(before)


def said(text: Node) -> str:
    return bare("".join(one.get("text", "") for one in walk(text)))


def test_who_listens_hears_where_a_change_begins_and_ends() -> None:
    html = drawn(doc(par("dix places")), doc(par("douze places"))).html
    assert (
        re.sub(r"<[^>]+>", "", str(html))
        == " supprimé\u00a0: dix fin de suppression  inséré\u00a0: douze fin d’insertion  places"
    )
    english = page(redline(doc(par("dix places")), doc(par("douze places"))), View.TEXT, ENGLISH)
    assert '<span class="hors-ecran" lang="en"> inserted: </span>' in english.html


def test_no_sign_is_a_colour_alone() -> None:
    before = doc(node("heading", run("Objet"), level=2), par("Un texte.", "a"), par("À déplacer, en entier.", "b"))
    after = doc(
        node("heading", run("Objet"), level=3),
        par("À déplacer, en entier.", "b"),
        node("paragraph", run("Un "), run("texte.", "strong"), id="a"),
    )
    html = str(drawn(before, after).html)
    for sign in ("Titre 2 → Titre 3", "[gras]", "voir sa nouvelle place", "voir son ancienne place"):
        assert sign in html
    for there in re.findall(r'<a href="#([ad]\d+)"', html):
        assert f'id="{there}"' in html


def test_rows_and_columns_say_what_became_of_them_once() -> None:
    before = table(("Action", "Montant"), ("SESSAD", "60 000 €"), ("IME", "70 000 €"))
    after = table(
        ("Action", "ETP", "Montant"), ("SESSAD", "2", "60 000 €"), ("PCPE", "1", "5 000 €"), ("IME", "3", "70 000 €")
    )
    html = str(drawn(doc(before), doc(after)).html)
    assert (html.count("Colonne ajoutée"), html.count("Ligne ajoutée")) == (1, 1)
    assert html.count("<td") == 12


def test_a_table_whose_cells_were_merged_is_shown_before_and_after() -> None:
    def cell(words: str, **attrs: int) -> Node:
        return node("table_cell", par(words), **attrs)

    before = node("table", node("table_row", cell("Total"), cell("2027")), node("table_row", cell("a"), cell("b")))
    after = node("table", node("table_row", cell("Total", colspan=2)), node("table_row", cell("a"), cell("b")))
    html = str(drawn(doc(before), doc(after)).html)
    assert (html.count("<table"), html.count("Tableau avant"), html.count("Tableau après")) == (2, 1, 1)
    assert "largeur en colonnes\u00a0: 1 → 2" in html


def test_the_clean_view_is_the_text_it_leads_to() -> None:
    assert str(drawn(doc(par("a")), doc(items("b")), View.CLEAN).html) == "<ul><li><p>b</p></li></ul>"


@pytest.mark.parametrize("view", View)
def test_a_figure_turned_round_is_not_read_as_the_one_it_looks_like(view: View) -> None:
    html = str(drawn(doc(par("120 places")), doc(par("\u202e021\u202c places")), view).html)
    assert "[U+202E]021[U+202C]" in html
    assert "\u202e" not in html


@pytest.mark.parametrize("view", View)
def test_words_and_links_run_nothing(view: View) -> None:
    hostile = "<script>alert(1)</script>\"'&"
    link = {"type": "text", "text": hostile, "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}]}
    other = {"type": "text", "text": hostile, "marks": [{"type": "link", "attrs": {"href": 'https://a.fr/"><script>'}}]}
    for before, after in (
        (par("x"), node("paragraph", link)),
        (node("paragraph", link), node("paragraph", other)),
        (par(hostile), par("y")),
    ):
        html = str(drawn(doc(before), doc(after), view).html)
        assert "<script" not in html
        assert 'href="javascript' not in html
