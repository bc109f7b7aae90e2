"""Keep a provider's configuration: examined first, never in place of another unasked."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.checkup import Step, examine
from auth.oidc import Discovery, Provider
from auth.sealing import SealBroken, Sealer
from auth.session import Ending, Which
from server.domain.people.security import SecurityKind
from server.store import intents, providers, security, sessions
from server.store.engine import Store
from server.store.seats import count_of

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")  # it stands in addresses: /sign-in/KEY/callback
RESERVED = "demonstration"  # whoever knows no password signs in with that one


class ProviderRefused(Exception):
    """A provider that is not kept; the message names the remedy. `steps` is what its examination found."""

    def __init__(self, says: str, steps: Sequence[Step] = ()) -> None:
        super().__init__(says)
        self.steps = steps


async def keep(
    store: Store,
    provider: Provider,
    sealer: Sealer,
    discovery: Discovery | None,
    now: datetime,
    *,
    is_to_replace: bool,
) -> int:
    """Keep `provider`, examined through `discovery` unless that is None.

    Returns:
        How many seats are held by people of an issuer that this key no longer names.

    Raises:
        ProviderRefused: its key is no key or is taken, or its examination failed; nothing was changed.
    """
    if not KEY.fullmatch(provider.key) or provider.key == RESERVED:
        raise ProviderRefused(f"{provider.key!r} cannot be a key: small letters, digits and -, not {RESERVED!r}")
    kept = {one.key: one for one in await known(store)}
    if provider.key in kept and not is_to_replace:
        raise ProviderRefused(f"provider {provider.key!r} is kept already: --replace changes it")
    steps = await examine(provider, discovery, now) if discovery else []
    if not all(step.is_ok for step in steps):
        raise ProviderRefused("nothing was kept; correct what is named, or keep it all the same: --no-check", steps)
    async with store.writing() as session:
        await providers.keep(session, provider, sealer)
        await security.note(session, SecurityKind.PROVIDER_CHANGED, at=now, provider=provider.key)
        before = kept.get(provider.key, provider).issuer
        still = {one.issuer for one in await providers.known(session)}
        return 0 if before in still else await count_of(session, before)


async def seal_clear(store: Store, sealer: Sealer) -> None:
    """Seal the secrets that an earlier version kept in the clear."""
    async with store.writing() as session:
        await providers.seal_clear(session, sealer)


async def reseal(store: Store, sealer: Sealer) -> int:
    """Seal every provider's secrets, and what proves that an act was confirmed, by the first key; how many have one.

    Raises:
        ProviderRefused: none of the keys opens one; nothing was changed.
    """
    try:
        async with store.writing() as session:
            await intents.reseal(session, sealer)
            return await providers.reseal(session, sealer)
    except SealBroken:
        raise ProviderRefused("a secret was sealed by a key that ENTENTE_SECRET_KEYS no longer names") from None


async def switch(store: Store, key: str, now: datetime, *, is_enabled: bool) -> int:
    """Let people sign in with a provider, or nobody any more; how many sessions ended by it.

    Raises:
        ProviderRefused: there is none of that key.
    """
    await find(store, key)
    async with store.writing() as session:
        kept = await providers.held(session, key)
        return len(await switched(session, kept, now, is_enabled=is_enabled)) if kept else 0


async def switched(
    session: AsyncSession, provider: Provider, now: datetime, *, is_enabled: bool, by: int | None = None
) -> frozenset[int]:
    """Open a provider or close it, in a transaction; the sessions that ended, whose pages are still to be closed."""
    if provider.is_enabled == is_enabled:
        return frozenset()
    await providers.set_enabled(session, provider.key, is_enabled=is_enabled)
    kind, did = SecurityKind.PROVIDER_CHANGED, "enabled" if is_enabled else "disabled"
    await security.note(session, kind, at=now, person_id=by, provider=provider.key, did=did)
    if is_enabled:
        return frozenset()
    return frozenset(await sessions.end(session, Which(provider=provider.key), Ending.PROVIDER_CLOSED, now))


async def known(store: Store) -> list[Provider]:
    """Every provider kept, by label."""
    async with store.reading() as session:
        return await providers.known(session)


async def find(store: Store, key: str) -> Provider:
    """The provider of that key.

    Raises:
        ProviderRefused: there is none.
    """
    kept = {one.key: one for one in await known(store)}
    if key not in kept:
        told = f"there are: {', '.join(kept)}" if kept else "there is none yet; add it with `entente provider add`"
        raise ProviderRefused(f"no provider {key!r}; {told}")
    return kept[key]


def callback_url(public_url: str, key: str) -> str:
    """The address a provider sends people back to: to be registered there, letter for letter."""
    return f"{public_url}/sign-in/{key}/callback"
