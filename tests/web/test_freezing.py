"""A frozen text: all signing parties freeze it, one of them lifts the freeze, and meanwhile what is proposed waits."""

import pytest

from server.domain.contract.sections import SectionMode
from tests.factories import PH
from tests.web import drafts
from tests.web.drafts import CLOSED, FREE, offline, section
from tests.web.forms import every_form, send
from tests.web.proposals import COLLEAGUE, PARTNER, a_tabled, answered, begun, document, tabled, write, writing
from tests.web.site import Browser, Site
from tests.web.test_answering import parties, said
from tests.web.test_modes import address, wish
from tests.web.test_plan import Planner, told
from tests.web.test_plan_proposals import RENAME, a_proposal

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def froze(browsers: list[Browser], key: str = CLOSED) -> None:
    for one in browsers:
        assert await wish(one, key, "freeze") == 303


async def test_a_text_is_frozen_once_every_party_wants_it_and_any_one_of_them_lifts_the_freeze(site: Site) -> None:
    browsers = await parties(site)
    partner = await site.signed_in(PARTNER)
    assert await wish(browsers[0], CLOSED, "open") == 303
    await froze(browsers[:2])
    page = await said(browsers[2], address(CLOSED))
    assert page.count("demande que le texte soit figé") == 2, "a new wish takes the place of the one before"
    assert "demande la réouverture" not in page
    assert "a demandé que le texte soit figé" in await said(browsers[2], f"/contracts/{PH}/settings")
    assert "soit figé" not in await said(partner, f"/contracts/{PH}/settings")
    assert (await section(site)).mode is SectionMode.PROPOSALS_ONLY
    assert await wish(browsers[1], CLOSED, "stay_closed") == 303
    assert await wish(browsers[2], CLOSED, "freeze") == 303
    assert (await section(site)).mode is SectionMode.PROPOSALS_ONLY
    assert await wish(browsers[1], CLOSED, "freeze") == 303
    assert (await section(site)).mode is SectionMode.FROZEN
    assert "Texte figé : il ne peut plus être modifié." in await said(browsers[0], f"/contracts/{PH}")
    assert "a figé le texte, avec l’accord de toutes les parties" in await said(partner, f"/contracts/{PH}/settings")
    colleague = await site.signed_in(COLLEAGUE)
    assert address(CLOSED) not in [to for to, _ in every_form((await colleague.get(address(CLOSED))).text)]
    assert await wish(browsers[2], CLOSED, "open") == 409
    assert await wish(browsers[2], CLOSED, "thaw") == 303
    assert (await section(site)).mode is SectionMode.PROPOSALS_ONLY
    assert "a levé le gel du texte" in await said(partner, f"/contracts/{PH}/settings")
    assert await wish(browsers[2], CLOSED, "freeze") == 303
    assert (await section(site)).mode is SectionMode.PROPOSALS_ONLY, "the wishes of before count no more"


async def test_a_text_that_one_writes_in_is_closed_before_it_is_frozen(site: Site) -> None:
    browsers = await parties(site)
    assert await wish(browsers[0], FREE, "freeze") == 404
    assert await wish(browsers[0], FREE, "thaw") == 404
    assert await wish(browsers[0], FREE, "close") == 303
    await froze(browsers, FREE)
    async with writing(browsers[1], (await section(site, FREE)).document) as tab:
        assert tab.scope == "readonly"
    assert f"/sections/{FREE}/new-proposal" not in (await browsers[0].get(f"/contracts/{PH}")).text


async def test_what_is_proposed_on_a_frozen_text_waits_and_goes_on_once_the_freeze_is_lifted(site: Site) -> None:
    ars, department, operator = browsers = await parties(site)
    at, other = await a_tabled(ars, CLOSED), await a_tabled(operator, CLOSED, "De trop. ", title="Autre")
    draft = await begun(ars, CLOSED, title="Brouillon")
    await write(ars, document(draft), "Encore. ")
    assert (await answered(department, at)).status_code == 303
    shown = (await operator.get(at)).text
    hidden = dict(next(inside for to, inside in every_form(shown) if to == f"{at}/answer"))
    await froze(browsers)
    page = await said(operator, at)
    assert "cette proposition attend" in page
    assert 'value="refused"' in page
    assert 'value="agreed"' not in page
    assert f"{at}/counter" not in page
    assert f"{draft}/table" not in await said(ars, draft)
    assert "Un titre" in await said(operator, address(CLOSED)), "the page of the mode names what waits"
    stale = await operator.ask("POST", f"{at}/answer", data={**hidden, "answer": "agreed"})
    assert stale.status_code == 409
    assert "Ce texte est figé" in stale.text
    for path in (f"{at}/counter", f"{draft}/table", f"/contracts/{PH}/sections/{CLOSED}/new-proposal"):
        refused = await ars.ask("POST", path, data={"title": "Un autre", "seen": "", "cover": ""})
        assert (refused.status_code, "Ce texte est figé" in refused.text) == (409, True), path
    kept = await ars.ask("POST", drafts.address(), content=await offline(site, "Sans réseau."))
    assert kept.status_code == 201, "what was typed is not lost: it is a draft, which nobody tables now"
    assert (await answered(department, other, "refused", words="Trop long.")).status_code == 303
    assert "Proposition refusée" in await said(operator, other)
    assert await wish(department, CLOSED, "thaw") == 303
    assert (await answered(operator, at)).status_code == 303
    assert "Proposition acceptée" in await said(operator, at)
    await tabled(ars, draft)


async def test_a_frozen_article_keeps_its_name_and_place_whoever_agrees_until_the_freeze_is_lifted(site: Site) -> None:
    ars, department, operator = browsers = await parties(site)
    at = await a_proposal(site, ars, RENAME)
    assert (await answered(department, at)).status_code == 303
    shown = (await operator.get(at)).text
    hidden = dict(next(inside for to, inside in every_form(shown) if to == f"{at}/answer"))
    assert await wish(ars, FREE, "close") == 303
    await froze(browsers, FREE)
    direct = await Planner(site, ars).change("set_aside", FREE)
    assert (direct.status_code, "figé" in told(direct)) == (409, True)
    page = await said(operator, at)
    assert "Un article que cette proposition concerne est figé" in page
    assert "Le plan a changé" not in page
    stale = await operator.ask("POST", f"{at}/answer", data={**hidden, "answer": "agreed"})
    assert (stale.status_code, "Ce texte est figé" in stale.text) == (409, True)
    assert await wish(operator, FREE, "thaw") == 303
    assert (await answered(operator, at)).status_code == 303, "the agreement given before still counts"
    assert (await section(site, FREE)).number == "4.3 bis"


async def test_a_draft_about_a_frozen_article_is_not_tabled_and_says_why(site: Site) -> None:
    ars, *_ = browsers = await parties(site)
    at = await a_proposal(site, ars, RENAME)
    draft = str((await ars.ask("POST", f"{at}/take-up")).headers["location"]).removesuffix("/plan")
    assert await wish(ars, FREE, "close") == 303
    await froze(browsers, FREE)
    assert "le brouillon ne pourra être déposé" in await said(ars, draft)
    refused = await send(ars, f"{draft}/table")
    assert (refused.status_code, "Ce texte est figé" in refused.text) == (409, True)
