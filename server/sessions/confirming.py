"""Somebody comes back from confirming what they meant to do: it is checked, done and kept as one, or not at all."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.oidc import Discovery, Refusal, SignInRefused
from auth.people import Visitor
from auth.sealing import Sealer
from server.domain.people.intents import IntentKind, KeptIntent
from server.domain.people.security import SecurityKind
from server.domain.refusals_of_people import (
    ConfirmedBefore,
    ConfirmedByAnother,
    IntentSpent,
    LevelNotReached,
    NotConfirmed,
)
from server.live.floor import Floor
from server.providers.returning import Returned
from server.sessions import ending, own_sessions, stepping_up
from server.store import security
from server.store.engine import Store

Act = Callable[[AsyncSession, KeptIntent, datetime], Awaitable[Collection[int]]]  # the sessions it has ended
ACTS: Mapping[IntentKind, Act] = {IntentKind.END_SESSIONS: own_sessions.end}
_WORDED: Mapping[Refusal, type[NotConfirmed]] = {
    Refusal.PERSON: ConfirmedByAnother,
    Refusal.STALE: ConfirmedBefore,
    Refusal.LEVEL: LevelNotReached,
    Refusal.INTENT: IntentSpent,
}


def worded(refused: SignInRefused) -> NotConfirmed:
    """What to tell the person."""
    return _WORDED.get(refused.reason, NotConfirmed)()


@dataclass(frozen=True)
class Confirmed:
    """It is done: the person's session goes on under a new token."""

    token: str
    next_path: str


async def finish(
    store: Store, floor: Floor, discovery: Discovery, sealer: Sealer, back: Returned, visitor: Visitor | None
) -> Confirmed:
    """Do what an attempt was to confirm.

    Raises:
        NotConfirmed: nothing was done, and the intent is spent; its kind says what the person can do.
    """
    try:
        kept = await stepping_up.take(store, back.attempt, visitor, back.at)
        proof = await stepping_up.prove(discovery, sealer, back)
        async with store.writing() as session:
            token = await stepping_up.confirm(session, sealer, back, kept, proof)
            ended = await ACTS[kept.intent.kind](session, kept, back.at)
    except SignInRefused as refused:
        await _note(store, back, visitor, refused)
        raise worded(refused) from refused
    ending.close(floor, ended)
    return Confirmed(token, back.attempt.next_path)


async def _note(store: Store, back: Returned, visitor: Visitor | None, refused: SignInRefused) -> None:
    async with store.writing() as session:
        await security.note(
            session,
            SecurityKind.STEP_UP_REFUSED,
            at=back.at,
            person_id=visitor.person_id if visitor else None,
            provider=back.provider.key,
            reason=refused.reason.value,
            address=back.address,
        )
