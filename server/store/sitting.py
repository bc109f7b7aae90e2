"""The people of one party as its own people see them: who sits where, since when, through which provider."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from server.store import sessions
from server.store.tables import MemberRow, PartyRow, PersonRow
from server.store.tables_of_sessions import ProviderRow, SessionRow


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
    persons = [person.id or 0 for _, person in held]
    visits, here = await _last_visits(session, persons), await sessions.with_open(session, persons, now)
    labels = dict((await session.execute(select(ProviderRow.key, ProviderRow.label))).all())
    return {
        member.key: Sitter(
            person_id=person.id or 0,
            name=person.name,
            since=member.seated_at,
            provider=labels.get(visit[0], visit[0]),
            seen_at=visit[1],
            has_open_session=person.id in here,
        )
        for member, person in held
        for visit in [visits.get(person.id or 0, ("", None))]
    }


async def _last_visits(session: AsyncSession, persons: list[int]) -> dict[int, tuple[str, datetime | None]]:
    """Through which provider each of some persons came last, and when they were last seen."""
    newest_first = (col(SessionRow.seen_at).desc(), col(SessionRow.id).desc())
    place = func.row_number().over(partition_by=col(SessionRow.person_id), order_by=newest_first).label("place")
    theirs = (
        sqlalchemy.select(col(SessionRow.person_id), col(SessionRow.provider), col(SessionRow.seen_at), place)
        .where(col(SessionRow.person_id).in_(persons))
        .subquery()
    )
    last = sqlalchemy.select(theirs.c.person_id, theirs.c.provider, theirs.c.seen_at).where(theirs.c.place == 1)
    return {person_id: (provider, seen_at) for person_id, provider, seen_at in (await session.execute(last)).all()}


async def provider_of(session: AsyncSession, party_id: int) -> str | None:
    """The key of the provider that a party's people come through, None where any that is enabled will do."""
    wanted = select(PartyRow.provider).where(col(PartyRow.id) == party_id)
    return (await session.execute(wanted)).scalar_one_or_none()


async def party_row(
    session: AsyncSession, contract_id: str, key: str, *, is_to_change: bool = False
) -> PartyRow | None:
    """A party, None when the contract has none of that key; held still when it is to be changed."""
    wanted = select(PartyRow).where(col(PartyRow.contract_id) == contract_id, col(PartyRow.key) == key)
    held = wanted.with_for_update().execution_options(populate_existing=True) if is_to_change else wanted
    return (await session.execute(held)).scalar_one_or_none()


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
