"""The page of a party's people: who sits where, who is invited, whose account changed; its forms."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from server.contract.settings_pages import DONE, about, bearer_of, told_everybody, who
from server.domain.contract.contract import Member, Party
from server.domain.people.invitations import USUAL_DAYS
from server.domain.people.mandates import may_bind
from server.domain.people.seats import check_may_change, may_change
from server.domain.refusals import N_, NotFound
from server.domain.sheets import Sheet
from server.editing import attachments
from server.editing import seats as seats_editing
from server.editing.attachments import Meant
from server.sessions import ending
from server.store import contracts, invitations, mandates, providers, sitting
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import parts
from server.web.views import page

PEOPLE_DONE = {
    "invitation_revoked": N_("L’invitation est retirée : son lien n’ouvre plus rien."),
    "seat_moved": N_("La place est rattachée au nouveau compte. Ce que l’ancien a fait reste à son nom."),
    "sessions_ended": N_("Les connexions de cette personne sont fermées : elle devra se reconnecter."),
    "nothing_ended": N_("Cette personne n’a pas de connexion ouverte."),
}


async def people(request: Request) -> Response:
    """The people of the party in the address, of one's own when it names none."""
    return await shown_again(request, forms.opened({}), 200)


async def shown_again(request: Request, form: Form, status: int) -> Response:
    """The page, with a form on it that was refused."""
    zone = ZoneInfo(parts(request).settings.time_zone)
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        party, seats = await _party(request, around, await contracts.members(session, around["contract"].id))
        shown = await _shown(session, request, party, seats, datetime.now(zone))
        open_to_people = await providers.enabled(session)
        fixed = await sitting.provider_of(session, party.id)
    actor = seats_editing.actor_of(request.state.seat)
    facts = {
        **around,
        "party": party,
        "shown": shown,
        "form": form,
        "asked": request.path_params.get("seat_key", ""),
        "takes_seats": may_change(actor, party, seats),
        "is_own": party.id == actor.party_id,
        "providers": [one for one in open_to_people if fixed in (None, one.key)],
        "usual_days": USUAL_DAYS,
        "done": {**DONE, **PEOPLE_DONE}.get(request.query_params.get("done", "")),
        "zone": zone,
    }
    return page(request, "people.html", facts, status_code=status)


async def _shown(
    session: AsyncSession, request: Request, party: Party, seats: list[Member], now: datetime
) -> list[dict[str, Any]]:
    """The seats of a party: who sits there or is invited, and what they may bind it by; days are those of `now`."""
    contract_id, actor = request.path_params["contract_id"], seats_editing.actor_of(request.state.seat)
    sitters = await sitting.sitters(session, party.id, now)
    invited = {one.seat_key: one for one in await invitations.of_contract(session, contract_id)}
    recorded = await mandates.of_contract(session, contract_id)
    return [
        {
            "seat": one,
            "version": forms.opened(seats_editing.facts_of(one)).version,
            "sitter": sitters.get(one.key),
            "invitation": invited.get(one.key),
            "is_over": one.key in invited and invited[one.key].expires_at <= now,
            "mandates": [mandate for mandate in recorded if mandate.seat_key == one.key and mandate.ended_at is None],
            "binds": may_bind(recorded, bearer_of(one, party), now),
            "mine": may_change(actor, party, seats, one),
        }
        for one in seats
        if one.party_id == party.id
    ]


async def _party(request: Request, around: dict[str, Any], seats: list[Member]) -> tuple[Party, list[Member]]:
    """The party whose people are asked for, which one may look after.

    Raises:
        NotFound, NotYourParty: it is none, or it looks after its own.
    """
    actor = seats_editing.actor_of(request.state.seat)
    named = request.path_params.get("party_key") or _party_of_seat(request, around, seats)
    for one in around["parties"]:
        if one.key == named or (named is None and one.id == actor.party_id):
            if one.id != actor.party_id:
                check_may_change(actor, one, seats)
            return one, seats
    raise NotFound


def _party_of_seat(request: Request, around: dict[str, Any], seats: list[Member]) -> str | None:
    """The party of the seat in the address, when it names one: a refused form of the page is about a seat."""
    for one in seats:
        if one.key == request.path_params.get("seat_key"):
            return next(str(party.key) for party in around["parties"] if party.id == one.party_id)
    return None


async def whose_reference(request: Request) -> Response:
    """Say whose reference was typed, before a seat is moved to them."""
    own, key = parts(request), request.path_params["seat_key"]

    async def do(sheet: Sheet) -> tuple[Meant, Sheet]:
        return await attachments.who_is_meant(own.store, who(request), key, sheet), sheet

    async def then(outcome: tuple[Meant, Sheet]) -> Response:
        meant, sheet = outcome
        async with own.store.reading() as session:
            around = await frame(session, request)
            labels = {one.issuer: one.label for one in await providers.known(session)}
        facts = {"meant": meant, "label": labels.get(meant.newcomer.issuer, ""), "sheet": sheet, "key": key}
        return page(request, "seat_move.html", {**around, **facts})

    return await forms.answer(request, await forms.read(request), do, shown_again, then)


async def move_seat(request: Request) -> Response:
    """Give a seat to the account whose reference was typed."""
    do = about(request, "seat_key", attachments.move_seat)

    async def then(_: str) -> str:
        await told_everybody(request)
        return await home_of(request, "seat_moved")

    return await forms.take(request, do, shown_again, then)


async def end_sessions(request: Request) -> Response:
    """End every session of who sits in a seat of one's own party: they sign in again, or cannot."""
    own = parts(request)

    async def do(_: Sheet) -> int:
        ended = await seats_editing.end_sessions(own.store, who(request), request.path_params["seat_key"])
        ending.close(own.floor, ended)
        return len(ended)

    async def then(count: int) -> str:
        return await home_of(request, "sessions_ended" if count else "nothing_ended")

    return await forms.take(request, do, shown_again, then)


async def home_of(request: Request, done: str) -> str:
    """The page of the people of the seat in the address, which says what was done."""
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
        named = _party_of_seat(request, around, await contracts.members(session, around["contract"].id))
    base = f"/contracts/{request.path_params['contract_id']}"
    mine = around["seat"]["party"].key
    there = f"{base}/people" if named in (None, mine) else f"{base}/settings/parties/{named}/people"
    return f"{there}?done={done}"
