"""Words for a text closed meanwhile become a draft proposal of their author's party, and nobody else's at all."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text as sql

from collab import wire
from server.contract_files.exporting import export_contract
from server.domain.refusals import TooManyProposals
from server.drafts import drafting
from tests.collab.stage import hello
from tests.factories import EHPAD, PH
from tests.waiting import until
from tests.web.drafts import CLOSED, FREE, address, offline, section
from tests.web.over_requests import over_requests
from tests.web.site import Browser, Site
from tests.web.test_live import Tab, log_size

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ARS = "camille-authier"
LEADS = ("marc-lebreton", "nadege-fournier")  # of the other signing parties
PARTNER, STRANGER = "elodie-maugin", "alex-martin"
WORDS = "Mots écrits hors connexion, zygomatique."
MARKER = "zygomatique"


async def send(browser: Browser, update: bytes, key: str = CLOSED, **headers: str) -> Any:
    return await browser.ask("POST", address(key), content=update, headers={"accept": "application/json", **headers})


async def drafted(site: Site, browser: Browser, words: str = WORDS) -> str:
    """The address of a draft just made."""
    answer = await send(browser, await offline(site, words))
    assert answer.status_code == 201, answer.text
    at: str = answer.json()["at"]
    assert answer.headers["location"] == at
    return at


async def rows(site: Site, query: str) -> list[Any]:
    async with site.parts.store.reading() as session:
        return list((await session.execute(sql(query))).all())


async def test_words_for_a_closed_text_become_a_draft_that_its_party_reads(site: Site) -> None:
    ars = await site.signed_in(ARS)
    before = await export_contract(PH, site.parts.store)
    at = await drafted(site, ars)
    shown = (await ars.get(at)).text
    for said in ("Brouillon, visible de votre partie seulement", "Camille", f"<p>{WORDS}</p>", "redline__bloc--added"):
        assert said in shown
    assert "<del" not in shown  # one more paragraph takes nothing away
    page = (await ars.get(f"/contracts/{PH}")).text
    assert page.count("1 proposition en brouillon de votre partie") == 1
    assert page.count(at) == 2  # in the article, and beside the text
    assert MARKER not in page
    assert await export_contract(PH, site.parts.store) == before
    [(document, person, party), (_, author, theirs)] = await rows(
        site,
        "SELECT document, person_id, party_id FROM document_update WHERE document LIKE 'proposal:%' ORDER BY id",
    )
    assert (document, person, party) == (f"proposal:{at.rsplit('/', 1)[1]}", None, None)
    assert author is not None
    assert theirs is not None


async def test_the_same_words_again_are_the_same_draft_also_at_the_same_instant(site: Site) -> None:
    ars = await site.signed_in(ARS)
    update = await offline(site, WORDS)
    answers = await asyncio.gather(*(send(ars, update) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    assert len({one.json()["at"] for one in answers}) == 1
    assert await rows(site, "SELECT count(*) FROM proposal") == [(1,)]
    other = await send(ars, await offline(site, "D’autres mots."))
    assert other.status_code == 201


async def test_a_draft_is_there_for_its_party_and_for_nobody_else(site: Site) -> None:
    at = await drafted(site, await site.signed_in(ARS))
    name = f"proposal:{at.rsplit('/', 1)[1]}"
    text_name = (await section(site)).document
    quiet = {who: await site.signed_in(who) for who in (*LEADS, PARTNER, STRANGER)}
    marks = [MARKER, name, at, "en brouillon de votre partie", "Propositions de votre partie"]
    for browser in quiet.values():
        assert (await browser.ask("GET", at)).status_code == 404
        assert (await browser.ask("POST", f"{at}/withdraw")).status_code == 404
        for path in (
            f"/contracts/{PH}",
            f"/contracts/{PH}/settings",
            f"/contracts/{PH}/life",
            f"/contracts/{PH}/plan",
            f"/contracts/{PH}/sections/{CLOSED}/history",
            f"/contracts/{PH}/sections/{CLOSED}/authors",
        ):
            page = (await browser.get(path)).text
            assert [one for one in marks if one in page] == []
    for browser in quiet.values():
        if browser is quiet[STRANGER]:
            continue
        async with browser.socket(PH) as connection:
            tab = Tab(connection)
            for document in (f"contract:{PH}", text_name, name):
                await tab.open(document)
            await tab.until(lambda: tab.scope == "denied")  # noqa: B023
            assert MARKER.encode() not in tab.bytes_heard
    assert (await (await site.signed_in(ARS)).ask("GET", at.replace(PH, EHPAD))).status_code == 404


async def test_a_new_draft_is_told_to_no_open_page(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(LEADS[1])
    async with operator.socket(PH) as connection:
        tab = Tab(connection)
        for document in (f"contract:{PH}", (await section(site)).document):
            await tab.open(document)
        await tab.until(lambda: any(one["kind"] == "contract" for one in tab.news))
        said = len([one for one in tab.news if one["kind"] != "presence"])
        await drafted(site, ars)
        await connection.send(hello("section:none"))  # what comes before its answer was told before it
        tab.scope = ""
        await tab.until(lambda: tab.scope == "denied")
        assert len([one for one in tab.news if one["kind"] != "presence"]) == said
        assert MARKER.encode() not in tab.bytes_heard
    assert await rows(site, "SELECT count(*) FROM act") == [(0,)]


async def test_what_cannot_be_proposed_is_refused_with_a_remedy_and_leaves_nothing(site: Site) -> None:
    ars = await site.signed_in(ARS)
    before = await log_size(site)
    whole = await (await site.parts.rooms.room((await section(site)).document)).whole()
    foreign = next(iter((await site.parts.rooms.room((await section(site)).document)).text.writers))
    for update, key, status, error in (
        (await offline(site, WORDS, FREE), FREE, 409, "TextOpen"),
        (whole, CLOSED, 409, "NothingProposed"),
        (b"\0\0", CLOSED, 409, "NothingProposed"),
        (b"rubbish", CLOSED, 422, "ProposalRefused"),
        (b"", CLOSED, 422, "ProposalRefused"),
        (await offline(site, WORDS, client=foreign), CLOSED, 422, "ProposalRefused"),
        (b"\0" * (site.settings.message_kib * 1024 + 1), CLOSED, 413, "ProposalTooLong"),
        (b"\0\0", "no-such-section", 404, "NotFound"),
    ):
        answer = await send(ars, update, key)
        assert (answer.status_code, answer.json()["error"]) == (status, error)
        assert answer.json()["remedy"]
    assert await rows(site, "SELECT count(*) FROM proposal") == [(0,)]
    assert await log_size(site) == before


async def test_a_person_has_so_many_proposals_in_a_section(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "MOST_OF_A_PERSON", 2)
    ars = await site.signed_in(ARS)
    for words in ("Un.", "Deux."):
        await drafted(site, ars, words)
    third = await send(ars, await offline(site, "Trois."))
    assert (third.status_code, third.json()["error"]) == (409, TooManyProposals.__name__)
    assert (await send(ars, await offline(site, "Un."))).status_code == 200  # it is there already


async def test_its_author_withdraws_a_draft_and_its_words_stay_readable(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await drafted(site, ars)
    colleague = await a_colleague(site)
    assert WORDS in (await colleague.get(at)).text
    assert "Retirer la proposition" not in (await colleague.get(at)).text
    assert (await colleague.ask("POST", f"{at}/withdraw")).status_code == 403
    for _ in range(2):  # again changes nothing
        answer = await ars.ask("POST", f"{at}/withdraw")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{at}#etat")
    for browser in (ars, colleague):
        shown = (await browser.get(at)).text
        assert WORDS in shown
        assert "Proposition retirée, visible de votre partie seulement" in shown
        assert "Retirer la proposition" not in shown
    assert "en brouillon" not in (await ars.get(f"/contracts/{PH}")).text


async def test_words_sent_again_after_their_draft_was_withdrawn_are_a_draft_again(site: Site) -> None:
    ars, update = await site.signed_in(ARS), await offline(site, WORDS)
    first = (await send(ars, update)).json()["at"]
    await ars.ask("POST", f"{first}/withdraw")
    again = await send(ars, update)
    assert (again.status_code, again.json()["at"] != first) == (201, True)
    assert WORDS in (await ars.get(again.json()["at"])).text


async def a_colleague(site: Site) -> Browser:
    """Somebody else of the same party: a contributor, for this test."""
    browser = await site.signed_in(LEADS[0])
    async with site.parts.store.writing() as session:
        await session.execute(
            sql(
                "UPDATE member SET role = 'contributor', party_id ="
                " (SELECT id FROM party WHERE contract_id = :c AND key = 'ars')"
                " WHERE contract_id = :c AND person_id = (SELECT id FROM person WHERE subject = :s)"
            ),
            {"c": PH, "s": LEADS[0]},
        )
    return browser


async def test_a_draft_says_when_the_text_has_moved_since(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await drafted(site, ars)
    moved = "Le texte de l’article a changé depuis"
    assert moved not in (await ars.get(at)).text
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET mode = 'free' WHERE key = :k"), {"k": CLOSED})
    async with ars.socket(PH) as connection:
        tab = Tab(connection)
        name = (await section(site)).document
        await tab.open(name)
        await connection.send(wire.update(name, tab.edit("Nouveau. ")))
        await tab.until(lambda: tab.saved[-1:] == [True])
    assert moved in (await ars.get(at)).text
    assert "Nouveau. " not in (await ars.get(at)).text.split('class="texte')[1]  # beside what it was made from


async def test_a_freeze_takes_effect_between_two_edits_on_every_connection_and_the_refused_words_become_a_draft(
    site: Site,
) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(LEADS[1])
    name = (await section(site, FREE)).document
    async with ars.socket(PH) as a, over_requests(operator, PH) as b:
        socket, line = Tab(a), Tab(b)  # type: ignore[arg-type]
        for tab in (socket, line):
            await tab.open(name)
            assert tab.scope == "read-write"
        await a.send(wire.update(name, socket.edit("Avant. ")))
        await socket.until(lambda: socket.saved[-1:] == [True])
        await line.hear_of("Avant. ")
        async with site.parts.rooms.still(name) as room:  # what comes meanwhile waits in line
            for tab, carrier in ((socket, a), (line, b)):
                await carrier.send(wire.update(name, tab.edit("Trop tard. ")))
            await waiting(site, 2)
            async with site.parts.store.writing() as session:
                await session.execute(sql("UPDATE section SET mode = 'frozen' WHERE key = :k"), {"k": FREE})
            room.freeze()
        for tab in (socket, line):
            await tab.until(lambda: tab.saved[-1:] == [False] and tab.scope == "readonly")  # noqa: B023
        answer = await send(ars, socket.doc.get_update(), FREE)
        assert answer.status_code == 201
        assert "Trop tard. " in (await ars.get(answer.json()["at"])).text
        kept = await (await site.parts.rooms.room(name)).whole()
        assert b"Trop tard" not in kept
        await reopen(site, name)
        for tab in (socket, line):  # writing comes back without a reload
            await tab.until(lambda: tab.scope == "read-write")  # noqa: B023


async def waiting(site: Site, edits: int) -> None:
    """Until so many edits wait in line."""
    await until(lambda: site.parts.rooms.counting.gauges["line_edits"]() == edits)


async def reopen(site: Site, name: str) -> None:
    async with site.parts.rooms.still(name) as room:
        async with site.parts.store.writing() as session:
            await session.execute(sql("UPDATE section SET mode = 'free' WHERE key = :k"), {"k": FREE})
        room.freeze(is_closed=False)
    await site.parts.floor.review(PH)
