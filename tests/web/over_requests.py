"""A page's connection over requests, asked for like a raw websocket: `send`, `recv`, `close_code`."""

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import websockets

from collab.line import LENGTH_BYTES
from collab.peer import HangUp
from server.app import BODY_LIMIT
from tests.waiting import PATIENCE_S
from tests.web.site import Browser


def framed(frame: bytes) -> bytes:
    return len(frame).to_bytes(LENGTH_BYTES, "big") + frame


class OverRequests:
    """One line, and what has come of both its streams."""

    def __init__(self, client: httpx2.AsyncClient, address: str, headers: dict[str, str] | None = None) -> None:
        self._headers = headers
        self._client = client
        self.address = address
        self.said = self.heard = 0
        self.close_code: int | None = None
        self.answer = httpx2.Response(204)  # the last one
        self._came = bytearray()
        self._frames: deque[bytes] = deque()

    async def say(self, begins: int | str, piece: bytes) -> httpx2.Response:
        return await self._client.post(self.address, params={"from": begins}, content=piece, headers=self._headers)

    async def fetch(self, heard: int | str) -> httpx2.Response:
        return await self._client.get(self.address, params={"heard": heard}, headers=self._headers)

    async def leave(self) -> httpx2.Response:
        return await self._client.delete(self.address, headers=self._headers)

    async def send(self, frame: bytes) -> None:
        """Say one frame, in as many pieces as it takes."""
        rest = framed(frame)
        while rest and self.close_code is None:
            answer = await self.say(self.said, rest[:BODY_LIMIT])
            self._note(answer)
            taken = int(answer.headers["Entente-Taken"]) - self.said
            self.said, rest = self.said + taken, rest[taken:]

    async def recv(self) -> bytes:
        """The next frame.

        Raises:
            websockets.ConnectionClosed: it is over.
        """
        while not self._frames:
            if self.close_code is not None:
                raise websockets.ConnectionClosed(None, None)
            answer = self.answer = await self.fetch(self.heard)
            self._note(answer)
            if self.close_code == HangUp.SESSION_OVER and not answer.is_success:
                continue
            self.heard += len(answer.content)
            self._came += answer.content
            self._cut()
        return self._frames.popleft()

    def _cut(self) -> None:
        while len(self._came) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._came[:LENGTH_BYTES], "big")
            if len(self._came) < end:
                return
            self._frames.append(bytes(self._came[LENGTH_BYTES:end]))
            del self._came[:end]

    def _note(self, answer: httpx2.Response) -> None:
        if answer.status_code == 401:  # the next request met the end of the session before the page heard of it
            self.close_code = HangUp.SESSION_OVER
            return
        assert answer.status_code == 200, answer.text
        if "Entente-Close" in answer.headers:
            self.close_code = int(answer.headers["Entente-Close"])


@asynccontextmanager
async def asking(browser: Browser, **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client that asks as a page of this browser does, by itself: `fetch` says where it comes from."""
    sent = {"origin": browser.url, "cookie": browser.cookie, "accept-encoding": "gzip"} | headers
    async with httpx2.AsyncClient(
        base_url=browser.url,
        trust_env=False,
        verify=False,
        timeout=PATIENCE_S,
        headers={name: said for name, said in sent.items() if said},
    ) as client:
        yield client


@asynccontextmanager
async def over_requests(browser: Browser, contract_id: str, **params: Any) -> AsyncIterator[OverRequests]:
    """A page of this browser on a contract, over requests."""
    async with asking(browser) as client:
        opened = await client.post(f"/contracts/{contract_id}/live", params=params)
        assert opened.status_code == 201, opened.text
        yield OverRequests(client, opened.headers["location"])
