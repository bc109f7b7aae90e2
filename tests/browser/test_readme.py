"""The README's picture is the product as it is: `make images` takes it again."""

import os
import struct
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, DEPARTMENT, OPERATOR, article, at_contract, drawn, write_in

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "entente.png"
SIZE = (1440, 900)


def test_the_readme_shows_three_parties_in_one_article(demo: Demo, window: Open, tmp_path: Path) -> None:
    ars, operator, department = [at_contract(window, demo, who) for who in (ARS, OPERATOR, DEPARTMENT)]
    mine = write_in(ars, "s-4-3")
    write_in(operator, "s-4-3")
    write_in(department, "s-4-3")
    operator.page.keyboard.press("Enter")
    operator.page.keyboard.type("Le plancher est neutralisé en 2027, le temps de la transformation de l’IME.", delay=2)
    expect(mine).to_contain_text("transformation de l’IME.")
    ars.page.keyboard.press("Control+End")
    ars.page.keyboard.press("Enter")
    ars.page.keyboard.type("Le calendrier de fermeture des douze places est inscrit à l’article 1.", delay=2)
    expect(article(ars.page, "s-4-3").locator("[data-save]")).to_have_text("Enregistré")
    expect(mine.locator(".curseur")).to_have_count(2)
    article(ars.page, "s-4-3").evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 120)")
    drawn(ars.page)
    taken = PICTURE if os.environ.get("WRITE_IMAGES") else tmp_path / "entente.png"
    ars.page.screenshot(path=taken)
    for picture in (taken, PICTURE):
        assert struct.unpack(">II", picture.read_bytes()[16:24]) == SIZE
