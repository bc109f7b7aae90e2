"""The page of how a text may change: in writing, by proposal only, not at all; which parties want what of it."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from auth.policy import Action
from server.contract.settings_pages import who
from server.domain.contract.contract import Party
from server.domain.contract.sections import SectionMode, SectionStatus, why_closed
from server.domain.proposals.modes import OF_ALL, Wish, Wishes, still_missing, values_of
from server.domain.refusals import N_
from server.domain.sheets import Sheet
from server.drafts import drafting
from server.proposals import changing_mode
from server.store import mode_wishes, proposals
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
    SectionMode.FROZEN: N_(
        "Chacun lit le texte ; rien ne le change. Aucune modification ne s’y propose, et les propositions déposées "
        "attendent : elles peuvent être refusées ou retirées, mais pas acceptées."
    ),
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
        wishes = await mode_wishes.kept(session, section.id)
        tabled = await proposals.tabled_in(session, contract.id, seat)
    is_set_aside = section.status is SectionStatus.NOT_APPLICABLE
    facts = {
        **around,
        "section": section,
        "form": form or forms.opened({}),
        "version": forms.opened(values_of(section, wishes)).version,
        "modes": MODES,
        "shows": SHOWS,
        "why_closed": why_closed(section, contract.state),
        "wanted": {wish: _sides(around["parties"], wishes, wish) for wish in OF_ALL},
        "own_wish": wishes.get(seat.party_id),
        "waiting": [one for one in tabled if one.section_id == section.id],
        "wishes": Wish,
        "decides": seat.may(Action.ANSWER) and contract.state.is_open_to_writing and not is_set_aside,
    }
    return page(request, "mode.html", facts, status_code=status)


def _sides(parties: Sequence[Party], wishes: Wishes, wish: Wish) -> tuple[list[Party], list[Party]]:
    """The signing parties that want it, and those that have not said so."""
    missing = still_missing(parties, wishes, wish)
    return [one for one in parties if one.is_signing and one not in missing], missing


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
