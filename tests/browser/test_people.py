"""Someone is invited, comes in, is given power to sign, and is seen out: three windows."""

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, CONTRACT, DEPARTMENT, STRANGER, at_contract, line_is
from tests.browser.test_contracts import looked_at, save
from tests.browser.test_pages import violations

PEOPLE, SETTINGS = f"{CONTRACT}/people", f"{CONTRACT}/settings"
PDF = {"name": "décision.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}


def test_a_newcomer_is_invited_comes_in_by_the_link_and_is_seen_out(demo: Demo, window: Open) -> None:
    leads = window(demo).sign_in(ARS, PEOPLE)
    lead = leads.page
    looked_at(lead)
    lead.get_by_role("link", name="Ajouter une personne").click()
    lead.get_by_label("Prénom et nom").fill("Alex Martin")
    lead.get_by_label("Fonction").fill("Juriste")
    save(lead, "Inscrire la personne")
    lead.get_by_role("link", name="Personnes", exact=True).click()
    place = lead.get_by_role("listitem").filter(has=lead.get_by_role("heading", name="Alex Martin"))
    place.locator("summary").first.click()
    place.get_by_label("Adresse électronique").fill("alex")
    place.get_by_role("button", name="Inviter").click()
    expect(lead.locator("#resume")).to_contain_text("Écrivez une adresse complète")
    looked_at(lead)
    lead.get_by_label("Adresse électronique").first.fill("alex.martin@exemple.fr")
    place.get_by_role("button", name="Inviter").click()
    link = lead.get_by_label("Lien d’invitation").input_value()
    looked_at(lead)

    newcomer = window(demo).page
    newcomer.goto(link)
    expect(newcomer.locator("main")).not_to_contain_text("Layon")
    looked_at(newcomer)
    newcomer.get_by_role("button", name="Se connecter avec").click()
    newcomer.locator(f'button[value="{STRANGER}"]').click()
    newcomer.wait_for_url(f"{demo.url}{CONTRACT}")
    line_is(newcomer, "live")
    late = window(demo)
    late.page.goto(link)
    expect(late.page.locator("h1")).to_have_text("Cette invitation a déjà servi.")
    assert violations(late.page) == []

    lead.goto(f"{demo.url}{SETTINGS}/seats/p-delegue-ars/mandates")
    lead.get_by_label("Référence de l’acte").fill("Décision EX-2026-011")
    lead.get_by_label("Date de l’acte").fill("2026-01-05")
    save(lead, "Enregistrer l’habilitation")
    lead.get_by_label("Joindre un document").set_input_files(PDF)  # type: ignore[arg-type]  # a file without a disk
    save(lead, "Joindre")
    expect(lead.get_by_role("link", name="décision.pdf")).to_be_visible()
    looked_at(lead)
    other = at_contract(window, demo, DEPARTMENT).page
    other.goto(f"{demo.url}{SETTINGS}")
    expect(other.locator("#habilitations")).to_contain_text("Décision EX-2026-011")
    looked_at(other)

    lead.goto(f"{demo.url}{PEOPLE}")
    place.get_by_role("link", name="Modifier ou retirer").click()
    save(lead, "Retirer l’accès")
    line_is(newcomer, "forbidden")
    newcomer.goto(f"{demo.url}/")
    expect(newcomer.locator("main h2")).to_have_text("Votre accès n’est pas encore ouvert")
    looked_at(newcomer)
    for told in (leads, late):  # a browser logs what it was told
        told.wrong[:] = [one for one in told.wrong if "status of 422" not in one and "status of 410" not in one]
