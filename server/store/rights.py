"""One number that grows whenever somebody loses a right or a session, so that every process can tell in one look."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from server.store.tables_of_sessions import RightsRow


async def changed(session: AsyncSession) -> None:
    """Have every process look at its open pages within two seconds of this transaction's commit.

    A row that is counted up, not lines that are added: those who change it wait for each other, so nobody can read a
    number and miss a change that was begun before it and committed after.
    """
    await session.execute(update(RightsRow).values(revision=col(RightsRow.revision) + 1))


async def revision(session: AsyncSession) -> int:
    """The number now."""
    return (await session.execute(select(RightsRow.revision))).scalar_one()
