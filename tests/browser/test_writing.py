"""Writing as people of a word processor do: paste, tables, undo, find, all by keyboard."""

import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from server.domain.texts import text
from tests import forks
from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import (
    ARS,
    CONTRACT,
    OPERATOR,
    PARTNER,
    article,
    at_contract,
    drawn,
    line_is,
    text_of,
    write_in,
)
from tests.browser.test_pages import violations
from tests.factories import PH

FIXTURES = Path(__file__).parents[2] / "client" / "test" / "fixtures"
WRITTEN, OTHER = "s-4-3", "s-8"
NB = "\u00a0"

PASTE = """([html, text]) => {
    const given = new DataTransfer();
    if (html) given.setData("text/html", html);
    given.setData("text/plain", text);
    const event = new ClipboardEvent("paste", {clipboardData: given, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(event);
}"""


def paste(page: Page, *, html: str = "", plain: str = "texte") -> None:
    page.evaluate(PASTE, [html, plain])


def is_saved(window: Window, key: str) -> None:
    expect(article(window.page, key)).to_have_attribute("data-saved", "true")
    expect(article(window.page, key).locator("[data-save]")).to_have_text("Enregistré")


def check_pasted(shown: Locator) -> None:
    """What both fixtures have: headings, nested and numbered lists, a table with merged cells and a header, marks."""
    expect(shown.locator("h3").filter(has_text="Objet de l’annexe")).to_have_count(1)
    expect(shown.locator("h4").filter(has_text="Modalités")).to_have_count(1)
    items = ["suivi trimestrieleffectifsjournées", "effectifs", "journées", "bilan annuel"]
    expect(shown.locator("ul > li")).to_have_text(items)
    expect(shown.locator("ol ol > li")).to_have_text(["écrit"])
    expect(shown.locator("table th[colspan='2']")).to_have_text("Montants")
    expect(shown.locator("table td[rowspan='2']")).to_have_text("2027")
    expect(shown.locator("strong").filter(has_text="taux d’occupation")).to_have_count(1)
    expect(shown.locator("em")).to_have_text("annuel")
    expect(shown.locator("a[href='https://exemple.fr/indicateurs']")).to_have_text("le site")
    expect(shown.locator("img, [style], font, span:not([class])")).to_have_count(0)
    expect(shown).to_contain_text("Au sens de l’article L. 313-11.")
    for lost in ("MOTS SUPPRIMÉS", "REMARQUE INTERNE"):
        expect(shown).not_to_contain_text(lost)


