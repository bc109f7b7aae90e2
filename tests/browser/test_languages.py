"""English as people use it: chosen on the first page, kept while they write, given back; the text stays as it is."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, CONTRACT, OPERATOR, article, at_contract, line_is, text_of, write_in
from tests.browser.test_pages import WIDTHS, overflow, violations

ARTICLE, AGREED = "s-4-3", "s-preambule"


def is_sound(page: Page) -> None:
    """Nothing for axe-core to find, and no page wider than its window."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, overflow(page)) == (width, 0)
    assert violations(page) == []


def test_english_from_sign_in_to_saved_words_and_back(demo: Demo, window: Open) -> None:
    colleague = at_contract(window, demo, OPERATOR)
    found = window(demo)
    page = found.page
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))

    page.goto(f"{demo.url}/sign-in?next={CONTRACT}")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_role("button", name="English").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The contract is written together")
    is_sound(page)

    page.get_by_role("button", name="Sign in with").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demonstration: who do you want to be?")
    page.locator(f'button[value="{ARS}"]').click()
    page.wait_for_url(f"{demo.url}{CONTRACT}")
    line_is(page, "live")
    expect(page.locator("html")).to_have_attribute("lang", "en")

    before = text_of(page, AGREED).inner_text()
    expect(article(page, AGREED)).to_contain_text("Agreed text: it changes only by proposal.")
    expect(text_of(page, AGREED)).to_have_attribute("lang", "fr")
    editor = write_in(found, ARTICLE)
    expect(article(page, ARTICLE).get_by_role("toolbar")).to_have_attribute("aria-label", "Formatting")
    expect(editor).to_have_attribute("lang", "fr")
    page.keyboard.type(" Mots de l’ARS.")
    expect(article(page, ARTICLE).locator("[data-save]")).to_have_text("Saved")
    expect(page.locator("[data-people]")).to_contain_text("writing in article 4.3")
    expect(colleague.page.locator("[data-people]")).to_contain_text("écrit dans l’article 4.3")
    expect(text_of(colleague.page, ARTICLE)).to_contain_text("Mots de l’ARS.")
    is_sound(page)
    assert [url for url in loaded if re.search(r"words\.fr", url)] == [], "only the page's own language is loaded"

    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.url == f"{demo.url}{CONTRACT}"
    expect(article(page, AGREED)).to_contain_text("Texte approuvé\u00a0: il ne change plus que par proposition.")
    assert text_of(page, AGREED).inner_text() == before
    expect(text_of(page, ARTICLE)).to_contain_text("Mots de l’ARS.")
