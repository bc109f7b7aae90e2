"""Proposals about the plan: prepared in private, tabled, answered on what is shown; the plan changes once and whole."""

import asyncio
from typing import Any

import httpx2
import pytest
from sqlalchemy import text as sql

from collab import wire
from collab.canonical import canonical
from server.domain.contract.sections import Section, SectionStatus
from server.domain.plan.outlines import outline
from server.domain.plan.seen import order_seen, section_seen
from server.proposals import answering_plans
from server.store import contracts
from tests.factories import PH
from tests.web.drafts import FREE, section
from tests.web.forms import send
from tests.web.heard import ear, look_at, look_everywhere
from tests.web.proposals import (
    ARS,
    COLLEAGUE,
    DEPARTMENT,
    MARKER,
    OPERATOR,
    PARTNER,
    STRANGER,
    a_tabled,
    answered,
    tabled,
    writing,
)
from tests.web.site import Browser, Site
from tests.web.test_answering import parties, rows, said, seen

pytestmark = pytest.mark.anyio
PLAN = f"/contracts/{PH}/plan"
DEMOTED = f"UPDATE member SET role = :role WHERE person_id IN (SELECT id FROM person WHERE subject = '{DEPARTMENT}')"
ROLES = ("facilitator", "reader", "contributor", "signatory")


async def the_plan(site: Site) -> list[Section]:
    async with site.parts.store.reading() as session:
        return await contracts.sections(session, PH)


async def agree_the_plan(site: Site) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql(f"UPDATE contract SET state = 'consultation' WHERE id = '{PH}'"))
    site.parts.standings.changed(PH)


async def begun(browser: Browser, **typed: Any) -> str:
    """The address of a draft about the plan, just begun."""
    answer = await send(browser, f"{PLAN}/propose", {"title": "Un autre plan", **typed})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removesuffix("/plan")


async def gesture(site: Site, browser: Browser, at: str, act: str, key: str = "", **fields: str) -> httpx2.Response:
    """A gesture in a draft about a plan that is the contract's but for what the gesture is not about."""
    plan = await the_plan(site)
    one = next((one for one in plan if one.key == key), None)
    shown = order_seen(plan) if act in ("add", "move", "up", "down") else section_seen(one) if one else ""
    form = {"act": act, "article": one.id if one else "", "seen": shown, **fields}
    return await browser.ask("POST", f"{at}/plan", data=form)


async def a_proposal(site: Site, browser: Browser, *gestures: tuple[str, str, dict[str, str]], **typed: Any) -> str:
    """The address of a proposal about the plan, just tabled."""
    at = await begun(browser, **typed)
    for act, key, fields in gestures:
        answer = await gesture(site, browser, at, act, key, **fields)
        assert answer.status_code == 303, answer.text
    await tabled(browser, at)
    return at


def named(number: str, title: str) -> dict[str, str]:
    return {"number": number, "title": title}


RENAME = ("retitle", FREE, named("4.3 bis", f"Modulation {MARKER}"))
ASIDE: tuple[str, str, dict[str, str]] = ("set_aside", "s-4-6", {})
ADD = ("add", "", {"place": "inside:clause:", **named("Article 10", "Clause nouvelle")})


