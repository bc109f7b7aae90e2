"""What changed in an article is read change by change with the keyboard alone, in three views, without a script."""

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, CONTRACT, at_contract, text_of, write_in
from tests.browser.test_network import saving
from tests.browser.test_pages import overflow, violations

HERE = "s-4-3"
HISTORY = f"{CONTRACT}/sections/{HERE}/history"


def test_changes_are_read_one_after_the_other_with_the_keyboard_alone(demo: Demo, window: Open) -> None:
    found = at_contract(window, demo, ARS)
    page = found.page
    write_in(found, HERE)
    page.keyboard.type(" Et à la fin aussi.")
    expect(saving(page, HERE)).to_have_text("Enregistré")
    page.keyboard.press("Control+Home")
    page.keyboard.type("Zygomatique d’abord. ")
    expect(text_of(page, HERE)).to_contain_text("Zygomatique d’abord. Lorsque")
    expect(saving(page, HERE)).to_have_text("Enregistré")
    page.goto(demo.url + HISTORY)
    page.get_by_role("link", name="Ce qui a changé").first.press("Enter")
    page.wait_for_url("**/history/*/*")
    expect(page.locator(".redline__taille")).to_have_text("2 modifications\u00a0: 7 mots insérés")

    place = page.locator("[data-redline-place]")
    expect(place).to_be_visible()
    for key, number in (("F7", 1), ("F7", 2), ("F7", 1), ("Shift+F7", 2)):  # around the end, and back
        page.keyboard.press(key)
        expect(place).to_have_text(f"Modification {number} sur 2")
        expect(page.locator(f"#m{number}")).to_be_focused()
    expect(page.locator("#m2")).to_have_text("inséré\u00a0: Et à la fin aussi. fin d’insertion")
    page.get_by_role("button", name="Suivante").press("Enter")
    expect(page.locator("#m1")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Raccourcis clavier")).to_contain_text("Modification suivante ou précédente")
    page.keyboard.press("Escape")

    for view in ("Dans le texte", "Côte à côte", "Texte final"):
        page.get_by_role("link", name=view).press("Enter")
        expect(page.get_by_role("link", name=view)).to_have_attribute("aria-current", "true")
        for width in (1440, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert overflow(page) <= 0
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
                assert violations(page) == []
    assert page.locator("ins, del").count() == 0  # the final text is the text

    plain = window(demo, java_script_enabled=False)
    plain.come_back(page.context.cookies(), page.url.removeprefix(demo.url).partition("?")[0])
    expect(plain.page.locator("ins").first).to_contain_text("Zygomatique d’abord.")
    expect(plain.page.get_by_role("button", name="Suivante")).to_be_hidden()
    plain.page.get_by_role("link", name="Côte à côte").click()
    expect(plain.page.get_by_text("Avant").first).to_be_visible()
