"""Intents in the database: made, used once, and kept with their proof."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from auth.sealing import Sealer
from server.domain.people.intents import Intent, IntentKind, KeptIntent
from server.store.tables_of_sessions import IntentRow


@dataclass(frozen=True)
class Evidence:
    """What a provider said when an intent was confirmed: its token, sealed, and its key as it was then, as JSON.

    `acr` is the level that was wanted and reached; None: none was wanted, a sign-in as fresh as `auth_time` sufficed.
    """

    id_token: str
    keys: str
    acr: str | None
    auth_time: datetime | None


async def keep(
    session: AsyncSession, intent: Intent, details: dict[str, Any], *, session_id: int, provider: str, now: datetime
) -> int:
    """Keep an intent until it is confirmed, or for the record that it was not."""
    row = IntentRow(
        kind=intent.kind.value,
        contract_id=intent.contract_id,
        section_id=intent.section_id,
        meeting_id=intent.meeting_id,
        party_id=intent.party_id,
        person_id=intent.person_id,
        digest=intent.digest,
        random=intent.random,
        details=json.dumps(details, ensure_ascii=False),
        session_id=session_id,
        provider=provider,
        made_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id or 0


async def take(session: AsyncSession, intent_id: int, now: datetime) -> KeptIntent | None:
    """The intent of that number, used from now on; None when it was already, or there is none."""
    unused = update(IntentRow).where(col(IntentRow.id) == intent_id, col(IntentRow.used_at).is_(None))
    done = await session.execute(unused.values(used_at=now).returning(col(IntentRow.id)))
    if done.scalar_one_or_none() is None:
        return None
    row = await session.get_one(IntentRow, intent_id, populate_existing=True)
    intent = Intent(
        kind=IntentKind(row.kind),
        person_id=row.person_id,
        digest=row.digest,
        random=row.random,
        contract_id=row.contract_id,
        section_id=row.section_id,
        meeting_id=row.meeting_id,
        party_id=row.party_id,
    )
    return KeptIntent(row.id or 0, intent, json.loads(row.details), row.session_id, row.provider, row.made_at)


async def confirm(session: AsyncSession, intent_id: int, evidence: Evidence, now: datetime) -> None:
    """Write down that an intent was confirmed, and by what."""
    await session.execute(
        update(IntentRow)
        .where(col(IntentRow.id) == intent_id)
        .values(
            confirmed_at=now,
            id_token=evidence.id_token,
            keys=evidence.keys,
            acr=evidence.acr,
            auth_time=evidence.auth_time,
        )
    )


async def reseal(session: AsyncSession, sealer: Sealer) -> None:
    """Seal every proof by the first key.

    Raises:
        SealBroken: none of the keys opens one; the transaction must not be committed.
    """
    for row in (await session.execute(select(IntentRow).where(col(IntentRow.id_token) != ""))).scalars():
        row.id_token = sealer.reseal(row.id_token)
