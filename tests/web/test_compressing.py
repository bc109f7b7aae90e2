"""The size of a compressed page tells nobody a party's own words: what another party writes does not shorten them."""

from collections.abc import Callable

import httpx2
import pytest
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from server.web.compressing import APART, Compressed, apart
from tests.factories import PH
from tests.web.proposals import ARS, a_tabled, begun
from tests.web.site import Site

pytestmark = pytest.mark.anyio
SECRET = "Plafonner la dotation du SESSAD à 412 000 €"
OTHER = "Ramener le tarif de journée du FAM à 97 € !"
COMMON = "<p>Les parties conviennent de ce qui suit.</p>" * 60


async def size(own: str, guess: str, keep: Callable[[str], str]) -> int:
    """The length of a page with a party's own words and what another party wrote; it can be read back."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse(f"<p>{guess}</p>{COMMON}<p>{keep(own)}</p>{COMMON}")(scope, receive, send)

    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=Compressed(app)), base_url="http://entente"
    ) as one:
        answer = await one.get(f"/contracts/{PH}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == f"<p>{guess}</p>{COMMON}<p>{own}</p>{COMMON}"
    return int(answer.headers["content-length"])


async def gained(keep: Callable[[str], str]) -> int:
    """By how many bytes a page is shorter for a right guess than what the words of either side account for."""
    right = await size(SECRET, SECRET, keep) + await size(OTHER, OTHER, keep)
    wrong = await size(SECRET, OTHER, keep) + await size(OTHER, SECRET, keep)
    return wrong - right


async def test_a_right_guess_shortens_a_page_unless_the_words_stand_apart() -> None:
    assert await gained(str) > 20  # what the marks are for
    assert await gained(apart) == 0


async def test_titles_that_not_every_party_may_read_stand_apart_on_the_page_of_a_contract(site: Site) -> None:
    browser = await site.signed_in(ARS)
    await begun(browser, title=SECRET)
    await a_tabled(browser, title=OTHER)
    shown = (await browser.ask("GET", f"/contracts/{PH}", headers={"accept-encoding": "identity"})).text
    for title, times in ((SECRET, 1), (OTHER, 2)):
        assert shown.count(title) == shown.count(f"{APART}{title}{APART}") == times
