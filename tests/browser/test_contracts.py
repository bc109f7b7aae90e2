"""Contracts in the page: begun from each plan, edited, staffed, taken from step to step, seen by another party."""

import pytest
from playwright.sync_api import Page, expect

from server.contract_files import contract_file
from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, CONTRACT, OPERATOR, at_contract, line_is
from tests.browser.test_pages import WIDTHS, overflow, violations

FAMILIES = [one["family"] for one in contract_file.read_data("plans.json")["templates"]]
SETTINGS, LIFE = f"{CONTRACT}/settings", f"{CONTRACT}/life"


def looked_at(page: Page) -> None:
    """Nothing overflows at any width; axe finds nothing on a wide screen and on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert (page.url, width, overflow(page)) == (page.url, width, 0)
        if width in (390, 1440):
            assert violations(page) == []


def save(page: Page, words: str = "Enregistrer") -> None:
    page.get_by_role("button", name=words, exact=True).click()


def test_a_contract_is_begun_from_each_plan(demo: Demo, window: Open) -> None:
    page = window(demo).sign_in(ARS).page
    page.get_by_role("link", name="Nouveau contrat").click()
    expect(page.locator(".famille")).to_have_count(len(FAMILIES))
    page.locator(".famille__plan summary").first.click()
    looked_at(page)
    for number, family in enumerate(FAMILIES):
        page.goto(f"{demo.url}/contracts/new/{family}")
        page.get_by_label("Nom entier").first.fill(f"Association n° {number}")
        page.get_by_label("Nom court").first.fill(f"Association {number}")
        if number == 0:
            looked_at(page)
        save(page, "Créer le contrat")
        page.wait_for_url("**/settings?done=created")
        expect(page.get_by_role("status")).to_contain_text("Le contrat est créé.")
        page.get_by_role("link", name="Texte du contrat").click()
        line_is(page, "live")
        expect(page.locator("[data-write]:visible").first).to_be_visible()
    page.goto(demo.url)
    expect(page.locator(".contrat")).to_have_count(len(FAMILIES) + 1)


def test_a_lead_edits_the_contract_and_another_party_sees_it(demo: Demo, window: Open) -> None:
    other = at_contract(window, demo, OPERATOR)
    found = window(demo).sign_in(ARS, SETTINGS)
    page = found.page
    looked_at(page)
    page.locator("#informations").get_by_role("link", name="Modifier").click()
    page.get_by_label("Intitulé").fill("")
    save(page)
    expect(page.locator("#resume")).to_be_focused()
    expect(page.get_by_label("Intitulé")).to_have_attribute("aria-invalid", "true")
    looked_at(page)
    page.get_by_label("Intitulé").fill("CPOM du Layon")
    save(page)
    expect(page.get_by_role("status")).to_contain_text("Les informations du contrat sont enregistrées.")
    expect(other.page.locator("h1")).to_have_text("CPOM du Layon")  # the open page follows by itself

    page.get_by_role("link", name="Ajouter une partie").click()
    page.get_by_label("Type d’autorité").select_option("etat")
    page.get_by_label("Nom entier").fill("Direction départementale (exemple fictif)")
    page.get_by_label("Nom court").fill("DDETS")
    looked_at(page)
    save(page, "Ajouter la partie")
    expect(page.locator("#parties")).to_contain_text("DDETS")

    page.locator("#etablissements").get_by_role("link", name="Ajouter").click()
    page.get_by_label("Nom", exact=True).fill("Foyer des Aulnes")
    page.get_by_label("Catégorie").fill("EANM")
    page.get_by_label("FINESS établissement").fill("49 999 011 8")
    page.get_by_label("DDETS").check()
    looked_at(page)
    save(page, "Ajouter l’établissement ou service")
    expect(page.locator("#etablissements")).to_contain_text("Foyer des Aulnes")
    expect(page.locator("#etablissements .doute")).to_contain_text("La clé du numéro FINESS 49 999 011 8 est fausse.")

    page.locator("#parties > ul > li").first.get_by_role("link", name="Ajouter une personne").click()
    page.get_by_label("Prénom et nom").fill("Zoé Petit")
    page.get_by_label("Rôle").select_option("signatory")
    looked_at(page)
    save(page, "Inscrire la personne")
    expect(page.locator("#parties")).to_contain_text("Pas encore de compte")
    looked_at(page)

    page.get_by_role("link", name="Étapes", exact=True).click()
    expect(page.get_by_role("link", name="Sans texte")).to_have_count(1)
    looked_at(page)
    page.get_by_text("Revenir à une étape précédente").click()
    page.locator("details[open]").get_by_label("Étape").select_option("diagnosis")
    page.locator("details[open]").get_by_label("Motif").fill("Le périmètre change.")
    save(page, "Revenir à l’étape choisie")
    expect(page.locator(".journal")).to_contain_text("Le périmètre change.")
    expect(other.page.locator(".bandeau__etat")).to_contain_text("Diagnostic")
    page.get_by_role("button", name="Passer à l’étape").click()
    expect(page.locator("#resume")).to_be_focused()
    looked_at(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Passer à l’étape").click()
    expect(page.get_by_role("status")).to_contain_text("L’étape du contrat a changé.")
    found.wrong[:] = [one for one in found.wrong if "422" not in one]  # the browser logs what it was told


def test_a_form_is_filled_in_and_sent_by_keyboard_alone(demo: Demo, window: Open) -> None:
    page = window(demo).sign_in(ARS, f"{SETTINGS}/facts").page
    for key in ("#f-title", "#f-start", "#f-end", "form.formulaire .btn--plein"):
        for _ in range(60):
            if page.evaluate("s => document.activeElement?.matches(s)", key):
                break
            page.keyboard.press("Tab")
        else:
            pytest.fail(f"Tab never reaches {key}")
        if key == "#f-title":
            page.keyboard.press("Control+A")
            page.keyboard.type("Au clavier")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("enregistrées")
    expect(page.locator("#informations")).to_contain_text("Au clavier")
