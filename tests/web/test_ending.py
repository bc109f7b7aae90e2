"""Rights and sessions taken away: every open page concerned is closed, also when another process took them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text as sql

from auth.session import COOKIE, Ending, Which
from collab.peer import HangUp
from server.demo import demonstration
from server.live.lookout import LOOK_EVERY_S
from server.sessions import ending
from server.store import people, sessions
from server.store.engine import Store
from tests.factories import PH
from tests.web.site import Browser, Site, running
from tests.web.test_live import Tab

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ARS, OPERATOR, COUNTY = "camille-authier", "nadege-fournier", "marc-lebreton"
Work = Callable[[Store], Awaitable[object]]


@pytest.fixture
async def patient_site(filled: str) -> AsyncIterator[Site]:
    """One whose pages look at their own rights once a minute: what closes them before is the watch."""
    async with running(filled, recheck_seconds=60) as found:
        yield found


@asynccontextmanager
async def another_process(site: Site) -> AsyncIterator[Store]:
    """A store over the same database that shares nothing with the site, as a command has it."""
    store = Store(site.settings)
    yield store
    await store.close()


@asynccontextmanager
async def pages(site: Site, *subjects: str) -> AsyncIterator[list[Tab]]:
    """An open page of each person."""
    async with AsyncExitStack() as stack:
        tabs = []
        for subject in subjects:
            browser = await site.signed_in(subject)
            tabs.append(Tab(await stack.enter_async_context(browser.socket(PH))))
            await tabs[-1].open(f"contract:{PH}")
        yield tabs


async def closed(tab: Tab) -> int | None:
    async with asyncio.timeout(30):  # half of what the page itself would take to notice
        await tab.until(lambda: tab.connection.close_code is not None)
    return tab.connection.close_code


async def person_of(site: Site, subject: str) -> int:
    async with site.parts.store.reading() as session:
        found = await session.execute(sql("SELECT id FROM person WHERE subject = :s"), {"s": subject})
    number: int = found.scalar_one()
    return number


def meaning(**said: object) -> Callable[[Site], Awaitable[Which]]:
    async def which(site: Site) -> Which:
        return Which(**said)  # type: ignore[arg-type]

    return which


async def the_person(site: Site) -> Which:
    return Which(person_id=await person_of(site, ARS))


async def the_party(site: Site) -> Which:
    async with site.parts.store.reading() as session:
        seat = await people.seat(session, PH, await person_of(site, ARS))
    assert seat is not None
    return Which(party_id=seat.party_id)


@pytest.mark.parametrize(
    "which",
    [
        the_person,
        the_party,
        meaning(provider=demonstration.KEY, subject=ARS),
        meaning(provider=demonstration.KEY, sid="theirs"),
    ],
)
async def test_sessions_ended_in_another_process_close_their_pages_and_no_others(
    patient_site: Site, which: Callable[[Site], Awaitable[Which]]
) -> None:
    assert LOOK_EVERY_S <= 1
    async with pages(patient_site, ARS, OPERATOR) as (theirs, other):
        async with another_process(patient_site) as store, store.writing() as session:
            await session.execute(
                sql(f"UPDATE session SET sid = 'theirs' WHERE person_id = {await person_of(patient_site, ARS)}")
            )
            ended = await sessions.end(session, await which(patient_site), Ending.PROVIDER_LOGOUT, datetime.now(UTC))
            assert len(ended) == 1
        assert await closed(theirs) == HangUp.SESSION_OVER
        assert other.connection.close_code is None


async def test_a_providers_sessions_end_all_at_once(patient_site: Site) -> None:
    own = patient_site.parts
    async with pages(patient_site, ARS, OPERATOR, COUNTY) as tabs:
        which = Which(provider=demonstration.KEY)
        assert await ending.end(own.store, own.floor, which, Ending.PROVIDER_CLOSED, datetime.now(UTC)) == 3
        assert [await closed(tab) for tab in tabs] == [HangUp.SESSION_OVER] * 3
        assert await ending.end(own.store, own.floor, which, Ending.PROVIDER_CLOSED, datetime.now(UTC)) == 0


async def test_a_seat_freed_in_another_process_closes_its_page_as_removed(patient_site: Site) -> None:
    async with pages(patient_site, ARS, OPERATOR) as (theirs, other):
        async with another_process(patient_site) as store, store.writing() as session:
            await people.bind(session, PH, "p-referent-ars", None)
        assert await closed(theirs) == HangUp.NOT_ALLOWED
        assert other.connection.close_code is None


async def test_a_session_that_was_ended_opens_nothing_and_says_why_it_ended(site: Site) -> None:
    browser = await site.signed_in(ARS)
    which = Which(person_id=await person_of(site, ARS))
    await ending.end(site.parts.store, site.parts.floor, which, Ending.ACCOUNT_CLOSED, datetime.now(UTC))
    ghost = Browser(site.url)
    ghost.cookies[COOKIE] = browser.cookies[COOKIE]
    assert (await ghost.ask("GET", f"/contracts/{PH}")).status_code == 303
    async with site.parts.store.reading() as session:
        assert (await session.execute(sql("SELECT ended_why FROM session"))).all() == [("account-closed",)]


async def test_saying_nothing_of_the_sessions_meant_ends_none(site: Site) -> None:
    await site.signed_in(ARS)
    assert await ending.end(site.parts.store, site.parts.floor, Which(), Ending.ACCOUNT_CLOSED, datetime.now(UTC)) == 0
    assert (
        await ending.end(site.parts.store, site.parts.floor, Which(but=7), Ending.ACCOUNT_CLOSED, datetime.now(UTC))
        == 0
    )
