"""Invite somebody to a seat, send the link again, take it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from auth.policy import Action
from auth.session import new_token
from server.domain.contract.contract import Member, Party
from server.domain.people.invitations import Invitation, Wanted, read_invitation
from server.domain.people.seats import check_may_change
from server.domain.refusals import NotFound
from server.domain.refusals_of_people import SeatTaken
from server.domain.sheets import Sheet
from server.editing.acting import Deed, Who, acting
from server.editing.seats import actor_of, place_of
from server.store import contracts, invitations
from server.store.engine import Store


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation just made: the only moment at which its token is known."""

    token: str
    email: str
    seat: str
    party: str
    expires_at: datetime


async def invite(store: Store, who: Who, key: str, sheet: Sheet, providers: Collection[str]) -> Link:
    """Invite somebody to a free seat, in place of whoever was invited to it; `providers` are those one may name.

    Raises:
        NotFound: no such seat, or this person may not change seats.
        NotYourParty, OwnSeat, ChangedMeanwhile, SheetRefused.
        SeatTaken: somebody sits there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        place = await place_of(deed, key, sheet)
        if place.seat.is_held:
            raise SeatTaken
        return await _send(deed, place.seat, place.party, read_invitation(sheet, providers), "invited")


async def resend(store: Store, who: Who, invitation_id: int) -> Link:
    """Make a new link for an invitation; the one before opens nothing any more.

    Raises:
        NotFound: no such invitation is open, or this person may not change seats.
        NotYourParty, OwnSeat: of another party, or one's own.
        SeatTaken: somebody sits there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        kept, seat, party = await _kept(deed, invitation_id)
        if seat.is_held:
            raise SeatTaken
        wanted = Wanted(kept.email, kept.expires_at - kept.created_at, kept.provider)
        return await _send(deed, seat, party, wanted, "invited")


async def revoke(store: Store, who: Who, invitation_id: int) -> str:
    """Take an invitation back; the name of its seat.

    Raises:
        NotFound: no such invitation is open, or this person may not change seats.
        NotYourParty, OwnSeat: of another party, or one's own.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        _, seat, party = await _kept(deed, invitation_id)
        await invitations.revoke(deed.session, who.contract_id, seat.key, who.at)
        await deed.keep("invitation_revoked", key=seat.key, name=seat.name, party=party.short_name)
    return seat.name


async def _send(deed: Deed, seat: Member, party: Party, wanted: Wanted, kind: str) -> Link:
    token = new_token()
    contract_id = deed.contract.id
    await invitations.keep(
        deed.session, token, wanted, contract_id=contract_id, seat_key=seat.key, by=deed.person_id, now=deed.at
    )
    await deed.keep(kind, key=seat.key, name=seat.name, party=party.short_name)  # every party reads it: no address
    return Link(token, wanted.email, seat.name, party.short_name, deed.at + wanted.life)


async def _kept(deed: Deed, invitation_id: int) -> tuple[Invitation, Member, Party]:
    """An open invitation of the contract, and the seat it is for."""
    kept = {one.id: one for one in await invitations.of_contract(deed.session, deed.contract.id)}.get(invitation_id)
    seats = await contracts.members(deed.session, deed.contract.id)
    seat = next((one for one in seats if kept is not None and one.key == kept.seat_key), None)
    if kept is None or seat is None:
        raise NotFound
    parties = await contracts.parties(deed.session, deed.contract.id)
    party = next(one for one in parties if one.id == seat.party_id)
    check_may_change(actor_of(deed.seat), party, seats, seat)
    return kept, seat, party
