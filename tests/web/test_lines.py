"""The way in over requests: the same page as behind a websocket, held to the same rules, whatever gets lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import cast

import pytest
import websockets
from sqlalchemy import text as sql

from collab import line as lines
from collab import wire
from collab.line import TOO_LARGE
from collab.peer import HangUp
from server.app import BODY_LIMIT
from server.live import lines as registry
from tests.collab.stage import hello
from tests.factories import EHPAD, PH
from tests.waiting import until
from tests.web.over_requests import OverRequests, asking, framed, over_requests
from tests.web.site import Site, running
from tests.web.test_doors import FOREIGN
from tests.web.test_live import FREE, Tab, log_size, section

pytestmark = pytest.mark.anyio
ARS, OPERATOR, PARTNER, STRANGER = "camille-authier", "nadege-fournier", "elodie-maugin", "alex-martin"


async def test_a_page_over_requests_and_one_over_a_websocket_write_together_and_a_partner_reads(site: Site) -> None:
    name = await section(site, FREE)
    ars, operator, partner = [await site.signed_in(who) for who in (ARS, OPERATOR, PARTNER)]
    before = await log_size(site)
    async with over_requests(ars, PH) as a, operator.socket(PH) as b, over_requests(partner, PH) as c:
        writer, other, reader = tab_of(a), Tab(b), tab_of(c)
        for tab in (writer, other, reader):
            await tab.open(name)
        assert [tab.scope for tab in (writer, other, reader)] == ["read-write", "read-write", "readonly"]
        assert sorted(one.via for one in site.parts.rooms.counting.connections) == ["http", "http", "websocket"]
        saved = len(writer.saved)
        for words in ("C. ", "B. ", "A. "):
            await a.send(wire.update(name, writer.edit(words)))
        await b.send(wire.update(name, other.edit("OG. ")))
        await writer.until(lambda: len(writer.saved) == saved + 3)
        assert writer.saved[saved:] == [True] * 3
        for tab in (writer, other, reader):
            await tab.until(lambda: "A. B. C. " in tab.words and "OG. " in tab.words)  # noqa: B023
        assert writer.words == other.words == reader.words
        written = await log_size(site)
        await c.send(wire.update(name, reader.edit("Par un partenaire. ")))
        await reader.until(lambda: reader.saved[-1:] == [False])
        assert (written > before, await log_size(site)) == (True, written)
        await a.leave()
        await other.open(f"contract:{PH}")
        await other.until(lambda: here(other) == ["Nadège Fournier", "Élodie Maugin"])


def tab_of(line: OverRequests) -> Tab:
    """A document over requests: of a connection it only uses what a line has too."""
    return Tab(cast(websockets.ClientConnection, line))


async def waiting(site: Site) -> None:
    """Until the one line there is has a request that waits for news."""
    await until(lambda: all(line._death is None for _, line in site.parts.lines._open.values()))


def here(tab: Tab) -> list[str]:
    """Who is in the contract, as a page was told last."""
    told = [one["people"] for one in tab.news if one["kind"] == "presence"][-1:]
    return [person["name"] for people in told for person in people]


async def test_words_said_again_after_a_lost_answer_are_written_once_and_answers_come_again(site: Site) -> None:
    name = await section(site, FREE)
    async with over_requests(await site.signed_in(ARS), PH) as line:
        tab = tab_of(line)
        await tab.open(name)
        before = await log_size(site)
        said = framed(wire.update(name, tab.edit("Une fois. ")))
        for _ in range(3):
            assert (await line.say(line.said, said)).headers["Entente-Taken"] == str(line.said + len(said))
        first = await line.fetch(line.heard)
        assert first.content
        assert (await line.fetch(line.heard)).content.startswith(first.content)
        line.said += len(said)
        heard = len(tab.saved)
        await tab.until(lambda: len(tab.saved) > heard)
        assert tab.saved[heard:] == [True]
        assert await log_size(site) == before + 1


async def test_a_gap_or_no_number_ends_the_line(site: Site) -> None:
    browser = await site.signed_in(ARS)
    for place in ("1", "-1", "", "x", "²", "9" * 40):
        async with over_requests(browser, PH) as line:
            assert (await line.say(place, b"x")).headers["Entente-Close"] == str(HangUp.NOT_OUR_PROTOCOL.value)
            await line.leave()
        async with over_requests(browser, PH) as line:
            assert (await line.fetch(place)).headers["Entente-Close"] == str(HangUp.NOT_OUR_PROTOCOL.value)


async def test_rubbish_and_what_is_too_large_are_refused_as_on_a_websocket(site: Site) -> None:
    browser = await site.signed_in(ARS)
    async with over_requests(browser, PH) as line:
        await line.send(b"\xff" * 2000)
        await ended(line, HangUp.NOT_OUR_PROTOCOL)
    async with over_requests(browser, PH) as line:
        answer = await line.say(0, (site.settings.message_kib * 1024 + 1).to_bytes(4, "big"))
        assert answer.headers["Entente-Close"] == str(TOO_LARGE)
    async with over_requests(browser, PH) as line:
        assert (await line.say(0, b"\0" * (BODY_LIMIT + 1))).status_code == 413
        await line.send(wire.stateless(f"contract:{PH}", "x" * 2 * BODY_LIMIT))  # a frame in several pieces
        await line.send(hello("section:none"))
        assert b"not-found" in await line.recv()


async def ended(line: OverRequests, code: int) -> None:
    """Hear all that comes until the line is closed, with this code."""
    async with asyncio.timeout(20):
        while line.close_code is None:
            with suppress(websockets.ConnectionClosed):
                await line.recv()
    assert line.close_code == code


async def test_a_line_is_of_one_session_and_one_contract_and_for_nobody_else_there(site: Site) -> None:
    browser, again, other = [await site.signed_in(who) for who in (ARS, ARS, OPERATOR)]
    async with over_requests(browser, PH) as line:
        there = line.address.replace(PH, EHPAD)
        for somebody, address, status in (
            (other, line.address, 404),
            (again, line.address, 404),  # the same person, signed in a second time
            (browser, there, 404),
            (browser, f"{line.address}x", 404),
            (await site.signed_in(STRANGER), line.address, 404),
            (site.browser(), line.address, 401),
        ):
            async with asking(somebody) as client:
                for asked in (
                    client.get(address, params={"heard": 0}),
                    client.post(address, params={"from": 0}, content=b"x"),
                    client.delete(address),
                ):
                    assert (await asked).status_code == status
        await line.send(hello(f"contract:{PH}"))
        assert b"readonly" in await line.recv()


@pytest.mark.parametrize("contract_id", [PH, EHPAD, "NO-SUCH-CONTRACT"])
async def test_a_stranger_opens_no_line_and_learns_nothing(site: Site, contract_id: str) -> None:
    for browser, status in ((await site.signed_in(STRANGER), 404), (site.browser(), 401)):
        async with asking(browser) as client:
            assert (await client.post(f"/contracts/{contract_id}/live")).status_code == status


@pytest.mark.parametrize("headers", FOREIGN)
async def test_only_a_page_of_ours_opens_says_or_closes(site: Site, headers: dict[str, str]) -> None:
    browser = await site.signed_in(ARS)
    async with over_requests(browser, PH) as line, asking(browser, **{"origin": "", **headers}) as foreign:
        assert (await foreign.post(f"/contracts/{PH}/live")).status_code == 403
        assert (await foreign.post(line.address, params={"from": 0}, content=b"x")).status_code == 403
        assert (await foreign.delete(line.address)).status_code == 403
        await line.send(hello(f"contract:{PH}"))
        assert b"readonly" in await line.recv()


async def test_answers_are_neither_kept_nor_compressed_by_anybody(site: Site) -> None:
    name = await section(site, FREE)
    async with over_requests(await site.signed_in(ARS), PH) as line:
        await line.send(hello(f"contract:{PH}"))
        await line.send(wire.sync_step1(f"contract:{PH}", b"\0"))
        tab = tab_of(line)
        await tab.open(name)
        await line.send(wire.update(name, tab.edit("long " * 1000)))
        while len(await line.recv()) < 5000:  # the news of the text
            pass
        large = line.answer
        assert large.headers["cache-control"] == "no-store"
        assert large.headers["content-type"] == "application/octet-stream"
        assert "content-encoding" not in large.headers
        assert int(large.headers["content-length"]) == len(large.content)


async def test_a_session_that_ends_is_told_at_once_to_a_request_that_waits(site: Site) -> None:
    browser = await site.signed_in(ARS)
    async with over_requests(browser, PH) as line:
        await line.send(hello(f"contract:{PH}"))
        await line.recv()
        waits = asyncio.create_task(ended(line, HangUp.SESSION_OVER))
        await waiting(site)
        await browser.ask("POST", "/sign-out")
        await waits
        assert (await line.fetch(line.heard)).status_code == 401


async def test_a_freeze_and_a_seat_taken_away_act_at_once(site: Site) -> None:
    name = await section(site, FREE)
    async with over_requests(await site.signed_in(ARS), PH) as line:
        tab = tab_of(line)
        await tab.open(name)
        assert tab.scope == "read-write"
        await change(site, f"UPDATE section SET mode = 'frozen' WHERE key = '{FREE}'")
        await tab.until(lambda: tab.scope == "readonly")
        before = await log_size(site)
        await line.send(wire.update(name, tab.edit("Trop tard. ")))
        await tab.until(lambda: tab.saved[-1] is False)
        assert await log_size(site) == before
        await change(site, "UPDATE member SET person_id = NULL WHERE key = 'p-referent-ars'")
        assert (await line.fetch(line.heard)).status_code == 404
        assert (await line.say(line.said, b"x")).status_code == 404


async def change(site: Site, statement: str) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql(statement))
    await site.parts.floor.review(PH)


@pytest.fixture
async def narrow_site(filled: str) -> AsyncIterator[Site]:
    async with running(filled, queue_kib=256, recheck_seconds=1) as found:
        yield found


async def test_who_does_not_fetch_is_hung_up_on_and_nobody_else_notices(narrow_site: Site) -> None:
    name = await section(narrow_site, FREE)
    async with (
        over_requests(await narrow_site.signed_in(OPERATOR), PH) as idle,
        (await narrow_site.signed_in(ARS)).socket(PH) as connection,
    ):
        await idle.send(hello(name))
        await idle.send(wire.sync_step1(name, b"\0"))
        writer = Tab(connection)
        await writer.open(name)
        for _ in range(12):
            saved = len(writer.saved)
            await connection.send(wire.update(name, writer.edit("long " * 12_000)))
            await writer.until(lambda: len(writer.saved) > saved)  # noqa: B023
            assert writer.saved[-1] is True
        await ended(idle, HangUp.TOO_SLOW)


async def test_asking_for_news_does_not_keep_a_session_alive(narrow_site: Site) -> None:
    async with over_requests(await narrow_site.signed_in(ARS), PH) as line:
        await line.send(hello(f"contract:{PH}"))
        await line.recv()
        await change(narrow_site, "UPDATE session SET seen_at = '2026-01-01 00:00:00.000000'")
        await ended(line, HangUp.SESSION_OVER)


async def test_a_page_that_asks_no_more_has_left(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async with (await site.signed_in(OPERATOR)).socket(PH) as connection:
        other = Tab(connection)
        await other.open(f"contract:{PH}")
        async with over_requests(await site.signed_in(ARS), PH) as line:
            await line.send(hello(f"contract:{PH}"))
            await line.send(wire.sync_step1(f"contract:{PH}", b"\0"))
            await other.until(lambda: len(here(other)) == 2)
            monkeypatch.setattr(lines, "DEAD_S", 0.01)
            await line.recv()
            await other.until(lambda: here(other) == ["Nadège Fournier"])
            assert (await line.fetch(0)).status_code == 404


async def test_the_bounds_are_those_of_websockets(filled: str) -> None:
    async with running(filled, person_connections=2, openings=20) as site:
        browser = await site.signed_in(ARS)
        channel = hello(f"contract:{PH}")
        async with browser.socket(PH), over_requests(browser, PH) as one, over_requests(browser, PH) as two:
            await one.send(channel)
            assert b"readonly" in await one.recv()
            await ended(two, HangUp.TOO_MANY)
        async with asking(browser, **{"x-forwarded-for": "192.0.2.1"}) as client:
            codes = [(await client.post(f"/contracts/{PH}/live")).status_code for _ in range(21)]
        assert codes == [201] * 20 + [429]


async def test_many_pages_of_one_browser_leave_each_other_a_connection(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "HURRIED_S", 0.01)
    browser = await site.signed_in(ARS)
    async with AsyncExitStack() as opened:
        pages = [await opened.enter_async_context(over_requests(browser, PH)) for _ in range(registry.FEW + 1)]
        answer = await pages[0].fetch(0)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_a_server_that_stops_answers_whoever_waits_and_they_come_back(filled: str) -> None:
    async with running(filled) as site:
        browser = await site.signed_in(ARS)
        async with over_requests(browser, PH) as line:
            await line.send(hello(f"contract:{PH}"))
            await line.recv()
            waits = asyncio.create_task(ended(line, HangUp.RESTARTING))
            await waiting(site)
            site.stop()
            await waits
