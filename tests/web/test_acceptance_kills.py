"""`kill -9` while the last party agrees to a proposal: it is accepted whole, or not at all."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text as sql

from auth.session import COOKIE
from collab import document
from server.domain.texts import text
from server.store import sessions
from server.store.updates import UpdateLog
from tests.databases import Databases
from tests.factories import IS_LONG, PH, a_store
from tests.web.drafts import FREE
from tests.web.forked import Server
from tests.web.forms import fields
from tests.web.proposals import ARS, DEPARTMENT, MARKER, OPERATOR, a_tabled, answered
from tests.web.site import Browser, running

pytestmark = pytest.mark.anyio
TOKEN = "the-session-of-the-last-of-the-parties-to-answer"
ROUNDS = 100 if IS_LONG else 12
LONGEST_S = 0.12


async def fill(database: str) -> None:
    """A proposal that all but one party have agreed to, and that party's lead signed in."""
    async with running(database) as site:
        at = await a_tabled(await site.signed_in(ARS))
        assert (await answered(await site.signed_in(DEPARTMENT), at)).status_code == 303
        await site.signed_in(OPERATOR)
        async with site.parts.store.writing() as session:
            wanted = sql("SELECT id FROM person WHERE subject = :subject")
            person = (await session.execute(wanted, {"subject": OPERATOR})).scalar_one()
            await sessions.open_session(session, TOKEN, person, "gone", datetime.now(UTC))
            await session.execute(sql("DELETE FROM provider"))  # the demonstration's, which `serve` refuses


async def kept(database: str) -> dict[str, Any]:
    """All that an acceptance changes."""
    store = a_store(database)
    async with store.reading() as session:

        async def one(query: str) -> Any:
            return (await session.execute(sql(query), {"contract": PH, "key": FREE})).scalar_one()

        section = await one("SELECT id FROM section WHERE contract_id = :contract AND key = :key")
        found = {
            "status": await one("SELECT status FROM proposal"),
            "events": await one("SELECT count(*) FROM proposal_event"),
            "acts": await one("SELECT count(*) FROM act WHERE kind = 'proposal_accepted'"),
            "revision": await one("SELECT revision FROM section WHERE contract_id = :contract AND key = :key"),
        }
    lines = await UpdateLog(store).lines(f"section:{section}")
    body = text.to_body(document.read_states([one.delta for one in lines], text.ROOT))
    await store.close()
    return {**found, "is in the text": body.count(MARKER)}


async def test_a_proposal_is_accepted_whole_or_not_at_all_whenever_the_server_dies(
    databases: Databases, tmp_path: Path
) -> None:
    chance, outcomes = random.Random(2027), Counter[str]()
    for round_ in range(ROUNDS):
        database = await databases.like("all but one have agreed", fill)
        before = await kept(database)
        server = Server(database, tmp_path)
        server.start()
        browser = Browser(server.url)
        browser.cookies[COOKIE] = TOKEN
        [at] = set(_links((await browser.get(f"/contracts/{PH}/proposals")).text))
        form = fields((await browser.get(at)).text, f"{at}/answer")
        answering = asyncio.create_task(browser.ask("POST", f"{at}/answer", data={**form, "answer": "agreed"}))
        if round_:  # the first is let answer: it says what all of it is
            await asyncio.sleep(chance.uniform(0, LONGEST_S))  # no hope in it: the blow falls when it falls
            server.kill()
        status = 0
        with suppress(httpx2.HTTPError):
            status = (await answering).status_code
        server.kill()
        now = await kept(database)
        if not round_:
            after = now
            assert (status, now["status"], now["acts"], now["is in the text"]) == (303, "accepted", 1, 1)
            assert (now["revision"], now["events"]) == (before["revision"] + 1, before["events"] + 2)
        assert now in (before, after), f"round {round_}"
        assert status != 303 or now == after, f"round {round_}: said to be accepted"
        outcomes[now["status"]] += 1
    assert set(outcomes) == {"tabled", "accepted"}, outcomes


def _links(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('href="') if f"/contracts/{PH}/proposals/" in part.split('"')[0]]
