"""The page of a contract's life: its steps, what is missing to leave this one, the moves, and their record."""

from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from server.contract import moving_on
from server.contract.moving_on import Wanted
from server.contract.settings_pages import who
from server.domain.contract.contract import LIFE, ContractState
from server.domain.contract.life import Move, missing, moves
from server.domain.refusals import N_, NotFound
from server.domain.sheets import Sheet, one_line
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page

MOVES = {
    Move.ON: N_("Passage à l’étape suivante"),
    Move.BACK: N_("Retour à une étape précédente"),
    Move.SUSPEND: N_("Suspension"),
    Move.RESUME: N_("Reprise"),
    Move.TERMINATE: N_("Résiliation"),
}
DONE = N_("L’étape du contrat a changé. Toutes les parties le voient dès maintenant.")


async def life(request: Request) -> Response:
    """The steps of a contract and where it stands."""
    return await _page(request, forms.opened({}), 200)


async def _page(request: Request, form: Form, status: int) -> Response:
    own, contract_id, now = parts(request), request.path_params["contract_id"], datetime.now(UTC)
    empty = await moving_on.empty_sections(own.store, contract_id, own.text_of)
    async with own.store.reading() as session:
        around = await frame(session, request)
        stands = await moving_on.standing(session, contract_id, empty, now)
        passages = await moving_on.passages(session, contract_id)
    state = around["contract"].state
    at = stands.suspended_from if state is ContractState.SUSPENDED else state
    lacks = missing(stands)
    shown = {
        **around,
        "form": form,
        "steps": LIFE,
        "step_at": LIFE.index(at) if at in LIFE else len(LIFE) if at else -1,
        "blocking": [one for one in lacks if one.is_blocking],
        "to_confirm": [one for one in lacks if not one.is_blocking],
        "moves": moves(state, stands.suspended_from),
        "move_words": MOVES,
        "passages": passages,
        "party_of": {one.id: one for one in around["parties"]},
        "zone": ZoneInfo(own.settings.time_zone),
        "done": DONE if request.query_params.get("done") else None,
    }
    return page(request, "life.html", shown, status_code=status)


async def move_on(request: Request) -> Response:
    """Take a contract to another step."""
    own = parts(request)

    async def do(sheet: Sheet) -> None:
        given = sheet.values
        try:
            wanted = Wanted(
                move=Move(given.get("move", "")),
                to=ContractState(given.get("to", "")),
                seen=ContractState(given.get("seen", "")),
                reason=one_line(given.get("reason", ""))[:1000],
                confirmed=given.get("confirmed", "").split(),
            )
        except ValueError:
            raise NotFound from None  # a form of ours never says that
        await moving_on.move_on(own.store, own.rooms, who(request), wanted, own.text_of)

    return await forms.take(request, do, _page, partial(_moved, request))


async def _moved(request: Request, _: object) -> str:
    own, contract_id = parts(request), request.path_params["contract_id"]
    await own.floor.review(contract_id)
    own.floor.contract_changed(contract_id)
    return f"/contracts/{contract_id}/life?done=1"
