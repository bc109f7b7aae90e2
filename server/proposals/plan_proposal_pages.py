"""A proposal about the plan as those it is for read it, and what speaks for a party there: table it, answer it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from server.contract.settings_pages import who
from server.domain.contract.sections import Section
from server.domain.plan.plan_redline import Line, changed_of
from server.domain.plan.plan_redline import lines as compared
from server.domain.plan.structure import tried
from server.domain.proposals.answers import EventKind
from server.domain.proposals.covers import cover_seen, usual_answer_by
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import N_, NotADraft, NotFound
from server.domain.refusals_of_proposals import TextFrozen
from server.domain.sheets import Sheet
from server.drafts import restructuring
from server.drafts.draft_pages import address
from server.proposals import answering_plans
from server.proposals.answer_pages import tell
from server.proposals.answering import Answered
from server.proposals.proposal_facts import around_it, may_take_up
from server.store import contracts, proposals, proposed_plans
from server.taking_over import plan_fitting
from server.taking_over.fitting import FitKind
from server.taking_over.plan_fitting import PlanFit
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page
from server.wording.positions import TOLD, positions

TOLD_OF_PLANS = TOLD | {EventKind.ACCEPTED: N_("a donné le dernier accord : le plan a changé")}


async def proposal(request: Request) -> Response:
    """A proposal about the plan that one's party prepares, or that lies before the signing parties."""
    return await _show(request, forms.blank({}), 200)


async def _show(request: Request, form: Form, status: int) -> Response:
    seat: Seat = request.state.seat
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        found = await _found(session, request)
        around |= await around_it(session, request, found, around["parties"])
        facts = await (_of_draft(session, found) if found.tabled_at is None else _of_tabled(session, found, seat))
    facts = {"fit": None, "problems": {}, "meanwhile": [], "colliding": [], "removing": [], "ends": []} | facts
    fit: PlanFit | None = facts["fit"]
    facts |= {
        "section": None,
        "form": form,
        "told": TOLD_OF_PLANS,
        "positions": positions(around["record"], around["parties"], fit.hash if fit else around["agreed_hash"]),
        "may_take_up": may_take_up(found, seat, fit.kind if fit else None),
        "verdict": "",
        "why_not": TextFrozen() if _meets_frozen(facts) else None,
    }
    return page(request, "plan_proposal.html", around | facts, status_code=status)


def _meets_frozen(facts: dict[str, Any]) -> bool:
    """Whether a draft or a tabled proposal would change what is frozen."""
    return bool(facts["fit"] and facts["fit"].is_waiting) or any(
        isinstance(one, TextFrozen) for one in facts["problems"].values()
    )


async def _found(session: AsyncSession, request: Request) -> Proposal:
    path, seat = request.path_params, request.state.seat
    found = await proposals.proposal(session, path["contract_id"], path["proposal_id"], seat)
    if found is None or not found.is_of_plan:
        raise NotFound
    return found


async def _of_draft(session: AsyncSession, found: Proposal) -> dict[str, Any]:
    """What a draft would change in the plan of today."""
    _, changes = await proposed_plans.read(session, found.id)
    now = restructuring.beside(await contracts.sections(session, found.contract_id), changes)
    changed = compared(now.head, now.tried.plan, {one.section_id for one in changes})
    return {
        **_drawn(changed),
        "fit": None,
        "problems": now.tried.problems,
        "colliding": [],
        "removing": [],
        "ends": [],
        "seen": now.hash,
    }


async def _of_tabled(session: AsyncSession, found: Proposal, seat: Seat) -> dict[str, Any]:
    """What a tabled proposal changes: in the plan of today or, once that is decided, in the one it was made against."""
    base, changes = await proposed_plans.read(session, found.id)
    if found.status is not ProposalStatus.TABLED:
        ended = compared(base, tried(base, changes).plan, {one.section_id for one in changes})
        return _drawn(ended)
    head = await contracts.sections(session, found.contract_id)
    fit = plan_fitting.fit(base, changes, head)
    others = [one for one in await proposals.tabled_in(session, found.contract_id, seat) if not found.is_related(one)]
    meanwhile = compared(base, head) if fit.kind is FitKind.STALE else []
    return {
        **_drawn(fit.lines),
        "fit": fit,
        "meanwhile": [line for line in meanwhile if line.what],
        "colliding": [one for one in others if one.is_of_plan and await _collides(session, fit, one, head)],
        "ends": [one for one in others if fit.is_possible and one.section_id in fit.put_out],
    }


def _drawn(lines: Sequence[Line]) -> dict[str, Any]:
    return {"lines": lines, "count": changed_of(lines)}


async def _collides(session: AsyncSession, fit: PlanFit, other: Proposal, head: list[Section]) -> bool:
    base, changes = await proposed_plans.read(session, other.id)
    return plan_fitting.collide(fit, plan_fitting.fit(base, changes, head))


async def tabling_page(request: Request) -> Response:
    """A draft about the plan as it would be tabled, to be read once more."""
    return await _tabling(request, None, 200)


async def _tabling(request: Request, form: Form | None, status: int) -> Response:
    seat: Seat = request.state.seat
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        found = await _found(session, request)
        if found.party_id != seat.party_id:
            raise NotFound
        if not found.is_draft:
            raise NotADraft
        facts = await _of_draft(session, found)
    day = usual_answer_by(found, datetime.now(UTC).date())
    form = form or forms.blank({"answer_by": day.isoformat() if day else ""})
    facts |= {"form": form, "proposal": found, "section": None, "cover": cover_seen(found)}
    return page(request, "plan_tabling.html", around | facts, status_code=status)


async def table_proposal(request: Request) -> Response:
    """Table a draft about the plan, if it is still what was read."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]

    async def do(sheet: Sheet) -> Proposal:
        return await restructuring.table(own.store, who(request), proposal_id, sheet)

    async def back(made: Proposal) -> str:
        await tell(own, made)
        return f"{address(made)}#etat"

    return await forms.take(request, do, _tabling, back)


async def answer_proposal(request: Request) -> Response:
    """Answer in the name of one's party; when the plan changes by it, every open page of the contract follows."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]

    async def do(sheet: Sheet) -> Answered:
        return await answering_plans.answer(own.store, own.rooms, who(request), proposal_id, sheet)

    async def back(done: Answered) -> str:
        if done.is_accepted:
            await own.floor.review(done.proposal.contract_id)
            own.floor.contract_changed(done.proposal.contract_id)
        await tell(own, done.proposal)
        return f"{address(done.proposal)}#{'etat' if done.is_accepted else 'reponses'}"

    return await forms.take(request, do, _show, back)
