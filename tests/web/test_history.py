"""The history of a section: who wrote when and how much, and its text as it stood after any line."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from sqlalchemy import text as sql

from collab.log import Author, Line
from server.domain.contract.sections import Section
from server.domain.texts import text
from server.store import contracts
from server.web.paging import PAGE
from tests.factories import EHPAD, PH
from tests.web.site import Site, running

pytestmark = pytest.mark.anyio
KEY, OTHER_KEY = "s-4-3", "s-8"
PATH = f"/contracts/{PH}/sections/{KEY}/history"
NOON = datetime(2026, 6, 11, 12, 5, tzinfo=UTC)  # 14 h 05 in Paris
ARS, OPERATOR = "camille-authier", "nadege-fournier"


async def section(site: Site, key: str = KEY) -> Section:
    async with site.parts.store.reading() as session:
        return next(one for one in await contracts.sections(session, PH) if one.key == key)


async def author(site: Site, subject: str) -> Author:
    """A person of the demonstration as the log names them."""
    seat = "SELECT m.person_id, m.party_id FROM member m JOIN person p ON p.id = m.person_id"
    async with site.parts.store.reading() as session:
        found = await session.execute(
            sql(f"{seat} WHERE p.subject = :subject AND m.contract_id = :contract"),
            {"subject": subject, "contract": PH},
        )
        person, party = found.one()
    return Author(person, party, session=1)


async def write(site: Site, subject: str, words: str, *, minutes: float, key: str = KEY) -> int:
    """Put a paragraph at the end of a section's log, so many minutes after noon; its place in it."""
    name = (await section(site, key)).document
    doc: Doc[Any] = Doc()
    for line in await site.parts.log.lines(name):
        doc.apply_update(line.delta)
    before = doc.get_state()
    shared: XmlFragment = doc.get(text.ROOT, type=XmlFragment)
    paragraph: Any = shared.children.append(XmlElement("paragraph"))
    paragraph.children.append(XmlText(words))
    delta = doc.get_update(before)
    await site.parts.log.append([Line(name, delta, await author(site, subject), NOON + timedelta(minutes=minutes))])
    return len(await site.parts.log.marks(name))


FIRST = 1  # the place of a text's first line in its history


def said(page: str) -> str:
    """The words of a page, spaces as one."""
    return re.sub(r"[\s\u00a0]+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


async def test_an_imported_text_has_one_state_and_says_so(site: Site) -> None:
    browser = await site.signed_in(ARS)
    page = said((await browser.get(PATH)).text)
    assert "1 séance d’écriture" in page
    assert re.search(r"Texte de départ .* à \d+ h \d\d \+ \d+ mots Voir le texte", page)
    past = said((await browser.get(f"{PATH}/{FIRST}")).text)
    assert "Ce texte est le texte actuel." in past
    assert "plancher de 92 % fixé" in past


async def test_sessions_are_told_with_author_party_time_and_size_the_newest_first(site: Site) -> None:
    await write(site, ARS, "Trois mots ici.", minutes=0)
    await write(site, ARS, "Encore deux.", minutes=5)
    await write(site, OPERATOR, "Un.", minutes=40)
    page = said((await (await site.signed_in(ARS)).get(PATH)).text)
    assert "3 séances d’écriture" in page
    mine = "Camille Authier ARS Exemple-Ouest 11 juin 2026, de 14 h 05 à 14 h 10 + 5 mots Voir le texte"
    theirs = "Nadège Fournier Les Rives du Layon 11 juin 2026 à 14 h 45 + 1 mot Voir le texte"
    assert 0 < page.index(theirs) < page.index(mine) < page.index("Texte de départ")


async def test_who_writes_at_once_is_named_beside_a_common_count(site: Site) -> None:
    for number, subject in enumerate((ARS, OPERATOR) * 2):
        await write(site, subject, "Un mot.", minutes=number / 4)
    page = said((await (await site.signed_in(ARS)).get(PATH)).text)
    assert page.count("le nombre de mots vaut pour l’ensemble") == 2
    assert "Écrit en même temps que Nadège Fournier" in page


async def test_any_past_state_is_read_with_its_author_and_its_neighbours(site: Site) -> None:
    first = await write(site, ARS, "Alpha.", minutes=0)
    second = await write(site, OPERATOR, "Bêta.", minutes=30)
    third = await write(site, ARS, "Gamma.", minutes=60)
    answer = await (await site.signed_in(ARS)).get(f"{PATH}/{second}")
    page = said(answer.text)
    assert "Alpha. Bêta." in page
    assert "Gamma" not in page
    assert "Ce texte n’est plus le texte actuel. Tel que Nadège Fournier l’a laissé. Les Rives du Layon" in page
    assert "Texte du 11 juin 2026 à 14 h 35" in page
    assert f'rel="prev" href="{PATH}/{first}"' in answer.text
    assert f'rel="next" href="{PATH}/{third}"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "Ce texte est le texte actuel." in said((await (await site.signed_in(ARS)).get(f"{PATH}/{third}")).text)


async def test_what_is_written_later_changes_no_past_state(site: Site) -> None:
    line = await write(site, ARS, "Alpha.", minutes=0)
    browser = await site.signed_in(ARS)
    before = text_shown((await browser.get(f"{PATH}/{line}")).text)
    await write(site, OPERATOR, "Bêta.", minutes=1)
    assert text_shown((await browser.get(f"{PATH}/{line}")).text) == before


def text_shown(page: str) -> str:
    return page[page.index('<div class="texte"') :]


async def test_a_long_history_is_told_by_pages(site: Site) -> None:
    for number in range(PAGE + 1):
        await write(site, ARS, f"mot{number}", minutes=20 * number)
    browser = await site.signed_in(ARS)
    first, second = (await browser.get(PATH)).text, (await browser.get(f"{PATH}?page=2")).text
    assert (first.count("Voir le texte"), second.count("Voir le texte")) == (PAGE, 2)
    assert "Séances plus anciennes" in first
    assert "Séances plus récentes" in second
    assert "Séances plus anciennes" not in second
    for nonsense in ("0", "3", "-1", "²", "9" * 30, "abc"):
        assert (await browser.get(f"{PATH}?page={nonsense}")).status_code == 404


async def test_a_section_whose_log_is_empty_says_so(site: Site) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql("DELETE FROM document_update"))
    page = await (await site.signed_in(ARS)).get(PATH)
    assert (page.status_code, "Rien n’a encore été écrit ici" in page.text) == (200, True)


