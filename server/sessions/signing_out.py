"""Sign out: our session first, for good, then the provider's; or the other way round, when the provider says so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.logout import way_out, whoever_left
from auth.oidc import Discovery, Provider, Refusal, SignInRefused
from auth.people import Visitor
from auth.sealing import SealBroken, Sealer
from auth.session import Ending, Which
from server.domain.people.security import SecurityKind
from server.live.floor import Floor
from server.sessions import ending
from server.store import logout_tokens, providers, security, sessions
from server.store.engine import Store


@dataclass(frozen=True)
class Farewell:
    """Somebody has left us; `address` is where they leave their provider too, None where its session stays open."""

    provider: Provider | None = None
    address: str | None = None


async def sign_out(
    store: Store,
    floor: Floor,
    sealer: Sealer,
    discovery: Discovery,
    visitor: Visitor,
    *,
    back: str,
    address: str,
    now: datetime,
) -> Farewell:
    """End a session, and say how to leave the provider, which sends people `back`; `address` is the browser's."""
    async with store.writing() as session:
        ended = await sessions.end(session, Which(ids=frozenset({visitor.session_id})), Ending.SIGNED_OUT, now)
        if ended:
            await security.note(session, SecurityKind.SIGNED_OUT, at=now, person_id=visitor.person_id, address=address)
    ending.close(floor, ended)
    async with store.reading() as session:
        kept = await sessions.sealed_token(session, visitor.session_id)
        known = {one.key: one for one in await providers.known(session)}
    if kept is None or kept[0] not in known:
        return Farewell()
    provider = known[kept[0]]
    hint = _hint(kept[1], sealer)
    return Farewell(provider, await way_out(provider, hint, back=back, now=now, discovery=discovery))


def _hint(sealed: str, sealer: Sealer) -> str:
    """The ID token, nothing when its key is gone: the provider then asks who leaves."""
    try:
        return sealer.open(sealed) if sealed else ""
    except SealBroken:
        return ""


async def told(store: Store, floor: Floor, discovery: Discovery, provider: Provider, token: str, now: datetime) -> int:
    """A provider says, by a token of its own, that somebody left: end their sessions, their open pages included.

    Returns:
        How many sessions there were: none is fine too, they may have ended before.

    Raises:
        SignInRefused: the token is not to be believed, or was obeyed before; nothing was ended.
    """
    if "back-channel" not in provider.logout:
        raise SignInRefused(Refusal.DISABLED, f"{provider.key}: its row has no back-channel logout")
    left = await whoever_left(token, provider, now, discovery)
    which = Which(provider=provider.key, sid=left.sid, subject=left.subject)
    async with store.writing() as session:
        if not await logout_tokens.is_new(session, provider.key, left.jti, now):
            raise SignInRefused(Refusal.REPLAYED, f"{provider.key}: this logout token was obeyed before")
        ended = await _told_to_leave(session, provider, which, now)
    ending.close(floor, ended)
    return len(ended)


async def left_in_a_frame(
    store: Store, floor: Floor, provider: Provider, visitor: Visitor, *, issuer: str, sid: str, now: datetime
) -> bool:
    """A provider's page asks the browser to tell us that its person left (OpenID Connect Front-Channel Logout 1.0).

    Only the session of that browser ends, and only if it is the very one the provider names; whether it was.
    """
    if "front-channel" not in provider.logout or issuer != provider.issuer:
        return False
    if not sid or not sid.isprintable():  # a database may refuse to be asked for a NUL
        return False
    which = Which(ids=frozenset({visitor.session_id}), provider=provider.key, sid=sid)
    async with store.writing() as session:
        ended = await _told_to_leave(session, provider, which, now)
    ending.close(floor, ended)
    return bool(ended)


async def _told_to_leave(session: AsyncSession, provider: Provider, which: Which, now: datetime) -> Collection[int]:
    """End the sessions that a provider says are over, and tell the journal of each; those that were open."""
    ended = await sessions.end(session, which, Ending.PROVIDER_LOGOUT, now)
    for person_id in sorted(ended.values()):
        kind = SecurityKind.SESSION_ENDED
        await security.note(session, kind, at=now, person_id=person_id, provider=provider.key, by="provider")
    return ended
