"""The contract page as people use it: where things are, in one place for every browser test."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo, Open, Window
from tests.factories import PH
from tests.waiting import PATIENCE_S

CONTRACT = f"/contracts/{PH}"
ARS, DEPARTMENT, OPERATOR, PARTNER, STRANGER = (
    "camille-authier",
    "marc-lebreton",
    "nadege-fournier",
    "elodie-maugin",
    "alex-martin",
)


def article(page: Page, key: str) -> Locator:
    return page.locator(f"#article-{key}")


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Ask until it is so; the page's events come meanwhile."""
    until_ = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until_, "waited in vain"
        page.wait_for_timeout(50)


def line_is(page: Page, state: str) -> None:
    """Until the page's line is in this state.

    Not by `expect`: since Playwright 1.60 each of its tries describes the whole page, which keeps it from starting.
    """
    page.locator(f'html[data-live="{state}"]').wait_for(state="attached", timeout=PATIENCE_S * 1000)


def drawn(page: Page) -> None:
    """Until the browser has drawn what it knows, and told the page where the caret is."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def text_of(page: Page, key: str) -> Locator:
    return article(page, key).locator("[data-text]")


def at_contract(window: Open, demo: Demo, subject: str, **options: Any) -> Window:
    """Someone's window on the contract, connected; who has signed in in this demonstration already need not again."""
    found = window(demo, **options)
    if not (subject in demo.cookies and found.come_back(demo.cookies[subject], CONTRACT)):
        found.sign_in(subject, CONTRACT)
        demo.cookies[subject] = found.page.context.cookies()
    line_is(found.page, "live")
    return found


def write_in(window: Window, key: str) -> Locator:
    """Begin to write in an article; the editor, with its caret at the end."""
    line_is(window.page, "live")  # without a line nothing opens
    one = article(window.page, key)
    one.scroll_into_view_if_needed()
    one.locator("[data-write]").click()
    expect(one).to_have_attribute("data-editor", "live")
    editor = one.locator(".ProseMirror")
    editor.focus()
    window.page.keyboard.press("Control+End")
    drawn(window.page)  # or a key that the editor answers itself, Enter, would still be at the beginning
    return editor
