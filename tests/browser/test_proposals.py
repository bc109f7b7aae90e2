"""What was written offline in a text closed meanwhile: kept, offered back, a draft of one party, unknown to others."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import ARS, CONTRACT, OPERATOR, article, at_contract, line_is, text_of, until, write_in
from tests.browser.test_network import another_tab, copies, saving
from tests.browser.test_pages import overflow, violations

HERE, THERE = "s-4-3", "s-8"
MARKER = "zygomatique"


def take_step(found: Window, name: str) -> None:
    """Take the contract another step, as a lead does on its page."""
    found.page.goto(found.url + CONTRACT + "/life")
    sheet = found.page.locator("details").filter(has=found.page.locator("button", has_text=name))
    if sheet.get_attribute("open") is None:
        sheet.locator("summary").click()
    sheet.locator("[name=reason]").fill("Essai.")
    sheet.get_by_role("button", name=name).click()
    found.page.wait_for_url("**/life?done=1*")


def looks_right(page: Page) -> None:
    """On a wide screen, on phones, in both themes."""
    for width in (1440, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) <= 0
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})


def test_words_written_offline_in_a_text_closed_meanwhile_become_a_draft_of_their_party(
    demo: Demo, window: Open
) -> None:
    ars, operator = at_contract(window, demo, ARS), at_contract(window, demo, OPERATOR)
    heard: list[bytes] = []
    operator.page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(bytes_of(frame)))
    )
    operator.page.reload()
    second = another_tab(ars)
    second.page.goto(demo.url + CONTRACT)
    for tab, key in ((second, THERE), (ars, HERE)):
        tab.page.bring_to_front()
        write_in(tab, key)
    ars.page.context.set_offline(True)
    for tab, words in ((second, "Là-bas"), (ars, "Ici")):
        tab.page.bring_to_front()
        tab.page.keyboard.type(f" {words}, {MARKER}.")
    until(ars.page, lambda: len(copies(ars.page)) == 2)
    second.page.close(run_before_unload=False)
    colleague = window(demo)
    colleague.come_back(operator.page.context.cookies(), CONTRACT)
    take_step(colleague, "Suspendre le contrat")
    ars.page.context.set_offline(False)

    unsaved = article(ars.page, HERE).locator(".non-enregistre")
    expect(unsaved.locator("pre")).to_contain_text(f"Ici, {MARKER}.")
    propose = unsaved.get_by_role("button", name="En faire une proposition")
    expect(propose).to_be_visible()
    expect(unsaved.get_by_role("button", name="Effacer")).to_be_visible()
    looks_right(ars.page)
    ars.page.context.set_offline(True)
    expect(ars.page.locator("html")).not_to_have_attribute("data-live", "live")
    propose.focus()
    ars.page.keyboard.press("Enter")
    expect(unsaved.get_by_role("status")).to_contain_text("votre texte reste ici")
    ars.page.context.set_offline(False)
    line_is(ars.page, "live")
    ars.page.keyboard.press("Enter")
    notice = article(ars.page, HERE).locator("[data-proposed]")
    expect(notice).to_contain_text("visible de votre partie seulement")
    expect(notice.get_by_role("link")).to_be_focused()
    expect(unsaved).to_have_count(0)
    line = article(ars.page, HERE).locator(".article__meta")
    expect(line).to_contain_text("1 proposition en brouillon de votre partie")  # the page asks for itself again

    ars.page.reload()  # what the other tab left is found again
    left = article(ars.page, THERE).locator(".non-enregistre")
    expect(left.locator("pre")).to_contain_text(f"Là-bas, {MARKER}.")
    left.get_by_role("button", name="En faire une proposition").click()
    expect(article(ars.page, THERE).locator("[data-proposed]")).to_be_visible()
    until(ars.page, lambda: copies(ars.page) == [])
    expect(ars.page.locator("#volet").get_by_role("link", name=re.compile("."))).to_have_count(2)

    line.get_by_role("link", name="en brouillon").click()
    expect(ars.page.locator(".redline__texte ins")).to_contain_text(f"Ici, {MARKER}.")
    expect(ars.page.get_by_text("Brouillon, visible de votre partie seulement")).to_be_visible()
    looks_right(ars.page)
    draft = ars.page.url

    operator.page.reload()
    line_is(operator.page, "live")
    for said in (operator.page.content(), *(frame.decode(errors="replace") for frame in heard)):
        assert [one for one in (MARKER, "en brouillon de votre partie", draft.rsplit("/", 1)[1]) if one in said] == []
    answer = operator.page.goto(draft)
    assert answer is not None
    assert answer.status == 404
    operator.wrong.clear()  # the browser says that this page does not exist

    ars.page.get_by_role("button", name="Retirer la proposition").click()
    expect(ars.page.get_by_text("Proposition retirée, visible de votre partie seulement")).to_be_visible()
    expect(ars.page.locator(".redline__texte ins")).to_contain_text(f"Ici, {MARKER}.")

    ars.page.goto(demo.url + CONTRACT)
    expect(article(ars.page, HERE)).to_have_attribute("data-writable", "false")
    take_step(colleague, "Reprendre le contrat")
    expect(article(ars.page, HERE)).to_have_attribute("data-writable", "true")  # without a reload
    write_in(ars, HERE)
    ars.page.keyboard.type(" De nouveau.")
    expect(saving(ars.page, HERE)).to_have_text("Enregistré")
    assert MARKER not in (text_of(ars.page, HERE).text_content() or "")


def bytes_of(frame: bytes | str) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame
