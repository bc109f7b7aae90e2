"""The administrators' page that says whom the people of each party sign in with."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from server.administration import administering
from server.administration.provider_pages import desk
from server.domain.refusals import N_
from server.editing.choosing import values_of
from server.store import providers, sitting
from server.web import forms
from server.web.forms import Form
from server.web.paging import paged
from server.web.parts import parts
from server.web.views import page

PLACE = "/administration/parties"
_DONE = N_("Le choix est enregistré : il vaut pour les invitations à venir.")


async def all_parties(request: Request) -> Response:
    """The parties of every contract by name, and the provider chosen for each; of the contract its key alone."""
    return await _shown(request, forms.opened({}), 200)


async def _shown(request: Request, form: Form, status: int) -> Response:
    async with parts(request).store.reading() as session:
        rows = await sitting.parties_of_all(session)
        known = await providers.known(session)
    contracts: dict[str, list[tuple[Any, Form]]] = {}
    for party in rows:
        contracts.setdefault(party.contract_id, []).append((party, forms.opened(values_of(party))))
    facts = {
        "paged": paged(request, list(contracts.items())),
        "known": known,
        "form": form,
        "done": _DONE if "done" in request.query_params else "",
    }
    return page(request, "provider_choice.html", facts, status_code=status)


async def choose_for_party(request: Request) -> Response:
    """Choose for one party."""
    where = request.path_params["contract_id"], request.path_params["party_key"]
    do = partial(administering.choose_for_party, desk(request), *where)

    async def back(changed: Any) -> str:
        there = {name: request.query_params[name] for name in ("page",) if name in request.query_params}
        return f"{PLACE}?{urlencode({**there, **({'done': 'yes'} if changed else {})})}"

    return await forms.take(request, do, _shown, back)
