"""A draft is tabled as it was read: frozen, shown to the signing parties, without a word of what was deleted in it."""

from html import unescape
from typing import Any

import pytest
from pycrdt import XmlElement, XmlText
from sqlalchemy import text as sql

from collab import wire
from collab.log import Snapshot
from tests.factories import PH
from tests.web.drafts import FREE, offline, section
from tests.web.forms import fields, send
from tests.web.kept import newest_line
from tests.web.proposals import (
    ARS,
    COLLEAGUE,
    DEPARTMENT,
    MARKER,
    OPERATOR,
    PARTNER,
    STRANGER,
    a_tabled,
    begun,
    document,
    tabled,
    write,
    writing,
)
from tests.web.site import Site
from tests.web.test_live import Tab

pytestmark = pytest.mark.anyio


async def deleted(tab: Tab, name: str, words: str) -> None:
    """Delete words at the beginning of a document."""
    before = tab.doc.get_state()
    run: Any = tab.fragment.children[0].children[0]  # type: ignore[union-attr]
    del run[0 : len(words.encode())]
    assert await tab.heard_back(wire.update(name, tab.doc.get_update(before)))


async def kept(site: Site, name: str) -> bytes:
    """Every byte the database holds of a document."""
    async with site.parts.store.reading() as session:
        lines = await session.execute(sql("SELECT delta FROM document_update WHERE document = :d"), {"d": name})
        states = await session.execute(sql("SELECT state FROM document_snapshot WHERE document = :d"), {"d": name})
    return b"".join(bytes(one) for one in (*lines.scalars(), *states.scalars()))


