"""Which parties want a closed text open to writing again; forgotten once it is, or closed anew."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, delete, select

from server.store.columns import Utc


class ReopeningRow(SQLModel, table=True):
    """A party's wish that a section be open to writing again."""

    __tablename__ = "reopening"
    section_id: str = Field(primary_key=True, foreign_key="section.id", max_length=20)
    party_id: int = Field(primary_key=True, foreign_key="party.id")
    person_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Utc)


async def wanted_by(session: AsyncSession, section_id: str) -> frozenset[int]:
    """The parties that want it."""
    wanted = select(ReopeningRow.party_id).where(col(ReopeningRow.section_id) == section_id)
    return frozenset((await session.execute(wanted)).scalars())


async def want(session: AsyncSession, section_id: str, party_id: int, person_id: int, at: datetime) -> None:
    """Keep that a party wants it; once is enough."""
    if party_id not in await wanted_by(session, section_id):
        session.add(ReopeningRow(section_id=section_id, party_id=party_id, person_id=person_id, at=at))
        await session.flush()


async def take_back(session: AsyncSession, section_id: str, party_id: int | None = None) -> None:
    """Forget a party's wish, or all of them."""
    which = [col(ReopeningRow.section_id) == section_id]
    which += [] if party_id is None else [col(ReopeningRow.party_id) == party_id]
    await session.execute(delete(ReopeningRow).where(*which))
