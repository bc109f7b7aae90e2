"""Identity providers in the database: their secrets sealed, and still sealed in what is read."""

import json

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from auth.provider import Provider, Secret
from auth.sealing import Sealed, Sealer
from server.store.tables_of_sessions import ProviderRow


async def known(session: AsyncSession) -> list[Provider]:
    """Every provider kept, by label."""
    rows = (await session.execute(select(ProviderRow).order_by(col(ProviderRow.label)))).scalars()
    return [_provider(row) for row in rows]


async def enabled(session: AsyncSession) -> list[Provider]:
    """Every provider people may sign in with, by label."""
    return [one for one in await known(session) if one.is_enabled]


async def held(session: AsyncSession, key: str) -> Provider | None:
    """The provider of that key, which nobody else changes until the end of the transaction."""
    row = await session.get(ProviderRow, key, with_for_update=True)
    return None if row is None else _provider(row)


def _provider(row: ProviderRow) -> Provider:
    return Provider(
        key=row.key,
        label=row.label,
        issuer=row.issuer,
        discovery_url=row.discovery_url,
        client_id=row.client_id,
        client_secret=_kept(row.sealed_secret) or row.client_secret,
        algorithm=row.algorithm,
        token_method=row.token_method,
        scopes=tuple(row.scopes.split()),
        profile=row.profile,
        is_enabled=row.is_enabled,
        authorization_endpoint=row.authorization_endpoint,
        client_key=_kept(row.sealed_key),
        certificate=row.certificate,
        certificate_key=_kept(row.sealed_certificate_key),
        parameters=tuple(json.loads(row.parameters).items()),
        userinfo=row.userinfo,
        name_claim=row.name_claim,
        email_claim=row.email_claim,
        organisation_claim=row.organisation_claim,
        national_claim=row.national_claim,
        reading_acr=tuple(row.reading_acr.split()),
        visa_acr=tuple(row.visa_acr.split()),
        fresh_login=row.fresh_login,
        idle_minutes=row.idle_minutes,
        session_hours=row.session_hours,
        logout=tuple(row.logout.split()),
    )


def _kept(sealed: str) -> Secret:
    return Sealed(sealed) if sealed else ""


async def keep(session: AsyncSession, provider: Provider, sealer: Sealer) -> None:
    """Keep a provider's configuration, in place of the one of the same key; secrets in the clear are sealed."""
    await session.merge(
        ProviderRow(
            key=provider.key,
            label=provider.label,
            issuer=provider.issuer,
            discovery_url=provider.discovery_url,
            client_id=provider.client_id,
            client_secret="",
            sealed_secret=_sealed(provider.client_secret, sealer),
            algorithm=provider.algorithm,
            token_method=provider.token_method,
            scopes=" ".join(provider.scopes),
            profile=provider.profile,
            is_enabled=provider.is_enabled,
            authorization_endpoint=provider.authorization_endpoint,
            sealed_key=_sealed(provider.client_key, sealer),
            certificate=provider.certificate,
            sealed_certificate_key=_sealed(provider.certificate_key, sealer),
            parameters=json.dumps(dict(provider.parameters), ensure_ascii=False),
            userinfo=provider.userinfo,
            name_claim=provider.name_claim,
            email_claim=provider.email_claim,
            organisation_claim=provider.organisation_claim,
            national_claim=provider.national_claim,
            reading_acr=" ".join(provider.reading_acr),
            visa_acr=" ".join(provider.visa_acr),
            fresh_login=provider.fresh_login,
            idle_minutes=provider.idle_minutes,
            session_hours=provider.session_hours,
            logout=" ".join(provider.logout),
        )
    )


def _sealed(secret: Secret, sealer: Sealer) -> str:
    if isinstance(secret, Sealed):
        return secret.text
    return sealer.seal(secret) if secret else ""


async def set_enabled(session: AsyncSession, key: str, *, is_enabled: bool) -> None:
    """Open a provider to people, or close it."""
    await session.execute(update(ProviderRow).where(col(ProviderRow.key) == key).values(is_enabled=is_enabled))


async def seal_clear(session: AsyncSession, sealer: Sealer) -> int:
    """Seal the secrets that an earlier version kept in the clear; how many there were."""
    rows = list((await session.execute(select(ProviderRow).where(col(ProviderRow.client_secret) != ""))).scalars())
    for row in rows:
        row.sealed_secret, row.client_secret = sealer.seal(row.client_secret), ""
    return len(rows)


async def reseal(session: AsyncSession, sealer: Sealer) -> int:
    """Seal every secret by the first key; how many providers have one.

    Raises:
        SealBroken: none of the keys opens one; the transaction must not be committed.
    """
    await seal_clear(session, sealer)
    rows = list((await session.execute(select(ProviderRow))).scalars())
    for row in rows:
        for name in ("sealed_secret", "sealed_key", "sealed_certificate_key"):
            if kept := getattr(row, name):
                setattr(row, name, sealer.reseal(kept))
    return sum(bool(row.sealed_secret or row.sealed_key or row.sealed_certificate_key) for row in rows)
