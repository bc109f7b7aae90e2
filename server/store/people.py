"""People, seats, sessions and sign-ins under way in the database."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from auth.oidc import Attempt
from auth.people import Seat, Visitor
from auth.policy import Role
from auth.session import Limits, Session, hashed
from server.store.tables import AttemptRow, MemberRow, PartyRow, PersonRow, SessionRow

SEEN_EVERY_S = 60  # a gesture is written down at most once a minute


async def person(session: AsyncSession, issuer: str, subject: str, name: str, now: datetime) -> int:
    """The number of the person `(issuer, subject)`, made when new; the name is the provider's latest."""
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
    await session.flush()
    return row.id or 0


async def seat(session: AsyncSession, contract_id: str, person_id: int) -> Seat | None:
    """A person's seat in a contract, None for a stranger."""
    found = await _seats(session, col(MemberRow.contract_id) == contract_id, col(MemberRow.person_id) == person_id)
    return found[0] if found else None


async def seats(session: AsyncSession, person_id: int) -> list[Seat]:
    """A person's seats in every contract."""
    return await _seats(session, col(MemberRow.person_id) == person_id)


async def _seats(session: AsyncSession, *which: ColumnElement[bool]) -> list[Seat]:
    wanted = select(MemberRow, PartyRow).join(PartyRow, col(MemberRow.party_id) == col(PartyRow.id)).where(*which)
    return [_seat(member, party) for member, party in (await session.execute(wanted)).all()]


def _seat(member: MemberRow, party: PartyRow) -> Seat:
    return Seat(member.id or 0, party.id or 0, member.name, member.function, Role(member.role), party.is_signing)


async def seats_of(session: AsyncSession, contract_id: str) -> dict[int, Seat]:
    """Every seat of a contract that somebody holds, by the number of that person."""
    wanted = (
        select(MemberRow, PartyRow)
        .join(PartyRow, col(MemberRow.party_id) == col(PartyRow.id))
        .where(col(MemberRow.contract_id) == contract_id, col(MemberRow.person_id).is_not(None))
    )
    return {member.person_id or 0: _seat(member, party) for member, party in (await session.execute(wanted)).all()}


async def names(session: AsyncSession, contract_id: str, persons: Collection[int]) -> dict[int, str]:
    """How a contract calls people: by the name of their seat or, when they have none any more, by their own."""
    theirs = and_(col(MemberRow.person_id) == col(PersonRow.id), col(MemberRow.contract_id) == contract_id)
    wanted = (
        select(PersonRow.id, PersonRow.name, MemberRow.name)
        .join(MemberRow, theirs, isouter=True)
        .where(col(PersonRow.id).in_(persons))
    )
    return {number or 0: seat or own for number, own, seat in (await session.execute(wanted)).all()}


async def bind(session: AsyncSession, contract_id: str, key: str, person_id: int | None) -> None:
    """Give a member's seat to a person; None frees it."""
    await session.execute(
        update(MemberRow)
        .where(col(MemberRow.contract_id) == contract_id, col(MemberRow.key) == key)
        .values(person_id=person_id)
    )


async def open_session(session: AsyncSession, token: str, person_id: int, provider: str, now: datetime) -> None:
    """Keep a new session; the token itself is not kept."""
    session.add(
        SessionRow(token_hash=hashed(token), person_id=person_id, provider=provider, created_at=now, seen_at=now)
    )


async def visitor(
    session: AsyncSession, token: str, contract_id: str, now: datetime, limits: Limits
) -> tuple[Visitor, Seat | None, bool] | None:
    """Who holds `token`, their seat in a contract, and whether the gesture should be written down.

    None when the session is over. One question, because every request and every connection begins with it.
    """
    theirs = and_(col(MemberRow.person_id) == col(PersonRow.id), col(MemberRow.contract_id) == contract_id)
    wanted = (
        select(SessionRow, PersonRow, MemberRow, PartyRow)
        .join(PersonRow, col(SessionRow.person_id) == col(PersonRow.id))
        .join(MemberRow, theirs, isouter=True)
        .join(PartyRow, col(MemberRow.party_id) == col(PartyRow.id), isouter=True)
        .where(col(SessionRow.token_hash) == hashed(token))
    )
    found = (await session.execute(wanted)).first()
    if found is None or _session(found[0]).is_over(now, limits):
        return None
    row, who, member, party = found
    own = Visitor(who.id or 0, row.id or 0, who.name, row.created_at + limits.absolute)
    seat = _seat(member, party) if member and party else None
    return own, seat, (now - row.seen_at).total_seconds() >= SEEN_EVERY_S


def _session(row: SessionRow) -> Session:
    return Session(row.id or 0, row.person_id, row.provider, row.created_at, row.seen_at, row.revoked_at)


async def sessions_of(session: AsyncSession, contract_id: str, now: datetime, limits: Limits) -> dict[int, Session]:
    """The sessions of a contract's people, but for those that have been too old for as long as they may live."""
    holders = select(MemberRow.person_id).where(col(MemberRow.contract_id) == contract_id)
    wanted = select(SessionRow).where(
        col(SessionRow.person_id).in_(holders), col(SessionRow.created_at) > now - 2 * limits.absolute
    )
    return {row.id or 0: _session(row) for row in (await session.execute(wanted)).scalars()}


async def seen(session: AsyncSession, session_id: int, now: datetime) -> None:
    """Write down a person's gesture."""
    await session.execute(update(SessionRow).where(col(SessionRow.id) == session_id).values(seen_at=now))


async def end_session(session: AsyncSession, session_id: int, now: datetime) -> None:
    """End a session for good."""
    await session.execute(update(SessionRow).where(col(SessionRow.id) == session_id).values(revoked_at=now))


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
    )


async def forget_attempts(session: AsyncSession, before: datetime) -> None:
    """Drop the sign-ins nobody finished."""
    await session.execute(delete(AttemptRow).where(col(AttemptRow.started_at) < before))
