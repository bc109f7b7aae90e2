"""What awaits one's party: proposals to answer, the oldest first; its own, with who has not answered; reservations
to be lifted; its drafts."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from auth.policy import Action
from server.domain.proposals.answers import Event, reservation_seen
from server.domain.proposals.proposal import ProposalStatus
from server.proposals import listing
from server.proposals.listing import Listed
from server.web.frames import frame
from server.web.paging import paged
from server.web.parts import parts
from server.web.views import page


async def inbox(request: Request) -> Response:
    """The proposals of a contract that a person may know of, those their party has to answer first."""
    own, seat = parts(request), request.state.seat
    async with own.store.reading() as session:
        around = await frame(session, request)
    listed = await listing.every(own.store, own.rooms, around["contract"].id, seat, around["parties"])
    zone = ZoneInfo(own.settings.time_zone)
    facts = {
        **around,
        **_sorted(listed, seat),
        **_reservations(listed, seat),
        "ended": paged(request, [one for one in reversed(listed) if one.proposal.ended_at is not None]),
        "zone": zone,
        "today": datetime.now(zone).date(),
        "party_of": {one.id: one for one in around["parties"]},
        "may_answer": seat.may(Action.ANSWER),
        "reservation_seen": reservation_seen,
    }
    return page(request, "inbox.html", facts)


def _reservations(listed: list[Listed], seat: Seat) -> dict[str, list[tuple[Listed, Event]]]:
    """The reservations one's party has made, and those on its own proposals: the most urgent first."""
    every = [(one, made) for one in listed for made in one.reservations]
    every.sort(key=lambda pair: (pair[1].due or date.max, pair[1].at))
    return {
        "reserved": [pair for pair in every if pair[1].party_id == seat.party_id],
        "to_lift": [pair for pair in every if pair[0].proposal.party_id == seat.party_id],
    }


def _sorted(listed: list[Listed], seat: Seat) -> dict[str, Any]:
    tabled = [one for one in listed if one.proposal.status is ProposalStatus.TABLED]
    mine = [one for one in tabled if one.proposal.party_id == seat.party_id]
    to_answer = [one for one in tabled if any(party.id == seat.party_id for party in one.awaits)]
    return {
        "to_answer": sorted(to_answer, key=_tabled_at),
        "mine": mine,
        "others": [one for one in tabled if one.stands is None and one not in mine and one not in to_answer],
        "stopped": [one for one in tabled if one.stands is not None and one not in mine],
        "drafts": [one for one in listed if one.proposal.is_draft],
    }


def _tabled_at(one: Listed) -> Any:
    return one.proposal.tabled_at
