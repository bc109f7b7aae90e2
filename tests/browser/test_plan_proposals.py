"""A change of an agreed plan is prepared, tabled and answered; when the last party agrees every open page follows."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, CONTRACT, DEPARTMENT, OPERATOR, article, at_contract, line_is
from tests.browser.test_negotiation import answer
from tests.browser.test_plan import edit, row
from tests.browser.test_proposals import looks_right

PLAN = f"{CONTRACT}/plan"
MODULATION, PROGRAMME = "Modulation de la tarification en fonction de l'activité", "Programme d'investissement"


def send_out_for_opinions(demo: Demo) -> None:
    with closing(sqlite3.connect(demo.database.partition("///")[2])) as raw, raw:
        raw.execute("UPDATE contract SET state = 'consultation'")


def test_a_change_of_an_agreed_plan_is_proposed_and_both_pages_follow(demo: Demo, window: Open) -> None:
    send_out_for_opinions(demo)
    ars, operator, department = [at_contract(window, demo, one) for one in (ARS, OPERATOR, DEPARTMENT)]
    page: Page = ars.page
    page.goto(demo.url + PLAN)
    expect(page.get_by_text("Le plan est arrêté")).to_be_visible()
    row(page, MODULATION).get_by_role("link", name="Proposer un changement").click()
    page.locator("#f-title").fill("Un plan plus court")
    page.get_by_role("button", name="Commencer le brouillon").click()

    page.locator("#titre").fill("Modulation")  # its forms are open already
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Changement ajouté à la proposition.")).to_be_visible()
    edit(page, PROGRAMME)
    page.get_by_role("button", name="Marquer « Sans objet »").click()
    end = page.locator(".fiche--fin")
    end.get_by_label("Titre").fill("Clause de revoyure")
    end.get_by_role("button", name="Ajouter").click()
    expect(page.get_by_text("Clause de revoyure").first).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Voir ce qui change").click()
    page.get_by_role("link", name="Déposer la proposition").click()
    page.get_by_role("button", name="Déposer devant les parties").click()
    expect(page.get_by_text("Proposition déposée, soumise à l’accord")).to_be_visible()
    at = page.url.removesuffix("#etat")

    operator.page.goto(at)
    expect(operator.page.locator("[data-redline-tools]")).to_be_visible()
    for said in ("Renommé", "Devient « Sans objet »", "Ajouté"):  # in the order of the plan, by the keyboard alone
        operator.page.keyboard.press("F7")
        expect(operator.page.locator("[data-modif]:focus")).to_contain_text(said)
    looks_right(operator.page)
    operator.page.goto(demo.url + CONTRACT)
    line_is(operator.page, "live")
    page.goto(demo.url + CONTRACT)
    line_is(page, "live")
    answer(department, at, "D’accord")
    second = operator.page.context.new_page()
    second.goto(at)
    second.get_by_label("D’accord", exact=True).check()
    second.get_by_role("button", name="Enregistrer la réponse").click()
    expect(second.get_by_text("Proposition acceptée par toutes les parties signataires")).to_be_visible()
    for one in (page, operator.page):  # without a reload
        expect(one.locator("#sommaire").get_by_text("Clause de revoyure")).to_be_visible()
        expect(article(one, "s-4-3").get_by_role("heading", name="Modulation").first).to_be_visible()
        expect(article(one, "s-4-6")).to_contain_text("Sans objet")
