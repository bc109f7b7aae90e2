"""Erase what is known of a person; what they did stays attributable to a number, and everything still verifies."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import scrypt
from secrets import token_bytes

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select, update

from auth.session import Ending, Which
from server.domain.people.security import SecurityKind
from server.domain.refusals import N_
from server.store import administrators, invitations, mandates, people, security, sessions
from server.store.engine import Store
from server.store.tables import MemberRow, PersonRow

ERASED = "erased"  # how the subject of a person who was forgotten begins
NAMED = N_("Personne effacée n° {number}")
SALT_BYTES, COST, BLOCK = 16, 2**14, 8  # of scrypt: a subject that is somebody's login must be long to guess


class ForgetRefused(Exception):
    """A person who cannot be forgotten; the message names the remedy."""


@dataclass(frozen=True)
class Known:
    """What is known of a person: what `entente people forget` says before it erases."""

    number: int
    name: str
    issuer: str
    seats: tuple[tuple[str, str], ...]  # contract, seat
    sessions: int
    invitations: int
    is_administrator: bool
    is_forgotten: bool


async def known(store: Store, issuer: str, subject: str | None) -> Known:
    """What is known of the person `subject` of `issuer`; without a subject, of the person of that number.

    Raises:
        ForgetRefused: there is nobody like that.
    """
    async with store.reading() as session:
        row = await _person(session, issuer, subject)
        seats = [(one.contract_id, one.key) for one in await _seats(session, row)]
        return Known(
            number=row.id or 0,
            name=row.name,
            issuer=row.issuer,
            seats=tuple(seats),
            sessions=await sessions.count_of(session, row.id or 0),
            invitations=await invitations.count_of(session, row.id or 0),
            is_administrator=await administrators.is_administrator(session, row.id or 0),
            is_forgotten=row.forgotten_at is not None,
        )


async def _person(session: AsyncSession, issuer: str, subject: str | None) -> PersonRow:
    if subject is not None:
        which = [col(PersonRow.issuer) == issuer, col(PersonRow.subject) == subject]
    elif issuer.isascii() and issuer.isdecimal() and len(issuer) < 10:
        which = [col(PersonRow.id) == int(issuer)]
    else:
        raise ForgetRefused("give an issuer and a subject, or a number: `entente member list` and `waiting` show them")
    row = (await session.execute(select(PersonRow).where(*which))).scalar_one_or_none()
    row = row or await _erased(session, issuer, subject or "")
    if row is None:
        raise ForgetRefused("nobody is known by that; subjects are compared letter for letter")
    return row


async def _erased(session: AsyncSession, issuer: str, subject: str) -> PersonRow | None:
    """Who of an issuer was forgotten and had that subject."""
    erased = select(PersonRow).where(col(PersonRow.issuer) == issuer, col(PersonRow.forgotten_at).is_not(None))
    rows = (await session.execute(erased)).scalars()
    return next((row for row in rows if is_digest_of(row.subject, subject)), None)


async def _seats(session: AsyncSession, person: PersonRow) -> list[MemberRow]:
    wanted = select(MemberRow).where(col(MemberRow.person_id) == person.id).order_by(col(MemberRow.id))
    return list((await session.execute(wanted)).scalars())


async def forget(store: Store, number: int, now: datetime) -> str:
    """Erase a person: name, subject, reference, addresses, sessions; free their seats, which lose the name too.

    What stays: the number that acts and texts are signed with, the acts as they were written, the mandates by which
    the person bound a party, and the proofs of what they confirmed. Returns what they are called now.

    Raises:
        ForgetRefused: nobody of that number, forgotten already, or the last platform administrator.
    """
    async with store.writing() as session:
        row = await session.get(PersonRow, number, with_for_update=True)
        if row is None or row.forgotten_at is not None:
            raise ForgetRefused(f"person {number} is not known, or was forgotten already")
        await _dismiss(session, number)
        called = NAMED.format(number=number)
        for seat in await _seats(session, row):
            await mandates.end_of_seat(session, seat.contract_id, seat.key, None, now)
            await people.bind(session, seat.contract_id, seat.key, None)
            await session.execute(update(MemberRow).where(col(MemberRow.id) == seat.id).values(name=called))
        await sessions.end(session, Which(person_id=number), Ending.ACCOUNT_CLOSED, now)
        await sessions.erase(session, number)
        await invitations.forget(session, number)
        row.subject, row.name, row.reference, row.forgotten_at = digest(row.subject), called, None, now
        await security.note(session, SecurityKind.PERSON_FORGOTTEN, at=now, person_id=number)
    return called


async def _dismiss(session: AsyncSession, number: int) -> None:
    everyone = await administrators.everyone(session)
    if everyone == [number]:
        raise ForgetRefused("this is the only platform administrator: `entente admin invite` somebody else first")
    await administrators.dismiss(session, number)


def digest(subject: str) -> str:
    """What is kept of a subject: whoever shows it is recognised, and nobody can read it back."""
    salt = token_bytes(SALT_BYTES)
    return f"{ERASED}:{salt.hex()}:{_stretched(subject, salt)}"


def is_digest_of(kept: str, subject: str) -> bool:
    """Whether `kept` is what was left of `subject`."""
    erased, _, rest = kept.partition(":")
    salt, _, stretched = rest.partition(":")
    return erased == ERASED and _stretched(subject, bytes.fromhex(salt)) == stretched


def _stretched(subject: str, salt: bytes) -> str:
    return scrypt(subject.encode(), salt=salt, n=COST, r=BLOCK, p=1, dklen=32).hex()
