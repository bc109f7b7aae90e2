"""What speaks for a party: table a draft, after reading it once more; answer a proposal; withdraw one's own."""

from datetime import UTC, datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.people import Seat
from server.contract.settings_pages import who
from server.domain.proposals.covers import cover_seen, usual_answer_by
from server.domain.proposals.proposal import Proposal
from server.domain.refusals import NotADraft, NotFound
from server.domain.sheets import Sheet
from server.drafts import tabling
from server.drafts.draft_pages import address
from server.proposals import answering, lifting
from server.proposals.answering import Answered
from server.proposals.proposal_pages import show
from server.store import contracts, proposals
from server.taking_over.judging import looks
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import Parts, parts
from server.web.views import page
from server.wording import rendering


async def tabling_page(request: Request) -> Response:
    """A draft as it would be tabled, to be read once more."""
    return await _tabling(request, None, 200)


async def _tabling(request: Request, form: Form | None, status: int) -> Response:
    own = parts(request)
    seat: Seat = request.state.seat
    async with own.store.reading() as session:
        around = await frame(session, request)
        found = await proposals.proposal(session, around["contract"].id, request.path_params["proposal_id"], seat)
        if found is None or found.party_id != seat.party_id:
            raise NotFound
        if not found.is_draft:
            raise NotADraft
        section = await contracts.any_section(session, found.contract_id, found.section_id)
    html, seen = await own.rooms.made(found.document, _shown)
    day = usual_answer_by(found, datetime.now(UTC).date())
    form = form or forms.blank({"answer_by": day.isoformat() if day else ""})
    facts = {**around, "form": form, "proposal": found, "section": section, "html": html, "seen": seen}
    facts |= {"cover": cover_seen(found)}
    return page(request, "tabling.html", facts, status_code=status)


def _shown(content: rendering.Node) -> tuple[Markup, str]:
    """A text and its digest, both of the same moment."""
    return rendering.html(content), looks(content)


async def table_proposal(request: Request) -> Response:
    """Table a draft, if it is still the text that was read."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]

    async def do(sheet: Sheet) -> Proposal:
        return await tabling.table(own.store, own.rooms, who(request), proposal_id, sheet)

    async def back(made: Proposal) -> str:
        await own.floor.review(made.contract_id)  # nobody writes in it any more
        await tell(own, made)
        return f"{address(made)}#etat"

    return await forms.take(request, do, _tabling, back)


async def tell(own: Parts, one: Proposal) -> None:
    """Tell the open pages of those who may know of a proposal that something became of it."""
    async with own.store.reading() as session:
        every = await contracts.parties(session, one.contract_id)
    told = {party.id for party in every if one.is_read_by(party.id, is_signing=party.is_signing)}
    own.floor.parties_changed(one.contract_id, told)


async def answer_proposal(request: Request) -> Response:
    """Answer in the name of one's party."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]

    async def do(sheet: Sheet) -> Answered:
        return await answering.answer(own.store, own.rooms, who(request), proposal_id, sheet)

    async def back(done: Answered) -> str:
        if done.is_accepted:
            own.floor.contract_changed(done.proposal.contract_id)
        await tell(own, done.proposal)
        return f"{address(done.proposal)}#{'etat' if done.is_accepted else 'reponses'}"

    return await forms.take(request, do, show, back)


async def withdraw_proposal(request: Request) -> Response:
    """Withdraw a proposal, then show it as it stands."""
    own = parts(request)
    found = await tabling.withdraw(own.store, who(request), request.path_params["proposal_id"])
    await own.floor.review(found.contract_id)
    await tell(own, found)
    return RedirectResponse(f"{address(found)}#etat", 303)


async def lift_reservation(request: Request) -> Response:
    """Lift one's party's reservation, then show what awaits it."""
    own, sheet = parts(request), await forms.read(request)
    seen = sheet.values.get("seen", "")
    found = await lifting.lift(own.store, who(request), request.path_params["proposal_id"], seen)
    await tell(own, found)
    return RedirectResponse(f"/contracts/{found.contract_id}/proposals#reserves", 303)
