"""Parties answer a tabled proposal on the very text shown; when all agree, it is the section's, once and whole."""

import asyncio
import re
from html import unescape
from typing import Any

import pytest
from pycrdt import XmlElement, XmlText
from sqlalchemy import text as sql

from collab import wire
from server.domain.texts import text
from server.proposals import answering
from server.store import proposals
from server.taking_over.judging import looks
from tests.factories import PH
from tests.waiting import until
from tests.web.drafts import CLOSED, FREE, section
from tests.web.forms import fields, send
from tests.web.proposals import (
    ARS,
    COLLEAGUE,
    DEPARTMENT,
    MARKER,
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

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def parties(site: Site) -> list[Browser]:
    return [await site.signed_in(one) for one in (ARS, DEPARTMENT, OPERATOR)]


async def rows(site: Site, query: str) -> list[Any]:
    async with site.parts.store.reading() as session:
        return list((await session.execute(sql(query))).all())


async def the_hash(site: Site, key: str = FREE) -> str:
    return await site.parts.rooms.made((await section(site, key)).document, looks)


async def said(browser: Browser, at: str) -> str:
    return unescape((await browser.get(at)).text).replace("\u00a0", " ")


async def seen(browser: Browser, at: str) -> str:
    """The digest of the text that a page has one answer."""
    return fields((await browser.get(at)).text, f"{at}/answer")["seen"][0]


@pytest.mark.parametrize("key", [FREE, CLOSED])
async def test_when_every_party_agrees_the_text_is_what_was_shown_and_open_editors_hear_it(
    site: Site, key: str
) -> None:
    ars, department, operator = await parties(site)
    name, before = (await section(site, key)).document, (await section(site, key)).revision
    at = await a_tabled(ars, key)
    shown = [await seen(one, at) for one in (department, operator)]
    async with writing(operator, f"contract:{PH}", name) as tab:
        assert (
            await answered(department, at, "reserved", words="Sous réserve du vote.", due="2027-03-01")
        ).status_code == 303
        assert await the_hash(site, key) != shown[0]
        assert MARKER not in tab.words
        assert (await answered(operator, at)).status_code == 303
        await tab.hear_of(MARKER)
    assert shown == [await the_hash(site, key)] * 2
    assert (await section(site, key)).revision == before + 1
    [(kind, details)] = await rows(site, "SELECT kind, details FROM act")
    assert kind == answering.ACT
    assert shown[0] in details
    site.parts.rooms.close_idle(idle_s=0, most=0)
    assert await the_hash(site, key) == shown[0]  # read back from the log
    page = await said(ars, at)
    for one in ("Proposition acceptée par toutes", "D’accord avec réserve", "Sous réserve du vote.", "1er mars 2027"):
        assert one in page
    partner = await site.signed_in(PARTNER)
    assert MARKER in await said(partner, f"/contracts/{PH}")
    assert (await partner.ask("GET", at)).status_code == 404
    assert "réserve du vote" not in await said(partner, f"/contracts/{PH}/settings")
    history = await said(ars, f"/contracts/{PH}/sections/{key}/history")
    assert "Camille Authier" in history


async def test_one_goes_on_writing_in_a_text_that_a_proposal_has_just_changed(site: Site) -> None:
    ars, department, operator = await parties(site)
    name = (await section(site, FREE)).document
    async with writing(operator, name) as tab:
        assert await tab.heard_back(wire.update(name, tab.edit("Avant. ")))
        at = await a_tabled(ars)
        await answered(department, at)
        await answered(operator, at)
        await tab.hear_of(MARKER)
        assert await tab.heard_back(wire.update(name, tab.edit("Après. ")))
    await write(ars, name, "Puis. ")
    text = await said(ars, f"/contracts/{PH}")
    assert f"Puis. Après. {MARKER} Avant. Lorsque" in text
    site.parts.rooms.close_idle(idle_s=0, most=0)
    assert f"Puis. Après. {MARKER} Avant. Lorsque" in await said(ars, f"/contracts/{PH}")


async def test_nobody_is_bound_by_words_they_did_not_see(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_tabled(ars)
    form = fields((await operator.get(at)).text, f"{at}/answer")
    assert (await answered(department, at)).status_code == 303
    await write(operator, (await section(site, FREE)).document, "Entre-temps. ")  # in the very paragraph
    late = await operator.ask("POST", f"{at}/answer", data={**form, "answer": "agreed"})
    assert late.status_code == 409
    assert "Le texte a changé" in late.text
    assert "ne peut plus être acceptée telle quelle" in await said(department, at)
    assert 'value="agreed"' not in (await operator.get(at)).text
    forged = {"answer": "agreed", "seen": await seen(operator, at)}
    assert (await operator.ask("POST", f"{at}/answer", data=forged)).status_code == 409
    assert (await section(site, FREE)).revision == 4
    assert await rows(site, "SELECT kind FROM proposal_event ORDER BY id") == [("tabled",), ("agreed",)]


async def test_a_text_that_changed_elsewhere_is_shown_with_the_proposal_in_it_and_agreed_to_anew(site: Site) -> None:
    ars, department, operator = await parties(site)
    name = (await section(site, "s-1")).document
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET mode = 'free' WHERE key = 's-1'"))
    await two_paragraphs(ars, name)
    at = await a_tabled(ars, "s-1")
    assert (await answered(department, at)).status_code == 303
    async with writing(operator, name) as tab:
        before = tab.doc.get_state()
        paragraph: Any = tab.fragment.children[len(tab.fragment.children) - 1]
        paragraph.children[0].insert(0, "Ailleurs. ")
        assert await tab.heard_back(wire.update(name, tab.doc.get_update(before)))
    assert (await answered(operator, at)).status_code == 303
    page = await said(department, at)
    assert "L’article a changé à d’autres endroits depuis" in page
    assert page.count("À renouveler : le texte a changé depuis") == 2
    wanted = await seen(department, at)
    assert (await answered(department, at)).status_code == 303
    assert (await answered(ars, at)).status_code == 303
    assert await the_hash(site, "s-1") == wanted
    assert "À renouveler" not in await said(operator, at)  # all agreed to what was accepted
    text = await said(ars, f"/contracts/{PH}")
    assert "Ailleurs. Fin." in text
    assert MARKER in text


async def two_paragraphs(browser: Browser, name: str) -> None:
    async with writing(browser, name) as tab:
        before = tab.doc.get_state()
        with tab.doc.transaction():
            for words in ("Milieu.", "Fin."):
                last = tab.fragment.children.insert(len(tab.fragment.children), XmlElement("paragraph"))
                last.children.insert(0, XmlText()).insert(0, words)
        assert await tab.heard_back(wire.update(name, tab.doc.get_update(before)))


async def test_answers_lack_nothing_come_from_leads_and_a_refusal_ends_a_proposal(site: Site) -> None:
    ars, department, operator = await parties(site)
    colleague, partner = await site.signed_in(COLLEAGUE), await site.signed_in(PARTNER)
    at = await a_tabled(ars)
    for answer, typed in (
        ("refused", {}),
        ("reserved", {}),
        ("reserved", {"words": "x", "due": "hier"}),
        ("maybe", {}),
    ):
        wrong = await answered(operator, at, answer, **typed)
        assert wrong.status_code == 422, answer
        assert "champ__erreur" in wrong.text
    for browser in (colleague, partner):
        assert (await browser.ask("POST", f"{at}/answer", data={"answer": "agreed"})).status_code == 404
    assert 'id="reponse"' not in (await colleague.get(at)).text
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE member SET role = 'facilitator' WHERE key = 'p-referent-dep'"))
    assert (await department.ask("POST", f"{at}/answer", data={"answer": "agreed"})).status_code == 404
    assert (await answered(operator, at, "refused", words="Trop cher.")).status_code == 303
    for one in ("Proposition refusée", "Trop cher.", "Nadège Fournier", MARKER):
        assert one in await said(ars, at)
    again = await ars.ask("POST", f"{at}/answer", data={"answer": "agreed"})
    assert again.status_code == 409
    assert (await section(site, FREE)).revision == 4


async def test_a_draft_is_not_answered_and_a_frozen_text_or_a_closed_contract_not_changed(site: Site) -> None:
    ars, _, operator = await parties(site)
    draft = await begun(ars)
    assert (await ars.ask("POST", f"{draft}/answer", data={"answer": "agreed"})).status_code == 404
    at = await a_tabled(ars)
    for statement in (
        "UPDATE section SET removed_at = '2027-01-01 00:00:00+00:00' WHERE key = 's-4-3'",
        "UPDATE section SET removed_at = NULL, mode = 'frozen' WHERE key = 's-4-3'",
        "UPDATE contract SET state = 'ready_to_sign'",
    ):
        async with site.parts.store.writing() as session:
            await session.execute(sql(statement))
        assert (await answered(operator, at)).status_code == 409


async def test_two_last_agreements_at_the_same_instant_are_one_acceptance(site: Site) -> None:
    ars, department, operator = await parties(site)
    at, other = await a_tabled(ars), await a_tabled(operator, words="Contraire. ")
    await answered(department, at)
    await answered(department, other)
    results = await asyncio.gather(
        *(answered(one, where) for one, where in ((operator, at), (ars, other), (operator, at)))
    )
    assert sorted(one.status_code for one in results)[0] == 303
    assert [one.status_code for one in results].count(303) == 1
    assert (await section(site, FREE)).revision == 5
    assert len(await rows(site, "SELECT id FROM proposal WHERE status = 'accepted'")) == 1
    assert len(await rows(site, "SELECT id FROM act")) == 1
    text = await said(ars, f"/contracts/{PH}")
    assert (MARKER in text) != ("Contraire" in text)


async def test_withdrawn_and_agreed_to_at_the_same_instant_it_is_one_or_the_other(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_tabled(ars)
    await answered(department, at)
    form = {**fields((await operator.get(at)).text, f"{at}/answer"), "answer": "agreed"}
    agreed, withdrawn = await asyncio.gather(
        operator.ask("POST", f"{at}/answer", data=form), ars.ask("POST", f"{at}/withdraw")
    )
    [(status,)] = await rows(site, "SELECT status FROM proposal")
    assert (agreed.status_code, withdrawn.status_code) == (303 if status == "accepted" else 409, 303)
    assert (MARKER in await said(ars, f"/contracts/{PH}"), (await section(site, FREE)).revision) == (
        (True, 5) if status == "accepted" else (False, 4)
    )
    ends = [kind for (kind,) in await rows(site, "SELECT kind FROM proposal_event ORDER BY id")][2:]
    assert ends == (["agreed", "accepted"] if status == "accepted" else ["withdrawn"])


async def test_an_edit_during_an_acceptance_comes_after_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ars, department, operator = await parties(site)
    at, name = await a_tabled(ars), (await section(site, FREE)).document
    await answered(department, at)
    shown, end = await seen(operator, at), proposals.end
    async with writing(operator, name) as tab:
        heard = len(tab.saved)

        async def ends_while_somebody_types(*given: Any) -> None:
            await tab.connection.send(wire.update(name, tab.edit("Entre-temps. ")))
            await until(lambda: site.parts.rooms.counting.gauges["line_edits"]() == 1)  # it waits
            await end(*given)

        monkeypatch.setattr(proposals, "end", ends_while_somebody_types)
        assert (await answered(operator, at)).status_code == 303
        await tab.until(lambda: len(tab.saved) > heard and MARKER in tab.words)
    [(line,)] = await rows(site, "SELECT max(id) FROM document_update WHERE document LIKE 'section:%'")
    texts = await site.parts.past.texts(name, {line - 1, line})
    assert looks(texts[line - 1]) == shown
    assert text.to_body(texts[line]).startswith(("Entre-temps. ", f"{MARKER} Entre-temps. "))


async def test_an_acceptance_that_fails_half_way_leaves_nothing_and_the_next_one_is_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ars, department, operator = await parties(site)
    at = await a_tabled(ars)
    await answered(department, at)
    before = await the_hash(site)
    name = (await section(site, FREE)).document

    async def fails(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    async with writing(operator, name) as tab:
        with monkeypatch.context() as broken:
            broken.setattr(proposals, "end", fails)  # the last thing but the record
            assert (await answered(operator, at)).status_code == 500
        assert await the_hash(site) == before
        assert await rows(site, "SELECT id FROM act") == []
        assert MARKER.encode() not in tab.bytes_heard
    assert (await answered(operator, at)).status_code == 303
    assert MARKER in await said(ars, f"/contracts/{PH}")


async def test_an_acceptance_that_was_kept_and_not_told_is_read_back_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ars, department, operator = await parties(site)
    at = await a_tabled(ars)
    await answered(department, at)
    wanted, name = await seen(operator, at), (await section(site, FREE)).document

    def dies(*_: object, **__: object) -> None:
        raise OSError("killed between the commit and the first who is told")

    async with writing(operator, name) as tab:
        with monkeypatch.context() as broken:
            broken.setattr(site.parts.rooms, "take_in", dies)
            assert (await answered(operator, at)).status_code == 500
        await tab.connection.wait_closed()  # comes back to what the log says
    assert await the_hash(site) == wanted
    assert (await section(site, FREE)).revision == 5
    await write(operator, name, "Ensuite. ")
    assert f"Ensuite. {MARKER} " in await said(ars, f"/contracts/{PH}")


async def test_a_counter_proposal_begins_with_the_words_it_answers_and_takes_their_place_when_accepted(
    site: Site,
) -> None:
    ars, department, operator = await parties(site)
    at = await a_tabled(ars)
    made = await send(operator, f"{at}/counter", {"title": "Plutôt ceci"})
    assert made.status_code == 303
    other = made.headers["location"]
    await write(operator, document(other), "Contre. ")
    assert "Plutôt ceci" not in await said(ars, at)  # a draft is its party's own
    assert (await ars.ask("GET", other)).status_code == 404
    await tabled(operator, other)
    assert "Contre-proposition : Plutôt ceci" in words(await said(ars, at))
    assert "Contre-proposition à : Un titre" in words(await said(ars, other))
    for browser in (department, ars):
        assert (await answered(browser, other)).status_code == 303
    assert f"Contre. {MARKER} Lorsque" in await said(ars, f"/contracts/{PH}")
    assert "Proposition remplacée par une autre" in await said(ars, at)


def words(html: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub("<[^>]+>", " ", html).split())


async def test_a_stale_proposal_is_taken_up_on_the_text_as_it_is_now(site: Site) -> None:
    ars, department, operator = await parties(site)
    at = await a_tabled(ars)
    await write(operator, (await section(site, FREE)).document, "Entre-temps. ")
    page = words(await said(ars, at))
    assert "Là où le texte et la proposition ont changé tous les deux" in page
    assert (await department.ask("POST", f"{at}/take-up")).status_code == 404
    again = [(await ars.ask("POST", f"{at}/take-up")).headers["location"] for _ in range(2)]
    assert again[0] == again[1]
    await write(ars, document(again[0]), f"{MARKER} ")
    await tabled(ars, again[0])
    assert "Proposition remplacée par une autre" in await said(department, at)
    for browser in (department, operator):
        assert (await answered(browser, again[0])).status_code == 303
    assert f"{MARKER} Entre-temps. Lorsque" in await said(ars, f"/contracts/{PH}")


async def test_each_party_finds_what_awaits_its_answer_and_who_has_not_answered_its_own(site: Site) -> None:
    ars, department, operator = await parties(site)
    first, second = await a_tabled(ars, title="Premier"), await a_tabled(operator, CLOSED, title="Second")
    await answered(department, first)
    inbox = f"/contracts/{PH}/proposals"
    pages = [words(await said(one, inbox)) for one in (ars, department, operator, await site.signed_in(PARTNER))]
    assert "Votre partie doit répondre Second" in pages[0]
    assert "Premier" in pages[0].split("Déposées par votre partie")[1]
    assert "Réponse attendue de : Les Rives du Layon" in pages[0]
    assert "Votre partie a répondu, d’autres pas encore Premier" in pages[1]
    assert pages[2].index("Premier") < pages[2].index("Second")
    assert [one for one in ("Premier", "Second") if one in pages[3]] == []
    await operator.ask("POST", f"{second}/withdraw")
    assert "Aucune réponse n’est attendue" in words(await said(ars, inbox))


async def test_two_proposals_that_change_the_same_paragraph_are_flagged_on_both_until_one_ends(site: Site) -> None:
    ars, department, operator = await parties(site)
    first = await a_tabled(ars, words="Un ", title="Le premier")
    assert "change les mêmes paragraphes" not in await said(ars, first)
    second = await a_tabled(operator, words="Deux ", title="Le second")
    assert "change les mêmes paragraphes : Le second" in re.sub("<.*?>", "", await said(department, first))
    assert "change les mêmes paragraphes : Le premier" in re.sub("<.*?>", "", await said(ars, second))
    assert (await answered(department, second, "refused", words="Non.")).status_code == 303
    assert "change les mêmes paragraphes" not in await said(department, first)
