"""Somebody comes back from confirming what they meant to do: it is checked, done and kept as one, or not at all."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.oidc import Attempt, Discovery, Provider, Refusal, SignInRefused
from auth.people import Visitor
from auth.sealing import Sealer
from server import ending, own_sessions, stepping_up
from server.domain.intents import IntentKind, KeptIntent
from server.domain.refusals_of_people import (
    ConfirmedBefore,
    ConfirmedByAnother,
    IntentSpent,
    LevelNotReached,
    NotConfirmed,
)
from server.domain.security import SecurityKind
from server.floor import Floor
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
    store: Store,
    floor: Floor,
    discovery: Discovery,
    provider: Provider,
    sealer: Sealer,
    attempt: Attempt,
    answer: Mapping[str, str],
    visitor: Visitor | None,
    *,
    callback_url: str,
    address: str,
    now: datetime,
) -> Confirmed:
    """Do what an attempt was to confirm.

    Raises:
        NotConfirmed: nothing was done, and the intent is spent; its kind says what the person can do.
    """
    try:
        kept = await stepping_up.take(store, attempt, visitor, now)
        proof = await stepping_up.prove(
            discovery, provider, sealer, attempt, answer, callback_url=callback_url, now=now
        )
        async with store.writing() as session:
            token = await stepping_up.confirm(session, provider, sealer, kept, proof, address=address, now=now)
            ended = await ACTS[kept.intent.kind](session, kept, now)
    except SignInRefused as refused:
        async with store.writing() as session:
            await security.note(
                session,
                SecurityKind.STEP_UP_REFUSED,
                at=now,
                person_id=visitor.person_id if visitor else None,
                provider=provider.key,
                reason=refused.reason.value,
                address=address,
            )
        raise worded(refused) from refused
    ending.close(floor, ended)
    return Confirmed(token, attempt.next_path)
