"""The seats of a contract and who holds each."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from server.store.tables import ContractRow, MemberRow, PartyRow, PersonRow


@dataclass(frozen=True)
class Holder:
    """The person in a seat, as their provider knows them."""

    issuer: str
    subject: str
    name: str


@dataclass(frozen=True)
class HeldSeat:
    """A seat of a contract; `holder` is None while it is free."""

    key: str
    name: str
    party: str
    role: str
    holder: Holder | None


async def held_seats(session: AsyncSession, contract_id: str) -> list[HeldSeat]:
    """The seats of a contract in the order of its file."""
    wanted = (
        select(MemberRow, PartyRow, PersonRow)
        .join(PartyRow, col(MemberRow.party_id) == col(PartyRow.id))
        .outerjoin(PersonRow, col(MemberRow.person_id) == col(PersonRow.id))
        .where(col(MemberRow.contract_id) == contract_id)
        .order_by(col(MemberRow.position))
    )
    return [
        HeldSeat(member.key, member.name, party.short_name, member.role, _holder(person))
        for member, party, person in (await session.execute(wanted)).all()
    ]


def _holder(person: PersonRow | None) -> Holder | None:
    return None if person is None else Holder(person.issuer, person.subject, person.name)


async def seatless(session: AsyncSession) -> list[Holder]:
    """People who have signed in and sit in no contract, the newest first."""
    seated = select(MemberRow.person_id).where(col(MemberRow.person_id).is_not(None))
    wanted = select(PersonRow).where(col(PersonRow.id).not_in(seated)).order_by(col(PersonRow.created_at).desc())
    return [Holder(row.issuer, row.subject, row.name) for row in (await session.execute(wanted)).scalars()]


async def hold_still(session: AsyncSession, contract_id: str) -> bool:
    """Keep others from changing who sits in a contract until this transaction ends; False: no such contract."""
    return await session.get(ContractRow, contract_id, with_for_update=True) is not None


async def name_of(session: AsyncSession, issuer: str, subject: str) -> str | None:
    """The name a person was last known by, None for somebody new."""
    wanted = select(PersonRow.name).where(col(PersonRow.issuer) == issuer, col(PersonRow.subject) == subject)
    return (await session.execute(wanted)).scalar_one_or_none()


async def count_of(session: AsyncSession, issuer: str) -> int:
    """How many seats are held by people of an issuer."""
    wanted = select(MemberRow.id).join(PersonRow, col(MemberRow.person_id) == col(PersonRow.id))
    return len((await session.execute(wanted.where(col(PersonRow.issuer) == issuer))).all())
