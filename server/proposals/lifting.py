"""Lift a reservation: the party that made it says that what it asked for is done."""

from auth.policy import Action
from server.domain.proposals.answers import EventKind, reservation_seen, standing_reservations
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import NotFound, ProposalEnded, ReservationMoved
from server.drafts.tabling import keep_event
from server.editing.acting import Who, acting
from server.store import proposals
from server.store.engine import Store

ACT = "reservation_lifted"
HOLDING = frozenset({ProposalStatus.TABLED, ProposalStatus.ACCEPTED})  # a proposal whose reservations still count


async def lift(store: Store, who: Who, proposal_id: str, seen: str) -> Proposal:
    """Write down that one's party lifts the reservation that was seen; again changes nothing.

    Raises:
        NotFound: no such proposal that this person may know of, or their party never made a reservation.
        ReservationMoved: their party has another one by now.
        ProposalEnded: it was withdrawn, refused or replaced: its reservations ended with it.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
        found = await proposals.proposal(deed.session, who.contract_id, proposal_id, deed.seat)
        record = await proposals.events(deed.session, proposal_id) if found else []
        ours = [one for one in record if one.party_id == deed.seat.party_id]
        if found is None or not any(one.kind is EventKind.RESERVED for one in ours):
            raise NotFound
        if found.status not in HOLDING:
            raise ProposalEnded
        for one in standing_reservations(ours):
            if seen != reservation_seen(one):
                raise ReservationMoved
            await keep_event(deed, found, EventKind.LIFTED, one.hash)
            await deed.keep(ACT, title=found.cover.title, proposal=found.id, hash=one.hash)
    return found
