"""The pages of proposals: what an author sends for a closed text, and the draft as its party reads it."""

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from auth.people import Seat, Visitor
from auth.policy import Action
from collab import canonical
from collab.log import Author
from server import comparing, proposing, reading, rendering
from server.domain.proposals import Proposal
from server.domain.refusals import NotFound, ProposalTooLong
from server.domain.sections import Section
from server.frames import frame
from server.languages import language_of
from server.marking import views as drawn
from server.parts import parts
from server.settings_pages import who
from server.store import acts, contracts, people, proposals
from server.views import page

NOW = "now"  # beside the text as it is now, in an address
BODY_LIMIT = 16 << 20  # bytes, above any `ENTENTE_MESSAGE_KIB`, which is what counts


async def propose(request: Request) -> Response:
    """Keep what the author's browser kept, an update of Yjs, as a draft proposal; says where it is."""
    own, visitor, seat = parts(request), request.state.visitor, request.state.seat
    if not isinstance(visitor, Visitor) or not isinstance(seat, Seat):
        raise RuntimeError("the door of `propose` let a stranger through")
    update = await _body(request, own.settings.message_kib)
    author = Author(visitor.person_id, seat.party_id, visitor.session_id)
    key = request.path_params["section_key"]
    made, is_new = await proposing.propose(own.store, own.log, own.rooms, who(request), author, key, update)
    address = f"/contracts/{made.contract_id}/proposals/{made.id}"
    return JSONResponse({"at": address}, 201 if is_new else 200, {"Location": address})


async def _body(request: Request, most_kib: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_kib * 1024:
            raise ProposalTooLong(most=most_kib)
    return bytes(body)


async def proposal(request: Request) -> Response:
    """A proposal of one's own party, with what it changes.

    Raises:
        NotFound: there is none, or it is not this party's.
    """
    own, seat, visitor = parts(request), request.state.seat, request.state.visitor
    async with own.store.reading() as session:
        around = await frame(session, request)
        found = await proposals.proposal(session, around["contract"].id, request.path_params["proposal_id"], seat)
        if found is None:
            raise NotFound
        names = await people.names(session, found.contract_id, [found.person_id])
        section = await contracts.any_section(session, found.contract_id, found.section_id)
        version = await acts.last(session, found.contract_id)
    zone = ZoneInfo(own.settings.time_zone)
    facts = {
        "proposal": found,
        "section": section,
        "author": names.get(found.person_id, ""),
        "at": found.created_at.astimezone(zone),
        "withdrawn_at": found.ended_at and found.ended_at.astimezone(zone),
        "is_draft": found.is_draft,
        "may_withdraw": found.person_id == visitor.person_id and seat.may(Action.PROPOSE),
        "html": await own.rooms.made(found.document, _html),
        "party": next(one for one in around["parties"] if one.id == found.party_id),
        "shared_with": [one for one in around["parties"] if one.id in found.shared_with],
        "is_own": found.party_id == seat.party_id,
        "is_writable": found.is_draft and seat.may(Action.PROPOSE),
        "me": seat.member_id,
        "version": version,
    }
    return page(request, "proposal.html", around | facts | await _redline(request, found, section))


def _html(content: dict[str, Any]) -> Markup:
    return rendering.html(content)


async def _redline(request: Request, found: Proposal, section: Section) -> dict[str, Any]:
    """What the proposal changes, beside the text that the address names, in the view that it names."""
    own, language = parts(request), language_of(request)
    view, is_now = reading.view(request), request.query_params.get("with") == NOW
    states = [line.delta for line in await own.log.lines(found.document)]
    has_moved = await own.rooms.made(section.document, canonical.digest) != found.base_hash
    verdict = ""
    if has_moved:
        head = await (await own.rooms.room(section.document)).whole()
        compared = await asyncio.to_thread(comparing.with_head, states, head)
        marked, verdict = compared.marked, type(compared.verdict).__name__
    if not (has_moved and is_now):
        marked = await asyncio.to_thread(comparing.with_base, states)
    shown = await asyncio.to_thread(drawn.page, marked, view, language)
    is_now = is_now and has_moved
    return {
        "redline": shown,
        "views": reading.views(request, view, {"with": NOW} if is_now else {}),
        "verdict": verdict,
        "is_now": is_now,
        "beside_other": reading.address(request, view, {} if is_now else {"with": NOW}),
    }


async def withdraw(request: Request) -> Response:
    """Withdraw one's draft, then show it as it stands."""
    proposal_id = request.path_params["proposal_id"]
    await proposing.withdraw(parts(request).store, who(request), proposal_id)
    return RedirectResponse(f"/contracts/{request.path_params['contract_id']}/proposals/{proposal_id}", 303)
