"""Has anybody lost a right or a session, whichever process took it away? Asked once a second, for all open pages."""

import asyncio
import logging

from server.live.floor import Floor
from server.store import rights
from server.store.engine import Store

live_log = logging.getLogger("entente.live")
LOOK_EVERY_S = 1.0  # and a page is closed within two: one to look, one to read what is left to everybody


class Lookout:
    """Looks at one number of the database while there are open pages, however many; when it grew, all are asked."""

    def __init__(self, store: Store, floor: Floor) -> None:
        self._store = store
        self._floor = floor
        self._known: int | None = None
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._looking = asyncio.create_task(self._go_on(), name="the lookout for rights taken away")

    async def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _go_on(self) -> None:
        is_well = True
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._floor.is_empty:
                continue  # what changes meanwhile is seen with the first look at whoever comes
            try:
                await self.look()
                is_well = True
            except Exception:
                if is_well:  # told once; each page still has its own rights read again now and then
                    live_log.exception("whether rights were taken away could not be read")
                is_well = False

    async def look(self) -> None:
        """Have every open page asked what it may still do, if anything was taken away since the last look."""
        async with self._store.reading() as session:
            now = await rights.revision(session)
        if now != self._known:
            await self._floor.review_all()
            self._known = now
