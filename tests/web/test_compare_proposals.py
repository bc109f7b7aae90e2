"""A proposal beside the text it began with, the text of now, or another proposal; a text at two dates."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql

from tests.factories import PH
from tests.web.drafts import CLOSED, FREE, section
from tests.web.proposals import ARS, DEPARTMENT, OPERATOR, PARTNER, STRANGER, a_tabled, begun, document, write
from tests.web.site import Site
from tests.web.test_answering import parties, said, words
from tests.web.test_plan_proposals import ASIDE, RENAME, a_proposal
from tests.web.test_plan_proposals import begun as begun_plan

pytestmark = pytest.mark.anyio
HISTORY = f"/contracts/{PH}/sections/{FREE}/history"


async def test_a_proposal_is_compared_with_what_one_may_read_of_the_same_text_and_nothing_else(site: Site) -> None:
    ars, department, operator = [await site.signed_in(who) for who in (ARS, DEPARTMENT, OPERATOR)]
    first = await a_tabled(ars, words="Alpha ", title="Première")
    second = await a_tabled(operator, words="Oméga ", title="Seconde")
    elsewhere = await a_tabled(operator, CLOSED, title="Ailleurs")
    draft = await begun(ars, title="Brouillon ornithorynque")
    await write(ars, document(draft), "Ornithorynque ")
    await write(department, (await section(site, FREE)).document, "Entre-temps ")
    names = {one: document(one).removeprefix("proposal:") for one in (first, second, elsewhere, draft)}

    base, now = (
        words(await said(department, f"{first}/compare")),
        words(await said(department, f"{first}/compare?with=now")),
    )
    assert ("inséré : Alpha" in base, "Entre-temps" in base) == (True, False)
    assert "supprimé : Entre-temps" in now
    page = words(await said(department, f"{first}/compare?with={names[second]}&view=side"))
    assert ("supprimé : Oméga" in page, "inséré : Alpha" in page, "ornithorynque" in page.lower()) == (
        True,
        True,
        False,
    )
    assert "inséré : Oméga" in words(await said(ars, f"{second}/compare?with={names[first]}"))
    assert "inséré : Ornithorynque" in words(await said(ars, f"{draft}/compare?with={names[first]}"))

    hidden = [f"{first}/compare?with={one}" for one in (names[draft], names[elsewhere], "nothing", names[first], "")]
    for path in (*hidden, f"{draft}/compare", f"{draft}/compare?with={names[first]}"):
        assert (await operator.get(path)).status_code == 404, path
    for who in (PARTNER, STRANGER):
        browser = await site.signed_in(who)
        assert {(await browser.get(f"{one}/compare")).status_code for one in names} == {404}, who


async def test_a_text_is_compared_at_the_end_of_two_days_or_of_two_meetings(site: Site) -> None:
    ars, partner = await site.signed_in(ARS), await site.signed_in(PARTNER)
    name = (await section(site, FREE)).document
    days = [(datetime.now(UTC) - timedelta(days=back)).date().isoformat() for back in (40, 20)]
    for day, said_then in zip(days, ("Avant-hier ", "Hier "), strict=True):
        await write(ars, name, said_then)
        async with site.parts.store.writing() as session:
            newest = "SELECT max(id) FROM document_update"
            await session.execute(
                sql(f"UPDATE document_update SET at = :at WHERE id = ({newest})"), {"at": f"{day} 12:00:00"}
            )
    for day in days:
        await begun(ars, title="Pour une réunion", on=day)
    page = await said(ars, HISTORY)
    assert f"since={days[0]}&until={days[1]}" in page
    assert "since" not in "".join(await said(partner, HISTORY)).replace('name="since"', "")  # a draft tells no day
    between = await partner.ask("GET", f"{HISTORY}?since={days[0]}&until={days[1]}")
    shown = words(await said(partner, between.headers["location"]))
    assert ("inséré : Hier" in shown, "inséré : Avant-hier" in shown) == (True, False)
    assert (await ars.ask("GET", f"{HISTORY}?since=&until=")).status_code == 303
    for wrong in ("2026-02-31", "//evil.example", "x" * 5000):
        answer = await ars.ask("GET", f"{HISTORY}?since={wrong}")
        assert answer.headers["location"].startswith(f"{HISTORY}/0/"), wrong


async def test_a_proposal_about_the_plan_is_compared_with_its_base_the_plan_of_now_and_another_proposal(
    site: Site,
) -> None:
    ars, department, operator = await parties(site)
    first = await a_proposal(site, ars, RENAME, title="Premier plan")
    second = await a_proposal(site, operator, ASIDE, title="Second plan")
    draft = await begun_plan(ars, title="Plan ornithorynque")
    text = await a_tabled(operator, CLOSED, title="Ailleurs")
    names = {one: one.rsplit("/", 1)[1] for one in (first, second, draft, text)}
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET title = 'Entre-temps' WHERE key = 's-4-5'"))

    page = words(await said(department, f"{first}/compare"))
    assert ("Renuméroté" in page, "Entre-temps" in page, "1 article concerné" in page) == (True, False, True)
    assert f"{first}/compare" in await said(department, first)
    now = words(await said(department, f"{first}/compare?with=now"))
    assert ("Renuméroté" in now, "1 article concerné" in now) == (True, True), "what moved elsewhere is no difference"
    page = await said(department, f"{first}/compare?with={names[second]}")
    assert ("Renuméroté" in page, "N’est plus « Sans objet »" in page, "ornithorynque" in page) == (True, True, False)
    assert "2 articles concernés" in words(page)
    assert 'data-step="1"' in page, "F7 leads from change to change"
    assert "Devient « Sans objet »" in await said(ars, f"{second}/compare?with={names[first]}")
    assert "Devient « Sans objet »" in await said(ars, f"{second}/compare?with={names[draft]}")

    assert (await operator.ask("POST", f"{second}/withdraw")).status_code == 303
    ended = await said(ars, f"{second}/compare?with=now")
    assert "ne partent pas tous deux du plan actuel" in ended
    for path in (f"{first}/compare?with={one}" for one in (names[draft], names[text], names[first], "nothing", "")):
        assert (await operator.get(path)).status_code == 404, path
    for who in (PARTNER, STRANGER):
        browser = await site.signed_in(who)
        assert {(await browser.get(f"{one}/compare")).status_code for one in names} == {404}, who
