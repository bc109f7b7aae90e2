"""The days of a proposal: the meeting it is meant for, the answers hoped for, the reservations to be lifted."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql

from tests.factories import PH
from tests.web.forms import fields, send
from tests.web.proposals import (
    ARS,
    DEPARTMENT,
    MARKER,
    OPERATOR,
    PARTNER,
    STRANGER,
    a_tabled,
    answered,
    begun,
    document,
    write,
)
from tests.web.site import Site
from tests.web.test_answering import rows, said, words

pytestmark = pytest.mark.anyio
SOON = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()


async def test_answers_are_hoped_for_before_the_meeting_or_another_day_to_come(site: Site) -> None:
    ars, department = await site.signed_in(ARS), await site.signed_in(DEPARTMENT)
    at = await begun(ars, target="Comité de mars", on=SOON)
    await write(ars, document(at), f"{MARKER} ")
    form = fields((await ars.get(f"{at}/table")).text, f"{at}/table")
    assert form["answer_by"] == [SOON]
    for wrong, says in (("01/01/2020", "Ce jour est passé"), ("31/02/2099", "Écrivez une date du calendrier")):
        refused = await send(ars, f"{at}/table", {"answer_by": wrong})
        assert (refused.status_code, says in refused.text) == (422, True)
    assert (await send(ars, f"{at}/table")).status_code == 303
    assert "Réponse attendue avant le" in (await department.get(at)).text


async def test_the_inbox_says_how_long_one_has_and_what_is_late(site: Site) -> None:
    ars, department = await site.signed_in(ARS), await site.signed_in(DEPARTMENT)
    await a_tabled(ars, on=SOON)
    inbox = f"/contracts/{PH}/proposals"
    assert re.search("Réponse attendue avant le .* dans (9|10) jours", words(await said(department, inbox)))
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE proposal SET answer_by = '2026-01-02'"))
    for browser in (ars, department):
        late = words(await said(browser, inbox))
        assert re.search("Réponse attendue avant le 2 janvier 2026 en retard de [0-9]+ jours", late)


async def test_a_reservation_waits_for_both_until_the_party_that_made_it_lifts_it(site: Site) -> None:
    ars, department, operator = [await site.signed_in(who) for who in (ARS, DEPARTMENT, OPERATOR)]
    partner = await site.signed_in(PARTNER)
    at, inbox = await a_tabled(ars, title="Le préavis"), f"/contracts/{PH}/proposals"
    assert (await answered(department, at, "reserved", words="Après le vote.", due=SOON)).status_code == 303
    assert (await answered(operator, at)).status_code == 303
    assert "Sur les propositions de votre partie Le préavis" in words(await said(ars, inbox))
    assert "Émises par votre partie Le préavis" in words(await said(department, inbox))
    assert "Réserves à lever" not in await said(operator, inbox)
    for browser in (ars, operator, partner, await site.signed_in(STRANGER)):
        assert (await browser.ask("POST", f"{at}/lift")).status_code == 404
    assert (await send(department, inbox, action=f"{at}/lift")).status_code == 303
    assert (await department.ask("POST", f"{at}/lift", data={})).status_code == 303  # again: nothing more is written
    assert "Réserves à lever" not in await said(ars, inbox) + await said(department, inbox)
    assert "réserve levée" in await said(operator, at)
    assert await rows(site, "SELECT count(*) FROM act WHERE kind = 'reservation_lifted'") == [(1,)]
    record = [await said(browser, f"/contracts/{PH}/settings") for browser in (operator, partner)]
    assert ["a levé la réserve de sa partie" in one for one in record] == [True, False]


async def test_a_reservation_on_what_was_withdrawn_or_answered_anew_is_nothing_to_lift(site: Site) -> None:
    ars, department = await site.signed_in(ARS), await site.signed_in(DEPARTMENT)
    at, inbox = await a_tabled(ars), f"/contracts/{PH}/proposals"
    await answered(department, at, "reserved", words="Sous réserve.")
    await answered(department, at)
    assert "Réserves à lever" not in await said(department, inbox)
    await answered(department, at, "reserved", words="Sous réserve.")
    assert "Réserves à lever" in await said(department, inbox)
    await ars.ask("POST", f"{at}/withdraw")
    assert "Réserves à lever" not in await said(department, inbox)
    assert (await department.ask("POST", f"{at}/lift")).status_code == 409


async def test_a_reservation_that_was_put_in_other_words_is_not_lifted_by_a_page_that_shows_the_old_ones(
    site: Site,
) -> None:
    ars, department = await site.signed_in(ARS), await site.signed_in(DEPARTMENT)
    at, inbox = await a_tabled(ars), f"/contracts/{PH}/proposals"
    await answered(department, at, "reserved", words="Après le vote du budget.")
    old = fields((await department.get(inbox)).text, f"{at}/lift")
    await answered(department, at, "reserved", words="Jamais sans l’avis du conseil.")
    for form in (old, {}):
        stale = await department.ask("POST", f"{at}/lift", data=form)
        assert stale.status_code == 409
        assert "elle n’a pas été levée" in stale.text
    assert "Réserves à lever" in await said(ars, inbox)
    assert (await send(department, inbox, action=f"{at}/lift")).status_code == 303
    assert "Réserves à lever" not in await said(ars, inbox)
