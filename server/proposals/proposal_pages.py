"""The pages of proposals: what an author sends for a closed text, and a proposal as those it is for read it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.people import Seat, Visitor
from collab import canonical, document
from collab.log import Author
from server.contract.settings_pages import who
from server.domain.contract.sections import Section
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.redline import redline
from server.domain.refusals import NotFound, ProposalTooLong
from server.domain.texts import text
from server.drafts import proposing
from server.drafts.overtaken import Beside, overtaken
from server.history import reading
from server.marking import views as drawn
from server.proposals.proposal_facts import around_it, may_take_up, why_not
from server.store import contracts, proposals, proposed_plans
from server.store.proposals import Tabled
from server.taking_over import comparing, fitting, plan_fitting
from server.taking_over.fitting import Fit, FitKind
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import Parts, parts
from server.web.views import page
from server.wording import rendering
from server.wording.languages import language_of
from server.wording.positions import TOLD, positions

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
    """A proposal that one's party prepares, or that lies before the signing parties, with what it changes.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    return await show(request, forms.blank({}), 200)


async def show(request: Request, form: Form, status: int) -> Response:
    """The page of a proposal, with a form for one's party's answer."""
    own, seat = parts(request), request.state.seat
    async with own.store.reading() as session:
        around = await frame(session, request)
        found = await proposals.proposal(session, around["contract"].id, request.path_params["proposal_id"], seat)
        if found is None:
            raise NotFound
        section = await contracts.any_section(session, found.contract_id, found.section_id)
        around |= await around_it(session, request, found, around["parties"])
        around |= {"why_not": await why_not(session, found)}
        tabled = await proposals.tabled(session, found) if found.tabled_at else None
        is_open = found.status is ProposalStatus.TABLED
        before_parties = await proposals.tabled_in(session, found.contract_id, seat) if is_open else []
        others = await _others(session, found, before_parties)
        removing = await _removing(session, found, before_parties)
        parent = around["parent"]
        is_again = found.is_draft and parent is not None and parent.party_id == found.party_id
        old = await proposals.tabled(session, parent) if is_again and parent.tabled_at else None
    stands, colliding = await _fit(own, found, section, tabled, {one.id: texts for one, texts in others})
    facts = {
        **around,
        "form": form,
        "section": section,
        "fit": stands,
        "positions": positions(around["record"], around["parties"], stands.hash if stands else around["agreed_hash"]),
        "colliding": [one for one, _ in others if one.id in colliding],
        "removing": removing,
        "may_take_up": may_take_up(found, seat, stands.kind if stands else None),
        "contested": await _contested(request, found, section, stands, old or tabled),
        "told": TOLD,
        "html": rendering.html(stands.after) if stands else await own.rooms.made(found.document, rendering.html),
    }
    marked = await _redline(request, found, section) if tabled is None else await _marked(request, tabled, stands)
    return page(request, "proposal.html", facts | marked, status_code=status)


async def _contested(
    request: Request, found: Proposal, section: Section, stands: Fit | None, texts: Tabled | None
) -> list[Beside]:
    """What both the text and a proposal changed, while that has to be decided: beside a stale proposal as it was
    tabled, and beside the draft that takes it up again."""
    own = parts(request)
    if texts is None or not (found.is_draft or (stands and stands.kind is FitKind.STALE)):
        return []
    first = await own.log.first(found.document)
    head = first if found.is_draft else await (await own.rooms.room(section.document)).whole()
    return (await asyncio.to_thread(overtaken, texts, head, language_of(request))).contested


async def _others(session: AsyncSession, found: Proposal, every: list[Proposal]) -> list[tuple[Proposal, Tabled]]:
    """What else of `every` is about the same text; those it answers, or that answer it, say so already."""
    apart = [one for one in every if one.section_id == found.section_id and not found.is_related(one)]
    return [(one, await proposals.tabled(session, one)) for one in apart]


async def _removing(session: AsyncSession, found: Proposal, every: list[Proposal]) -> list[Proposal]:
    """What of `every` would take the text of a proposal out of use, and so end it."""
    about_plan = [one for one in every if one.is_of_plan]
    head = await contracts.sections(session, found.contract_id) if about_plan else []
    fits = [(one, plan_fitting.fit(*await proposed_plans.read(session, one.id), head)) for one in about_plan]
    return [one for one, fit in fits if fit.is_possible and found.section_id in fit.put_out]


async def _fit(
    own: Parts, found: Proposal, section: Section, tabled: Tabled | None, others: Mapping[str, Tabled]
) -> tuple[Fit | None, frozenset[str]]:
    """How a proposal that lies before the parties stands beside the text as it is now, and which others it meets."""
    if tabled is None or found.status is not ProposalStatus.TABLED:
        return None, frozenset()
    head = await (await own.rooms.room(section.document)).whole()
    stands = await fitting.fit(tabled, head)
    return stands, await fitting.colliding(stands, others, head)


async def _redline(request: Request, found: Proposal, section: Section) -> dict[str, Any]:
    """What a draft changes, beside the text that the address names, in the view that it names."""
    own, language = parts(request), language_of(request)
    view, is_now = reading.view(request), request.query_params.get("with") == NOW
    # what was written is in one state: a draft of some weeks has many thousand lines
    states = [await own.log.first(found.document), await (await own.rooms.room(found.document)).whole()]
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


async def _marked(request: Request, tabled: Tabled, stands: Fit | None) -> dict[str, Any]:
    """What a tabled proposal changes: the text as it is now or, once that is decided, the one it was made from."""
    view = reading.view(request)

    def marked() -> drawn.Page:
        texts = [document.read_state(one, text.ROOT) for one in (tabled.base, tabled.state)]
        before, after = (stands.before, stands.after) if stands else texts
        return drawn.page(redline(before, after), view, language_of(request))

    shown = await asyncio.to_thread(marked)
    return {"redline": shown, "views": reading.views(request, view, {}), "verdict": "", "is_now": False}
