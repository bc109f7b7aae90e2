"""What each party wants of the mode of a text; forgotten once the text changes its mode."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col, delete, select

from server.domain.proposals.modes import Wish, Wishes
from server.store.columns import Utc


class ModeWishRow(SQLModel, table=True):
    """A party's wish that a section be open to writing again, or frozen."""

    __tablename__ = "mode_wish"
    section_id: str = Field(primary_key=True, foreign_key="section.id", max_length=20)
    party_id: int = Field(primary_key=True, foreign_key="party.id")
    person_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Utc)
    wanted: str = Field(max_length=20)


async def kept(session: AsyncSession, section_id: str) -> Wishes:
    """What the parties want of a text."""
    rows = await session.execute(select(ModeWishRow).where(col(ModeWishRow.section_id) == section_id))
    return {row.party_id: Wish(row.wanted) for row in rows.scalars()}


async def want(session: AsyncSession, section_id: str, party_id: int, wish: Wish, person_id: int, at: datetime) -> None:
    """Keep what a party wants, in the place of what it wanted; once is enough."""
    if (await kept(session, section_id)).get(party_id) is not wish:
        row = ModeWishRow(section_id=section_id, party_id=party_id, person_id=person_id, at=at, wanted=wish.value)
        await session.merge(row)
        await session.flush()


async def forget(session: AsyncSession, section_id: str, party_id: int | None = None) -> None:
    """Forget a party's wish, or all of them."""
    which = [col(ModeWishRow.section_id) == section_id]
    which += [] if party_id is None else [col(ModeWishRow.party_id) == party_id]
    await session.execute(delete(ModeWishRow).where(*which))