async def test_a_session_past_midnight_tells_both_days(site: Site) -> None:
    for minutes in (594, 600):
        await write(site, ARS, "Tard.", minutes=minutes)
    page = said((await (await site.signed_in(ARS)).get(PATH)).text)
    assert "Du 11 juin 2026 à 23 h 59 au 12 juin 2026 à 0 h 05 + 2 mots" in page


async def test_who_left_the_contract_keeps_their_name_in_its_history(site: Site) -> None:
    await write(site, OPERATOR, "Alpha.", minutes=0)
    async with site.parts.store.writing() as session:
        await session.execute(sql("DELETE FROM member WHERE name = 'Nadège Fournier'"))
    page = said((await (await site.signed_in(ARS)).get(PATH)).text)
    assert "Nadège Fournier Les Rives du Layon 11 juin 2026" in page


async def test_hours_are_those_of_the_readers(tmp_path: Path) -> None:
    async with running(tmp_path / "reunion.sqlite", time_zone="Indian/Reunion") as site:
        line = await write(site, ARS, "Alpha.", minutes=0)
        page = await (await site.signed_in(ARS)).get(f"{PATH}/{line}")
    assert "Texte du 11 juin 2026 à 16 h 05" in said(page.text)


@pytest.mark.parametrize("subject", [ARS, OPERATOR, "elodie-maugin"])
async def test_every_member_reads_the_history_of_the_shared_text(site: Site, subject: str) -> None:
    line = await write(site, ARS, "Alpha.", minutes=0)
    browser = await site.signed_in(subject)
    assert [(await browser.get(path)).status_code for path in (PATH, f"{PATH}/{line}")] == [200, 200]


def without_seconds(page: str) -> str:
    """A page without how long its session has left."""
    return re.sub(r'data-ends="\d+"', "", page)


@pytest.mark.parametrize("subject", ["alex-martin", "monique-herault"])
async def test_a_stranger_sees_what_does_not_exist(site: Site, subject: str) -> None:
    browser = await site.signed_in(subject)
    nothing = await browser.get(f"/contracts/NO-SUCH/sections/{KEY}/history")
    for path in (PATH, f"{PATH}/{FIRST}"):
        answer = await browser.get(path)
        assert (answer.status_code, without_seconds(answer.text)) == (404, without_seconds(nothing.text))


async def test_an_address_that_joins_what_does_not_belong_together_leads_nowhere(site: Site) -> None:
    browser = await site.signed_in("marc-lebreton")
    wrong = [
        f"/contracts/{PH}/sections/no-such/history",
        f"/contracts/{PH}/sections/{(await section(site)).id}/history",  # the key is the address, the id is not
        f"/contracts/{EHPAD}/sections/{KEY}/history",
        f"/contracts/{EHPAD}/sections/{KEY}/history/{FIRST}",
        f"{PATH}/{FIRST + 1}",
        f"{PATH}/0",
        f"{PATH}/{10**30}",
        f"{PATH}/-1",
        f"{PATH}/dernier",
    ]
    assert [(await browser.get(path)).status_code for path in wrong] == [404] * len(wrong)


async def test_words_of_a_past_state_are_escaped(site: Site) -> None:
    line = await write(site, ARS, "<script>alert(1)</script>", minutes=0)
    page = (await (await site.signed_in(ARS)).get(f"{PATH}/{line}")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_the_contract_page_leads_to_the_history_of_every_text(site: Site) -> None:
    page = (await (await site.signed_in("elodie-maugin")).get(f"/contracts/{PH}")).text
    assert f'href="{PATH}"' in page
    assert page.count("/history") == page.count("data-text ")


async def test_many_may_ask_for_a_history_at_once(site: Site) -> None:
    """None holds one of the few connections that read while it waits for another."""
    ars = await site.signed_in(ARS)
    async with asyncio.timeout(30):  # the pool's own patience is a minute, and it fails then
        pages = await asyncio.gather(*(ars.get(PATH) for _ in range(12)))
    assert [page.status_code for page in pages] == [200] * 12
