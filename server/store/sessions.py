"""Sessions in the database: opened, looked up by every request, ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from auth.browsers import Device
from auth.identity import Identity
from auth.people import Seat, Visitor
from auth.session import Ending, Limits, Session, Which, hashed
from server.store import rights
from server.store.people import seat_of
from server.store.tables import MemberRow, PartyRow, PersonRow
from server.store.tables_of_sessions import IntentRow, SessionRow

SEEN_EVERY_S = 60  # a gesture is written down at most once a minute
LONGEST = timedelta(hours=24)  # twice as long as any session may live


@dataclass(frozen=True)
class Proof:
    """What the provider said of the sign-in that a session stands on; `id_token` is sealed."""

    sid: str | None = None
    acr: str | None = None
    auth_time: datetime | None = None
    id_token: str = ""

    @classmethod
    def of(cls, identity: Identity, sealed: str) -> "Proof":
        """What to keep of an identity."""
        return cls(identity.sid, identity.acr, identity.auth_time, sealed)


_CONFIRMED_NOTHING = col(SessionRow.id).not_in(select(IntentRow.session_id))
NO_PROOF, NO_DEVICE = Proof(), Device()
USUAL = Limits(idle_minutes=30, hours=12)


async def open_session(
    session: AsyncSession,
    token: str,
    person_id: int,
    provider: str,
    now: datetime,
    *,
    limits: Limits = USUAL,
    proof: Proof = NO_PROOF,
    device: Device = NO_DEVICE,
) -> None:
    """Keep a new session; the token itself is not kept."""
    session.add(
        SessionRow(
            token_hash=hashed(token),
            person_id=person_id,
            provider=provider,
            created_at=now,
            seen_at=now,
            idle_minutes=limits.idle_minutes,
            hours=limits.hours,
            sid=proof.sid,
            acr=proof.acr,
            auth_time=proof.auth_time,
            id_token=proof.id_token,
            browser=device.browser,
            system=device.system,
        )
    )


async def visitor(
    session: AsyncSession, token: str, contract_id: str, now: datetime
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
    if found is None or (kept := _session(found[0])).is_over(now):
        return None
    row, who, member, party = found
    own = Visitor(who.id or 0, row.id or 0, who.name, kept.until, kept.limits.idle)
    seat = seat_of(member, party) if member and party else None
    return own, seat, (now - row.seen_at).total_seconds() >= SEEN_EVERY_S


def _session(row: SessionRow) -> Session:
    limits = Limits(row.idle_minutes, row.hours)
    return Session(row.id or 0, row.person_id, row.provider, row.created_at, row.seen_at, row.revoked_at, limits)


async def sessions_of(session: AsyncSession, contract_id: str, now: datetime) -> dict[int, Session]:
    """The sessions of a contract's people, but for those that have been too old for as long as they may live."""
    holders = select(MemberRow.person_id).where(col(MemberRow.contract_id) == contract_id)
    wanted = select(SessionRow).where(
        col(SessionRow.person_id).in_(holders), col(SessionRow.created_at) > now - LONGEST
    )
    return {row.id or 0: _session(row) for row in (await session.execute(wanted)).scalars()}


async def seen(session: AsyncSession, session_id: int, now: datetime) -> None:
    """Write down a person's gesture."""
    await session.execute(update(SessionRow).where(col(SessionRow.id) == session_id).values(seen_at=now))


@dataclass(frozen=True)
class Shown:
    """A session as its person sees it in their list."""

    kept: Session
    device: Device


async def open_of(session: AsyncSession, person_id: int, now: datetime) -> list[Shown]:
    """A person's sessions that are not over, the one used last first."""
    rows = await _open(session, [person_id], now)
    return [Shown(_session(row), Device(row.browser, row.system)) for row in rows]


async def with_open(session: AsyncSession, persons: Collection[int], now: datetime) -> set[int]:
    """Who of some persons has a session that is not over."""
    return {row.person_id for row in await _open(session, persons, now)}


