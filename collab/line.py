"""One page's connection over requests: a stream of bytes each way, numbered, so that a lost answer loses nothing.

In a stream a frame is its length in four bytes, big end first, then itself; a request or an answer holds any piece of
a stream. A request that brings bytes says at which byte they begin; one that fetches says how many it has, and those
are forgotten here. Whoever serves the requests knows what they look like (`server/web/polling.py`).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from collab.peer import LITTLE_BYTES, Frames, HangUp

WAIT_S: Final = 20.0  # a request waits no longer for something to say: proxies give up after 30 s or more
DEAD_S: Final = 30.0  # without a request that fetches: the page is gone
ANSWER_BYTES: Final = 256 * 1024
TO_HEAR_BYTES: Final = 64 * 1024  # brought and not heard yet; beyond, the next request waits
LENGTH_BYTES: Final = 4
GONE: Final = 1000  # close codes of RFC 6455, 7.4.1
TOO_LARGE: Final = 1009


@dataclass(frozen=True)
class Given:
    """What a request is answered: a piece of the stream to the page, a place in a stream, the close code once told."""

    piece: bytes
    at: int
    code: int | None


class Line:
    """Two numbered streams between a page and its requests. To the server's page it is what a websocket is."""

    via = "http"

    def __init__(self, *, message_bytes: int) -> None:
        self._largest = message_bytes
        self._out = bytearray()  # of the stream to the page, from its byte `_arrived` on
        self._arrived = 0
        self._in = bytearray()  # the beginning of a frame whose rest has not come
        self._brought = 0
        self._frames: deque[bytes] = deque()
        self._to_hear = 0
        self._code: int | None = None
        self._is_told = False
        self._changed = asyncio.Event()
        self._newest = {"bring": 0, "fetch": 0}
        self._death: asyncio.TimerHandle | None = None
        self._await_a_request()

    async def receive(self) -> bytes | None:
        """The next frame of the page; None when no more will come."""
        await self._until(lambda: bool(self._frames) or self._code is not None)
        if not self._frames:
            return None
        frame = self._frames.popleft()
        self._to_hear -= LENGTH_BYTES + len(frame)
        self._change()
        return frame

    @property
    def is_behind(self) -> bool:
        """Whether more waits than a request fetches at once."""
        return len(self._out) > LITTLE_BYTES

    def put(self, frames: Frames) -> None:
        """Keep frames until they have come to the page; after the end they are dropped."""
        if self._code is None:
            for frame in frames:
                self._out += len(frame).to_bytes(LENGTH_BYTES, "big") + frame
            self._change()

    def unsent(self) -> int:
        """Bytes that are not known to have come to the page."""
        return len(self._out)

    async def drained(self) -> None:
        """Wait until nearly everything has come to the page, or the end."""
        await self._until(lambda: len(self._out) <= LITTLE_BYTES or self._code is not None)

    def end(self, code: int) -> None:
        """Say why it is over; what was put before can still be fetched."""
        if self._code is None:
            self._code = code
            self._change()

    def leave(self) -> None:
        """The page has gone: what it said is heard to the end, nothing is kept for it."""
        self._is_told = True
        self.end(GONE)
        self._change()

    async def told(self) -> None:
        """Wait until the page has heard why it is over, or will not ask any more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DEAD_S):
                await self._until(lambda: self._is_told)

    async def bring(self, begins: int, piece: bytes) -> Given:
        """Take in what the page says, from byte `begins` of its stream on; `given.at` is how much has been taken in.

        What has come before is not heard twice; a gap ends the line.
        """
        is_newest = self._take_turn("bring")
        is_free = self._to_hear < TO_HEAR_BYTES or await self._soon(
            lambda: self._to_hear < TO_HEAR_BYTES or self._code is not None or not is_newest()
        )
        if is_free and is_newest() and self._code is None:
            if 0 <= begins <= self._brought:
                self._in += piece[self._brought - begins :]
                self._brought = max(self._brought, begins + len(piece))
                self._read()
            else:
                self.end(HangUp.NOT_OUR_PROTOCOL)
        return Given(b"", self._brought, self._told_code())

    async def fetch(self, arrived: int, wait_s: float = WAIT_S) -> Given:
        """What the page misses of its stream, of which `arrived` bytes have come to it; waits while that is nothing.

        A newer request takes the place of one that waits.
        """
        if arrived < self._arrived:  # the one after it was here before it: nobody waits for this answer
            return Given(b"", arrived, None)
        if arrived > self._arrived + len(self._out):
            self.end(HangUp.NOT_OUR_PROTOCOL)
            return Given(b"", arrived, self._told_code())
        is_newest = self._take_turn("fetch")
        del self._out[: arrived - self._arrived]
        self._arrived = arrived
        self._change()
        self._await_a_request(is_here=True)
        try:
            await self._soon(lambda: bool(self._out) or self._code is not None or not is_newest(), wait_s)
        finally:
            if is_newest():
                self._await_a_request()
        if not is_newest():
            return Given(b"", arrived, None)
        piece = bytes(self._out[:ANSWER_BYTES])
        return Given(piece, arrived, self._told_code() if len(piece) == len(self._out) else None)

    def _read(self) -> None:
        while self._code is None and len(self._in) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._in[:LENGTH_BYTES], "big")
            if end > LENGTH_BYTES + self._largest:
                self.end(TOO_LARGE)
            elif len(self._in) < end:
                return
            else:
                self._frames.append(bytes(self._in[LENGTH_BYTES:end]))
                del self._in[:end]
                self._to_hear += end
                self._change()

    def _told_code(self) -> int | None:
        if self._code is not None:
            self._is_told = True
            self._change()
        return self._code

    def _take_turn(self, kind: str) -> Callable[[], bool]:
        self._newest[kind] += 1
        mine = self._newest[kind]
        self._change()
        return lambda: self._newest[kind] == mine

    def _await_a_request(self, *, is_here: bool = False) -> None:
        if self._death is not None:
            self._death.cancel()
        self._death = None if is_here else asyncio.get_running_loop().call_later(DEAD_S, self.leave)

    def _change(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            await self._changed.wait()

    async def _soon(self, is_so: Callable[[], bool], wait_s: float = WAIT_S) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._until(is_so)
        return is_so()
