"""Invitations in the database: kept by the hash of their link, found by it, accepted once."""

from datetime import datetime

from sqlalchemy import func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select, update

from auth.session import hashed
from server.domain.people.invitations import Invitation, Wanted
from server.store.tables_of_people import InvitationRow


async def keep(
    session: AsyncSession,
    token: str,
    wanted: Wanted,
    *,
    contract_id: str | None,
    seat_key: str,
    by: int | None,
    now: datetime,
) -> None:
    """Keep an invitation in place of the open ones to the same seat; the token itself is not kept."""
    await revoke(session, contract_id, seat_key, now, email="" if contract_id else wanted.email)
    session.add(
        InvitationRow(
            token_hash=hashed(token),
            contract_id=contract_id,
            seat_key=seat_key,
            email=wanted.email,
            provider=wanted.provider,
            invited_by=by,
            created_at=now,
            expires_at=now + wanted.life,
        )
    )
    await session.flush()


async def found(session: AsyncSession, token: str) -> Invitation | None:
    """The invitation of a link."""
    row = (
        await session.execute(select(InvitationRow).where(col(InvitationRow.token_hash) == hashed(token)))
    ).scalar_one_or_none()
    return None if row is None else _invitation(row)


async def numbered(session: AsyncSession, invitation_id: int, *, is_to_change: bool = False) -> Invitation | None:
    """An invitation by its number; held still, and read anew, when it is to be changed."""
    row = await session.get(
        InvitationRow, invitation_id, with_for_update=is_to_change or None, populate_existing=is_to_change
    )
    return None if row is None else _invitation(row)


async def of_contract(session: AsyncSession, contract_id: str) -> list[Invitation]:
    """The invitations to a contract's seats that may still be accepted or have only run out, the newest first."""
    return await _open(session, contract_id)


async def of_platform(session: AsyncSession) -> list[Invitation]:
    """The invitations to the administration of the platform, likewise."""
    return await _open(session, None)


async def _open(session: AsyncSession, contract_id: str | None) -> list[Invitation]:
    wanted = (
        select(InvitationRow)
        .where(
            col(InvitationRow.contract_id) == contract_id if contract_id else col(InvitationRow.contract_id).is_(None),
            col(InvitationRow.accepted_at).is_(None),
            col(InvitationRow.revoked_at).is_(None),
        )
        .order_by(col(InvitationRow.id).desc())
    )
    return [_invitation(row) for row in (await session.execute(wanted)).scalars()]


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        row.id or 0,
        row.contract_id,
        row.seat_key,
        row.email,
        row.provider,
        row.created_at,
        row.expires_at,
        row.invited_by,
        row.accepted_at,
        row.revoked_at,
    )


async def accept(session: AsyncSession, invitation_id: int, person_id: int, now: datetime) -> None:
    """Write down who accepted an invitation, and when."""
    row = await session.get_one(InvitationRow, invitation_id)
    row.accepted_at, row.accepted_by = now, person_id


async def revoke(
    session: AsyncSession, contract_id: str | None, seat_key: str, now: datetime, *, email: str = ""
) -> int:
    """Take back the open invitations to a seat, or those to the administration sent to `email`; how many."""
    where = [
        col(InvitationRow.contract_id) == contract_id if contract_id else col(InvitationRow.contract_id).is_(None),
        col(InvitationRow.seat_key) == seat_key,
        col(InvitationRow.accepted_at).is_(None),
        col(InvitationRow.revoked_at).is_(None),
    ]
    if email:
        where.append(col(InvitationRow.email) == email)
    done = await session.execute(update(InvitationRow).where(*where).values(revoked_at=now))
    return done.rowcount  # type: ignore[attr-defined,no-any-return]  # an update has one


async def purge(session: AsyncSession, before: datetime) -> int:
    """Forget the invitations that were over before a moment; how many they were."""
    over = or_(
        col(InvitationRow.accepted_at) < before,
        col(InvitationRow.revoked_at) < before,
        col(InvitationRow.expires_at) < before,
    )
    gone = await session.execute(delete(InvitationRow).where(over))
    return gone.rowcount  # type: ignore[attr-defined,no-any-return]  # a deletion has one


async def count_of(session: AsyncSession, person_id: int) -> int:
    """How many invitations a person accepted."""
    wanted = select(func.count()).where(col(InvitationRow.accepted_by) == person_id)
    return int((await session.execute(wanted)).scalar_one())


async def forget(session: AsyncSession, person_id: int) -> int:
    """Forget the invitations that a person accepted, addresses included; how many they were."""
    gone = await session.execute(delete(InvitationRow).where(col(InvitationRow.accepted_by) == person_id))
    return gone.rowcount  # type: ignore[attr-defined,no-any-return]  # a deletion has one
