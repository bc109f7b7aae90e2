"""The people of one party as its own people see them: who sits where, since when, through which provider."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from server.store.tables import MemberRow, PartyRow, PersonRow, ProviderRow
from server.store.tables_of_sessions import SessionRow


@dataclass(frozen=True, slots=True)
class Sitter:
    """Who sits in a seat; `provider` is what the last one they came through is called, `seen_at` their last gesture."""

    person_id: int
    name: str
    since: datetime | None
    provider: str
    seen_at: datetime | None
    has_open_session: bool


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has signed in and gave their reference."""

    person_id: int
    name: str
    issuer: str


async def sitters(session: AsyncSession, party_id: int, now: datetime) -> dict[str, Sitter]:
    """Who sits in the seats of a party, by the key of the seat."""
    wanted = (
        select(MemberRow, PersonRow)
        .join(PersonRow, col(MemberRow.person_id) == col(PersonRow.id))
        .where(col(MemberRow.party_id) == party_id)
    )
    held = [(member, person) for member, person in (await session.execute(wanted)).all()]
    last = await _last_sessions(session, [person.id or 0 for _, person in held])
    labels = dict((await session.execute(select(ProviderRow.key, ProviderRow.label))).all())
    return {member.key: _sitter(member, person, last.get(person.id or 0), labels, now) for member, person in held}


async def _last_sessions(session: AsyncSession, persons: list[int]) -> dict[int, SessionRow]:
    wanted = select(SessionRow).where(col(SessionRow.person_id).in_(persons)).order_by(col(SessionRow.seen_at))
    return {row.person_id: row for row in (await session.execute(wanted)).scalars()}


def _sitter(
    member: MemberRow, person: PersonRow, last: SessionRow | None, labels: dict[str, str], now: datetime
) -> Sitter:
    return Sitter(
        person_id=person.id or 0,
        name=person.name,
        since=member.seated_at,
        provider=labels.get(last.provider, last.provider) if last else "",
        seen_at=last.seen_at if last else None,
        has_open_session=last is not None and last.revoked_at is None,
    )


async def provider_of(session: AsyncSession, party_id: int) -> str | None:
    """The key of the provider that a party's people come through, None where any that is enabled will do."""
    wanted = select(PartyRow.provider).where(col(PartyRow.id) == party_id)
    return (await session.execute(wanted)).scalar_one_or_none()


async def party_row(session: AsyncSession, contract_id: str, key: str) -> PartyRow | None:
    """A party to be changed, None when the contract has none of that key."""
    wanted = select(PartyRow).where(col(PartyRow.contract_id) == contract_id, col(PartyRow.key) == key)
    return (await session.execute(wanted)).scalar_one_or_none()


async def parties_of_all(session: AsyncSession) -> list[PartyRow]:
    """The parties of every contract, for those who say whom each signs in with."""
    wanted = select(PartyRow).order_by(col(PartyRow.contract_id), col(PartyRow.position))
    return list((await session.execute(wanted)).scalars())


async def newcomer(session: AsyncSession, reference: str) -> Newcomer | None:
    """Whose reference it is."""
    wanted = select(PersonRow).where(col(PersonRow.reference) == reference, col(PersonRow.forgotten_at).is_(None))
    row = (await session.execute(wanted)).scalar_one_or_none()
    return None if row is None else Newcomer(row.id or 0, row.name, row.issuer)


async def reference_of(session: AsyncSession, person_id: int) -> str:
    """What a person tells whoever is to give them a seat."""
    wanted = select(PersonRow.reference).where(col(PersonRow.id) == person_id)
    return (await session.execute(wanted)).scalar_one_or_none() or ""