def test_a_page_of_word_and_one_of_libreoffice_are_pasted_for_both_parties(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    for key, name in ((WRITTEN, "word"), (OTHER, "libreoffice")):
        mine = write_in(ars, key)
        ars.page.keyboard.press("Enter")
        paste(ars.page, html=(FIXTURES / f"{name}.html").read_text(encoding="utf-8"))
        check_pasted(mine)
        check_pasted(text_of(operator.page, key))
        is_saved(ars, key)
    expect(article(ars.page, WRITTEN).locator("[data-notice]")).to_contain_text("Les images n’ont pas été collées.")
    fresh = at_contract(window, demo, PARTNER)
    for key in (WRITTEN, OTHER):
        check_pasted(text_of(fresh.page, key))
    pasted = [one for one in contents(exported(demo)) if "Au sens de l’article L. 313-11." in text.to_body(one)]
    assert [list(text.problems(one, "content")) for one in pasted] == [[], []]


def exported(demo: Demo) -> Any:
    """The contract file as the server keeps it now."""
    done = forks.run(("export", PH), {**os.environ, "ENTENTE_DATABASE_URL": demo.database})
    return json.loads(done.stdout)


def contents(value: Any) -> list[Any]:
    """Every text of a contract file."""
    if isinstance(value, dict):
        return [value] if value.get("type") == "doc" else [one for each in value.values() for one in contents(each)]
    return [one for each in value for one in contents(each)] if isinstance(value, list) else []


DROP = """([html, x, y]) => {
    const given = new DataTransfer();
    given.setData("text/html", html);
    const event = new DragEvent("drop", {dataTransfer: given, clientX: x, clientY: y, bubbles: true, cancelable: true});
    document.elementFromPoint(x, y).dispatchEvent(event);
}"""


def copied_elsewhere(ars: Window, write: str, html: str) -> None:
    """Copy on another page, without this one's policy, which would report the styles."""
    elsewhere = ars.page.context.new_page()
    elsewhere.route(f"{ars.url}/elsewhere", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    elsewhere.goto(f"{ars.url}/elsewhere")
    elsewhere.evaluate(write, html)
    elsewhere.close()
    ars.page.bring_to_front()


def test_the_real_clipboard_and_what_is_refused(demo: Demo, window: Open) -> None:
    ars = at_contract(window, demo, ARS)
    ars.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mine = write_in(ars, WRITTEN)
    write = """html => navigator.clipboard.write([new ClipboardItem({
        "text/html": new Blob([html], {type: "text/html"}), "text/plain": new Blob(["x"], {type: "text/plain"})})])"""
    ars.page.keyboard.press("Enter")
    copied_elsewhere(ars, write, (FIXTURES / "excel.html").read_text(encoding="utf-8"))
    ars.page.keyboard.press("Control+v")
    expect(mine.locator(":scope > *").first).to_contain_text("Lorsque l'activité")
    expect(mine.locator("td")).to_have_text(["Année", "Places", "2027", "45", "12 345 €"])
    is_saved(ars, WRITTEN)
    place = mine.locator("p").first.bounding_box()
    assert place is not None
    ars.page.evaluate(DROP, ["<h1 class='x' style='color:red'>Titre glissé</h1>", place["x"] + 2, place["y"] + 5])
    expect(mine.locator("h3")).to_have_text("Titre glissé")
    expect(mine.locator("h3 + p")).to_contain_text("Lorsque l'activité")
    is_saved(ars, WRITTEN)
    before = mine.inner_text()
    paste(ars.page, plain="ligne\n" * 6_000)
    notice = article(ars.page, WRITTEN).locator("[data-notice]")
    expect(notice).to_contain_text("rien n’a été collé")
    assert mine.inner_text() == before
    mine.locator("td").last.click()
    paste(ars.page, html="<p>avant</p><table><tr><td>a</td><td>b</td></tr></table>")
    expect(mine.locator("td p").filter(has_text="a\tb")).to_have_count(1)
    expect(mine.locator("table table")).to_have_count(0)
    expect(mine.locator("table")).to_have_count(1)
    is_saved(ars, WRITTEN)
    assert violations(ars.page) == []


def focus(page: Page) -> Any:
    return page.evaluate("[document.activeElement.tagName, document.activeElement.className.split(' ')[0]]")


CARET = """selector => {
    const at = getSelection().anchorNode;
    return !!(at.nodeType === 1 ? at : at.parentElement).closest(selector);
}"""


def caret_is_in(page: Page, selector: str) -> bool:
    found: bool = page.evaluate(CARET, selector)
    return found


def test_a_table_by_keyboard_alone_from_sign_in(demo: Demo, window: Open) -> None:
    found = window(demo)
    page, keyboard = found.page, found.page.keyboard
    page.goto(f"{demo.url}{CONTRACT}")

    def tab_to(selector: str, key: str = "Tab") -> None:
        for _ in range(150):
            keyboard.press(key)
            if page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
        raise AssertionError(f"{key} never reaches {selector}")

    tab_to("form[action^='/sign-in/'] button")
    keyboard.press("Enter")
    page.wait_for_url("**/demo/authorize**")
    tab_to(f"button[value='{ARS}']")
    keyboard.press("Enter")
    page.wait_for_url(f"**{CONTRACT}")
    line_is(page, "live")
    keyboard.press("F6")
    keyboard.press("F6")
    assert page.evaluate("document.activeElement.id") == "contenu"
    tab_to(f"#article-{WRITTEN} [data-write]")
    keyboard.press("Enter")
    one = article(page, WRITTEN)
    expect(one).to_have_attribute("data-editor", "live")
    assert focus(page) == ["DIV", "texte"]
    keyboard.press("Control+End")
    drawn(page)  # a person is slower than the browser's notice that the caret moved
    keyboard.press("Enter")
    keyboard.press("Escape")
    tab_to(f"#article-{WRITTEN} [role='toolbar'] [tabindex='0']")
    tab_to("button[aria-label='Insérer un tableau']", "ArrowRight")
    keyboard.press("Enter")
    assert focus(page) == ["DIV", "texte"]
    for word in ("Année", "Montant", "Source", "2027", "12", "ARS", "2028", "14", "Dép."):
        keyboard.type(word)
        keyboard.press("Tab")
    keyboard.type("2029")
    cells = one.locator("th, td")
    expect(cells).to_have_count(12)
    expect(cells.nth(9)).to_have_text("2029")
    keyboard.press("ArrowUp")
    keyboard.type("!")
    expect(cells.nth(6)).to_contain_text("!")
    keyboard.press("Alt+Shift+ArrowRight")
    expect(one.locator("tr").first.locator("th, td")).to_have_count(4)
    expect(one.locator("[data-notice]")).to_have_text(f"C’est fait{NB}: ajouter une colonne à droite.")
    keyboard.press("Control+z")
    expect(one.locator("tr").first.locator("th, td")).to_have_count(3)
    keyboard.press("Shift+ArrowDown")
    keyboard.press("Shift+ArrowRight")
    expect(one.locator(".selectedCell")).to_have_count(4)
    keyboard.press("Delete")
    expect(cells.nth(9)).to_have_text("")
    keyboard.press("Control+z")
    expect(cells.nth(9)).to_have_text("2029")
    keyboard.press("Control+Enter")
    assert not caret_is_in(page, "table")
    keyboard.type("Dessous. Un mot")
    keyboard.press("Control+z")
    expect(one.locator(".ProseMirror > p").last).to_have_text("Dessous. Un ")
    keyboard.press("Control+/")
    expect(page.locator("#raccourcis")).to_be_visible()
    keyboard.press("Escape")
    expect(page.locator("#raccourcis")).to_be_hidden()
    assert focus(page) == ["DIV", "texte"]
    is_saved(found, WRITTEN)


def test_words_are_found_everywhere_while_another_writes(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    mine = write_in(ars, WRITTEN)
    write_in(operator, OTHER)
    ars.page.keyboard.type(" Une échéance d’essai.")
    keyboard, count = ars.page.keyboard, ars.page.locator("[data-find-count]")
    keyboard.press("Control+Shift+F")
    expect(ars.page.locator("#recherche-mots")).to_be_focused()
    keyboard.type("ECHEANCE D'ESSAI")
    expect(count).to_have_text("1 sur 1, Article 4.3")
    operator.page.keyboard.type(" Une échéance d’essai.")
    expect(count).to_have_text("1 sur 2, Article 4.3")
    keyboard.press("Enter")
    expect(count).to_contain_text("2 sur 2")
    keyboard.press("Enter")
    keyboard.press("Shift+Enter")
    expect(count).to_contain_text("2 sur 2")
    expect(text_of(ars.page, OTHER).locator("p").last).to_be_in_viewport()
    lit = ars.page.evaluate("[...CSS.highlights].map(([name, one]) => [name, one.size])")
    assert lit == [["recherche", 2], ["recherche-ici", 1]]
    results = ars.page.get_by_role("list", name="Résultats par article")
    expect(results.locator("h3")).to_have_count(2)
    results.locator("button").first.click()
    expect(count).to_contain_text("1 sur 2")
    operator.page.keyboard.type(" Encore une échéance d’essai.")
    expect(count).to_contain_text("1 sur 3")
    expect(results.locator("button").first).to_be_focused()  # though the list was made anew
    assert violations(ars.page) == []
    ars.page.set_viewport_size({"width": 320, "height": 700})
    assert ars.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    ars.page.keyboard.press("Escape")
    expect(ars.page.locator("[data-find]")).to_be_hidden()
    expect(mine).to_be_focused()
    ars.page.keyboard.type(" Suite.")
    expect(mine).to_contain_text("Une échéance d’essai. Suite.")
    assert ars.page.evaluate("CSS.highlights.get('recherche').size") == 0
