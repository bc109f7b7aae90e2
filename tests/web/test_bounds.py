"""Each bound of the live channel reached by a raw socket: the message says so, and the others go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
import websockets

from collab import wire
from collab.awareness import Entry, encode_presence
from collab.peer import HangUp
from tests.factories import PH
from tests.web.site import Site, running
from tests.web.test_live import FREE, Tab, section

pytestmark = pytest.mark.anyio
FLOODER, OTHER = "camille-authier", "nadege-fournier"


async def close_code(connection: websockets.ClientConnection) -> int | None:
    """What the connection is closed with, all that came before read."""
    async with asyncio.timeout(30):
        await _read_all(connection)
    return connection.close_code


async def _read_all(connection: websockets.ClientConnection) -> None:
    with suppress(websockets.ConnectionClosed):
        while True:
            await connection.recv()


@asynccontextmanager
async def a_writer(site: Site, subject: str = OTHER) -> AsyncIterator[tuple[Tab, str]]:
    """Somebody with an article open, to show that they notice nothing."""
    name = await section(site, FREE)
    async with (await site.signed_in(subject)).socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        await tab.hear_of("Lorsque")
        yield tab, name


async def writes_on(tab: Tab, name: str, words: str) -> None:
    """They write, and it is kept."""
    heard = len(tab.saved)
    await tab.connection.send(wire.update(name, tab.edit(words)))
    await tab.until(lambda: len(tab.saved) > heard)
    assert tab.saved[-1] is True


async def send_all(connection: websockets.ClientConnection, frame: bytes, count: int) -> None:
    """Send a frame many times, until it is over."""
    with suppress(websockets.ConnectionClosed):
        for _ in range(count):
            await connection.send(frame)


async def test_who_floods_is_hung_up_on_and_the_others_write_on(filled: str) -> None:
    changes: dict[str, Any] = {"pace_messages": 20, "pace_kib": 64, "pace_person": 1, "patience_seconds": 1}
    async with running(filled, **changes) as site, a_writer(site) as (tab, name):
        frames = {
            "camille-authier": wire.presence(name, encode_presence([Entry(5, 1, '{"cursor": null}')])),
            "yanis-berthome": b"\x0a",
            "helene-quemere": wire.update(name, b"\x00\x00"),
            "elodie-maugin": wire.stateless(name, "x" * 60_000),
        }
        async with AsyncExitStack() as pages:
            floods = []
            for subject in frames:
                flooding = Tab(await pages.enter_async_context((await site.signed_in(subject)).socket(PH)))
                await flooding.open(name)
                floods.append(flooding.connection)
            sending = [send_all(one, frame, 2000) for one, frame in zip(floods, frames.values(), strict=True)]
            ended = asyncio.gather(*map(close_code, floods), *sending)
            await writes_on(tab, name, "Pendant. ")
            assert (await ended)[:4] == [HangUp.TOO_FAST] * 4
        await writes_on(tab, name, "Après. ")
        assert site.parts.rooms.counting.refused["too-fast"] == 4


async def test_one_page_too_many_is_told_so_and_has_its_place_when_another_closes(filled: str) -> None:
    async with running(filled, person_connections=2) as site, a_writer(site) as (tab, name):
        browser = await site.signed_in(FLOODER)
        async with AsyncExitStack() as open_pages:
            pages = [await open_pages.enter_async_context(browser.socket(PH)) for _ in range(3)]
            assert await close_code(pages[2]) == HangUp.TOO_MANY
            await pages[0].close()
            async with browser.socket(PH) as again:
                page = Tab(again)
                await page.open(name)
                assert page.scope == "read-write"
        await writes_on(tab, name, "Calme. ")


async def test_who_answers_no_ping_and_who_opens_nothing_are_hung_up_on(filled: str) -> None:
    async with running(filled, silent_seconds=2, opening_seconds=600) as site:
        name = await section(site, FREE)
        browser = await site.signed_in(FLOODER)
        async with browser.socket(PH) as silent, browser.socket(PH) as answering:
            page = Tab(answering)
            await page.open(name)
            ended = asyncio.create_task(close_code(silent))
            while not ended.done():
                await answering.send(b"\x0a")
                await asyncio.wait([ended], timeout=0.3)
            assert ended.result() == HangUp.SILENT
            assert answering.close_code is None
    async with (
        running(filled, silent_seconds=3, opening_seconds=2) as site,
        (await site.signed_in(FLOODER)).socket(PH) as idle,
    ):
        ended = asyncio.create_task(close_code(idle))
        while not ended.done():
            await send_all(idle, b"\x0a", 1)
            await asyncio.wait([ended], timeout=0.3)
        assert ended.result() == HangUp.SILENT


async def test_a_message_one_byte_too_long_ends_its_connection_only(filled: str) -> None:
    async with running(filled, message_kib=64) as site, a_writer(site) as (tab, name):
        async with (await site.signed_in(FLOODER)).socket(PH) as connection:
            most = 64 * 1024
            head = len(wire.stateless(name, "x" * most)) - most
            await connection.send(wire.stateless(name, "x" * (most - head)))
            page = Tab(connection)
            await page.open(name)
            await connection.send(wire.stateless(name, "x" * (most - head + 1)))
            assert await close_code(connection) == 1009
        await writes_on(tab, name, "Calme. ")


async def test_compression_is_declined_and_a_bomb_is_a_message_too_long(filled: str) -> None:
    async with running(filled, message_kib=64) as site, a_writer(site) as (tab, name):
        browser = await site.signed_in(FLOODER)
        address = f"{site.url.replace('http', 'ws', 1)}/contracts/{PH}/live"
        headers = {"Origin": site.url, "Cookie": browser.cookie}
        async with websockets.connect(
            address, additional_headers=headers, compression="deflate", proxy=None
        ) as offered:
            assert offered.response is not None
            assert "Sec-WebSocket-Extensions" not in offered.response.headers
            assert offered.protocol.extensions == []
            offered.transport.write(b"\xc2\xfe\x00\x04\x00\x00\x00\x00" + b"\x78\x9c\x00\x00")  # RSV1: "I am deflated"
            assert await close_code(offered) == 1002
        await writes_on(tab, name, "Calme. ")


async def test_a_text_at_its_ceiling_refuses_more_and_the_others_write_on(filled: str) -> None:
    async with running(filled, section_kib=64) as site, a_writer(site) as (tab, name), a_writer(site) as (other, _):
        whole = tab.edit("x" * 70_000)
        await tab.connection.send(wire.update(name, whole))
        await tab.until(lambda: b"refused:full" in tab.bytes_heard)
        assert tab.saved[-1] is False
        await writes_on(other, name, "Calme. ")


def small(opcode: int, size: int = 0) -> bytes:
    """A frame of a client that ends no message: masked, with nothing but zeros."""
    return bytes([opcode | (0 if opcode == 0 else 0x80), 0x80 | size]) + b"\0" * (4 + size)


@pytest.mark.parametrize("opcode", [0x0, 0x9, 0xA], ids=["pieces of a message", "pings", "pongs"])
async def test_frames_without_a_message_are_counted_too(filled: str, opcode: int) -> None:
    async with running(filled) as site, a_writer(site) as (tab, name):
        async with (await site.signed_in(FLOODER)).socket(PH) as connection:
            page = Tab(connection)
            await page.open(name)
            if opcode == 0x0:
                connection.transport.write(b"\x02\x81\0\0\0\0a")  # a message begins
            for _ in range(10):
                connection.transport.write(small(opcode) * 1000)
            assert await close_code(connection) in (1006, HangUp.TOO_FAST)  # the cut may come before the code
        await writes_on(tab, name, "Calme. ")


async def test_messages_by_the_thousand_at_once_are_cut_off(filled: str) -> None:
    async with running(filled) as site, a_writer(site) as (tab, name):
        async with (await site.signed_in(FLOODER)).socket(PH) as connection:
            await Tab(connection).open(name)
            connection.transport.write(b"\x82\x81\0\0\0\0\x0a" * 20_000)  # answers to pings
            assert await close_code(connection) in (1006, HangUp.TOO_FAST)  # the cut may come before the code
        await writes_on(tab, name, "Calme. ")


async def test_a_message_in_many_pieces_arrives_whole(filled: str) -> None:
    async with running(filled) as site, a_writer(site) as (tab, name):
        heard = len(tab.saved)
        update = wire.update(name, tab.edit("En morceaux. "))
        await tab.connection.send(update[at : at + 1] for at in range(len(update)))
        await tab.until(lambda: len(tab.saved) > heard)
        assert tab.saved[-1] is True
