"""A person's own sessions: which are open, and the end of those they no longer want."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.people import Visitor
from auth.session import Ending, Which
from server.domain.people.intents import IntentKind, KeptIntent
from server.domain.people.security import SecurityKind
from server.domain.refusals import NotFound
from server.sessions.stepping_up import Meant
from server.store import security, sessions
from server.store.engine import Store
from server.store.sessions import Shown


async def of(store: Store, visitor: Visitor, now: datetime) -> list[Shown]:
    """A person's open sessions, the one they ask from first."""
    async with store.reading() as session:
        found = await sessions.open_of(session, visitor.person_id, now)
    return sorted(found, key=lambda one: one.kept.id != visitor.session_id)


async def meant(store: Store, visitor: Visitor, asked: Collection[int], now: datetime) -> Meant:
    """The wish to end sessions of one's own, to be confirmed: whoever sits at a screen left open cannot.

    Raises:
        NotFound: none of them is one's own, open, and another than the one that asks.
    """
    open_ = {one.kept.id for one in await of(store, visitor, now)} - {visitor.session_id}
    chosen = sorted(open_ & set(asked))
    if not chosen:
        raise NotFound
    return Meant(IntentKind.END_SESSIONS, {"sessions": chosen})


async def end(session: AsyncSession, kept: KeptIntent, now: datetime) -> Collection[int]:
    """End the sessions that a confirmed intent names; those that were still open."""
    which = Which(ids=frozenset(kept.details["sessions"]), person_id=kept.intent.person_id, but=kept.session_id)
    ended = await sessions.end(session, which, Ending.ENDED_BY_OWNER, now)
    for person_id in ended.values():
        await security.note(session, SecurityKind.SESSION_ENDED, at=now, person_id=person_id, by="owner")
    return ended
