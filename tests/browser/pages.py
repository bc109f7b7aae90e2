"""The contract page as people use it: where things are, in one place for every browser test."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo, Open, Window
from tests.factories import PH

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


def text_of(page: Page, key: str) -> Locator:
    return article(page, key).locator("[data-text]")


def at_contract(window: Open, demo: Demo, subject: str, **options: Any) -> Window:
    """Someone's window on the contract, connected; who has signed in in this demonstration already need not again."""
    found = window(demo, **options)
    if not (subject in demo.cookies and found.come_back(demo.cookies[subject], CONTRACT)):
        found.sign_in(subject, CONTRACT)
        demo.cookies[subject] = found.page.context.cookies()
    expect(found.page.locator("html")).to_have_attribute("data-live", "live")
    return found


def write_in(window: Window, key: str) -> Locator:
    """Begin to write in an article; the editor, with its caret at the end."""
    expect(window.page.locator("html")).to_have_attribute("data-live", re.compile("."))  # its scripts hear clicks
    one = article(window.page, key)
    one.scroll_into_view_if_needed()
    one.locator("[data-write]").click()
    expect(one).to_have_attribute("data-editor", "live")
    editor = one.locator(".ProseMirror")
    editor.focus()
    window.page.keyboard.press("Control+End")
    return editor
