"""What changed between two states of a text, or would change by a draft: on the pages, for who may read."""

import pytest
from sqlalchemy import text as sql

from collab import wire
from tests.factories import EHPAD, PH
from tests.web.drafts import CLOSED, offline, section
from tests.web.site import Site
from tests.web.test_history import ARS, FIRST, KEY, OPERATOR, PATH, said, write
from tests.web.test_live import Tab
from tests.web.test_proposals import WORDS, drafted

pytestmark = pytest.mark.anyio
MOVED = "Le texte de l’article a changé depuis"


async def test_any_two_states_are_compared_in_three_views_and_both_ways(site: Site) -> None:
    first = await write(site, ARS, "Alpha zygomatique.", minutes=0)
    second = await write(site, OPERATOR, "Bêta.", minutes=30)
    browser = await site.signed_in(ARS)
    page = said((await browser.get(f"{PATH}/{FIRST}/{second}")).text)
    assert "2 modifications : 3 mots insérés" in page
    assert "Du texte du" in page
    assert "Alpha zygomatique. fin d’insertion" in page
    back = said((await browser.get(f"{PATH}/{second}/{FIRST}")).text)
    assert "2 modifications : 3 mots supprimés" in back
    side = (await browser.get(f"{PATH}/{first}/{second}?view=side")).text
    assert f'href="{PATH}/{first}/{second}?view=side" aria-current="true"' in side
    clean = (await browser.get(f"{PATH}/{first}/{second}?view=clean")).text
    assert "<ins" not in clean
    assert "Aucune différence." in said((await browser.get(f"{PATH}/{first}/{first}")).text)
    assert (await browser.get(f"{PATH}/{first}/{second}?view=nonsense")).status_code == 200


async def test_the_history_leads_to_what_each_session_changed_and_to_any_two_states(site: Site) -> None:
    first = await write(site, ARS, "Alpha.", minutes=0)
    second = await write(site, OPERATOR, "Bêta.", minutes=30)
    browser = await site.signed_in(ARS)
    page = (await browser.get(PATH)).text
    assert f'href="{PATH}/{first}/{second}"' in page
    answer = await browser.ask("GET", f"{PATH}?from={first}&to={second}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}/{first}/{second}")
    hostile = await browser.ask("GET", f"{PATH}?from=//evil.example&to=%0d%0ax")
    assert (hostile.status_code, hostile.headers["location"]) == (303, f"{PATH}/0/0")


@pytest.mark.parametrize("subject", ["alex-martin", "monique-herault"])
async def test_a_stranger_compares_nothing(site: Site, subject: str) -> None:
    answer = await (await site.signed_in(subject)).get(f"{PATH}/{FIRST}/{FIRST}")
    assert (answer.status_code, "redline" in answer.text) == (404, False)


async def test_who_reads_a_text_live_compares_its_states_and_lines_there_are_not_lead_nowhere(site: Site) -> None:
    partner = await site.signed_in("elodie-maugin")
    assert (await partner.get(f"{PATH}/{FIRST}/{FIRST}")).status_code == 200
    wrong = [
        f"{PATH}/{FIRST}/{FIRST + 1}",
        f"{PATH}/{FIRST + 1}/{FIRST}",
        f"{PATH}/{FIRST}/0",
        f"{PATH}/{FIRST}/{10**30}",
        f"{PATH}/{FIRST}/-1",
        f"/contracts/{EHPAD}/sections/{KEY}/history/{FIRST}/{FIRST}",
    ]
    assert [(await partner.get(path)).status_code for path in wrong] == [404] * len(wrong)


async def test_a_draft_is_read_beside_the_text_it_was_made_from_and_the_text_as_it_is_now(site: Site) -> None:
    ars = await site.signed_in(ARS)
    await typed(site, paragraph="Une deuxième phrase, loin de la première.")
    await close(site)
    at = await drafted(site, ars)
    page = (await ars.get(at)).text
    assert "1 modification : 5 mots insérés" in said(page)
    assert "with=now" not in page
    assert (await ars.get(f"{at}?with=now")).text.count(MOVED) == 0
    await typed(site, "Nouveau. ")
    page = (await ars.get(at)).text
    assert "mais pas aux mêmes endroits" in page
    assert "with=now" in page
    now = (await ars.get(f"{at}?with=now&view=side")).text
    assert "celles que recevrait le texte actuel" in now
    assert "Nouveau. " in now
    assert "1 modification" in said(now)  # what came meanwhile is no part of the proposal
    assert WORDS in now


async def test_a_draft_whose_own_place_changed_says_that_it_has_to_be_taken_up_again(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await drafted(site, ars)
    await typed(site, paragraph="Un autre ajout, au même endroit.")
    page = (await ars.get(f"{at}?with=now")).text
    assert "aux mêmes endroits que votre proposition" in page
    assert "elles défont donc aussi" in page


async def close(site: Site) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET mode = 'proposals_only' WHERE key = :k"), {"k": CLOSED})


async def typed(site: Site, words: str = "", *, paragraph: str = "") -> None:
    """The text is opened, and somebody writes in it."""
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET mode = 'free' WHERE key = :k"), {"k": CLOSED})
    ars, name = await site.signed_in(ARS), (await section(site)).document
    added = await offline(site, paragraph) if paragraph else b""
    async with ars.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        await connection.send(wire.update(name, added or tab.edit(words)))
        await tab.until(lambda: tab.saved[-1:] == [True])
