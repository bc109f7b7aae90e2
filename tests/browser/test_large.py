"""The large contract in a real browser: read, written in by two parties at once, looked at in the past, printed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import large
from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, OPERATOR, PARTNER, article, at_contract, text_of, write_in

SHAPES = [large.SECTIONS, pytest.param(1, marks=pytest.mark.long)]


@pytest.fixture(params=SHAPES, ids=lambda count: f"sections: {count}")
def large_demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Demo]:
    large.a_large_database(tmp_path / "large.sqlite", request.param)
    made = Demo(tmp_path / "large.sqlite").start()
    yield made
    made.stop()


def test_the_large_contract_is_written_in_read_and_printed(large_demo: Demo, window: Open) -> None:
    ars, operator, partner = (at_contract(window, large_demo, one) for one in (ARS, OPERATOR, PARTNER))
    expect(ars.page.locator(".articles--longs")).to_have_count(1)  # what is far is drawn when one comes to it
    write_in(ars, "s-1")
    ars.page.keyboard.type(" Écrit par l’ARS.")
    theirs = write_in(operator, "s-1")  # while somebody else writes in it
    ars.page.keyboard.type(" Et encore.")
    operator.page.keyboard.press("Control+Home")
    operator.page.keyboard.type("Écrit par le gestionnaire. ")
    for words in ("Écrit par l’ARS. Et encore.", "Écrit par le gestionnaire."):
        for shown in (article(ars.page, "s-1").locator(".ProseMirror"), theirs, text_of(partner.page, "s-1")):
            expect(shown).to_contain_text(words)
    for one in (ars, operator):
        expect(article(one.page, "s-1").locator("[data-save]")).to_have_text("Enregistré")
    article(partner.page, "s-1").get_by_role("link", name="Historique").first.click()
    expect(partner.page.locator(".seance")).to_have_count(3)
    partner.page.locator(".seance a").last.click()
    expect(partner.page.locator(".texte")).not_to_contain_text("Écrit par")
    paper = ars.page.pdf(prefer_css_page_size=True)
    assert 100 < len(re.findall(rb"/Type\s*/Page\b", paper)) < 200