async def _open(session: AsyncSession, persons: Collection[int], now: datetime) -> list[SessionRow]:
    wanted = (
        select(SessionRow)
        .where(
            col(SessionRow.person_id).in_(persons),
            col(SessionRow.revoked_at).is_(None),
            col(SessionRow.created_at) > now - LONGEST,
        )
        .order_by(col(SessionRow.seen_at).desc(), col(SessionRow.id).desc())
    )
    return [row for row in (await session.execute(wanted)).scalars() if not _session(row).is_over(now)]


async def renew(session: AsyncSession, session_id: int, token: str, proof: Proof, now: datetime) -> None:
    """Let a session go on under a new token, its person having signed in again; it ends no later than it would."""
    await session.execute(
        update(SessionRow)
        .where(col(SessionRow.id) == session_id)
        .values(
            token_hash=hashed(token),
            seen_at=now,
            stepped_up_at=now,
            sid=proof.sid,
            acr=proof.acr,
            auth_time=proof.auth_time,
            id_token=proof.id_token,
        )
    )


async def sealed_token(session: AsyncSession, session_id: int) -> tuple[str, str] | None:
    """A session's provider and its ID token, sealed; None when there is no such session."""
    wanted = select(SessionRow.provider, SessionRow.id_token).where(col(SessionRow.id) == session_id)
    found = (await session.execute(wanted)).first()
    return None if found is None else (found[0], found[1])


async def end(session: AsyncSession, which: Which, why: Ending, now: datetime) -> dict[int, int]:
    """End sessions for good; those that were open until now, each with its person.

    Once this transaction is committed every process closes their pages: this one at once if
    `server.sessions.ending` does it.
    """
    if which.means_none:
        return {}
    wanted = (
        select(SessionRow.id, SessionRow.person_id)
        .join(PersonRow, col(SessionRow.person_id) == col(PersonRow.id))
        .where(col(SessionRow.revoked_at).is_(None), *_meant(which))
    )
    found = {number or 0: person_id for number, person_id in (await session.execute(wanted)).all()}
    if found:
        over = update(SessionRow).where(col(SessionRow.id).in_(found), col(SessionRow.revoked_at).is_(None))
        await session.execute(over.values(revoked_at=now, ended_why=why.value))
        await rights.changed(session)
    return found


def _meant(which: Which) -> list[ColumnElement[bool]]:
    said = (
        (which.person_id, col(SessionRow.person_id)),
        (which.provider, col(SessionRow.provider)),
        (which.sid, col(SessionRow.sid)),
        (which.subject, col(PersonRow.subject)),
    )
    meant = [column == value for value, column in said if value is not None]
    if which.ids is not None:
        meant.append(col(SessionRow.id).in_(which.ids))
    if which.party_id is not None:
        holders = select(MemberRow.person_id).where(col(MemberRow.party_id) == which.party_id)
        meant.append(col(SessionRow.person_id).in_(holders))
    if which.but is not None:
        meant.append(col(SessionRow.id) != which.but)
    return meant


async def forget_tokens(session: AsyncSession, now: datetime) -> None:
    """Drop the ID tokens of sessions that are long over: nobody signs out of those."""
    old = update(SessionRow).where(col(SessionRow.created_at) <= now - LONGEST, col(SessionRow.id_token) != "")
    await session.execute(old.values(id_token=""))


async def count_of(session: AsyncSession, person_id: int) -> int:
    """How many sessions of a person are kept."""
    wanted = select(func.count()).where(col(SessionRow.person_id) == person_id)
    return int((await session.execute(wanted)).scalar_one())


async def purge(session: AsyncSession, before: datetime) -> int:
    """Forget the sessions that were over before a moment, but for those that something was confirmed in; how many."""
    over = or_(col(SessionRow.revoked_at) < before, col(SessionRow.created_at) < before - LONGEST)
    gone = await session.execute(delete(SessionRow).where(over, _CONFIRMED_NOTHING))
    return gone.rowcount  # type: ignore[attr-defined,no-any-return]  # a deletion has one


async def erase(session: AsyncSession, person_id: int) -> None:
    """Forget a person's sessions; one that something was confirmed in keeps its number and its moments only."""
    theirs = col(SessionRow.person_id) == person_id
    await session.execute(delete(SessionRow).where(theirs, _CONFIRMED_NOTHING))
    await session.execute(update(SessionRow).where(theirs).values(sid=None, id_token="", browser="", system=""))
