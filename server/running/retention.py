"""What is not needed any more is forgotten: invitations and sessions that have been over for some time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.settings import Settings
from server.store import invitations, sessions
from server.store.engine import Store


@dataclass(frozen=True)
class Purged:
    """How many of each were forgotten."""

    invitations: int
    sessions: int


async def purge(store: Store, settings: Settings, now: datetime) -> Purged:
    """Forget the invitations and the sessions that were over so many days ago."""
    async with store.writing() as session:
        return Purged(
            invitations=await invitations.purge(session, now - timedelta(days=settings.invitation_days)),
            sessions=await sessions.purge(session, now - timedelta(days=settings.session_days)),
        )
