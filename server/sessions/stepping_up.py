"""Confirm an intent by a fresh sign-in whose nonce is its digest: begun here, and finished when the person is back."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth.id_token import key_name
from auth.identity import Identity
from auth.oidc import ATTEMPT_LIFE, Attempt, Discovery, Provider, Refusal, SignInRefused, begin
from auth.people import Visitor
from auth.sealing import Sealer
from auth.session import new_token
from auth.step_up import check, demand
from collab.canonical import canonical
from server.domain.people.intents import RANDOM_BYTES, Intent, IntentKind, KeptIntent
from server.domain.people.security import SecurityKind
from server.providers.returning import Returned
from server.store import intents, people, security, sessions
from server.store.engine import Store


@dataclass(frozen=True)
class Meant:
    """What somebody is about to confirm: `details` are what they were shown."""

    kind: IntentKind
    details: Mapping[str, Any]
    contract_id: str | None = None
    section_id: str | None = None
    meeting_id: int | None = None
    party_id: int | None = None

    def by(self, person_id: int) -> Intent:
        """The intent of one person, like no other."""
        return Intent(
            self.kind,
            person_id,
            digest_of(self.details),
            token_hex(RANDOM_BYTES),
            self.contract_id,
            self.section_id,
            self.meeting_id,
            self.party_id,
        )


def digest_of(details: Mapping[str, Any]) -> str:
    """The SHA-256 of what was shown, in hexadecimal."""
    return sha256(canonical(dict(details)).encode()).hexdigest()


def nonce_of(intent: Intent) -> str:
    """The digest of an intent, as the nonce of the sign-in that confirms it: 43 characters."""
    return urlsafe_b64encode(sha256(canonical(intent.facts).encode()).digest()).rstrip(b"=").decode()


async def start(
    store: Store,
    discovery: Discovery,
    provider: Provider,
    visitor: Visitor,
    meant: Meant,
    *,
    callback_url: str,
    next_path: str,
    browser: str,
    now: datetime,
) -> str:
    """Keep what a person means to do; gives the provider's address where they confirm it.

    Raises:
        SignInRefused: the provider cannot be reached or believed, or names no level that would do.
    """
    intent = meant.by(visitor.person_id)
    wanted = demand(provider, nonce_of(intent))
    address, attempt = await begin(
        provider, callback_url=callback_url, next_path=next_path, now=now, discovery=discovery, demand=wanted
    )
    async with store.writing() as session:
        intent_id = await intents.keep(
            session,
            intent,
            dict(meant.details),
            session_id=visitor.session_id,
            provider=provider.key,
            now=now,
        )
        await people.forget_attempts(session, now - ATTEMPT_LIFE)
        await people.keep_attempt(session, replace(attempt, intent_id=intent_id), browser)
    return address


async def take(store: Store, attempt: Attempt, visitor: Visitor | None, now: datetime) -> KeptIntent:
    """The intent of an attempt, spent whatever comes of it.

    Raises:
        SignInRefused: INTENT, it was used, is too old, or is another session's.
    """
    async with store.writing() as session:
        kept = await intents.take(session, attempt.intent_id or 0, now)
    if kept is None or kept.is_late(now) or visitor is None or kept.session_id != visitor.session_id:
        raise SignInRefused(Refusal.INTENT, "it was used, is too old, or is another session's")
    return kept


async def prove(discovery: Discovery, sealer: Sealer, back: Returned) -> tuple[Identity, str]:
    """Who came back, and the provider's key that signed it, as it is now.

    Raises:
        SignInRefused: the answer does not make an identity.
    """
    identity = await back.identity(discovery, sealer)
    key = await discovery.key(back.provider, key_name(identity.id_token), back.at)
    return identity, json.dumps({"keys": [key.as_dict(private=False)]})


async def confirm(
    session: AsyncSession, sealer: Sealer, back: Returned, kept: KeptIntent, proof: tuple[Identity, str]
) -> str:
    """Take an intent as confirmed: its proof is kept, and its session goes on under a new token, which this gives.

    Raises:
        SignInRefused: PERSON, STALE or LEVEL.
    """
    (identity, keys), intent = proof, kept.intent
    issuer, subject = await people.identity_of(session, intent.person_id)
    level = check(identity, back.provider, issuer=issuer, subject=subject, asked_at=kept.made_at)
    sealed, token = sealer.seal(identity.id_token), new_token()
    evidence = intents.Evidence(sealed, keys, level, identity.auth_time)
    await intents.confirm(session, kept.id, evidence, back.at)
    await sessions.renew(session, kept.session_id, token, sessions.Proof.of(identity, sealed), back.at)
    await security.note(
        session,
        SecurityKind.STEP_UP_ACCEPTED,
        at=back.at,
        person_id=intent.person_id,
        provider=back.provider.key,
        contract_id=intent.contract_id or "",
        intent=intent.kind.value,
        proof=level or "auth_time",
        address=back.address,
    )
    return token
