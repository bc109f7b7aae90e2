"""Sign in through a party's provider, and out again: what is kept on our side at each step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.browsers import Device
from auth.oidc import (
    ATTEMPT_LIFE,
    Attempt,
    Discovery,
    Provider,
    Refusal,
    SignInRefused,
    begin,
)
from auth.sealing import Sealer
from auth.session import Limits, new_token
from server.domain.people.security import SecurityKind
from server.domain.refusals import NotFound
from server.providers.returning import Returned
from server.sessions.joining import Arrived, Joined, join
from server.settings import Settings
from server.store import people, providers, security, sessions
from server.store.engine import Store


def limits_of(provider: Provider, settings: Settings) -> Limits:
    """How long sessions that begin through a provider live: as its row says, and no longer than the settings let."""
    return Limits(
        idle_minutes=min(provider.idle_minutes, settings.session_idle_minutes),
        hours=min(provider.session_hours, settings.session_hours),
    )


@dataclass(frozen=True)
class Arrival:
    """Someone has come in: the token for their cookie, and the page they were going to.

    `joined` is the contract in which an invitation gave them a seat.
    """

    token: str
    next_path: str
    joined: str | None


async def provider_of(store: Store, key: str) -> Provider:
    """The provider of that key, enabled or not.

    Raises:
        NotFound: there is none.
    """
    async with store.reading() as session:
        found = {one.key: one for one in await providers.known(session)}
    if key not in found:
        raise NotFound
    return found[key]


def check_enabled(provider: Provider) -> None:
    """Whether people may sign in with it.

    Raises:
        SignInRefused: DISABLED.
    """
    if not provider.is_enabled:
        raise SignInRefused(Refusal.DISABLED, f"{provider.key} is disabled")


async def provider_of_session(store: Store, session_id: int) -> Provider:
    """The provider that a session came through.

    Raises:
        NotFound: nobody signs in with it any more.
    """
    async with store.reading() as session:
        kept = await sessions.sealed_token(session, session_id)
    return await provider_of(store, kept[0] if kept else "")


async def start(
    store: Store,
    discovery: Discovery,
    provider: Provider,
    *,
    callback_url: str,
    next_path: str,
    browser: str,
    now: datetime,
    invitation_id: int | None = None,
) -> str:
    """Begin a sign-in bound to `browser`, which accepts an invitation if one is named; the provider's address.

    Raises:
        SignInRefused: people may not sign in with it, or it cannot be reached or believed.
    """
    check_enabled(provider)
    address, attempt = await begin(
        provider, callback_url=callback_url, next_path=next_path, now=now, discovery=discovery
    )
    async with store.writing() as session:
        await people.forget_attempts(session, now - ATTEMPT_LIFE)
        await people.keep_attempt(session, replace(attempt, invitation_id=invitation_id), browser)
    return address


async def attempt_of(store: Store, provider: Provider, answer: Mapping[str, str], browser: str) -> Attempt:
    """The attempt that an answer is one to; it is spent.

    Raises:
        SignInRefused: STATE, none of this browser; DISABLED, nobody signs in with that provider.
    """
    async with store.writing() as session:
        attempt = await people.take_attempt(session, answer.get("state", ""), browser)
    if attempt is None:
        raise SignInRefused(Refusal.STATE, "no attempt of this browser awaits that state")
    check_enabled(provider)
    return attempt


async def come_back(
    store: Store, discovery: Discovery, sealer: Sealer, back: Returned, *, device: Device, limits: Limits
) -> Arrival:
    """Turn a provider's answer into a session with a new token, or refuse.

    An invitation that the attempt accepts is taken in the same transaction: without the seat there is no session.

    Raises:
        domain.Refusal: the invitation cannot be accepted so.
        SignInRefused: the answer does not make an identity.
    """
    identity = await back.identity(discovery, sealer)
    provider, now, token = back.provider.key, back.at, new_token()
    proof = sessions.Proof.of(identity, sealer.seal(identity.id_token))
    kind = SecurityKind.SIGN_IN_ACCEPTED
    async with store.writing() as session:
        person_id = await people.person(session, identity.issuer, identity.subject, identity.name, now)
        going = await _joined(session, back, person_id)
        await sessions.open_session(session, token, person_id, provider, now, limits=limits, proof=proof, device=device)
        await security.note(session, kind, at=now, person_id=person_id, provider=provider, address=back.address)
    return Arrival(token, going.next_path, going.contract_id)


async def _joined(session: AsyncSession, back: Returned, person_id: int) -> Joined:
    """Where somebody goes who is back, and the contract in which the invitation they accept gives them a seat."""
    if back.attempt.invitation_id is None:
        return Joined(back.attempt.next_path, None)
    return await join(session, Arrived(back.attempt.invitation_id, person_id, back.provider.key, back.at))
