"""The forms of a draft: the one that begins it, and the one that says what it is about."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from server.contract.settings_pages import who
from server.domain.proposals.covers import may_share, values_of
from server.domain.proposals.proposal import Proposal
from server.domain.refusals import NotADraft, NotFound
from server.domain.sheets import Sheet
from server.drafts import countering, drafting
from server.store import contracts, proposals
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page

FORM = "proposal_form.html"


async def new_proposal(request: Request) -> Response:
    """The form that begins a draft for a section."""
    return await _new(request, forms.blank({}), 200)


async def _new(request: Request, form: Form, status: int) -> Response:
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        section = await drafting.text_section(session, around["contract"].id, request.path_params["section_key"])
    back = f"/contracts/{around['contract'].id}#article-{section.key}"
    return _page(request, form, status, {**around, "section": section, "is_new": True, "parent": None, "back": back})


def _page(request: Request, form: Form, status: int, facts: dict[str, Any]) -> Response:
    seat: Seat = request.state.seat
    sharable = may_share(seat.party_id, facts["parties"])
    return page(
        request, FORM, {**facts, "form": form, "sharable": sharable, "action": request.url.path}, status_code=status
    )


async def begin_proposal(request: Request) -> Response:
    """Begin a draft, then open it."""
    own, key = parts(request), request.path_params["section_key"]

    async def do(sheet: Sheet) -> Proposal:
        return await drafting.begin(own.store, own.log, own.rooms, who(request), key, sheet)

    return await forms.take(request, do, _new, partial(begun, request))


def address(one: Proposal) -> str:
    """Where a proposal is shown."""
    return f"/contracts/{one.contract_id}/proposals/{one.id}"


async def counter_form(request: Request) -> Response:
    """The form that begins a counter-proposal."""
    return await counter_page(request, forms.blank({}), 200)


async def counter_page(request: Request, form: Form, status: int) -> Response:
    """The form that begins a counter-proposal, as it was filled in."""
    found, facts = await _named(request)
    if found.tabled_at is None:
        raise NotFound
    return _page(request, form, status, {**facts, "is_new": True, "parent": found})


async def _named(request: Request) -> tuple[Proposal, dict[str, Any]]:
    """The proposal in the address, and what a form says of it; its section is None when it is about the plan.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        contract_id, proposal_id = around["contract"].id, request.path_params["proposal_id"]
        found = await proposals.proposal(session, contract_id, proposal_id, request.state.seat)
        if found is None:
            raise NotFound
        section = None if found.is_of_plan else await contracts.any_section(session, contract_id, found.section_id)
    return found, {**around, "section": section, "back": address(found)}


async def counter_proposal(request: Request) -> Response:
    """Begin a counter-proposal, then open it."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]

    async def do(sheet: Sheet) -> Proposal:
        return await countering.counter(own.store, who(request), proposal_id, sheet)

    return await forms.take(request, do, counter_page, partial(begun, request))


async def begun(request: Request, made: Proposal) -> str:
    """Where a draft just begun is shown; the open pages of those who prepare it are told."""
    parts(request).floor.parties_changed(made.contract_id, {made.party_id, *made.shared_with})
    return address(made)


async def proposal_cover(request: Request) -> Response:
    """The form of what is said of a draft."""
    return await _cover(request, None, 200)


async def _cover(request: Request, form: Form | None, status: int) -> Response:
    found, facts = await _named(request)
    if found.party_id != request.state.seat.party_id:
        raise NotFound
    if not found.is_draft and form is None:
        raise NotADraft
    kept = form or forms.opened(values_of(found, facts["parties"]))
    return _page(request, kept, status, {**facts, "is_new": False, "parent": None})


async def save_proposal_cover(request: Request) -> Response:
    """Keep what is said of a draft; whom it is shared with no longer has it before this answers."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]
    contract_id = request.path_params["contract_id"]

    async def do(sheet: Sheet) -> bool:
        return await drafting.edit_cover(own.store, who(request), proposal_id, sheet)

    async def back(_: bool) -> str:
        await own.floor.review(contract_id)
        return f"/contracts/{contract_id}/proposals/{proposal_id}"

    return await forms.take(request, do, _cover, back)
