"""A proposal beside another text of the same article: the one it was made from, the one of now, another proposal."""

import asyncio
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from collab import document
from server.domain.proposals.proposal import Proposal
from server.domain.redline import redline
from server.domain.refusals import NotFound
from server.domain.texts import text
from server.history import reading
from server.marking import views
from server.store import contracts, proposals
from server.web.frames import frame
from server.web.parts import Parts, parts
from server.web.views import page
from server.wording import rendering
from server.wording.languages import language_of

BASE, NOW = "base", "now"  # in an address; any other is the id of a proposal


@dataclass(frozen=True)
class Choice:
    """A text that one may choose on the page: a proposal, or what `value` says."""

    value: str
    proposal: Proposal | None = None


async def compare_proposal(request: Request) -> Response:
    """What a proposal says beside the text that the address names.

    Raises:
        NotFound: there is no such proposal, or one of the two is not for this person.
    """
    own, seat = parts(request), request.state.seat
    beside, view = request.query_params.get("with", BASE), reading.view(request)
    async with own.store.reading() as session:
        around = await frame(session, request)
        found = await proposals.proposal(session, around["contract"].id, request.path_params["proposal_id"], seat)
        if found is None:
            raise NotFound
        section = await contracts.any_section(session, found.contract_id, found.section_id)
        choices = await choices_of(session, found, seat)
    chosen = next((one for one in choices if one.value == beside), None)
    if chosen is None:
        raise NotFound
    before, after = await _beside(own, found, section.document, chosen), await _text(own, found)
    marked = await asyncio.to_thread(redline, before, after)
    facts = {
        "proposal": found,
        "section": section,
        "choices": choices,
        "chosen": chosen,
        "redline": await asyncio.to_thread(views.page, marked, view, language_of(request)),
        "views": reading.views(request, view, {"with": beside}),
        "view": view.value,
    }
    return page(request, "compare_proposal.html", around | facts)


async def choices_of(session: AsyncSession, found: Proposal, seat: Seat) -> list[Choice]:
    """What one may choose: proposals of the same text, or of the plan, as far as a seat may know of them."""
    every = await proposals.all_for(session, found.contract_id, seat)
    others = [one for one in reversed(every) if one.section_id == found.section_id and one.id != found.id]
    return [Choice(BASE), Choice(NOW), *(Choice(one.id, one) for one in others)]


async def _beside(own: Parts, found: Proposal, section: str, chosen: Choice) -> rendering.Node:
    if chosen.proposal is not None:
        return await _text(own, chosen.proposal)
    if chosen.value == NOW:
        return await own.rooms.made(section, _same)
    first = await own.log.first(found.document)
    return document.read_state(first, text.ROOT)


async def _text(own: Parts, one: Proposal) -> rendering.Node:
    """What a proposal says, as it is committed."""
    return await own.rooms.made(one.document, _same)


def _same(content: rendering.Node) -> rendering.Node:
    return content
