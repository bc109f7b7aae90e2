"""Sign in through a party's provider, and out again: what is kept on our side at each step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from auth.browsers import Device
from auth.oidc import (
    ATTEMPT_LIFE,
    Attempt,
    Discovery,
    Provider,
    Refusal,
    SignInRefused,
    begin,
    finish,
)
from auth.provider import opened
from auth.sealing import Sealer
from auth.session import Limits, new_token
from server.domain.refusals import NotFound
from server.domain.security import SecurityKind
from server.joining import Arrived, Joined, join
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
    store: Store,
    discovery: Discovery,
    provider: Provider,
    sealer: Sealer,
    attempt: Attempt,
    answer: Mapping[str, str],
    *,
    callback_url: str,
    device: Device,
    limits: Limits,
    address: str,
    now: datetime,
) -> Arrival:
    """Turn a provider's answer into a session with a new token, or refuse.

    An invitation that the attempt accepts is taken in the same transaction: without the seat there is no session.

    Raises:
        domain.Refusal: the invitation cannot be accepted so.
        SignInRefused: the answer does not make an identity.
    """
    identity = await finish(
        opened(provider, sealer), attempt, answer, callback_url=callback_url, now=now, discovery=discovery
    )
    token = new_token()
    async with store.writing() as session:
        person_id = await people.person(session, identity.issuer, identity.subject, identity.name, now)
        going = Joined(attempt.next_path, None)
        if attempt.invitation_id is not None:
            going = await join(session, Arrived(attempt.invitation_id, person_id, provider.key, now))
        proof = sessions.Proof.of(identity, sealer.seal(identity.id_token))
        await sessions.open_session(
            session, token, person_id, provider.key, now, limits=limits, proof=proof, device=device
        )
        await security.note(
            session,
            SecurityKind.SIGN_IN_ACCEPTED,
            at=now,
            person_id=person_id,
            provider=provider.key,
            address=address,
        )
    return Arrival(token, going.next_path, going.contract_id)
