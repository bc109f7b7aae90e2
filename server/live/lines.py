"""Which pages talk over requests: each line belongs to one session and one contract, and nobody else finds it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from collab.line import WAIT_S, Line
from collab.peer import HangUp
from server.domain.refusals import NotFound

live_log = logging.getLogger("entente.live")
KEY_BYTES: Final = 16
FEW: Final = 4  # a browser keeps six connections to a server that speaks HTTP/1.1: words must find a free one
HURRIED_S: Final = 2.0
FAILED: Final = 1011  # RFC 6455, 7.4.1


@dataclass(frozen=True)
class Owner:
    """Whose line it is: another session, or another contract, has no such line."""

    session_id: int
    contract_id: str


class Lines:
    """The lines of this process."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[Owner, Line]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, line: Line, owner: Owner, run: Callable[[], Awaitable[None]]) -> str:
        """Keep a line for as long as its page runs and has not heard why that ended; the key to ask for it with."""
        key = secrets.token_urlsafe(KEY_BYTES)
        self._open[key] = (owner, line)
        task = asyncio.create_task(self._keep(key, line, run), name="a page over requests")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return key

    def find(self, key: str, owner: Owner) -> Line:
        """The line of that key.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        whose, line = self._open.get(key, (None, None))
        if line is None or whose != owner:
            raise NotFound
        return line

    def wait_s(self, owner: Owner) -> float:
        """How long a request may wait for news: not long when many pages of one browser do."""
        pages = sum(one.session_id == owner.session_id for one, _ in self._open.values())
        return WAIT_S if pages <= FEW else HURRIED_S

    def restart(self) -> None:
        """Have every page come back later: requests that wait are answered at once."""
        for _, line in self._open.values():
            line.end(HangUp.RESTARTING)

    async def stop(self) -> None:
        """End every line, and wait until its page is put away."""
        for _, line in self._open.values():
            line.end(HangUp.RESTARTING)
            line.leave()
        await asyncio.gather(*self._tasks)

    async def _keep(self, key: str, line: Line, run: Callable[[], Awaitable[None]]) -> None:
        try:
            await run()
        except Exception:
            live_log.exception("a page's line failed")
            line.end(FAILED)
        await line.told()
        self._open.pop(key, None)
