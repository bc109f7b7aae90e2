"""One tab: what is told to it without ever waiting for it, bounded, and why it was hung up on."""

import asyncio
from collections import deque
from enum import IntEnum
from typing import Protocol

from collab.log import Author

Frames = tuple[bytes, ...]
LITTLE_BYTES = 64 << 10  # as asyncio has it for its transports


class HangUp(IntEnum):
    """Why a connection is closed: the websocket close code; `docs/reference/wire.md` says what to do then."""

    RESTARTING = 1012  # RFC 6455 registry: come back, nothing is lost
    TOO_SLOW = 1013  # the browser did not read what was sent to it: come back
    NOT_OUR_PROTOCOL = 4400
    SESSION_OVER = 4401  # the codes of Hocuspocus where it has one
    NOT_ALLOWED = 4403
    SILENT = 4408  # it answers no ping, or has opened nothing: come back
    REFUSED = 4422  # only where a client cannot be told so otherwise: its copy holds what was refused
    TOO_FAST = 4429  # slowed down for long, it went on: come back after a rest
    TOO_MANY = 4430  # connections, of this person or of all: come back later


class Outlet(Protocol):
    """The way out to one tab: it takes frames at once, and keeps what the network does not take yet."""

    @property
    def is_behind(self) -> bool:
        """Whether more is unsent than a network takes at once."""

    def put(self, frames: Frames) -> HangUp | None:
        """Send frames after those before them; never waits. Many outlets are given the very same frames.

        An outlet whose client cannot be told one of them answers why it has to be hung up on.
        """

    def unsent(self) -> int:
        """Bytes that the network has not taken yet."""

    async def drained(self) -> None:
        """Wait until little is unsent, or the end."""

    def end(self, code: int) -> None:
        """Close the connection with a websocket close code; nothing is put afterwards."""


class Queue:
    """An outlet whose frames wait until somebody fetches them."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self.is_behind = False

    def put(self, frames: Frames) -> None:
        """Keep frames."""
        self._frames += frames
        self._bytes += sum(map(len, frames))
        self._filled.set()
        if self._bytes > LITTLE_BYTES:
            self._emptied.clear()
            self.is_behind = True

    def unsent(self) -> int:
        """Bytes that wait."""
        return self._bytes

    async def drained(self) -> None:
        """Wait until little waits, or the end."""
        await self._emptied.wait()

    def end(self, code: int) -> None:
        """Forget what waits, and let whoever waits for more go."""
        self.take()
        self._filled.set()

    async def filled(self) -> None:
        """Wait until there is something to fetch, or the end."""
        await self._filled.wait()

    def take(self) -> list[bytes]:
        """Fetch everything that waits."""
        frames = list(self._frames)
        self._frames.clear()
        self._bytes = 0
        self.is_behind = False
        self._filled.clear()
        self._emptied.set()
        return frames


class Peer:
    """One connection: its author, its way out, and how much may wait there. Telling a peer never waits for it."""

    def __init__(self, author: Author, outlet: Outlet, *, queue_bytes: int, via: str = "websocket") -> None:
        self.author = author
        self.via = via  # what carries it, for those who count
        self.hung_up: HangUp | None = None
        self.in_line = 0  # bytes of its edits that wait for their turn
        self._outlet = outlet
        self._limit = queue_bytes

    @property
    def is_behind(self) -> bool:
        """Whether it has not read what it was told before."""
        return self._outlet.is_behind

    @property
    def waiting(self) -> int:
        """Bytes that wait to be sent to it."""
        return self._outlet.unsent()

    def tell(self, frame: bytes) -> None:
        """Send a frame; a peer that leaves too much unread is hung up on, and nobody else notices."""
        self.tell_all((frame,))

    def tell_all(self, frames: Frames) -> None:
        """Send frames that follow each other, as `tell` does one."""
        if self.hung_up is not None:
            return
        outlet = self._outlet
        if outlet.is_behind and outlet.unsent() + sum(map(len, frames)) > self._limit:
            self.hang_up(HangUp.TOO_SLOW)
            return
        why = outlet.put(frames)
        if why is not None:
            self.hang_up(why)

    def hang_up(self, why: HangUp) -> None:
        """End the connection; nothing more is told."""
        if self.hung_up is None:
            self.hung_up = why
            self._outlet.end(why)

    async def ready(self) -> None:
        """Wait until the peer has read what it was told, before something large is made for it."""
        await self._outlet.drained()
