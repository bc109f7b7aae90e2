"""The forms of a party: add, change, take out."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.contract.settings_pages import about, back, show, who
from server.domain.contract.contract import Party
from server.domain.contract.perimeter import AUTHORITIES
from server.domain.refusals import NotFound
from server.editing import choosing
from server.editing import parties as editing
from server.store import contracts, providers, sitting
from server.web import forms
from server.web.forms import Form
from server.web.parts import parts
from server.wording.rendering import PARTY_KINDS

NEW = {"kind": "authority", "authority_type": "ars"}


async def new_party(request: Request) -> Response:
    """An empty form."""
    return await _new(request, forms.blank(NEW), 200)


async def _new(request: Request, form: Form, status: int) -> Response:
    types = AUTHORITIES
    return await show(request, "party_form.html", form, status, party=None, party_kinds=PARTY_KINDS, types=types)


async def add_party(request: Request) -> Response:
    """Add a party."""
    do = partial(editing.add_party, parts(request).store, who(request))
    return await forms.take(request, do, _new, back(request, "party_added", "parties"))


async def party(request: Request) -> Response:
    """The form of a party as it is kept."""
    return await _form(request, forms.opened(editing.facts_of(await _found(request)).values), 200)


async def _found(request: Request) -> Party:
    async with parts(request).store.reading() as session:
        for one in await contracts.parties(session, request.path_params["contract_id"]):
            if one.key == request.path_params["party_key"]:
                return one
    raise NotFound


async def _form(request: Request, form: Form, status: int) -> Response:
    found = await _found(request)
    types = AUTHORITIES | ({found.authority_type: found.authority_type} if found.authority_type else {}) | AUTHORITIES
    kept = forms.opened(editing.facts_of(found).values)
    more = {"party": found, "party_kinds": PARTY_KINDS, "types": types, "kept": kept, **await _choice(request, found)}
    return await show(request, "party_form.html", form, status, **more)


async def _choice(request: Request, party: Party) -> dict[str, Any]:
    """Which provider its people come through, and which may be chosen: for a lead of that party alone."""
    if party.id != request.state.seat.party_id:
        return {"choosing": None}
    async with parts(request).store.reading() as session:
        row = await sitting.party_row(session, request.path_params["contract_id"], party.key)
        offered = await providers.enabled(session)
        known = await providers.known(session)
    if row is None:
        raise NotFound
    kept = [one for one in known if one.key == row.provider and not one.is_enabled]
    return {"choosing": forms.opened(choosing.values_of(row)), "offered": [*offered, *kept]}


async def choose_provider(request: Request) -> Response:
    """Choose whom the people of one's own party sign in with."""
    done = back(request, "party_provider", "parties")
    return await forms.take(request, about(request, "party_key", choosing.choose_provider), _still, done)


async def save_party(request: Request) -> Response:
    """Keep a party."""
    done = back(request, "party_edited", "parties")
    return await forms.take(request, about(request, "party_key", editing.edit_party), _form, done)


async def _still(request: Request, form: Form, status: int) -> Response:
    """The party that stays, and why."""
    kept = editing.facts_of(await _found(request)).values
    return await _form(request, forms.instead(kept, form), status)


async def remove_party(request: Request) -> Response:
    """Take a party out."""
    done = back(request, "party_removed", "parties")
    return await forms.take(request, about(request, "party_key", editing.remove_party), _still, done)
