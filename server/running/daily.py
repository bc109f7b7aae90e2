"""What is done once a day while the program serves: old events, tokens, invitations and sessions are forgotten."""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from server.running.retention import purge
from server.settings import Settings
from server.store import security, sessions
from server.store.engine import Store

DAY_S: Final = 86_400
MONTH: Final = timedelta(days=365) / 12


async def forget_events(store: Store, months: int, now: datetime) -> int:
    """Forget the security events older than so many months; how many they were."""
    async with store.writing() as session:
        return await security.forget(session, now - months * MONTH)


async def forget_tokens(store: Store, now: datetime) -> None:
    """Forget what sessions that are long over kept for signing out."""
    async with store.writing() as session:
        await sessions.forget_tokens(session, now)


class Daily:
    """A task of the program, from its start to its end."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Do it now, then every day."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Do it no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await forget_events(self._store, self._settings.security_months, datetime.now(UTC))
                await forget_tokens(self._store, datetime.now(UTC))
                await purge(self._store, self._settings, datetime.now(UTC))
            except SQLAlchemyError:
                logging.getLogger("entente").exception("what is old could not be forgotten")
            await asyncio.sleep(DAY_S)
