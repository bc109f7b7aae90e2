"""Any signing party closes a text to writing; all of them together open it again."""

from html import unescape

import pytest

from server.domain.contract.sections import SectionMode, SectionStatus
from tests.factories import PH
from tests.web.drafts import CLOSED, FREE, section
from tests.web.forms import every_form, send
from tests.web.proposals import ARS, COLLEAGUE, DEPARTMENT, OPERATOR, PARTNER, writing
from tests.web.site import Browser, Site

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


def address(key: str) -> str:
    return f"/contracts/{PH}/sections/{key}/mode"


async def wish(browser: Browser, key: str, wanted: str) -> int:
    return (await send(browser, address(key), {"wish": wanted})).status_code


async def said(browser: Browser, path: str) -> str:
    return unescape((await browser.get(path)).text).replace("\u00a0", " ")


async def test_a_party_closes_a_text_and_nobody_writes_in_it_from_then_on(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(OPERATOR)
    document = (await section(site, FREE)).document
    async with writing(operator, document) as tab:
        assert await wish(ars, FREE, "close") == 303
        await tab.until(lambda: tab.scope == "readonly")
    assert (await section(site, FREE)).mode is SectionMode.PROPOSALS_ONLY
    assert "Ce texte ne change plus que par proposition." in await said(operator, f"/contracts/{PH}")
    assert "a fermé à l’écriture" in await said(operator, f"/contracts/{PH}/settings")


async def test_a_text_opens_again_once_every_signing_party_wants_it_and_is_approved_no_longer(site: Site) -> None:
    browsers = [await site.signed_in(one) for one in (ARS, DEPARTMENT, OPERATOR)]
    for browser in browsers[:2]:
        assert await wish(browser, CLOSED, "open") == 303
        assert (await section(site, CLOSED)).mode is SectionMode.PROPOSALS_ONLY
    assert "a demandé la réouverture à l’écriture" in await said(browsers[2], f"/contracts/{PH}/settings")
    assert await wish(browsers[1], CLOSED, "stay_closed") == 303
    assert await wish(browsers[2], CLOSED, "open") == 303
    assert (await section(site, CLOSED)).mode is SectionMode.PROPOSALS_ONLY
    assert await wish(browsers[1], CLOSED, "open") == 303
    opened = await section(site, CLOSED)
    assert (opened.mode, opened.status) == (SectionMode.FREE, SectionStatus.UNDER_DISCUSSION)
    async with writing(browsers[2], opened.document) as tab:
        assert tab.scope == "read-write"
    assert await wish(browsers[0], CLOSED, "close") == 303
    assert await wish(browsers[0], CLOSED, "open") == 303
    assert (await section(site, CLOSED)).mode is SectionMode.PROPOSALS_ONLY, "the wishes of before count no more"


async def test_what_a_page_showed_before_somebody_else_decided_changes_nothing(site: Site) -> None:
    ars, department = await site.signed_in(ARS), await site.signed_in(DEPARTMENT)
    stale = (await ars.get(address(FREE))).text
    form = dict(next(inside for to, inside in every_form(stale) if to == address(FREE)))
    assert await wish(department, FREE, "close") == 303
    answer = await ars.ask("POST", address(FREE), data={**form, "wish": "open"})
    assert answer.status_code == 409
    assert (await section(site, FREE)).mode is SectionMode.PROPOSALS_ONLY
    for nonsense in ("", "frozen"):
        assert (await ars.ask("POST", address(FREE), data={**form, "wish": nonsense})).status_code == 404


async def test_only_who_speaks_for_a_signing_party_decides_and_partners_know_nothing_of_it(site: Site) -> None:
    colleague, partner = await site.signed_in(COLLEAGUE), await site.signed_in(PARTNER)
    assert address(FREE) not in [to for to, _ in every_form((await colleague.get(address(FREE))).text)]
    assert (await colleague.ask("POST", address(FREE), data={"wish": "close"})).status_code == 404
    assert (await partner.ask("GET", address(FREE))).status_code == 404
    assert await wish(await site.signed_in(ARS), CLOSED, "open") == 303
    assert "réouverture" not in await said(partner, f"/contracts/{PH}/settings")
    assert (await section(site, FREE)).mode is SectionMode.FREE
