"""A change is prepared by two people of a party, tabled, answered with a reservation, accepted under a caret."""

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import ARS, CONTRACT, DEPARTMENT, OPERATOR, article, at_contract, drawn, text_of, write_in
from tests.browser.test_network import another_tab
from tests.browser.test_proposals import looks_right

HERE = "s-4-3"
WORDS = " Le plancher est porté à 95 % dès 2028."


def answer(one: Window, at: str, said: str, **typed: str) -> None:
    one.page.goto(at)
    one.page.get_by_label(said, exact=True).check()
    for name, value in typed.items():
        one.page.locator(f"#f-{name}").fill(value)
    one.page.get_by_role("button", name="Enregistrer la réponse").click()
    one.page.wait_for_url(f"{at}#*")


def test_a_change_is_prepared_in_private_tabled_answered_and_accepted_under_a_caret(demo: Demo, window: Open) -> None:
    ars, department, operator = [at_contract(window, demo, one) for one in (ARS, DEPARTMENT, OPERATOR)]
    article(ars.page, HERE).get_by_role("link", name="Proposer une modification").click()
    ars.page.locator("#f-title").fill("Relever le plancher d’activité")
    ars.page.locator("#f-reason").fill("Moyenne régionale des IME : 95,2 %.")
    looks_right(ars.page)
    ars.page.get_by_role("button", name="Commencer le brouillon").click()
    ars.page.wait_for_url("**/proposals/*")
    at = ars.page.url
    colleague = another_tab(ars)
    colleague.page.goto(at)
    for one in (colleague, ars):
        one.page.bring_to_front()
        write_in(one, "texte")
    ars.page.keyboard.type(WORDS)
    expect(article(ars.page, "texte").locator("[data-save]")).to_have_text("Enregistré")
    expect(text_of(colleague.page, "texte")).to_contain_text(WORDS.strip())  # live, among those who prepare it
    expect(colleague.page.locator(".redline__texte ins")).to_contain_text(WORDS.strip())  # without a reload
    colleague.page.close()

    operator.page.bring_to_front()
    write_in(operator, HERE)
    for key in ("Control+Home", *["ArrowRight"] * len("Lorsque ")):
        operator.page.keyboard.press(key)
        drawn(operator.page)
    ars.page.get_by_role("link", name="Déposer la proposition").click()
    ars.page.get_by_role("button", name="Déposer devant les parties").click()
    ars.page.wait_for_url(f"{at}#etat")
    expect(operator.page.get_by_role("link", name="Relever le plancher").first).to_be_visible()  # without a reload

    answer(department, at, "D’accord avec réserve", words="Sous réserve du vote.", due="2027-03-01")
    expect(department.page.locator("#reponses")).to_be_focused()  # who answers by the keyboard goes on from there
    expect(department.page.get_by_text("Réserve à lever avant le 1er mars 2027")).to_be_visible()
    looks_right(department.page)
    second = another_tab(operator)
    answer(second, at, "D’accord")
    expect(second.page.get_by_text("Proposition acceptée par toutes les parties signataires")).to_be_visible()
    expect(text_of(operator.page, HERE)).to_contain_text(WORDS.strip())
    operator.page.bring_to_front()
    operator.page.keyboard.type("ici ")
    expect(text_of(operator.page, HERE)).to_contain_text("Lorsque ici l'activité")  # the caret stayed where it was
    expect(department.page.locator("#reponse")).to_be_hidden()  # there is nothing left to answer
    department.page.goto(demo.url + CONTRACT + "/proposals")
    expect(department.page.get_by_role("heading", name="Propositions terminées")).to_be_visible()
    looks_right(department.page)
