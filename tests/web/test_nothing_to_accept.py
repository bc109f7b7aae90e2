"""What a proposal asks for is there already: nobody is asked to agree to it, and an open form says why."""

import pytest

from tests.web.drafts import FREE, section
from tests.web.forms import every_form
from tests.web.proposals import MARKER, a_tabled, write
from tests.web.site import Browser, Site
from tests.web.test_answering import parties, said
from tests.web.test_plan import Planner
from tests.web.test_plan_proposals import RENAME, a_proposal

pytestmark = pytest.mark.anyio


async def opened_form(browser: Browser, at: str) -> dict[str, str]:
    shown = (await browser.get(at)).text
    return dict(next(inside for to, inside in every_form(shown) if to == f"{at}/answer"))


async def nothing_to_accept(browser: Browser, at: str, form: dict[str, str]) -> None:
    stale = await browser.ask("POST", f"{at}/answer", data={**form, "answer": "agreed"})
    assert (stale.status_code, "il n’y a rien à accepter" in stale.text) == (409, True), stale.text
    page = await said(browser, at)
    assert "il n’y a plus rien à accepter" in page
    assert f"{at}/answer" not in page
    assert "Proposition déposée" in page, "its party withdraws it"


async def test_a_text_that_says_it_already_leaves_nothing_to_accept(site: Site) -> None:
    ars, _, operator = await parties(site)
    at = await a_tabled(ars)
    form = await opened_form(operator, at)
    await write(operator, (await section(site, FREE)).document, f"{MARKER} ")
    await nothing_to_accept(operator, at, form)
    assert (await ars.ask("POST", f"{at}/withdraw")).status_code == 303


async def test_a_plan_that_is_that_one_already_leaves_nothing_to_accept(site: Site) -> None:
    ars, _, operator = await parties(site)
    at = await a_proposal(site, ars, RENAME)
    form = await opened_form(operator, at)
    assert (await Planner(site, ars).change("retitle", FREE, **RENAME[2])).status_code == 303
    await nothing_to_accept(operator, at, form)
