"""The authorities to sign of a seat's holder: recorded by their party with the documents that show them, and ended."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from auth.policy import Action
from server.contract.settings_pages import about, shown_mandate, told_everybody, who
from server.domain.contract.contract import Member, Party
from server.domain.people.mandates import BASES, Basis, Mandate
from server.domain.people.papers import MOST_BYTES
from server.domain.people.security import SecurityKind
from server.domain.refusals import N_, NotFound
from server.domain.refusals_of_people import NotYourParty
from server.domain.sheets import Sheet
from server.editing import mandates as editing
from server.editing.mandates import Sent
from server.store import contracts, mandates
from server.web import forms
from server.web.downloads import download
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page

UPLOAD_LIMIT = MOST_BYTES + 65536  # bytes of the form that brings a document
NEW = {"basis": Basis.DELEGATION_OF_SIGNATURE.value}
MANDATE_DONE = {
    "mandate_recorded": N_("L’habilitation à signer est enregistrée. Vous pouvez y joindre les documents."),
    "mandate_ended": N_("Il est mis fin à l’habilitation. Elle reste au dossier, avec sa date de fin."),
    "paper_added": N_("Le document est joint."),
}


async def seat_mandates(request: Request) -> Response:
    """The authorities of a seat's holder, and a form for one more."""
    found, _, _ = await _seat(request)
    return await _page(request, forms.blank({**NEW, "title": found.function}), 200)


async def _seat(request: Request) -> tuple[Member, Party, dict[str, Any]]:
    """The seat in the address, of one's own party, which signs.

    Raises:
        NotFound, NotYourParty: it is none, or another party's.
    """
    seat: Seat = request.state.seat
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        seats = await contracts.members(session, around["contract"].id)
        key = request.path_params.get("seat_key")
        if key is None:
            kept = await mandates.of_contract(session, around["contract"].id)
            key = next((one.seat_key for one in kept if one.id == request.path_params["mandate_id"]), None)
    found = next((one for one in seats if one.key == key), None)
    if found is None:
        raise NotFound
    party = next(one for one in around["parties"] if one.id == found.party_id)
    if party.id != seat.party_id or not party.is_signing:
        if seat.may(Action.READ):
            raise NotYourParty(party=party.short_name)
        raise NotFound
    return found, party, around


async def _page(request: Request, form: Form, status: int) -> Response:
    found, party, around = await _seat(request)
    own = parts(request)
    zone = ZoneInfo(own.settings.time_zone)
    async with own.store.reading() as session:
        kept = [one for one in await mandates.of_contract(session, around["contract"].id) if one.seat_key == found.key]
        papers = await mandates.papers(session, kept)
    facts = {
        **around,
        "member": found,
        "of": party,
        "form": form,
        "bases": BASES,
        "shown": [shown_mandate(one, found, party, datetime.now(zone)) for one in reversed(kept)],
        "papers": papers,
        "asked": request.path_params.get("mandate_id", ""),
        "done": MANDATE_DONE.get(request.query_params.get("done", "")),
        "zone": zone,
    }
    return page(request, "mandates.html", facts, status_code=status)


async def record_mandate(request: Request) -> Response:
    """Record an authority to sign."""
    do = about(request, "seat_key", editing.record_mandate)
    return await forms.take(request, do, _page, partial(_there, request, "mandate_recorded"))


async def end_mandate(request: Request) -> Response:
    """End an authority to sign now."""

    async def do(_: Sheet) -> str:
        return await editing.end_mandate(parts(request).store, who(request), request.path_params["mandate_id"])

    return await forms.take(request, do, _again, partial(_there, request, "mandate_ended"))


async def _again(request: Request, form: Form, status: int) -> Response:
    found, _, _ = await _seat(request)
    return await _page(request, replace(form, values={**NEW, "title": found.function}), status)


async def add_paper(request: Request) -> Response:
    """Keep a document beside an authority to sign."""
    async with request.form(max_files=1, max_fields=4, max_part_size=4096) as sent:
        file = sent.get("paper")
        content = await file.read(MOST_BYTES + 1) if isinstance(file, UploadFile) else b""
        name = file.filename or "" if isinstance(file, UploadFile) else ""
    key = request.path_params["mandate_id"]

    async def do(_: Sheet) -> str:
        return await editing.add_paper(parts(request).store, who(request), key, Sent(name, content))

    return await forms.took(request, Sheet({}, ""), do, _again, partial(_there, request, "paper_added"))


async def _there(request: Request, done: str, _: Any) -> str:
    """The page of the seat's authorities, which says what was done."""
    found, _, _ = await _seat(request)
    await told_everybody(request)
    return f"/contracts/{request.path_params['contract_id']}/settings/seats/{found.key}/mandates?done={done}"


async def paper(request: Request) -> Response:
    """A document as a file to keep, for the people of the signing parties while its mandate stands, then for its own.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    own, seat, paper_id = parts(request), request.state.seat, request.path_params["paper_id"]
    async with own.store.reading() as session:
        kept = {one.id: one for one in await mandates.of_contract(session, request.path_params["contract_id"])}
        found = {one.id: one for one in await mandates.papers(session, list(kept.values()))}.get(paper_id)
        if found is None or not _is_for(seat, kept[found.mandate_id]):
            raise NotFound
        content = await mandates.paper_bytes(session, paper_id)
    await own.watch.note(request, SecurityKind.DOWNLOADED, paper=paper_id)
    return download(content or b"", found.name, found.media_type)


def _is_for(seat: Seat, mandate: Mandate) -> bool:
    return seat.party_id == mandate.party_id or (seat.is_signing and mandate.ended_at is None)
