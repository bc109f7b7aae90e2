"""A proposal about the plan beside another plan: the one it was made from, the one of now, another proposal's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from server.domain.contract.sections import Section
from server.domain.plan.plan_redline import changed_of, lines
from server.domain.plan.structure import Change, tried
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import NotFound
from server.proposals.compare_pages import BASE, NOW, choices_of
from server.store import contracts, proposals, proposed_plans
from server.taking_over import plan_fitting
from server.taking_over.fitting import FitKind
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page


@dataclass(frozen=True)
class _Made:
    """The plan that a proposal leads to: from the plan of today, or else from the one it was made from."""

    plan: Sequence[Section]
    is_of_today: bool


async def compare_proposal(request: Request) -> Response:
    """The plan that a proposal leads to, beside the one that the address names.

    Raises:
        NotFound: there is no such proposal, or one of the two is not for this person.
    """
    seat, beside = request.state.seat, request.query_params.get("with", BASE)
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        found = await proposals.proposal(session, around["contract"].id, request.path_params["proposal_id"], seat)
        if found is None or not found.is_of_plan:
            raise NotFound
        choices = await choices_of(session, found, seat)
        chosen = next((one for one in choices if one.value == beside), None)
        if chosen is None:
            raise NotFound
        head = await contracts.sections(session, found.contract_id)
        held = await proposed_plans.every(session, [found.id, *([chosen.proposal.id] if chosen.proposal else [])])
    base, changes = held[found.id]
    after = _Made(tried(base, changes).plan, is_of_today=False) if beside == BASE else _made(found, held, head)
    before = _Made({BASE: base, NOW: head}.get(beside, base), is_of_today=beside == NOW)
    if chosen.proposal is not None:
        before = _made(chosen.proposal, held, head)
    compared = lines(before.plan, after.plan, {one.section_id for one in changes})
    facts = {
        "proposal": found,
        "section": None,
        "choices": choices,
        "chosen": chosen,
        "lines": compared,
        "count": changed_of(compared),
        "are_apart": beside != BASE and not (before.is_of_today and after.is_of_today),
        "view": "text",
    }
    return page(request, "compare_proposal.html", around | facts)


def _made(one: Proposal, held: Mapping[str, tuple[list[Section], list[Change]]], head: list[Section]) -> _Made:
    """What a proposal leads to: of what is not decided, in the plan of today if its changes can be made there."""
    base, changes = held[one.id]
    if one.is_draft:
        return _Made(tried(head, changes).plan, is_of_today=True)
    if one.status is ProposalStatus.TABLED:
        fit = plan_fitting.fit(base, changes, head)
        return _Made(fit.after, is_of_today=fit.kind is not FitKind.STALE)
    return _Made(tried(base, changes).plan, is_of_today=False)
