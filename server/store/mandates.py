"""Mandates and their documents in the database: recorded, ended, never deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select, update

from server.domain.contract.money import Cents
from server.domain.people.mandates import Basis, Mandate, MandateFacts
from server.store.tables_of_people import MandateDocumentRow, MandateRow

ID_BYTES = 10


@dataclass(frozen=True, slots=True)
class Paper:
    """A document kept beside a mandate; its bytes are fetched when somebody asks for them."""

    id: str
    mandate_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime


async def keep(
    session: AsyncSession,
    facts: MandateFacts,
    *,
    contract_id: str,
    party_id: int,
    seat_key: str,
    holder: str,
    by: int,
    at: datetime,
) -> str:
    """Record a mandate; its id."""
    mandate_id = token_hex(ID_BYTES)
    given = asdict(facts)
    cap = given.pop("cap")
    session.add(
        MandateRow(
            id=mandate_id,
            contract_id=contract_id,
            party_id=party_id,
            seat_key=seat_key,
            holder=holder,
            cap_cents=cap,
            recorded_by=by,
            recorded_at=at,
            **given,
        )
    )
    await session.flush()
    return mandate_id


async def of_contract(session: AsyncSession, contract_id: str) -> list[Mandate]:
    """The mandates of a contract's seats, those that have ended included, the oldest first."""
    wanted = (
        select(MandateRow)
        .where(col(MandateRow.contract_id) == contract_id)
        .order_by(col(MandateRow.recorded_at), col(MandateRow.id))
    )
    return [_mandate(row) for row in (await session.execute(wanted)).scalars()]


def _mandate(row: MandateRow) -> Mandate:
    return Mandate(
        id=row.id,
        party_id=row.party_id,
        seat_key=row.seat_key,
        holder=row.holder,
        title=row.title,
        basis=Basis(row.basis),
        reference=row.reference,
        dated=row.dated,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        scope=row.scope,
        cap=None if row.cap_cents is None else Cents(row.cap_cents),
        recorded_at=row.recorded_at,
        ended_at=row.ended_at,
    )


async def end(session: AsyncSession, mandate_id: str, by: int | None, at: datetime) -> None:
    """Write down that a mandate has ended."""
    row = await session.get_one(MandateRow, mandate_id)
    row.ended_at, row.ended_by = at, by


async def end_of_seat(session: AsyncSession, contract_id: str, seat_key: str, by: int | None, at: datetime) -> None:
    """End what a seat's holder may bind their party by: somebody else sits there, or nobody."""
    await session.execute(
        update(MandateRow)
        .where(
            col(MandateRow.contract_id) == contract_id,
            col(MandateRow.seat_key) == seat_key,
            col(MandateRow.ended_at).is_(None),
        )
        .values(ended_at=at, ended_by=by)
    )


async def add_paper(
    session: AsyncSession, mandate_id: str, name: str, media_type: str, content: bytes, by: int, at: datetime
) -> str:
    """Keep a document beside a mandate; its id."""
    paper_id = token_hex(ID_BYTES)
    session.add(
        MandateDocumentRow(
            id=paper_id,
            mandate_id=mandate_id,
            name=name,
            media_type=media_type,
            size=len(content),
            sha256=sha256(content).hexdigest(),
            content=content,
            added_by=by,
            added_at=at,
        )
    )
    await session.flush()
    return paper_id


_TOLD = (
    MandateDocumentRow.id,
    MandateDocumentRow.mandate_id,
    MandateDocumentRow.name,
    MandateDocumentRow.media_type,
    MandateDocumentRow.size,
    MandateDocumentRow.sha256,
    MandateDocumentRow.added_at,
)


async def papers(session: AsyncSession, mandates: Sequence[Mandate]) -> list[Paper]:
    """The documents of mandates, without their bytes, the oldest first."""
    wanted = (
        select(*_TOLD)  # type: ignore[call-overload]  # seven columns, more than sqlmodel's signatures count
        .where(col(MandateDocumentRow.mandate_id).in_([one.id for one in mandates]))
        .order_by(col(MandateDocumentRow.added_at), col(MandateDocumentRow.id))
    )
    return [Paper(*row) for row in (await session.execute(wanted)).all()]


async def count_papers(session: AsyncSession, mandate_id: str) -> int:
    """How many documents a mandate has."""
    wanted = select(func.count()).where(col(MandateDocumentRow.mandate_id) == mandate_id)
    return int((await session.execute(wanted)).scalar_one())


async def paper_bytes(session: AsyncSession, paper_id: str) -> bytes | None:
    """What a document holds."""
    wanted = select(MandateDocumentRow.content).where(col(MandateDocumentRow.id) == paper_id)
    found: bytes | None = (await session.execute(wanted)).scalar_one_or_none()
    return found