@pytest.mark.both_databases
async def test_an_agreed_plan_changes_by_proposal_and_becomes_what_every_party_was_shown(
    site: Site,
) -> None:
    await agree_the_plan(site)
    ars, department, operator = await parties(site)
    one, before = await section(site, FREE), await the_plan(site)
    direct = {"act": "retitle", "article": one.id, "seen": section_seen(one), **named("4.3", "Autre")}
    refused = await ars.ask("POST", PLAN, data=direct)
    assert (refused.status_code, await the_plan(site)) == (409, before)
    assert "Proposez ce changement" in refused.text
    assert f"{PLAN}/propose?article={one.id}" in refused.text
    at = await a_proposal(site, ars, ADD, RENAME, ASIDE)
    page = await said(operator, at)
    for words in (
        "Clause nouvelle",
        "Ajouté",
        "Renommé",
        "Renuméroté",
        "Devient « Sans objet »",
        "3 articles concernés",
    ):
        assert words in page
    shown = [await seen(who, at) for who in (department, operator)]
    assert (await answered(department, at, "reserved", words="Sous réserve du vote.")).status_code == 303
    assert await the_plan(site) == before
    assert (await answered(operator, at)).status_code == 303
    after = {one.key: one for one in await the_plan(site)}
    assert (after[FREE].number, after["s-4-6"].status) == ("4.3 bis", SectionStatus.NOT_APPLICABLE)
    new = next(one for one in after.values() if one.title == "Clause nouvelle")
    room = await site.parts.rooms.room(new.document)
    assert await room.whole()  # and one may write in it
    [(kind, details)] = await rows(site, "SELECT kind, details FROM act")
    assert kind == answering_plans.ACT
    assert {at.rsplit("/", 1)[1] in details, *(one in details for one in shown)} == {True}
    assert "le plan a changé" in await said(ars, at)
    partner = await site.signed_in(PARTNER)
    assert "Clause nouvelle" in await said(partner, f"/contracts/{PH}")
    assert (await partner.ask("GET", at)).status_code == 404
    assert "réserve du vote" not in await said(partner, f"/contracts/{PH}/settings")


async def test_nothing_of_a_draft_about_the_plan_reaches_anybody_else(site: Site) -> None:
    ears = {one: await ear(site, one) for one in (COLLEAGUE, DEPARTMENT, OPERATOR, PARTNER, STRANGER)}
    ars = await site.signed_in(ARS)
    async with ears[OPERATOR].page(f"contract:{PH}"):
        at = await begun(ars, title=f"Titre {MARKER}", reason=MARKER)
        assert (await gesture(site, ars, at, *RENAME[:2], **RENAME[2])).status_code == 303
        await ears[OPERATOR].listen()
        for one in ears.values():
            await look_at(one, at)
            await look_everywhere(one, FREE)
            for path in (f"{at}/plan", f"{at}/counter", f"{at}/compare", f"{at}/take-up"):
                await one.get(path)
            for path in ("answer", "withdraw", "take-up", "counter", "plan", "table", "cover"):
                if one is not ears[COLLEAGUE]:
                    answer = await one.ask("POST", f"{at}/{path}", data={"act": "drop", "number": "0", "title": "x"})
                    assert answer.status_code == 404
        async with site.parts.store.reading() as session:
            assert (await session.execute(sql("SELECT count(*) FROM act"))).scalar_one() == 0
    assert {who for who, one in ears.items() if one.has(MARKER)} == {COLLEAGUE}
    shared = await send(ars, f"{at}/cover", {"share": "departement"})
    assert shared.status_code == 303
    await look_at(ears[DEPARTMENT], at)
    assert (await gesture(site, ears[DEPARTMENT], at, "set_aside", "s-4-6")).status_code == 303
    await look_at(ears[OPERATOR], at)
    assert {who for who, one in ears.items() if one.has(MARKER)} == {COLLEAGUE, DEPARTMENT}


