"""Requests that never come to their end: each is hung up on, and the others are answered meanwhile."""

import asyncio
import logging
from contextlib import suppress

import pytest

from tests.factories import PH
from tests.web.site import running

pytestmark = pytest.mark.anyio


async def test_half_a_request_is_hung_up_on_and_the_others_are_answered(
    filled: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    async with running(filled, request_seconds=1) as site:
        host = site.url.removeprefix("http://")
        head = f"Host: {host}\r\nOrigin: {site.url}\r\n"
        halves = [
            "",
            "GET / HT",
            f"GET / HTTP/1.1\r\n{head}X-Slow: ",
            f"GET /contracts/{PH}/live HTTP/1.1\r\n{head}Connection: Upgrade\r\nUpgrade: websocket\r\n",
            f"POST /csp-report HTTP/1.1\r\n{head}Content-Length: 100\r\n\r\nhalf",
            f"POST /sign-in/demonstration HTTP/1.1\r\n{head}Content-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 100\r\n\r\nnext=",
            f"POST /csp-report HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        ]
        address = host.split(":")
        opened = [await asyncio.open_connection(address[0], int(address[1])) for _ in range(10) for _ in halves]
        for number, (_, writer) in enumerate(opened):
            writer.write(halves[number % len(halves)].encode())
        dripping = [asyncio.create_task(_drip(writer)) for _, writer in opened[2 :: len(halves)]]
        answers = [await site.browser().ask("GET", "/sign-in") for _ in range(5)]
        assert [one.status_code for one in answers] == [200] * 5
        async with asyncio.timeout(20):
            await asyncio.gather(*(_ended(reader) for reader, _ in opened))
        for task in dripping:
            task.cancel()
        for _, writer in opened:
            writer.close()
        browser = await site.signed_in("camille-authier")
        async with browser.socket(PH) as page:  # one that came whole is not hung up on later
            later, writer = await asyncio.open_connection(address[0], int(address[1]))
            await _ended(later)
            writer.close()
            assert page.close_code is None
    assert caplog.messages == []


async def _drip(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"x")
        await asyncio.sleep(0.1)


async def _ended(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(4096):
            pass
