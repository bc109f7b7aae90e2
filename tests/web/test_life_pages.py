"""The steps of a contract in the page: forward, back, aside; what lacks is named; writing closes at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from typing import cast

import pytest
from sqlalchemy import text as sql

from collab import wire
from collab.room import Room
from collab.rooms import Rooms
from server.contract.moving_on import Wanted, move_on
from server.contract_files.exporting import export_contract
from server.domain.contract.contract import ContractState
from server.domain.contract.life import Move
from server.domain.plan.seen import order_seen
from server.domain.refusals import ChangedMeanwhile
from server.editing.acting import Who
from server.store import contracts
from tests.factories import PH
from tests.waiting import until
from tests.web.forms import fields, send
from tests.web.kept import newest_line
from tests.web.site import Browser, Site
from tests.web.test_live import FREE, Tab, in_line, section

pytestmark = pytest.mark.anyio
LIFE = f"/contracts/{PH}/life"


@pytest.fixture
async def ars(site: Site) -> Browser:
    return await site.signed_in("camille-authier")


async def set_state(site: Site, state: str) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE contract SET state = :state WHERE id = :id"), {"state": state, "id": PH})


async def state(site: Site) -> str:
    async with site.parts.store.reading() as session:
        found = await session.execute(sql("SELECT state FROM contract WHERE id = :id"), {"id": PH})
        return str(found.scalar_one())


async def step(browser: Browser, move: str, to: str, seen: str, **more: str | list[str]) -> tuple[int, str]:
    answer = await browser.ask("POST", LIFE, data={"move": move, "to": to, "seen": seen, **more})
    return answer.status_code, unescape(answer.text)


async def test_what_lacks_is_named_with_a_link_and_everyone_reads_it(site: Site) -> None:
    for subject in ("camille-authier", "yanis-berthome", "elodie-maugin"):
        page = unescape((await (await site.signed_in(subject)).get(LIFE)).text)
        assert f'<a href="/contracts/{PH}#article-a2">' in page or "Sans texte\u00a0: Annexe 2" in page
        assert "Les moyens sont arrêtés en comité de pilotage." in page
        assert ("Revenir à l’étape choisie" in page) == (subject == "camille-authier")


async def test_a_step_forward_needs_its_points_confirmed(site: Site, ars: Browser) -> None:
    await set_state(site, "scoping")
    shown = (await ars.get(LIFE)).text
    refused = await send(ars, LIFE)
    assert refused.status_code == 422
    assert "Confirmez ces points, ou restez à cette étape." in unescape(refused.text)
    key = shown.split('name="confirmed" value="')[1].split('"')[0]
    done = await send(ars, LIFE, {"confirmed": key})
    assert (done.status_code, done.headers["location"]) == (303, f"{LIFE}?done=1")
    assert await state(site) == "diagnosis"
    page = unescape((await ars.get(f"{LIFE}?done=1")).text)
    assert "L’étape du contrat a changé." in page
    assert "Démarrage → Diagnostic" in page
    assert "Camille Authier, ARS Exemple-Ouest" in page
    assert (await export_contract(PH, site.parts.store))["contract"]["state"] == "diagnosis"


async def test_what_blocks_cannot_be_forced(site: Site, ars: Browser) -> None:
    status, page = await step(ars, "on", "consultation", "negotiation", confirmed=["x"])
    assert (status, "Sans texte\u00a0: Annexe 2" in page) == (409, True)
    await set_state(site, "ready_to_sign")
    status, page = await step(ars, "on", "signed", "ready_to_sign")
    assert (status, "La signature n’est pas encore disponible" in page) == (409, True)
    assert await state(site) == "ready_to_sign"


async def test_going_back_says_why_and_is_recorded(site: Site, ars: Browser) -> None:
    status, page = await step(ars, "back", "drafting", "negotiation", reason=" ")
    assert (status, "Écrivez le motif" in page) == (422, True)
    assert (await step(ars, "back", "drafting", "negotiation", reason="Le périmètre <change>."))[0] == 303
    shown = (await (await site.signed_in("elodie-maugin")).get(LIFE)).text
    assert "Le périmètre &lt;change&gt;." in shown
    assert await state(site) == "drafting"


async def test_suspended_then_resumed_where_it_was(site: Site, ars: Browser) -> None:
    assert (await step(ars, "suspend", "suspended", "negotiation", reason="Pause nationale."))[0] == 303
    shown = await ars.get(LIFE)
    assert "Suspendu" in shown.text
    assert fields(shown.text, LIFE)["to"] == ["negotiation"]
    assert (await step(ars, "resume", "drafting", "suspended", reason="Reprise."))[0] == 409
    assert (await step(ars, "resume", "negotiation", "suspended", reason="Reprise."))[0] == 303
    assert await state(site) == "negotiation"


async def test_a_move_made_from_an_older_page_is_refused(site: Site, ars: Browser) -> None:
    other = await site.signed_in("marc-lebreton")
    assert (await step(other, "back", "drafting", "negotiation", reason="Un."))[0] == 303
    status, page = await step(ars, "back", "diagnosis", "negotiation", reason="Deux.")
    assert (status, "Ces informations ont changé entre-temps" in page) == (409, True)
    assert "Deux." in page
    assert await state(site) == "drafting"


async def test_a_form_that_is_not_ours_is_not_found(site: Site, ars: Browser) -> None:
    for wrong in ({"move": "fly"}, {"to": "moon"}, {"seen": ""}):
        given = {"move": "back", "to": "drafting", "seen": "negotiation", "reason": "x", **wrong}
        assert (await ars.ask("POST", LIFE, data=given)).status_code == 404
    assert await state(site) == "negotiation"


async def test_open_pages_can_no_longer_write_once_the_step_closes_the_text(site: Site, ars: Browser) -> None:
    name = await section(site, FREE)
    writer = await site.signed_in("nadege-fournier")
    async with writer.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        await tab.open(name)
        assert tab.scope == "read-write"
        before = await newest_line(site)
        update = tab.edit("Trop tard. ")
        assert (await step(ars, "suspend", "suspended", "negotiation", reason="Pause."))[0] == 303
        assert not await tab.heard_back(wire.update(name, update))
        assert tab.scope == "readonly"
        await tab.until(lambda: {"kind": "contract"} in tab.news)
        assert await newest_line(site) == before
        assert (await step(ars, "resume", "negotiation", "suspended", reason="Reprise."))[0] == 303
        await tab.until(lambda: tab.scope == "read-write")
    async with writer.socket(PH) as connection:  # a client drops what was refused
        tab = Tab(connection)
        await tab.open(name)
        assert await tab.heard_back(wire.update(name, tab.edit("Enfin. ")))


async def test_an_update_in_line_when_the_step_is_taken_is_refused_in_its_turn(site: Site, ars: Browser) -> None:
    """The text is held still while the step is taken: the edit waits, then finds the door closed."""
    name = await section(site, FREE)
    writer = await site.signed_in("nadege-fournier")
    async with writer.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        before = await newest_line(site)
        async with site.parts.rooms.still(name) as room:
            await connection.send(wire.update(name, tab.edit("Entre deux. ")))
            await until(lambda: in_line(site) == 1)
            await tab.answered()
            heard = len(tab.saved)  # nothing is answered of it while the text is held
            room.freeze()
        await tab.until(lambda: len(tab.saved) > heard)
        assert tab.saved[heard:] == [False]
        assert await newest_line(site) == before


async def test_an_article_added_while_a_step_is_taken_is_not_left_open_behind_it(site: Site, ars: Browser) -> None:
    async def somebody_adds_an_article() -> None:
        async with site.parts.store.reading() as session:
            plan = await contracts.sections(session, PH)
        form = {"act": "add", "seen": order_seen(plan), "place": "inside:clause:", "title": "Neuf"}
        assert (await ars.ask("POST", f"/contracts/{PH}/plan", data=form)).status_code == 303

    class Growing:
        """The rooms, as they are when somebody adds an article just after the first text is held still."""

        has_grown = False

        @asynccontextmanager
        async def still(self, name: str) -> AsyncIterator[Room]:
            async with site.parts.rooms.still(name) as room:
                if not self.has_grown:
                    self.has_grown = True
                    await somebody_adds_an_article()
                yield room

    async with site.parts.store.reading() as session:
        lead = (await session.execute(sql("SELECT person_id FROM member WHERE key = 'p-referent-ars'"))).scalar_one()
    suspend = Wanted(Move.SUSPEND, ContractState.SUSPENDED, ContractState.NEGOTIATION, "Pause.", ())
    rooms, who = cast(Rooms, Growing()), Who(PH, lead, datetime.now(UTC))
    with pytest.raises(ChangedMeanwhile):
        await move_on(site.parts.store, rooms, who, suspend, site.parts.text_of)
    assert await state(site) == "negotiation"
    await move_on(site.parts.store, rooms, who, suspend, site.parts.text_of)
    assert await state(site) == "suspended"
