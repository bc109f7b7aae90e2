"""The forms of an establishment or service: add, change, take out."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from server.contract.settings_pages import about, back, show, who
from server.domain.contract.contract import Establishment
from server.domain.contract.perimeter import CATEGORIES
from server.domain.refusals import NotFound
from server.editing import establishments as editing
from server.store import contracts
from server.web import forms
from server.web.forms import Form
from server.web.parts import parts

NEW = {"capacity_unit": "places"}


async def new_establishment(request: Request) -> Response:
    """An empty form."""
    return await _new(request, forms.blank(NEW), 200)


async def _new(request: Request, form: Form, status: int) -> Response:
    return await show(request, "establishment_form.html", form, status, one=None, categories=CATEGORIES)


async def add_establishment(request: Request) -> Response:
    """Add an establishment or service."""
    do = partial(editing.add_establishment, parts(request).store, who(request))
    return await forms.take(request, do, _new, back(request, "establishment_added", "etablissements"))


async def establishment(request: Request) -> Response:
    """The form of an establishment as it is kept."""
    return await _form(request, forms.opened(editing.facts_of(await _found(request)).values), 200)


async def _found(request: Request) -> Establishment:
    async with parts(request).store.reading() as session:
        for one in await contracts.establishments(session, request.path_params["contract_id"]):
            if one.key == request.path_params["establishment_key"]:
                return one
    raise NotFound


async def _form(request: Request, form: Form, status: int) -> Response:
    found = await _found(request)
    more = {"one": found, "categories": CATEGORIES, "kept": forms.opened(editing.facts_of(found).values)}
    return await show(request, "establishment_form.html", form, status, **more)


async def save_establishment(request: Request) -> Response:
    """Keep an establishment or service."""
    done = back(request, "establishment_edited", "etablissements")
    return await forms.take(request, about(request, "establishment_key", editing.edit_establishment), _form, done)


async def _still(request: Request, form: Form, status: int) -> Response:
    """The establishment that stays, and why."""
    kept = editing.facts_of(await _found(request)).values
    return await _form(request, forms.instead(kept, form), status)


async def remove_establishment(request: Request) -> Response:
    """Take an establishment or service out."""
    done = back(request, "establishment_removed", "etablissements")
    return await forms.take(request, about(request, "establishment_key", editing.remove_establishment), _still, done)
