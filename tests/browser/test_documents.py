"""A document of a word processor brought into an article, and into a private draft."""

from playwright.sync_api import FilePayload, Locator, Page, expect

from server.documents import package
from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import ARS, CONTRACT, OPERATOR, article, at_contract, text_of, write_in
from tests.browser.test_pages import violations
from tests.browser.test_proposals import looks_right
from tests.browser.test_writing import is_saved
from tests.documents import NUMBERING, STYLES, cell, docx, item, p, r, row

HERE, DRAFTED = "s-4-3", "s-8"
SECRET = "REMARQUE INTERNE"
WORD = docx(
    p("Objet de l’annexe", '<w:pStyle w:val="Titre1"/>')
    + f"<w:p>{r('Le ')}{r('taux', '<w:b/>')}<w:del>{r(SECRET)}</w:del>{r(SECRET, '<w:vanish/>')}</w:p>"
    + item("suivi")
    + "<w:tbl>" + row(cell(p("Année")), cell(p("Places")), about="<w:tblHeader/>") + row(cell(p("2027")), cell(p("45")))
    + "</w:tbl>",
    styles=STYLES,
    numbering=NUMBERING,
)  # fmt: skip


def a_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def ask(page: Page, key: str) -> Locator:
    """The dialog, opened with the keyboard from the text's tools."""
    tool = article(page, key).get_by_role("button", name="Insérer un document…")
    tool.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Insérer un document")
    expect(dialog.get_by_label("Document à insérer")).to_be_focused()
    return dialog


def bring(page: Page, key: str, name: str, content: bytes) -> Locator:
    dialog = ask(page, key)
    dialog.get_by_label("Document à insérer").set_input_files(a_file(name, content))
    dialog.get_by_role("button", name="Insérer", exact=True).click()
    return dialog


def check_brought(shown: Locator) -> None:
    expect(shown.locator("h3").filter(has_text="Titre I – Objet de l’annexe")).to_have_count(1)
    expect(shown.locator("ol > li")).to_have_text(["suivi"])
    expect(shown.locator("th")).to_have_text(["Année", "Places"])
    expect(shown.locator("td")).to_have_text(["2027", "45"])
    expect(shown.locator("strong").filter(has_text="taux")).to_have_count(1)
    expect(shown).not_to_contain_text(SECRET)


def check_told(page: Page, key: str) -> None:
    notice = article(page, key).locator("[data-notice]")
    expect(notice).to_contain_text("Document inséré. Relisez-le.")
    expect(notice).to_contain_text("les mots supprimés n’y sont plus. Le texte masqué n’a pas été repris.")


def test_a_word_document_comes_where_the_caret_is_and_one_step_takes_it_away(demo: Demo, window: Open) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    mine, theirs = write_in(ars, HERE), text_of(operator.page, HERE)
    before = mine.inner_text()
    expect(bring(ars.page, HERE, "annexe.docx", WORD)).to_have_count(0)
    for shown in (mine, theirs):
        check_brought(shown)
    check_told(ars.page, HERE)
    is_saved(ars, HERE)
    expect(mine).to_be_focused()
    ars.page.keyboard.press("Control+z")
    for shown in (mine, theirs):
        expect(shown.locator("table, ol")).to_have_count(0)
        expect(shown).not_to_contain_text("Objet de l’annexe")
    assert mine.inner_text().strip() == before.strip()
    refusals(ars)
    expect(bring(ars.page, HERE, "page.html", "<p>Texte <del>x</del>créé</p>".encode("cp1252"))).to_have_count(0)
    expect(theirs).to_contain_text("Texte créé")
    is_saved(ars, HERE)
    private_draft(ars, operator)
    assert violations(ars.page) == []


def refusals(ars: Window) -> None:
    """What is no document is said in the dialog, which stays: on a phone, in both themes, without a network."""
    page = ars.page
    dialog = bring(page, HERE, "secret.docx", package.OLE + bytes(600) + package.OLE_LOCKED)
    expect(dialog.get_by_role("alert")).to_contain_text("Enregistrez-en une copie sans mot de passe")
    expect(dialog.get_by_label("Document à insérer")).to_be_focused()
    assert [one for one in ars.wrong if "422" not in one] == []
    ars.wrong.clear()  # the browser logs the refusal itself
    looks_right(page)
    page.context.set_offline(True)
    dialog.get_by_role("button", name="Insérer", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Vérifiez votre connexion")
    page.context.set_offline(False)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def private_draft(ars: Window, operator: Window) -> None:
    """A document in a draft is its party's: the other one reads none of it, and does not know of the draft."""
    ars.page.goto(f"{ars.url}{CONTRACT}/sections/{DRAFTED}/new-proposal")
    ars.page.locator("#f-title").fill("Essai")
    ars.page.get_by_role("button", name="Commencer le brouillon").click()
    ars.page.wait_for_url("**/proposals/*")
    mine = write_in(ars, "texte")
    ars.page.keyboard.press("Enter")
    expect(bring(ars.page, "texte", "annexe.docx", WORD)).to_have_count(0)
    check_brought(mine)
    check_told(ars.page, "texte")
    is_saved(ars, "texte")
    operator.page.reload()
    expect(text_of(operator.page, DRAFTED)).not_to_contain_text("Objet de l’annexe")
    answer = operator.page.goto(ars.page.url)
    assert answer is not None
    assert answer.status == 404
    operator.wrong.clear()  # the browser logs the 404 itself
