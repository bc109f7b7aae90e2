"""Who administers the platform: invited by a link, listed, removed; never the last one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.session import new_token
from server.domain.people.invitations import Wanted, read_invitation
from server.domain.people.security import SecurityKind
from server.domain.refusals import NotFound
from server.domain.refusals_of_people import LastAdministrator
from server.domain.sheets import Sheet
from server.store import administrators, invitations, security
from server.store.administrators import Appointed
from server.store.engine import Store


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation to administer just made: the only moment at which its token is known."""

    token: str
    email: str
    expires_at: datetime


async def invite(store: Store, by: int | None, sheet: Sheet, providers: Collection[str], now: datetime) -> Made:
    """Invite somebody to administer the platform; `by` is None for the command line.

    Raises:
        NotFound: `by` is no administrator any more.
        SheetRefused: what was typed is no invitation.
    """
    async with store.writing() as session:
        await _check(session, by)
        wanted: Wanted = read_invitation(sheet, providers)
        token = new_token()
        await invitations.keep(session, token, wanted, contract_id=None, seat_key="", by=by, now=now)
        await security.note(session, SecurityKind.INVITATION_MADE, at=now, person_id=by, provider=wanted.provider)
    return Made(token, wanted.email, now + wanted.life)


async def revoke(store: Store, by: int | None, invitation_id: int, now: datetime) -> None:
    """Take back an invitation to administer the platform.

    Raises:
        NotFound: no such invitation is open, or `by` is no administrator any more.
    """
    async with store.writing() as session:
        await _check(session, by)
        kept = {one.id: one for one in await invitations.of_platform(session)}
        if invitation_id not in kept:
            raise NotFound
        await invitations.revoke(session, None, "", now, email=kept[invitation_id].email)
        await security.note(session, SecurityKind.INVITATION_WITHDRAWN, at=now, person_id=by)


async def everyone(store: Store) -> list[Appointed]:
    """The administrators of the platform, the first appointed first."""
    async with store.reading() as session:
        return await administrators.appointed(session)


async def remove(store: Store, by: int | None, person_id: int, now: datetime) -> None:
    """Take the administration of the platform from somebody.

    Raises:
        NotFound: they have none, or `by` is no administrator any more.
        LastAdministrator: nobody else has it.
    """
    async with store.writing() as session:
        await _check(session, by)
        kept = await administrators.everyone(session, is_to_change=True)
        if person_id not in kept:
            raise NotFound
        if len(kept) == 1:
            raise LastAdministrator
        await administrators.dismiss(session, person_id)
        changed = SecurityKind.ADMINISTRATOR_CHANGED
        await security.note(session, changed, at=now, person_id=by, act="dismissed", whom=person_id)


async def _check(session: AsyncSession, by: int | None) -> None:
    if by is not None and not await administrators.is_administrator(session, by):
        raise NotFound
