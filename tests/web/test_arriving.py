"""A page that came through the door just before its rights were taken away: it may no more than they leave it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text as sql

from auth.session import COOKIE
from collab import wire
from collab.line import Line
from collab.peer import HangUp
from server.store import sessions
from server.web.open_page import Page
from tests.collab.stage import hello
from tests.factories import PH
from tests.web.over_requests import framed
from tests.web.site import Browser, Site
from tests.web.test_live import FREE, section

pytestmark = pytest.mark.anyio
ARS = "camille-authier"


async def through_the_door(site: Site, browser: Browser, line: Line) -> Page:
    """A page whose person was asked who they are, and which has not come in yet."""
    async with site.parts.store.reading() as session:
        token = browser.cookies[COOKIE]
        found = await sessions.visitor(session, token, PH, datetime.now(UTC))
    assert found is not None
    visitor, seat, _ = found
    assert seat is not None
    return Page(line, site.parts, visitor, seat, contract_id=PH, seen="", address=None)


@asynccontextmanager
async def coming_in(page: Page, line: Line) -> AsyncIterator[None]:
    running = asyncio.create_task(page.run())
    try:
        yield
    finally:
        line.leave()
        await running


async def test_a_role_lowered_while_a_page_comes_in_does_not_write(site: Site) -> None:
    ars = await site.signed_in(ARS)
    line = Line(message_bytes=1 << 20)
    page = await through_the_door(site, ars, line)
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE member SET role = 'reader' WHERE key = 'p-referent-ars'"))
    await site.parts.floor.review(PH)
    async with coming_in(page, line):
        name = await section(site, FREE)
        await line.bring(0, framed(hello(name)))
        assert wire.authenticated(name, writable=False) in (await line.fetch(0)).piece


async def test_a_session_ended_while_a_page_comes_in_is_hung_up_on(site: Site) -> None:
    ars = await site.signed_in(ARS)
    line = Line(message_bytes=1 << 20)
    page = await through_the_door(site, ars, line)
    await site.parts.standings.of(PH)  # somebody else has just asked
    assert (await ars.ask("POST", "/sign-out")).status_code == 200
    async with coming_in(page, line):
        assert (await line.fetch(0)).code == HangUp.SESSION_OVER


async def test_a_seat_taken_away_while_a_page_comes_in_is_hung_up_on(site: Site) -> None:
    ars = await site.signed_in(ARS)
    line = Line(message_bytes=1 << 20)
    page = await through_the_door(site, ars, line)
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE member SET person_id = NULL WHERE key = 'p-referent-ars'"))
    await site.parts.floor.review(PH)
    async with coming_in(page, line):
        assert (await line.fetch(0)).code == HangUp.NOT_ALLOWED
