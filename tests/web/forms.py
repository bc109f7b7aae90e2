"""A form of a page as a browser would send it: what it holds, changed here and there."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

import httpx2

from tests.web.site import Browser


class _Forms(HTMLParser):
    """Every form of a page: its action and its fields in order."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._select = ""
        self._chosen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), []))
        elif not self.forms:
            return
        elif tag == "input" and "name" in given and (given.get("type") != "checkbox" or "checked" in given):
            self.forms[-1][1].append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select, self._chosen = given.get("name", ""), False
        elif tag == "option" and self._select and (not self._chosen or "selected" in given):
            if self._chosen:
                self.forms[-1][1].pop()
            self.forms[-1][1].append((self._select, given["value"]))
            self._chosen = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def every_form(html: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The forms of a page: where each posts to, and its fields in order."""
    parser = _Forms()
    parser.feed(html)
    return parser.forms


def fields(html: str, action: str) -> dict[str, list[str]]:
    """The fields of the form that posts to `action`, each with its values."""
    found = [inside for to, inside in every_form(html) if to == action]
    assert found, f"no form posts to {action}"
    return {name: [value for one, value in found[0] if one == name] for name, _ in found[0]}


async def send(
    browser: Browser, page: str, changes: Mapping[str, str | Sequence[str]] | None = None, *, action: str = ""
) -> httpx2.Response:
    """Open a page and send its form with some fields changed; the answer, redirects not followed."""
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    to = action or page
    return await browser.ask("POST", to, data={**fields(shown.text, to), **(changes or {})})
