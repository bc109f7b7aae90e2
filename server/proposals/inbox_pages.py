"""What awaits one's party: proposals to answer, the oldest first; its own, with who has not answered; reservations
to be lifted; its drafts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from auth.policy import Action
from server.domain.contract.contract import Party
from server.domain.contract.sections import Section
from server.domain.proposals.answers import Event, outstanding, reservation_seen, standing_reservations
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.proposals.lifting import HOLDING
from server.store import contracts, proposals, proposed_plans
from server.taking_over import fitting, plan_fitting
from server.web.frames import frame
from server.web.parts import Parts, parts
from server.web.views import page


@dataclass(frozen=True)
class Listed:
    """A proposal in a list: of which section and party, whose agreement it lacks, which reservations stand."""

    proposal: Proposal
    section: Section | None  # None for the plan
    party: Party
    awaits: list[Party]
    reservations: list[Event] = field(default_factory=list)


async def inbox(request: Request) -> Response:
    """The proposals of a contract that a person may know of, those their party has to answer first."""
    own, seat = parts(request), request.state.seat
    async with own.store.reading() as session:
        around = await frame(session, request)
        found = await proposals.all_for(session, around["contract"].id, seat)
    listed = [await _listed(own, one, around["parties"]) for one in found]
    zone = ZoneInfo(own.settings.time_zone)
    facts = {
        **around,
        **_sorted(listed, seat),
        **_reservations(listed, seat),
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
        "others": [one for one in tabled if one not in mine and one not in to_answer],
        "drafts": [one for one in listed if one.proposal.is_draft],
        "ended": [one for one in reversed(listed) if one.proposal.ended_at is not None],
    }


def _tabled_at(one: Listed) -> Any:
    return one.proposal.tabled_at


async def _listed(own: Parts, one: Proposal, every: list[Party]) -> Listed:
    async with own.store.reading() as session:
        section = None
        if not one.is_of_plan:
            section = await contracts.any_section(session, one.contract_id, one.section_id)
        is_open = one.status is ProposalStatus.TABLED
        tabled = await proposals.tabled(session, one) if is_open and section else None
        shown = await _plan_shown(session, one) if is_open and section is None else ""
        record = await proposals.events(session, one.id) if one.status in HOLDING else []
    if tabled is not None and section is not None:
        shown = (await fitting.fit(tabled, await (await own.rooms.room(section.document)).whole())).hash
    awaits: list[Party] = []
    if is_open:
        lacking = outstanding(record, [party.id for party in every if party.is_signing], shown)
        awaits = [party for party in every if party.id in lacking]
    party = next(party for party in every if party.id == one.party_id)
    return Listed(one, section, party, awaits, standing_reservations(record))


async def _plan_shown(session: AsyncSession, one: Proposal) -> str:
    """The digest of what a proposal about the plan shows today."""
    base, changes = await proposed_plans.read(session, one.id)
    return plan_fitting.fit(base, changes, await contracts.sections(session, one.contract_id)).hash
