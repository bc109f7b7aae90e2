"""The screen where a proposal that the text has overtaken is taken up again on the text as it is now."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from server.contract.settings_pages import who
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import NotFound
from server.domain.sheets import Sheet
from server.drafts import countering
from server.drafts.draft_pages import begun
from server.drafts.overtaken import overtaken
from server.store import contracts, proposals
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page
from server.wording.languages import language_of

MOST_CHOSEN = 5_000  # passages, each a box of the form: rows of long tables too; a request holds hardly more


async def take_up_form(request: Request) -> Response:
    """What the proposal and the text each changed, and what of it the new draft begins with."""
    return await _show(request, forms.blank({}), 200)


async def _show(request: Request, form: Form, status: int) -> Response:
    own = parts(request)
    seat: Seat = request.state.seat
    async with own.store.reading() as session:
        around = await frame(session, request)
        found = await proposals.proposal(session, around["contract"].id, request.path_params["proposal_id"], seat)
        is_own = found is not None and found.party_id == seat.party_id
        if found is None or not is_own or not found.tabled_at or found.status is ProposalStatus.ACCEPTED:
            raise NotFound
        section = await contracts.any_section(session, found.contract_id, found.section_id)
        texts = await proposals.tabled(session, found)
    head = await (await own.rooms.room(section.document)).whole()
    shown = await asyncio.to_thread(overtaken, texts, head, language_of(request))
    facts = {**around, "form": form, "proposal": found, "section": section, "overtaken": shown}
    return page(request, "take_up.html", facts, status_code=status)


async def take_up(request: Request) -> Response:
    """Begin a draft on today's text in the place of a proposal, then open it."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]

    async def do(sheet: Sheet) -> Proposal:
        return await countering.take_up(own.store, own.log, own.rooms, who(request), proposal_id, sheet)

    async def back(made: Proposal) -> str:
        return await begun(request, made)

    return await forms.took(request, await forms.read(request, most=MOST_CHOSEN), do, _show, back)
