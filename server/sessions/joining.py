"""Take the seat that an invitation is for, at the return from the provider that was meant: all of it, or nothing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.policy import Action
from server.domain.people.invitations import Invitation
from server.domain.people.security import SecurityKind
from server.domain.refusals import NotFound
from server.domain.refusals_of_people import AlreadySeated, SeatTaken
from server.store import acts, administrators, contracts, invitations, people, seats, security

PLATFORM = "/administration/people"


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who came in by which invitation."""

    invitation_id: int
    person_id: int
    provider: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """Where somebody goes who has just joined, and which contract has somebody new."""

    next_path: str
    contract_id: str | None


async def join(session: AsyncSession, arrived: Arrived) -> Joined:
    """Give who arrived the seat their invitation is for, in the transaction of their sign-in.

    Raises:
        NotFound: the invitation, its contract or its seat is gone.
        InvitationUsed, InvitationRevoked, InvitationExpired, OtherProvider: it cannot be accepted so.
        SeatTaken: somebody sits there.
        AlreadySeated: this person sits in that contract.
    """
    found = await _held_still(session, arrived.invitation_id)
    found.check_open(arrived.at)
    found.check_through(arrived.provider)
    if found.contract_id is None:
        there = await _administer(session, found.invited_by, arrived)
    else:
        there = await _sit(session, found.contract_id, found.seat_key, arrived)
    await invitations.accept(session, found.id, arrived.person_id, arrived.at)
    await security.note(
        session,
        SecurityKind.INVITATION_TAKEN,
        at=arrived.at,
        person_id=arrived.person_id,
        provider=arrived.provider,
        contract_id=found.contract_id or "",
        invitation=found.id,
    )
    return Joined(there, found.contract_id)


async def _held_still(session: AsyncSession, invitation_id: int) -> Invitation:
    """The invitation, which nobody else accepts or takes back meanwhile.

    Its contract is held before it, as by all who change invitations: two that wait for each other would both fail.
    """
    seen = await invitations.numbered(session, invitation_id)
    if seen is None or (seen.contract_id is not None and not await seats.hold_still(session, seen.contract_id)):
        raise NotFound
    found = await invitations.numbered(session, invitation_id, is_to_change=True)
    if found is None:
        raise NotFound
    return found


async def _administer(session: AsyncSession, by: int | None, arrived: Arrived) -> str:
    await administrators.appoint(session, arrived.person_id, arrived.at, by)
    await security.note(
        session, SecurityKind.ADMINISTRATOR_CHANGED, at=arrived.at, person_id=arrived.person_id, act="appointed"
    )
    return PLATFORM


async def _sit(session: AsyncSession, contract_id: str, seat_key: str, arrived: Arrived) -> str:
    member = next((one for one in await contracts.members(session, contract_id) if one.key == seat_key), None)
    if member is None:
        raise NotFound
    if member.is_held:
        raise SeatTaken
    if await people.seat(session, contract_id, arrived.person_id) is not None:
        raise AlreadySeated
    await people.bind(session, contract_id, seat_key, arrived.person_id, arrived.at)
    party = next(one for one in await contracts.parties(session, contract_id) if one.id == member.party_id)
    told = {"key": seat_key, "name": member.name, "party": party.short_name}
    await acts.keep(session, contract_id, arrived.person_id, party.id, "seat_joined", told, arrived.at)
    seated = await people.seat(session, contract_id, arrived.person_id)
    reads = seated is not None and seated.may(Action.READ)
    return f"/contracts/{contract_id}" + ("" if reads else f"/settings/parties/{party.key}/people")
