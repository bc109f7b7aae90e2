"""Platform administrators in the database: they manage providers and people's access, and read no contract by it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from server.store.tables import AdministratorRow


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


async def everyone(session: AsyncSession) -> list[int]:
    """The persons who administer the platform, the first appointed first."""
    wanted = select(AdministratorRow.person_id).order_by(col(AdministratorRow.added_at))
    return list((await session.execute(wanted)).scalars())
