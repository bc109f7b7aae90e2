"""What the page of any proposal says around what it changes: whose it is, what happened to it, who may do what."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from auth.people import Seat
from auth.policy import Action
from server.domain.contract.contract import Party
from server.domain.proposals.answers import agreed_hash
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import Refusal
from server.domain.refusals_of_proposals import TextFrozen, TextOutOfUse
from server.drafts.drafting import check_changeable
from server.store import acts, people, proposals
from server.taking_over.fitting import FitKind
from server.web.parts import parts


async def around_it(session: AsyncSession, request: Request, found: Proposal, every: list[Party]) -> dict[str, Any]:
    """What is said of a proposal that the person who asks may know of; `every` are the parties of its contract."""
    seat: Seat = request.state.seat
    record = await proposals.events(session, found.id)
    parent, children = await proposals.around(session, found, seat)
    names = await people.names(session, found.contract_id, {found.person_id, *(one.person_id for one in record)})
    return {
        **_standing(found, seat, every),
        "author": names.get(found.person_id, ""),
        "zone": ZoneInfo(parts(request).settings.time_zone),
        "record": record,
        "agreed_hash": agreed_hash(record, found.tabled_hash or ""),
        "parent": parent,
        "children": [one for one in children if one.ended_at is None or one.tabled_at],
        "names": names,
        "party_of": {one.id: one for one in every},
        "me": seat.member_id,
        "version": await acts.last(session, found.contract_id),
        "may_withdraw": _may_withdraw(found, seat, request.state.visitor.person_id),
    }


async def why_not(session: AsyncSession, found: Proposal) -> Refusal | None:
    """What keeps the text of a proposal from being changed by any, while that matters to it; None when nothing does."""
    if found.ended_at is not None and found.tabled_at is None:
        return None
    try:
        await check_changeable(session, found)
    except (TextFrozen, TextOutOfUse) as refusal:
        return refusal
    return None


def _standing(found: Proposal, seat: Seat, every: list[Party]) -> dict[str, Any]:
    """Who has a part in it, and what this person may do with it."""
    is_own, is_open = found.party_id == seat.party_id, found.status is ProposalStatus.TABLED
    return {
        "proposal": found,
        "party": next(one for one in every if one.id == found.party_id),
        "shared_with": [one for one in every if one.id in found.shared_with],
        "is_draft": found.is_draft,
        "is_own": is_own,
        "is_writable": found.is_draft and seat.may(Action.PROPOSE),
        "may_table": found.is_draft and is_own and seat.may(Action.ANSWER),
        "may_counter": is_open and seat.may(Action.PROPOSE),
        "may_answer": is_open and seat.may(Action.ANSWER),
    }


def _may_withdraw(found: Proposal, seat: Seat, person_id: int) -> bool:
    if found.ended_at is not None or found.party_id != seat.party_id:
        return False
    return seat.may(Action.ANSWER) or (found.is_draft and found.person_id == person_id and seat.may(Action.PROPOSE))


def may_take_up(found: Proposal, seat: Seat, kind: FitKind | None) -> bool:
    """Whether a proposal may be begun again on what stands today: one's own, that cannot be accepted as it was tabled.

    `kind` is how it stands beside that, while it lies before the parties.
    """
    is_over = found.tabled_at is not None and found.status not in (ProposalStatus.TABLED, ProposalStatus.ACCEPTED)
    return found.party_id == seat.party_id and seat.may(Action.PROPOSE) and (is_over or kind is FitKind.STALE)
