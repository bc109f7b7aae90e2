"""Acts on a contract in the database: written once, read in order."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from server.domain.contract.acts import Act
from server.store.tables import ActRow, PersonRow

CREATED = "created"  # the kind of the act that begins a contract


async def keep(
    session: AsyncSession,
    contract_id: str,
    person_id: int,
    party_id: int,
    kind: str,
    details: dict[str, Any],
    at: datetime,
) -> None:
    """Write an act down, in the transaction that does it."""
    session.add(
        ActRow(
            contract_id=contract_id,
            person_id=person_id,
            party_id=party_id,
            at=at,
            kind=kind,
            details=json.dumps(details, ensure_ascii=False),
        )
    )


async def acts(session: AsyncSession, contract_id: str, *, kind: str | None = None) -> list[Act]:
    """The acts on a contract, or those of one kind, newest first."""
    wanted = (
        select(ActRow, PersonRow.name)
        .join(PersonRow, col(PersonRow.id) == col(ActRow.person_id))
        .where(col(ActRow.contract_id) == contract_id, *([col(ActRow.kind) == kind] if kind else []))
        .order_by(col(ActRow.id).desc())
    )
    return [
        Act(row.kind, json.loads(row.details), name, row.party_id, row.at)
        for row, name in (await session.execute(wanted)).all()
    ]


async def last(session: AsyncSession, contract_id: str) -> int:
    """The number of the newest act on a contract, 0 when there is none: which version of the contract a page shows."""
    newest = select(func.max(ActRow.id)).where(col(ActRow.contract_id) == contract_id)
    return (await session.execute(newest)).scalar_one() or 0


async def contracts_begun_by(session: AsyncSession, issuer: str) -> set[str]:
    """The contracts that people of one provider began in the page."""
    wanted = (
        select(ActRow.contract_id)
        .join(PersonRow, col(PersonRow.id) == col(ActRow.person_id))
        .where(col(ActRow.kind) == CREATED, col(PersonRow.issuer) == issuer)
    )
    return set((await session.execute(wanted)).scalars())
