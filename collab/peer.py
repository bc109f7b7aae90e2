"""One tab: what waits to be sent to it, bounded, and why it was hung up on."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from enum import IntEnum

from collab.log import Author


class HangUp(IntEnum):
    """Why a connection is closed: the websocket close code; `docs/reference/wire.md` says what to do then."""

    RESTARTING = 1012  # RFC 6455 registry: come back, nothing is lost
    TOO_SLOW = 1013  # the browser did not read what was sent to it: come back
    NOT_OUR_PROTOCOL = 4400
    SESSION_OVER = 4401  # the codes of Hocuspocus where it has one
    NOT_ALLOWED = 4403
    SILENT = 4408  # it answers no ping, or has opened nothing: come back
    TOO_FAST = 4429  # slowed down for long, it went on: come back after a rest
    TOO_MANY = 4430  # connections, of this person or of all: come back later


class Peer:
    """One connection: its author, its bounded queue. Telling a peer never waits for it."""

    def __init__(self, author: Author, *, queue_bytes: int, via: str = "websocket") -> None:
        self.author = author
        self.via = via  # what carries it, for those who count
        self.hung_up: HangUp | None = None
        self.in_line = 0  # bytes of its edits that wait for their turn
        self._limit = queue_bytes
        self._queue: deque[bytes] = deque()
        self._waiting = 0
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Bytes that wait to be sent to it."""
        return self._waiting

    def tell(self, frame: bytes) -> None:
        """Queue a frame; a peer whose queue is full is hung up on and nobody else notices."""
        if self.hung_up is not None:
            return
        if self._waiting + len(frame) > self._limit and self._queue:
            self.hang_up(HangUp.TOO_SLOW)
            return
        self._queue.append(frame)
        self._waiting += len(frame)
        self._wake.set()

    def hang_up(self, why: HangUp) -> None:
        """End the connection: what waited is dropped, `frames` ends."""
        if self.hung_up is None:
            self.hung_up = why
            self._queue.clear()
            self._waiting = 0
            self._wake.set()

    async def frames(self) -> AsyncIterator[bytes]:
        """The frames to send, in order, until the peer is hung up on."""
        while self.hung_up is None:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                frame = self._queue.popleft()
                self._waiting -= len(frame)
                yield frame
