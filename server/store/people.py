"""People, seats, providers and sign-ins under way in the database."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from auth.oidc import Attempt
from auth.people import Seat
from auth.policy import Role
from auth.reference import new_reference
from auth.session import hashed
from server.store import rights
from server.store.tables import MemberRow, PartyRow, PersonRow
from server.store.tables_of_sessions import AttemptRow


async def person(session: AsyncSession, issuer: str, subject: str, name: str, now: datetime) -> int:
    """The number of the person `(issuer, subject)`, made when new; the name is the provider's latest.

    Their reference is made with them: it is what they tell whoever is to give them a seat.
    """
    wanted = select(PersonRow).where(col(PersonRow.issuer) == issuer, col(PersonRow.subject) == subject)
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        try:
            async with session.begin_nested():
                session.add(PersonRow(issuer=issuer, subject=subject, name=name, created_at=now))
        except IntegrityError:
            pass  # somebody else made the same person at the same instant
        row = (await session.execute(wanted)).scalar_one()
    row.name = name
    row.reference = row.reference or new_reference()
    await session.flush()
    return row.id or 0


async def identity_of(session: AsyncSession, person_id: int) -> tuple[str, str]:
    """The issuer and the subject of a person."""
    row = await session.get_one(PersonRow, person_id)
    return row.issuer, row.subject


async def seat(session: AsyncSession, contract_id: str, person_id: int) -> Seat | None:
    """A person's seat in a contract, None for a stranger."""
    found = await _seats(session, col(MemberRow.contract_id) == contract_id, col(MemberRow.person_id) == person_id)
    return found[0] if found else None


async def seats(session: AsyncSession, person_id: int) -> list[Seat]:
    """A person's seats in every contract."""
    return await _seats(session, col(MemberRow.person_id) == person_id)


async def _seats(session: AsyncSession, *which: ColumnElement[bool]) -> list[Seat]:
    wanted = select(MemberRow, PartyRow).join(PartyRow, col(MemberRow.party_id) == col(PartyRow.id)).where(*which)
    return [seat_of(member, party) for member, party in (await session.execute(wanted)).all()]


def seat_of(member: MemberRow, party: PartyRow) -> Seat:
    """The seat that two rows make."""
    return Seat(member.id or 0, party.id or 0, member.name, member.function, Role(member.role), party.is_signing)


async def seats_of(session: AsyncSession, contract_id: str) -> dict[int, Seat]:
    """Every seat of a contract that somebody holds, by the number of that person."""
    wanted = (
        select(MemberRow, PartyRow)
        .join(PartyRow, col(MemberRow.party_id) == col(PartyRow.id))
        .where(col(MemberRow.contract_id) == contract_id, col(MemberRow.person_id).is_not(None))
    )
    return {member.person_id or 0: seat_of(member, party) for member, party in (await session.execute(wanted)).all()}


async def names(session: AsyncSession, contract_id: str, persons: Collection[int]) -> dict[int, str]:
    """How a contract calls people: by the name of their seat or, when they have none any more, by their own."""
    theirs = and_(col(MemberRow.person_id) == col(PersonRow.id), col(MemberRow.contract_id) == contract_id)
    wanted = (
        select(PersonRow.id, PersonRow.name, MemberRow.name)
        .join(MemberRow, theirs, isouter=True)
        .where(col(PersonRow.id).in_(persons))
    )
    return {number or 0: seat or own for number, own, seat in (await session.execute(wanted)).all()}


async def bind(
    session: AsyncSession, contract_id: str, key: str, person_id: int | None, at: datetime | None = None
) -> None:
    """Give a member's seat to a person; None frees it: whoever sat there is out within two seconds."""
    await session.execute(
        update(MemberRow)
        .where(col(MemberRow.contract_id) == contract_id, col(MemberRow.key) == key)
        .values(person_id=person_id, seated_at=at if person_id else None)
    )
    await rights.changed(session)


async def keep_attempt(session: AsyncSession, attempt: Attempt, browser: str) -> None:
    """Keep a sign-in under way, bound to a browser."""
    session.add(
        AttemptRow(
            state_hash=hashed(attempt.state),
            browser_hash=hashed(browser),
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            provider=attempt.provider,
            next_path=attempt.next_path,
            started_at=attempt.started_at,
            intent_id=attempt.intent_id,
            invitation_id=attempt.invitation_id,
        )
    )


async def take_attempt(session: AsyncSession, state: str, browser: str) -> Attempt | None:
    """The attempt of `state` if this browser began it; it is gone from now on, whoever asked."""
    row = await session.get(AttemptRow, hashed(state))
    if row is None:
        return None
    await session.delete(row)
    if row.browser_hash != hashed(browser):
        return None
    return Attempt(
        state=state,
        nonce=row.nonce,
        verifier=row.verifier,
        provider=row.provider,
        started_at=row.started_at,
        next_path=row.next_path,
        intent_id=row.intent_id,
        invitation_id=row.invitation_id,
    )


async def forget_attempts(session: AsyncSession, before: datetime) -> None:
    """Drop the sign-ins nobody finished."""
    await session.execute(delete(AttemptRow).where(col(AttemptRow.started_at) < before))