@pytest.mark.both_databases
async def test_what_was_deleted_while_preparing_is_nowhere_once_it_is_tabled(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(OPERATOR)
    at = await begun(ars, reason="Parce que.")
    name = document(at)
    async with writing(ars, name) as tab:
        assert await tab.heard_back(wire.update(name, tab.edit("Notre limite est 45 000 €. ")))
        assert b"Notre limite" in await kept(site, name)
        await deleted(tab, name, "Notre limite est 45 000 €. ")
        assert await tab.heard_back(wire.update(name, tab.edit(f"{MARKER} ")))
        async with writing(operator, f"contract:{PH}") as other:
            await tabled(ars, at)
            await other.until(lambda: {"kind": "contract"} in other.news)
            assert MARKER.encode() not in other.bytes_heard
        closed = wire.close(name, "not-found")
        await tab.until(lambda: closed in tab.bytes_heard)
    everything = await kept(site, name)
    assert MARKER.encode() in everything
    assert [one for one in ("Notre", "limite", "45 000") if one.encode() in everything] == []
    for who in (ARS, COLLEAGUE, DEPARTMENT, OPERATOR):
        browser = await site.signed_in(who)
        shown = unescape((await browser.get(at)).text).replace("\u00a0", " ")
        for said in (MARKER, "Un titre", "Parce que.", "Proposition déposée, soumise à l’accord", "Camille Authier"):
            assert said in shown, (who, said)
        assert "limite" not in shown
        assert "Un titre" in (await browser.get(f"/contracts/{PH}")).text
        async with writing(browser, name) as nobody:  # frozen: it is no live document any more
            assert nobody.scope == "denied"
    for who in (PARTNER, STRANGER):
        browser = await site.signed_in(who)
        assert (await browser.ask("GET", at)).status_code == 404
        assert "Un titre" not in (await browser.get(f"/contracts/{PH}")).text


async def test_what_is_tabled_is_what_was_read(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await begun(ars)
    name = document(at)
    await write(ars, name, "Lu. ")
    form = fields((await ars.get(f"{at}/table")).text, f"{at}/table")
    await write(ars, name, "Pas lu. ")
    moved = await ars.ask("POST", f"{at}/table", data=form)
    assert moved.status_code == 409
    assert "Le texte a changé depuis que vous l’avez affiché" in moved.text
    assert "Pas lu. " in moved.text
    form = fields((await ars.get(f"{at}/table")).text, f"{at}/table")
    await send(ars, f"{at}/cover", {"title": "Un titre que personne n’a lu"})
    assert (await ars.ask("POST", f"{at}/table", data=form)).status_code == 409
    await tabled(ars, at)
    assert (await ars.ask("POST", f"{at}/table", data=form)).status_code == 409  # it is no draft any more
    assert (await ars.ask("GET", f"{at}/cover")).status_code == 409


async def test_a_draft_that_says_nothing_new_or_has_no_title_is_not_tabled(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await begun(ars)
    assert (await send(ars, f"{at}/table")).status_code == 409
    words = {"content": await offline(site, "Hors connexion."), "headers": {"accept": "application/json"}}
    made = await ars.ask("POST", f"/contracts/{PH}/sections/s-preambule/proposals", **words)
    untitled = await send(ars, made.json()["at"] + "/table")
    assert untitled.status_code == 409
    assert "pas de titre" in untitled.text


async def test_a_draft_whose_words_were_only_typed_again_says_nothing_new(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await begun(ars)
    async with writing(ars, document(at)) as tab:
        before, words = tab.doc.get_state(), tab.words
        with tab.doc.transaction():
            del tab.fragment.children[0]
            again: Any = tab.fragment.children.insert(0, XmlElement("paragraph"))
            again.children.insert(0, XmlText()).insert(0, words)
        assert await tab.heard_back(wire.update(document(at), tab.doc.get_update(before)))
    refused = await send(ars, f"{at}/table")
    assert refused.status_code == 409
    await write(ars, document(at), f"{MARKER} ")
    await tabled(ars, at)


async def test_only_a_lead_of_the_party_that_prepares_it_tables_a_draft(site: Site) -> None:
    ars, colleague, department, operator = [await site.signed_in(one) for one in (ARS, COLLEAGUE, DEPARTMENT, OPERATOR)]
    at = await begun(colleague, share="departement")
    await write(colleague, document(at), f"{MARKER} ")
    for browser in (colleague, department, operator):
        for method in ("GET", "POST"):
            assert (await browser.ask(method, f"{at}/table")).status_code == 404
    await tabled(ars, at)


async def test_a_lead_withdraws_what_was_tabled_and_it_stays_readable(site: Site) -> None:
    ars, colleague, operator = [await site.signed_in(one) for one in (ARS, COLLEAGUE, OPERATOR)]
    at = await a_tabled(ars)
    for browser in (colleague, operator):
        assert (await browser.ask("POST", f"{at}/withdraw")).status_code == 403
    for _ in range(2):
        assert (await ars.ask("POST", f"{at}/withdraw")).status_code == 303
    shown = (await operator.get(at)).text
    assert "Proposition retirée" in shown
    assert MARKER in shown
    assert "Un titre" not in (await operator.get(f"/contracts/{PH}")).text


async def test_a_tabled_text_says_the_same_after_a_restart_of_its_room(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await a_tabled(ars)
    before = (await ars.get(at)).text
    site.parts.rooms.close_idle(idle_s=0, most=0)
    assert (await ars.get(at)).text.split("<main")[1] == before.split("<main")[1]
    assert (await section(site, FREE)).revision == 4


async def test_a_snapshot_that_comes_late_takes_nothing_back(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at = await begun(ars)
    await write(ars, document(at), "Chiffre retiré depuis. ")
    late = Snapshot(await (await site.parts.rooms.room(document(at))).whole(), {}, await newest_line(site))
    async with writing(ars, document(at)) as tab:
        await deleted(tab, document(at), "Chiffre retiré depuis. ")
        assert await tab.heard_back(wire.update(document(at), tab.edit(f"{MARKER} ")))
    await tabled(ars, at)
    before = await kept(site, document(at))
    await site.parts.log.compact(document(at), late)  # it was being made when the draft was tabled
    assert await kept(site, document(at)) == before
    assert "retiré depuis".encode() not in before
