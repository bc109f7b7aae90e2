"""« Qui a écrit cela ? », asked by who writes and by who reads, with a keyboard and with a small screen."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import ARS, OPERATOR, PARTNER, article, at_contract, drawn, text_of, write_in
from tests.browser.test_pages import overflow, violations

SAME = "s-4-3"
NB = "\u00a0"
SELECT = """([text, words]) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
        const at = node.data.indexOf(words);
        if (at < 0) continue;
        getSelection().setBaseAndExtent(node, at, node, at + words.length);
        return true;
    }
    return false;
}"""


def select(page: Page, text: Locator, words: str) -> None:
    assert page.evaluate(SELECT, [text.element_handle(), words])


def is_theirs(ars: Window, mine: Locator, dialog: Locator) -> None:
    """A word the other party wrote, and this one only touched."""
    expect(article(ars.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
    expect(mine).to_contain_text("ensuite")
    select(ars.page, mine, "ensuite")
    ars.page.keyboard.press("F8")
    expect(dialog.locator("blockquote")).to_have_text("ensuite")
    expect(dialog.get_by_role("listitem")).to_contain_text("Nadège Fournier")
    ars.page.keyboard.press("Escape")


def test_any_word_says_who_wrote_it_to_who_writes_and_to_who_reads(demo: Demo, window: Open) -> None:
    operator, ars = at_contract(window, demo, OPERATOR), at_contract(window, demo, ARS)
    write_in(operator, SAME)
    operator.page.keyboard.type(" ajoutés 😀 ensuite")
    expect(article(operator.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
    mine = write_in(ars, SAME)
    ars.page.keyboard.press("Control+Home")
    ars.page.keyboard.type("Ensemble, ")
    expect(article(ars.page, SAME).locator("[data-save]")).to_have_text("Enregistré")
    ars.page.keyboard.press("ArrowLeft")
    ars.page.keyboard.press("ArrowLeft")
    ars.page.keyboard.press("ArrowLeft")

    dialog = ars.page.get_by_role("dialog", name=f"Qui a écrit cela{NB}?")
    ars.page.keyboard.press("F8")
    expect(dialog.locator("blockquote")).to_have_text("Ensemble")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(dialog.get_by_role("listitem")).to_contain_text("Camille Authier")
    expect(dialog.locator("time")).to_contain_text("20")
    assert violations(ars.page) == []
    ars.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    ars.page.keyboard.type("x")  # the caret is where it was
    expect(mine).to_contain_text("Ensemblxe, ")
    select(ars.page, mine, "😀 ensuite")
    ars.page.keyboard.press("F8")
    expect(dialog.get_by_role("listitem")).to_contain_text("Nadège Fournier")
    ars.page.keyboard.press("Escape")
    ars.page.keyboard.press("Control+End")
    for _ in "ensuite":
        ars.page.keyboard.press("ArrowLeft")
    drawn(ars.page)  # a person is slower than the browser's notice that the caret moved
    ars.page.keyboard.press("Enter")  # what is moved so is nobody else's
    is_theirs(ars, mine, dialog)
    ars.page.keyboard.press("Control+b")
    ars.page.keyboard.press("Delete")
    expect(mine).not_to_contain_text("ensuite")
    ars.page.keyboard.press("Control+z")
    is_theirs(ars, mine, dialog)

    reader = at_contract(window, demo, PARTNER, width=320, height=640)
    page, read = reader.page, text_of(reader.page, SAME)
    button = article(page, SAME).get_by_role("button", name="Auteurs")
    select(page, read, "ajoutés")
    button.click()
    asked = page.get_by_role("dialog", name=f"Qui a écrit cela{NB}?")
    expect(asked.get_by_role("listitem")).to_contain_text("Nadège Fournier")
    assert (violations(page), overflow(page)) == ([], 0)
    page.keyboard.press("Escape")
    select(page, read, "plancher")
    page.keyboard.press("F8")
    expect(asked.get_by_role("listitem")).to_have_text("Texte de départ" + asked.locator("time").inner_text())
    page.keyboard.press("Escape")

    page.evaluate("getSelection().removeAllRanges()")
    page.keyboard.press("F8")
    expect(asked.get_by_role("status")).to_contain_text("Sélectionnez des mots d’un article")
    page.keyboard.press("Escape")
    button.press("Enter")
    whole = page.get_by_role("dialog", name="Auteurs du texte")
    expect(whole.get_by_role("listitem")).to_have_count(3)
    expect(whole.locator(".auteur__mots").first).to_contain_text("Ensemblxe, ")
    expect(whole.locator(".auteurs__texte")).to_contain_text("[Nadège Fournier")
    assert (violations(page), overflow(page)) == ([], 0)
    page.keyboard.press("Escape")
    expect(button).to_be_focused()

    page.context.set_offline(True)
    button.press("Enter")
    expect(whole.get_by_role("status")).to_contain_text("Le serveur ne répond pas")
    page.context.set_offline(False)
    whole.get_by_role("button", name="Réessayer").click()
    expect(whole.get_by_role("listitem")).to_have_count(3)