@pytest.mark.both_databases
async def test_two_last_agreements_at_once_change_the_plan_once(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_proposal(site, ars, ADD)
    shown = await seen(operator, at)
    form = {"answer": "agreed", "seen": shown}
    both = [one.ask("POST", f"{at}/answer", data=form) for one in (department, operator, department, operator)]
    codes = sorted(one.status_code for one in await asyncio.gather(*both))
    assert codes[:2] == [303, 303]
    assert [one.title for one in await the_plan(site)].count("Clause nouvelle") == 1
    assert len(await rows(site, f"SELECT id FROM act WHERE kind = '{answering_plans.ACT}'")) == 1


async def test_beside_a_plan_that_moved_elsewhere_parties_agree_to_what_it_would_be_now(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_proposal(site, ars, RENAME)
    assert (await answered(department, at)).status_code == 303
    old = await seen(operator, at)
    async with site.parts.store.writing() as session:  # as a direct change does
        await session.execute(sql("UPDATE section SET title = 'Programme' WHERE key = 's-4-6'"))
    stale = await operator.ask("POST", f"{at}/answer", data={"answer": "agreed", "seen": old})
    assert stale.status_code == 409
    assert "voici ce qu’il serait maintenant" in await said(operator, at)
    assert "À renouveler" in await said(operator, at)  # the Département agreed to another plan
    assert (await answered(operator, at)).status_code == 303
    assert (await section(site, FREE)).number == "4.3"
    for one in (department, ars):
        assert (await answered(one, at)).status_code == 303
    assert ((await section(site, FREE)).number, (await section(site, "s-4-6")).title) == ("4.3 bis", "Programme")
    assert "À renouveler" not in await said(operator, at)  # all agreed to what was accepted


async def test_a_plan_that_moved_at_the_same_place_is_taken_up_again_and_replaces_the_stale_one(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_proposal(site, ars, RENAME, ASIDE)
    async with site.parts.store.writing() as session:
        await session.execute(sql(f"UPDATE section SET title = 'Autrement' WHERE key = '{FREE}'"))
    page = await said(ars, at)
    assert "Le plan a changé : cette proposition ne peut plus être acceptée telle quelle" in page
    assert "Ce qui a changé dans le plan depuis le dépôt" in page
    assert (await operator.ask("POST", f"{at}/answer", data={"answer": "agreed", "seen": "x"})).status_code == 409
    again = str((await ars.ask("POST", f"{at}/take-up")).headers["location"]).removesuffix("/plan")
    assert "Autrement" in await said(ars, f"{again}/plan")
    await tabled(ars, again)
    assert "Proposition remplacée par une autre" in await said(operator, at)
    for one in (department, operator):
        assert (await answered(one, again)).status_code == 303
    assert (await section(site, FREE)).number == "4.3 bis"


async def test_an_article_removed_or_set_aside_ends_its_proposals_with_the_reason_and_its_text_stays(
    site: Site,
) -> None:
    ars, department, operator = await parties(site)
    async with site.parts.store.writing() as session:
        await session.execute(sql(f"UPDATE section SET is_required = false WHERE key = '{FREE}'"))
    about = await a_tabled(operator)
    name = (await section(site, FREE)).document
    text = await (await site.parts.rooms.room(name)).whole()
    aside = await a_tabled(operator, ASIDE[1], title="Sur un article sans objet")
    at = await a_proposal(site, ars, ("remove", FREE, {}), ASIDE, title="Retirer la modulation")
    assert aside in await said(operator, at)
    assert "le rend sans objet" in await said(operator, aside)
    assert about in await said(operator, at)  # what would end is said before anybody decides
    assert "Retirer la modulation" in await said(operator, about)  # on both
    async with writing(operator, f"contract:{PH}", name) as tab:
        for one in (department, operator):
            assert (await answered(one, at)).status_code == 303
        await tab.connection.send(wire.update(name, tab.edit("trop tard ")))
        await tab.answered()
        await tab.open(name)
        assert tab.scope == "denied"  # as when it is removed directly
    assert all(one.key != FREE for one in await the_plan(site))
    page = await said(ars, about)
    assert "Proposition close" in page
    assert "il en a été retiré par la proposition « Retirer la modulation »" in page
    assert "L’article est sans objet depuis l’acceptation de la proposition « Retirer" in await said(ars, aside)
    assert await (await site.parts.rooms.room(name)).whole() == text
    back = await begun(ars)
    assert (await gesture(site, ars, back, "put_back", article=name.removeprefix("section:"))).status_code == 303
    await tabled(ars, back)
    for one in (department, operator):
        assert (await answered(one, back)).status_code == 303
    assert (await section(site, FREE)).document == name


async def test_a_counter_proposal_begins_with_the_same_changes_and_accepted_ends_the_first(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_proposal(site, ars, RENAME)
    counter = str((await send(operator, f"{at}/counter", {"title": "Plutôt"})).headers["location"]).removesuffix(
        "/plan"
    )
    assert MARKER in await said(operator, f"{counter}/plan")
    assert (await gesture(site, operator, counter, *ASIDE[:2])).status_code == 303
    await tabled(operator, counter)
    for one in (department, ars):
        assert (await answered(one, counter)).status_code == 303
    assert "Proposition remplacée" in await said(ars, at)
    assert (await section(site, "s-4-6")).status is SectionStatus.NOT_APPLICABLE


async def test_who_may_do_what_with_a_proposal_about_the_plan(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_proposal(site, ars, RENAME)
    other = await a_proposal(site, operator, ("retitle", FREE, named("4.3", "Encore autrement")), title="Rival")
    assert "change les mêmes endroits du plan" in await said(ars, at)
    assert "change les mêmes endroits du plan" in await said(ars, other)
    assert "Un autre plan" in (inbox := await said(operator, f"/contracts/{PH}/proposals"))
    assert inbox.index("Votre partie doit répondre") < inbox.index("Un autre plan") < inbox.index("Rival")
    shown = await seen(department, at)
    assert (await operator.ask("POST", f"{at}/answer", data={"answer": "refused", "seen": shown})).status_code == 422
    for role in ROLES:
        async with site.parts.store.writing() as session:
            await session.execute(sql(DEMOTED), {"role": role})
        site.parts.standings.changed(PH)
        answer = await department.ask("POST", f"{at}/answer", data={"answer": "agreed", "seen": shown})
        assert answer.status_code in (403, 404), role
    assert (await operator.ask("POST", f"{at}/plan", data={"act": "drop", "number": "0"})).status_code in (404, 409)
    refused = await answered(operator, at, "refused", words="Non.")
    assert refused.status_code == 303
    assert "Proposition refusée" in await said(ars, at)
    assert (await operator.ask("POST", f"{other}/withdraw", data={})).status_code == 303
    assert "Proposition retirée" in await said(ars, other)


async def test_what_a_draft_cannot_be_is_refused_and_said(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await begun(ars)
    nothing = await send(ars, f"{at}/table")
    assert nothing.status_code == 409
    assert "ne change rien au plan" in nothing.text
    for act, key, fields, says in [
        ("remove", FREE, {}, "obligatoire"),
        ("remove", "s-4", {}, "obligatoire"),
        ("set_aside", "s-4", {}, "contient"),
        ("retitle", FREE, named("4.3", ""), "titre"),
        ("move", FREE, {"place": "inside:nowhere"}, "Le plan a changé"),
    ]:
        answer = await gesture(site, ars, at, act, key, **fields)
        assert answer.status_code in (409, 422), act
        assert says in answer.text, act
    moving = {"act": "up", "article": (await section(site, FREE)).id, "seen": "old"}
    stale = await ars.ask("POST", f"{at}/plan", data=moving)
    assert stale.status_code == 409
    assert (await ars.ask("POST", f"{at}/plan", data={"act": "nonsense"})).status_code == 404
    assert (await gesture(site, ars, at, *RENAME[:2], **RENAME[2])).status_code == 303
    shown = await said(ars, f"{at}/plan")
    async with site.parts.store.writing() as session:  # the plan goes on without it
        await session.execute(sql(f"UPDATE section SET removed_at = '2026-11-01' WHERE key = '{FREE}'"))
    assert "Ne s’applique plus" not in shown
    assert "Ne s’applique plus au plan actuel" in await said(ars, f"{at}/plan")
    outdated = await send(ars, f"{at}/table")
    assert outdated.status_code == 409
    assert "ne s’applique plus" in outdated.text
    long = await ars.ask("POST", f"{at}/plan", data={"act": "drop", "number": "1" * 5000, "seen": "x"})
    assert long.status_code == 409
    dropped = await send(ars, f"{at}/plan", {"act": "drop", "number": "0"})
    assert dropped.status_code == 303
    assert "Aucun pour l’instant" in await said(ars, f"{at}/plan")


async def test_what_a_plan_is_to_its_parties_leaves_out_what_is_written_in_it(site: Site) -> None:
    before = canonical(outline(await the_plan(site)))
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET revision = 9, mode = 'proposals_only', status = 'agreed'"))
    assert canonical(outline(await the_plan(site))) == before
