"""The forms of a seat: add, change, take its access, take out."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from server.contract.settings_pages import about, back, show, who
from server.domain.contract.contract import Member, Party
from server.domain.people.seats import check_may_change, may_change, roles_of
from server.domain.refusals import NotFound
from server.editing import seats as editing
from server.store import contracts
from server.web import forms
from server.web.forms import Form
from server.web.parts import parts

NEW = {"role": "contributor"}


async def new_seat(request: Request) -> Response:
    """An empty form, for the party in the address."""
    party, _ = await _party(request)
    return await _new(request, forms.blank(NEW if party.is_signing else {"role": "reader"}), 200)


async def _party(request: Request) -> tuple[Party, list[Member]]:
    """The party in the address, to which the person who asks may add a seat."""
    contract_id = request.path_params["contract_id"]
    async with parts(request).store.reading() as session:
        seats = await contracts.members(session, contract_id)
        for one in await contracts.parties(session, contract_id):
            if one.key == request.path_params["party_key"]:
                check_may_change(editing.actor_of(request.state.seat), one, seats)
                return one, seats
    raise NotFound


async def _new(request: Request, form: Form, status: int) -> Response:
    party, _ = await _party(request)
    more = {"member": None, "of": party, "allowed": roles_of(party), "is_mine": True}
    return await show(request, "seat_form.html", form, status, **more)


async def add_seat(request: Request) -> Response:
    """Add a seat to a party."""
    do = partial(editing.add_seat, parts(request).store, who(request), request.path_params["party_key"])
    return await forms.take(request, do, _new, back(request, "seat_added", "parties"))


async def seat(request: Request) -> Response:
    """The form of a seat as it is kept."""
    found, party, seats = await _found(request)
    check_may_change(editing.actor_of(request.state.seat), party, seats, found)
    return await _form(request, forms.opened(editing.facts_of(found)), 200)


async def _found(request: Request) -> tuple[Member, Party, list[Member]]:
    contract_id = request.path_params["contract_id"]
    async with parts(request).store.reading() as session:
        parties = {one.id: one for one in await contracts.parties(session, contract_id)}
        seats = await contracts.members(session, contract_id)
    for one in seats:
        if one.key == request.path_params["seat_key"]:
            return one, parties[one.party_id], seats
    raise NotFound


async def _form(request: Request, form: Form, status: int) -> Response:
    found, party, seats = await _found(request)
    more = {
        "member": found,
        "of": party,
        "allowed": dict.fromkeys([*roles_of(party), found.role]),
        "kept": forms.opened(editing.facts_of(found)),
        "is_mine": may_change(editing.actor_of(request.state.seat), party, seats, found),
    }
    return await show(request, "seat_form.html", form, status, **more)


async def save_seat(request: Request) -> Response:
    """Keep a seat."""
    return await forms.take(
        request, about(request, "seat_key", editing.edit_seat), _form, back(request, "seat_edited", "parties")
    )


async def _still(request: Request, form: Form, status: int) -> Response:
    """The seat that stays as it is, and why."""
    found, _, _ = await _found(request)
    kept = editing.facts_of(found)
    return await _form(request, forms.instead(kept, form), status)


async def free_seat(request: Request) -> Response:
    """Take its access from whoever holds a seat."""
    return await forms.take(
        request, about(request, "seat_key", editing.free_seat), _still, back(request, "seat_freed", "parties")
    )


async def remove_seat(request: Request) -> Response:
    """Take a seat out."""
    return await forms.take(
        request, about(request, "seat_key", editing.remove_seat), _still, back(request, "seat_removed", "parties")
    )
