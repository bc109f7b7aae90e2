"""Every page for everybody: axe-core, widths from 320 px, both themes, keyboard, print."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import ARS, CONTRACT, PARTNER, STRANGER, article, at_contract, drawn, line_is, until, write_in
from tests.factories import EHPAD

ROOT = Path(__file__).parents[2]
AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (320, 390, 820, 1024, 1440, 1920)


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is; run in an isolated world, which the page's policy allows."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found: list[dict[str, Any]] = page.evaluate(
        """rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})
            .then(one => one.violations)""",
        RULES,
    )
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wide


HISTORY = f"{CONTRACT}/sections/s-4-3/history"
PLACES = {
    "sign-in": ("", "/sign-in"),
    "statement": ("", "/accessibility"),
    "picker": ("", "/sign-in"),
    "list": (ARS, "/"),
    "empty list": (STRANGER, "/"),
    "sessions": (ARS, "/account/sessions"),
    "contract": (ARS, CONTRACT),
    "contract read": (PARTNER, CONTRACT),
    "history": (PARTNER, HISTORY),
    "families": (ARS, "/contracts/new"),
    "new contract": (ARS, "/contracts/new/ehpad_l313_12"),
    "settings": (ARS, f"{CONTRACT}/settings"),
    "a seat": (ARS, f"{CONTRACT}/settings/seats/p-tarif-ars"),
    "steps": (ARS, f"{CONTRACT}/life"),
    "plan": (PARTNER, f"{CONTRACT}/plan"),
    "ehpad": ("anne-laure-guery", f"/contracts/{EHPAD}"),
    "past state": (ARS, HISTORY),
    "privacy": ("", "/privacy"),
    "plan in hand": (ARS, f"{CONTRACT}/plan"),
    "mode": (ARS, f"{CONTRACT}/sections/s-4-3/mode"),
    "new party": (ARS, f"{CONTRACT}/settings/new-party"),
    "new establishment": (ARS, f"{CONTRACT}/settings/new-establishment"),
    "not found": (STRANGER, "/nowhere"),
}


def go(page: Page, where: str) -> None:
    """On to a place that has no address to be known before."""
    match where:
        case "picker":
            page.get_by_role("button", name="Se connecter avec").click()
            page.wait_for_url("**/demo/authorize**")
        case "past state":
            page.get_by_role("link", name="Voir le texte").click()
            page.wait_for_url("**/history/*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("where", PLACES)
def test_axe_finds_nothing_and_nothing_overflows(
    visitor: Callable[[str], Window], where: str, scheme: Literal["light", "dark"]
) -> None:
    subject, path = PLACES[where]
    found = visitor(subject)
    found.page.set_viewport_size({"width": 1440, "height": 900})
    found.page.emulate_media(color_scheme=scheme)
    found.page.goto(f"{found.url}{path}")
    assert found.page.url == f"{found.url}{path}"
    go(found.page, where)
    assert found.page.locator("html").get_attribute("data-theme") == ("sombre" if scheme == "dark" else "clair")
    for width in WIDTHS:
        found.page.set_viewport_size({"width": width, "height": 900})
        assert (width, overflow(found.page)) == (width, 0)
    for width in (1440, 390):
        found.page.set_viewport_size({"width": width, "height": 900})
        assert violations(found.page) == []
    wrong = found.wrong.copy()
    found.wrong.clear()  # said here, and not of the next page too
    if where != "not found":  # the browser logs the 404 itself
        assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_writing(demo: Demo, window: Open, scheme: str) -> None:
    found = at_contract(window, demo, ARS, color_scheme=scheme)
    other = at_contract(window, demo, "nadege-fournier")
    write_in(other, "s-4-3")
    editor = write_in(found, "s-4-3")
    found.page.keyboard.press("Enter")
    found.page.keyboard.type("- une liste")
    expect(editor.locator(".curseur")).to_have_count(1)
    assert violations(found.page) == []
    found.page.keyboard.press("Escape")
    found.page.keyboard.press("?")
    expect(found.page.locator("#raccourcis")).to_be_visible()
    assert violations(found.page) == []
    found.page.keyboard.press("Escape")
    found.page.locator("[data-theme-toggle]").click()
    assert violations(found.page) == []
    for width in WIDTHS:
        found.page.set_viewport_size({"width": width, "height": 900})
        assert (width, overflow(found.page)) == (width, 0)


def test_keyboard_alone_from_sign_in_to_typed_words(demo: Demo, window: Open) -> None:
    found = window(demo)
    page = found.page
    page.goto(f"{demo.url}{CONTRACT}")

    def tab_to(selector: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
        raise AssertionError(f"Tab never reaches {selector}")

    tab_to("form[action^='/sign-in/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/demo/authorize**")
    tab_to("button[value='camille-authier']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CONTRACT}")
    line_is(page, "live")
    tab_to("#article-s-4-3 [data-write]")
    page.keyboard.press("Enter")
    expect(article(page, "s-4-3")).to_have_attribute("data-editor", "live")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Au clavier.")
    expect(article(page, "s-4-3")).to_contain_text("Au clavier.")
    expect(article(page, "s-4-3").locator("[data-save]")).to_have_text("Enregistré")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.activeElement?.closest('.ProseMirror')")


def test_f6_visits_the_zones_that_are_shown_and_those_of_the_text_being_written(
    shared_demo: Demo, window: Open
) -> None:
    ars = at_contract(window, shared_demo, ARS)
    keyboard = ars.page.keyboard

    def visited(key: str, times: int) -> list[str]:
        zones = []
        for _ in range(times):
            keyboard.press(key)
            zones.append(ars.page.evaluate("(({id, className}) => id || className)(document.activeElement)").split()[0])
        return zones

    assert visited("F6", 6) == ["sommaire", "contenu", "volet", "entete", "bandeau", "sommaire"]
    assert visited("Shift+F6", 2) == ["bandeau", "entete"]
    keyboard.press("Control+/")
    assert visited("F6", 1) != ["bandeau"]  # a dialog keeps its keys
    keyboard.press("Escape")
    editor = write_in(ars, "s-8")
    assert visited("F6", 1) == ["volet"]
    keyboard.press("Shift+F6")
    expect(editor).to_be_focused()
    keyboard.press("Shift+F6")
    assert ars.page.evaluate("document.activeElement.closest('[role=toolbar]') !== null")
    assert visited("Shift+F6", 1) == ["contenu"]
    keyboard.press("F6")
    keyboard.press("F6")
    expect(editor).to_be_focused()


def test_the_drawer_opens_the_outline_on_a_phone(shared_demo: Demo, window: Open) -> None:
    page = at_contract(window, shared_demo, ARS, width=390, height=844).page
    expect(page.locator("#sommaire")).to_be_hidden()
    page.locator("[data-drawer]").click()
    expect(page.locator("#sommaire")).to_be_visible()
    page.locator("#sommaire a").filter(has_text="Modulation").click()
    expect(article(page, "s-4-3").locator(".article__titre")).to_be_in_viewport()


TOPS = """async element => {
    await document.fonts.ready;
    element.scrollIntoView();
    const tops = new Set();
    for (let frame = 0; frame < 30; frame++) {
        await new Promise(requestAnimationFrame);
        tops.add(Math.round(element.getBoundingClientRect().top));
    }
    return [...tops];
}"""


def test_where_one_jumps_to_nothing_moves(shared_demo: Demo, window: Open) -> None:
    page = at_contract(window, shared_demo, PARTNER).page  # or a click would begin on a button and end beside it
    expect(page.locator("[data-people] li")).not_to_have_count(0)
    for key in ("s-8", "s-4-3"):
        assert len(article(page, key).evaluate(TOPS)) == 1


SHIFTS = """new PerformanceObserver(list => {
    window.shifts ??= [];
    for (const { sources } of list.getEntries())
        for (const { node, previousRect, currentRect } of sources)
            if (previousRect.top !== currentRect.top && node?.parentElement && !node.closest('aside'))
                window.shifts.push(node.className || node.nodeName);
}).observe({ type: 'layout-shift', buffered: true })"""


@pytest.mark.parametrize("width", [390, 1440])
def test_people_who_come_move_nothing_one_could_click(shared_demo: Demo, window: Open, width: int) -> None:
    found = window(shared_demo, width=width).sign_in(ARS)
    found.page.add_init_script(SHIFTS)
    found.page.goto(shared_demo.url + CONTRACT)
    expect(found.page.locator("[data-presence] li")).not_to_have_count(0)
    drawn(found.page)
    assert found.page.evaluate("window.shifts ?? []") == []


def test_the_page_reads_and_prints_without_javascript(shared_demo: Demo, window: Open) -> None:
    found = window(shared_demo).sign_in(PARTNER, CONTRACT)
    state = found.page.context.storage_state()
    quiet = window(shared_demo, java_script_enabled=False, storage_state=state)
    quiet.page.goto(shared_demo.url + CONTRACT)
    expect(quiet.page.get_by_text("plancher de 92 % fixé")).to_be_visible()
    expect(quiet.page.get_by_text("Sans JavaScript")).to_be_visible()


def test_paper_keeps_the_contract_and_nothing_else(shared_demo: Demo, window: Open, tmp_path: Path) -> None:
    page = at_contract(window, shared_demo, ARS).page
    page.emulate_media(media="print")
    for selector in (".entete", ".bandeau", "#sommaire", "#volet", "[data-write]"):
        assert page.locator(selector).first.is_hidden()
    expect(page.locator(".impression")).to_be_visible()
    page.pdf(path=tmp_path / "contrat.pdf", prefer_css_page_size=True)
    assert (tmp_path / "contrat.pdf").stat().st_size > 20_000


def test_projected_the_text_stands_alone_large_and_live(demo: Demo, window: Open) -> None:
    page = at_contract(window, demo, ARS, width=1920, height=1080).page
    writer = at_contract(window, demo, "nadege-fournier")
    size = "document.querySelector('#article-s-4-3 [data-text]').computedStyleMap().get('font-size').value"
    before = page.evaluate(size)
    page.locator("[data-project]").click()
    expect(page.locator("[data-project]")).to_have_attribute("aria-pressed", "true")
    page.locator("[data-forgotten]").evaluate("notice => notice.hidden = false")  # even while it has something to say
    for selector in (".entete", "aside.annonce", "[data-forgotten]", "#sommaire", "#volet"):
        expect(page.locator(selector)).to_be_hidden()
    assert page.evaluate(size) > before * 1.25
    page.reload()
    expect(page.locator("#sommaire")).to_be_hidden()
    line_is(page, "live")
    write_in(writer, "s-4-3")
    writer.page.keyboard.type(" Vu de tous.")
    expect(article(page, "s-4-3")).to_contain_text("Vu de tous.")
    assert overflow(page) == 0
    assert violations(page) == []
    page.locator("[data-project]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sommaire")).to_be_visible()


def test_an_injected_script_does_not_run(demo: Demo, window: Open) -> None:
    found = at_contract(window, demo, ARS)
    found.page.evaluate("""() => { const box = document.createElement('div');
        box.innerHTML = '<img src="data:,x" onerror="window.ran = true">'; document.body.append(box); }""")
    until(found.page, lambda: any(one.startswith("policy:") for one in found.wrong))
    until(found.page, lambda: any("Content Security Policy" in one for one in found.wrong))
    assert found.page.evaluate("window.ran") is None
    found.wrong.clear()  # that is what the report is for
