"""Platform administrators in the database: they manage providers and people's access, and read no contract by it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from server.store.tables import AdministratorRow, PersonRow


async def is_administrator(session: AsyncSession, person_id: int) -> bool:
    """Whether this person administers the platform."""
    return await session.get(AdministratorRow, person_id) is not None


async def appoint(session: AsyncSession, person_id: int, now: datetime, by: int | None) -> None:
    """Make a person a platform administrator; `by` is None for the command line."""
    if not await is_administrator(session, person_id):
        session.add(AdministratorRow(person_id=person_id, added_at=now, added_by=by))


async def dismiss(session: AsyncSession, person_id: int) -> None:
    """Take the administration of the platform from a person."""
    await session.execute(delete(AdministratorRow).where(col(AdministratorRow.person_id) == person_id))


async def everyone(session: AsyncSession, *, is_to_change: bool = False) -> list[int]:
    """The persons who administer the platform, the first appointed first; held still when one is to be removed."""
    wanted = select(AdministratorRow.person_id).order_by(col(AdministratorRow.added_at))
    return list((await session.execute(wanted.with_for_update() if is_to_change else wanted)).scalars())


@dataclass(frozen=True, slots=True)
class Appointed:
    """An administrator of the platform, as their provider knows them, and since when."""

    person_id: int
    name: str
    issuer: str
    subject: str
    since: datetime


async def appointed(session: AsyncSession) -> list[Appointed]:
    """The administrators of the platform, the first appointed first."""
    wanted = (
        select(AdministratorRow, PersonRow)
        .join(PersonRow, col(AdministratorRow.person_id) == col(PersonRow.id))
        .order_by(col(AdministratorRow.added_at))
    )
    return [
        Appointed(row.person_id, person.name, person.issuer, person.subject, row.added_at)
        for row, person in (await session.execute(wanted)).all()
    ]
