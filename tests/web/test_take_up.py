"""A proposal that the text has overtaken is taken up again: both changes are shown, what is whole is carried over."""

from itertools import count

import pytest
from sqlalchemy import text as sql

from collab import wire
from tests.collab.test_judging import fork, insert
from tests.factories import PH
from tests.web.drafts import FREE, section
from tests.web.forms import fields, send
from tests.web.proposals import (
    ARS,
    DEPARTMENT,
    OPERATOR,
    PARTNER,
    a_tabled,
    answered,
    begun,
    document,
    tabled,
    write,
    writing,
)
from tests.web.site import Browser, Site
from tests.web.test_answering import said, words
from tests.web.test_plan_proposals import RENAME, a_proposal

pytestmark = pytest.mark.anyio
CLIENTS = count(4_000_000_001)


async def add_paragraph(browser: Browser, name: str, words: str) -> None:
    """One more paragraph at the end of a document."""
    async with writing(browser, name) as tab:
        put = insert(len(tab.fragment.children), words)
        assert await tab.heard_back(wire.update(name, fork(tab.doc.get_update(), put, client=next(CLIENTS))))


async def stale(site: Site, ars: Browser, operator: Browser) -> str:
    """A tabled proposal with a paragraph more, and words where the text has others meanwhile."""
    name = (await section(site, FREE)).document
    await add_paragraph(operator, name, "Un paragraphe que personne ne change.")
    at = await begun(ars, title="Un préavis")
    await write(ars, document(at), "Alpha ")
    await add_paragraph(ars, document(at), "Paragraphe ajouté.")
    await tabled(ars, at)
    await write(operator, name, "Oméga ")
    return at


async def test_both_changes_are_shown_and_only_whole_passages_are_carried_over(site: Site) -> None:
    ars, department, operator = [await site.signed_in(who) for who in (ARS, DEPARTMENT, OPERATOR)]
    at = await stale(site, ars, operator)
    page = words(await said(ars, f"{at}/take-up"))
    assert "À choisir" in page
    assert "Repris dans le brouillon Seule la proposition" in page
    assert "Texte actuel inséré : Oméga fin d’insertion" in page
    assert "inséré : Alpha fin d’insertion" in page
    for browser in (department, operator, await site.signed_in(PARTNER)):
        assert (await browser.ask("GET", f"{at}/take-up")).status_code == 404
        assert (await browser.ask("POST", f"{at}/take-up")).status_code == 404
    plain = (await send(ars, f"{at}/take-up")).headers["location"]
    assert plain == (await send(ars, f"{at}/take-up")).headers["location"]
    shown = words(await said(ars, plain))
    assert "Paragraphe ajouté." in shown
    assert "Voici les mots de l’ancienne proposition" in shown
    chosen = (await send(ars, f"{at}/take-up", {"take": "0"})).headers["location"]
    assert chosen != plain
    await tabled(ars, chosen)
    for browser in (department, operator):
        assert (await answered(browser, chosen)).status_code == 303
    contract = await said(ars, f"/contracts/{PH}")
    assert ("Paragraphe ajouté." in contract, "Alpha Lorsque" in contract, "Oméga" in contract) == (True, True, False)


async def test_words_are_chosen_beside_the_text_that_was_seen_or_not_at_all(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(OPERATOR)
    at = await stale(site, ars, operator)
    form = fields((await ars.get(f"{at}/take-up")).text, f"{at}/take-up") | {"take": ["0"]}
    await write(operator, (await section(site, FREE)).document, "Encore ")
    refused = await ars.ask("POST", f"{at}/take-up", data=form)
    assert (refused.status_code, "Encore" in refused.text) == (409, True)
    for take in ("9", "-1", "0 0", "٣", "1e9"):
        answer = await send(ars, f"{at}/take-up", {"take": take})
        assert answer.status_code == 303, take


async def test_in_a_long_table_any_number_of_rows_is_chosen(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(OPERATOR)
    at = await stale(site, ars, operator)
    every = {"take": [str(one) for one in range(500)]}
    answer = await send(ars, f"{at}/take-up", every)
    assert answer.status_code == 303
    assert "Alpha" in await said(ars, answer.headers["location"])


async def test_a_proposal_is_taken_up_anew_once_the_draft_that_did_so_was_withdrawn(site: Site) -> None:
    ars = await site.signed_in(ARS)
    of_text, of_plan = await a_tabled(ars), await a_proposal(site, ars, RENAME)
    for at in (of_text, of_plan):
        await ars.ask("POST", f"{at}/withdraw")
        first = (await ars.ask("POST", f"{at}/take-up", data={})).headers["location"].removesuffix("/plan")
        await ars.ask("POST", f"{first}/withdraw")
        second = (await ars.ask("POST", f"{at}/take-up", data={})).headers["location"].removesuffix("/plan")
        assert second != first
        assert "Déposer la proposition" in await said(ars, second)
        assert (await ars.ask("POST", f"{at}/take-up", data={})).headers["location"].removesuffix("/plan") == second


async def test_who_has_changed_party_begins_a_draft_of_their_own_with_the_same_form(site: Site) -> None:
    ars = await site.signed_in(ARS)
    form = {"title": "Un titre", "version": "one form"}
    paths = [f"/contracts/{PH}/sections/{FREE}/new-proposal", f"/contracts/{PH}/plan/propose"]
    first = [(await ars.ask("POST", path, data=form)).headers["location"] for path in paths]
    async with site.parts.store.writing() as session:
        other = "(SELECT id FROM party WHERE contract_id = :contract AND key = 'departement')"
        person = f"(SELECT id FROM person WHERE subject = '{ARS}')"
        await session.execute(
            sql(f"UPDATE member SET party_id = {other} WHERE contract_id = :contract AND person_id = {person}"),
            {"contract": PH},
        )
    site.parts.standings.changed(PH)
    again = [await ars.ask("POST", path, data=form) for path in paths]
    assert [one.status_code for one in again] == [303, 303]
    assert not {one.headers["location"] for one in again} & set(first)
