"""Who has a text in hand: one at a time, those who wait in the order they came."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Hold:
    """A lock that can also be tried without waiting, and that says when it is free again."""

    def __init__(self, freed: Callable[[], None]) -> None:
        self._freed = freed
        self._is_taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def is_taken(self) -> bool:
        """Whether somebody has it."""
        return self._is_taken

    def try_take(self) -> bool:
        """Take it if nobody has it."""
        if self._is_taken:
            return False
        self._is_taken = True
        return True

    async def take(self) -> None:
        """Wait for it."""
        if self.try_take():
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # it was handed to us just then
                self.leave()
            raise

    def leave(self) -> None:
        """Hand it to who has waited longest, or to nobody."""
        while self._waiting:
            next_one = self._waiting.popleft()
            if not next_one.done():
                next_one.set_result(None)
                return
        self._is_taken = False
        self._freed()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Have it for the length of a block."""
        await self.take()
        try:
            yield
        finally:
            self.leave()
