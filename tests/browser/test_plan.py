"""One changes the plan while another writes: nobody loses a word, a caret or their place."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import ARS, CONTRACT, OPERATOR, PARTNER, article, at_contract, line_is, write_in
from tests.browser.test_pages import WIDTHS, overflow, violations

PLAN = f"{CONTRACT}/plan"


def at_plan(window: Open, demo: Demo) -> Window:
    return window(demo).sign_in(ARS, PLAN)


def row(page: Page, title: str) -> Locator:
    return page.locator(".arbre__ligne").filter(has=page.get_by_role("link", name=title, exact=True))


def edit(page: Page, title: str) -> None:
    row(page, title).get_by_role("link", name="Modifier").click()
    expect(row(page, title).locator(".fiche")).to_be_visible()


def add_inside(page: Page, title: str, new: str) -> None:
    """Add an article inside another."""
    edit(page, title)
    card = row(page, title)
    place = card.get_by_label("Quoi, et où")
    place.select_option(label="Un article — à l’intérieur")
    proposed = place.locator("option:checked").get_attribute("data-number") or ""
    expect(card.get_by_label("Numéro").last).to_have_value(proposed)
    card.get_by_label("Titre").last.fill(new)
    card.get_by_role("button", name="Ajouter").click()
    expect(page.locator("#fait")).to_contain_text("Ajout enregistré")


def test_the_plan_changes_around_somebody_who_writes(demo: Demo, window: Open) -> None:
    writer, reader = at_contract(window, demo, OPERATOR), at_contract(window, demo, PARTNER, width=390, height=844)
    lead = at_plan(window, demo)
    page, news = writer.page, writer.page.locator("[data-news]")
    editor = write_in(writer, "s-4-3")
    page.keyboard.type(" Première phrase.")
    for _ in range(len("phrase.")):
        page.keyboard.press("ArrowLeft")
    seen_at = editor.bounding_box()

    add_inside(lead.page, "Moyens dédiés à la réalisation du contrat", "Seuils d’activité")
    expect(news).to_have_text(re.compile("Ajout au plan"))
    expect(page.locator("#sommaire").get_by_text("Seuils d’activité")).to_be_visible()
    lead.page.goto(f"{demo.url}{PLAN}")
    up = row(lead.page, "Modulation de la tarification en fonction de l'activité").get_by_role("button", name="Monter")
    up.press("Enter")
    expect(up).to_be_focused()
    up.press("Enter")
    expect(up).to_be_disabled()
    order = page.locator("[data-articles] > *")
    expect(order.nth(7)).to_have_attribute("id", "article-s-4-3")
    page.keyboard.type("longue ")
    expect(editor).to_contain_text("Première longue phrase.")
    expect(editor).to_be_focused()
    expect(article(page, "s-4-3").locator("[data-save]")).to_have_text("Enregistré")
    now = editor.bounding_box()
    assert seen_at is not None
    assert now is not None
    assert abs(seen_at["y"] - now["y"]) < 60
    expect(reader.page.locator("[data-section]").filter(has_text="Seuils d’activité")).to_be_attached()

    new = page.locator("[data-section]").filter(has_text="Seuils d’activité")
    new.locator("[data-write]").click()
    expect(new).to_have_attribute("data-editor", "live")
    page.keyboard.type("Le seuil est de 92 %.")
    expect(new.locator("[data-save]")).to_have_text("Enregistré")
    expect(reader.page.locator("[data-section]").filter(has_text="Le seuil est de 92")).to_be_attached()

    edit(lead.page, "Mesures nouvelles et crédits non reconductibles")
    lead.page.get_by_role("button", name="Marquer « Sans objet »").click()
    expect(article(page, "s-4-2").locator(".article__meta")).to_contain_text("Sans objet")
    expect(article(page, "s-4-2").locator("[data-write]")).to_be_hidden()
    assert page.locator("[data-outline]").filter(has_text="Mesures nouvelles").inner_text().endswith("Sans objet")
    expect(new.locator(".ProseMirror")).to_be_focused()

    edit(lead.page, "Seuils d’activité")
    lead.page.locator("#titre").fill("Seuils")
    lead.page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".article__titre").filter(has_text=re.compile("^Seuils$"))).to_be_attached()
    lead.page.get_by_role("button", name="Retirer du plan").click()
    expect(news).to_have_text(re.compile("Retrait du plan"))
    gone = page.locator("[data-gone]")
    expect(gone).to_contain_text("Le seuil est de 92 %.")
    expect(gone).to_contain_text("retiré du plan")
    expect(page.locator("#sommaire").get_by_text("Seuils")).to_have_count(0)
    expect(reader.page.locator("[data-articles]")).not_to_contain_text("Le seuil est de 92")
    assert violations(page) == []
    gone.get_by_role("button", name="Masquer cet article").click()
    expect(gone).to_have_count(0)
    expect(lead.page.locator(".retires")).to_contain_text("Seuils")


def test_a_page_that_missed_a_change_catches_up_when_it_comes_back(demo: Demo, window: Open) -> None:
    writer, lead = at_contract(window, demo, OPERATOR), at_plan(window, demo)
    writer.page.context.set_offline(True)
    line_is(writer.page, "offline")
    add_inside(lead.page, "Moyens dédiés à la réalisation du contrat", "Arrivé pendant l’absence")
    writer.page.context.set_offline(False)
    expect(writer.page.locator("[data-articles]")).to_contain_text("Arrivé pendant l’absence")
    writer.wrong.clear()  # what a browser says of being off line


def test_the_plan_is_changed_by_keyboard_without_javascript_on_every_screen(demo: Demo, window: Open) -> None:
    lead = at_plan(window, demo)
    state = lead.page.context.storage_state()
    for scheme in ("light", "dark"):
        shown = window(demo, color_scheme=scheme, storage_state=state)
        shown.page.goto(f"{demo.url}{PLAN}")
        edit(shown.page, "Frais de siège")
        edit(shown.page, "Mesures nouvelles et crédits non reconductibles")
        for width in WIDTHS:
            shown.page.set_viewport_size({"width": width, "height": 900})
            assert (width, overflow(shown.page)) == (width, 0)
        for width in (1440, 390):
            shown.page.set_viewport_size({"width": width, "height": 900})
            assert violations(shown.page) == []
    quiet = window(demo, java_script_enabled=False, storage_state=state).page
    quiet.goto(f"{demo.url}{PLAN}")
    title = "Mesures nouvelles et crédits non reconductibles"
    down = row(quiet, title).get_by_role("button", name="Descendre")
    down.press("Enter")
    expect(quiet.locator("#fait")).to_contain_text("Déplacement enregistré")
    expect(row(quiet, title).get_by_role("button", name="Descendre")).to_be_focused()
    numbers = [words for words in quiet.locator(".arbre__nom .num").all_inner_texts() if words.startswith("4.")]
    assert numbers == ["4.1", "4.3", "4.2", "4.4", "4.5", "4.6"]
    row(quiet, title).get_by_role("link", name="Modifier").press("Enter")
    field = quiet.locator("#titre")
    field.press("Control+a")
    quiet.keyboard.type("Mesures nouvelles")
    quiet.keyboard.press("Enter")
    expect(row(quiet, "Mesures nouvelles")).to_be_focused()
    readonly = window(demo).sign_in(PARTNER, PLAN).page
    expect(readonly.get_by_role("link", name="Mesures nouvelles", exact=True)).to_be_visible()
    expect(readonly.locator("button[name=act]")).to_have_count(0)
