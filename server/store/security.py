"""The security journal in the database: written as things happen, read by who runs the server, forgotten in time."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from server.domain.people.security import SecurityEvent, SecurityKind, Told, tellable
from server.store.tables import SecurityEventRow


async def note(
    session: AsyncSession,
    kind: SecurityKind,
    *,
    at: datetime,
    person_id: int | None = None,
    provider: str = "",
    contract_id: str = "",
    **details: Told,
) -> None:
    """Write an event down, in the transaction that makes it; `details` hold no name, no secret, no word of a text."""
    row = SecurityEventRow(
        at=at,
        kind=kind.value,
        person_id=person_id,
        provider=provider,
        contract_id=contract_id,
        details=json.dumps(tellable(details), ensure_ascii=False),
    )
    session.add(row)
    await session.flush()


async def events(
    session: AsyncSession, *, since: datetime | None = None, kind: str | None = None, most: int = 1000
) -> list[SecurityEvent]:
    """The last events, or those of one kind, oldest first."""
    which: list[Any] = [col(SecurityEventRow.at) >= since] if since else []
    which += [col(SecurityEventRow.kind) == kind] if kind else []
    wanted = select(SecurityEventRow).where(*which).order_by(col(SecurityEventRow.id).desc()).limit(most)
    return [_event(row) for row in reversed((await session.execute(wanted)).scalars().all())]


def _event(row: SecurityEventRow) -> SecurityEvent:
    return SecurityEvent(
        row.id or 0, row.at, row.kind, row.person_id, row.provider, row.contract_id, json.loads(row.details)
    )


async def forget(session: AsyncSession, before: datetime) -> int:
    """Forget the events of before a moment; how many they were."""
    gone = await session.execute(delete(SecurityEventRow).where(col(SecurityEventRow.at) < before))
    return gone.rowcount  # type: ignore[attr-defined,no-any-return]  # a deletion has one
