"""The page of how a text may change: in writing or by proposal only; which parties want it open again."""

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from auth.policy import Action
from server.contract.settings_pages import who
from server.domain.contract.sections import SectionMode, SectionStatus, why_closed
from server.domain.proposals.modes import Wish, still_missing, values_of
from server.domain.refusals import N_
from server.domain.sheets import Sheet
from server.drafts import drafting
from server.proposals import changing_mode
from server.store import reopening
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page

MODES = {
    SectionMode.FREE: N_("Écriture libre"),
    SectionMode.PROPOSALS_ONLY: N_("Sur proposition seulement"),
    SectionMode.FROZEN: N_("Figé"),
}
SHOWS = {
    SectionMode.FREE: N_(
        "Les référents, contributeurs et signataires des parties signataires y écrivent ensemble, en direct ; chacun "
        "peut aussi préparer une proposition."
    ),
    SectionMode.PROPOSALS_ONLY: N_(
        "Chacun lit le texte ; il ne change que par une proposition que toutes les parties signataires acceptent."
    ),
    SectionMode.FROZEN: N_("Chacun lit le texte ; rien ne le change."),
}


async def mode(request: Request) -> Response:
    """How a text may change, and who wants what."""
    return await _shown(request, None, 200)


async def _shown(request: Request, form: Form | None, status: int) -> Response:
    seat: Seat = request.state.seat
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        contract = around["contract"]
        section = await drafting.text_section(session, contract.id, request.path_params["section_key"])
        opening = await reopening.wanted_by(session, section.id)
    is_set_aside = section.status is SectionStatus.NOT_APPLICABLE
    facts = {
        **around,
        "section": section,
        "form": form or forms.opened({}),
        "version": forms.opened(values_of(section, opening)).version,
        "modes": MODES,
        "shows": SHOWS,
        "why_closed": why_closed(section, contract.state),
        "opening": [one for one in around["parties"] if one.is_signing and one.id in opening],
        "missing": still_missing(around["parties"], opening),
        "party_id": seat.party_id,
        "wishes": Wish,
        "decides": seat.may(Action.ANSWER)
        and contract.state.is_open_to_writing
        and section.mode is not SectionMode.FROZEN
        and not is_set_aside,
    }
    return page(request, "mode.html", facts, status_code=status)


async def change_mode(request: Request) -> Response:
    """Keep what one's party wants; what that changes counts for every open page before this answers."""
    own, contract_id = parts(request), request.path_params["contract_id"]
    key = request.path_params["section_key"]

    async def do(sheet: Sheet) -> SectionMode:
        return await changing_mode.change(own.store, own.rooms, who(request), key, sheet)

    async def back(_: SectionMode) -> str:
        await own.floor.review(contract_id)
        own.floor.contract_changed(contract_id)
        return request.url.path

    return await forms.take(request, do, _shown, back)
