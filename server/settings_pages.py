"""The settings of a contract: one page everybody of the contract reads, and the form of its facts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from auth.people import Seat
from server import forms
from server.acting import Who
from server.domain.contract import Establishment, Member, Party, PartyKind, duration_warning
from server.domain.identifiers import Doubt
from server.domain.perimeter import establishment_warnings, party_warnings
from server.domain.refusals import N_
from server.domain.seats import may_change
from server.domain.sheets import Sheet
from server.editing import establishments as establishments_editing
from server.editing import facts as facts_editing
from server.editing import parties as parties_editing
from server.forms import Form
from server.frames import frame
from server.parts import parts
from server.store import acts, contracts
from server.views import page

DONE = {  # what was just done, as the page says it after coming back
    "facts": N_("Les informations du contrat sont enregistrées."),
    "created": N_("Le contrat est créé. Complétez ses parties, ses personnes et ses établissements."),
    "party_added": N_("La partie est ajoutée. Ajoutez maintenant les personnes qui la représentent."),
    "party_edited": N_("La partie est enregistrée."),
    "party_removed": N_("La partie est retirée du contrat."),
    "establishment_added": N_("L’établissement ou service est ajouté."),
    "establishment_edited": N_("L’établissement ou service est enregistré."),
    "establishment_removed": N_("L’établissement ou service est retiré du contrat."),
    "seat_added": N_("La personne est inscrite. L’administrateur peut maintenant lui rattacher son compte."),
    "seat_edited": N_("La place est enregistrée."),
    "seat_freed": N_("L’accès est retiré. La place reste, pour une autre personne."),
    "seat_removed": N_("La place est retirée du contrat."),
    "same": N_("Rien n’a changé."),
}
RECORD = {  # an act of the record, as a sentence after the name of who did it
    "created": N_("a créé le contrat"),
    "facts": N_("a modifié l’intitulé ou les dates du contrat"),
    "party_added": N_("a ajouté la partie {name}"),
    "party_edited": N_("a modifié la partie {name}"),
    "party_removed": N_("a retiré la partie {name}"),
    "establishment_added": N_("a ajouté {name}"),
    "establishment_edited": N_("a modifié {name}"),
    "establishment_removed": N_("a retiré {name}"),
    "seat_added": N_("a inscrit {name} ({party})"),
    "seat_edited": N_("a modifié la place de {name} ({party})"),
    "seat_freed": N_("a retiré l’accès de {name} ({party})"),
    "seat_removed": N_("a retiré la place de {name} ({party})"),
    "section_added": N_("a ajouté au plan : {label}"),
    "section_retitled": N_("a changé le numéro ou le titre : {label}"),
    "section_moved": N_("a déplacé dans le plan : {label}"),
    "section_set_aside": N_("a marqué « Sans objet » : {label}"),
    "section_taken_up": N_("a remis en brouillon : {label}"),
    "section_removed": N_("a retiré du plan : {label}"),
    "section_put_back": N_("a remis au plan : {label}"),
}
KINDS = {
    PartyKind.OPERATOR: N_("Gestionnaire"),
    PartyKind.AUTHORITY: N_("Autorité"),
    PartyKind.CONSULTED: N_("Partenaire consulté"),
}
MOST_ACTS = 30


@dataclass(frozen=True)
class PartyShown:
    """A party with its seats, each with whether the person who asks may change it."""

    party: Party
    doubts: dict[str, Doubt]
    seats: list[tuple[Member, bool]]
    takes_seats: bool


@dataclass(frozen=True)
class EstablishmentShown:
    """An establishment with what looks doubtful in it."""

    one: Establishment
    doubts: dict[str, Doubt]


async def settings(request: Request) -> Response:
    """Facts, parties, seats and establishments of a contract, and who changed them."""
    own = parts(request)
    async with own.store.reading() as session:
        around = await frame(session, request)
        contract_id = around["contract"].id
        seats = await contracts.members(session, contract_id)
        establishments = await contracts.establishments(session, contract_id)
        record = await acts.acts(session, contract_id)
    seat: Seat = request.state.seat
    kept = facts_editing.facts_of(around["contract"])
    shown = {
        **around,
        "facts": kept,
        "length": duration_warning(kept.start, kept.end),
        "shown_parties": [_party_shown(one, seats, seat, manages=around["manages"]) for one in around["parties"]],
        "shown_establishments": [_establishment_shown(one) for one in establishments],
        "kinds": KINDS,
        "done": DONE.get(request.query_params.get("done", "")),
        "record": [one for one in record if one.kind in RECORD][:MOST_ACTS],
        "sentences": RECORD,
        "party_of": {one.id: one for one in around["parties"]},
        "zone": ZoneInfo(own.settings.time_zone),
    }
    return page(request, "settings.html", shown)


def _party_shown(party: Party, seats: list[Member], seat: Seat, *, manages: bool) -> PartyShown:
    theirs = [one for one in seats if one.party_id == party.id]
    return PartyShown(
        party=party,
        doubts=party_warnings(parties_editing.facts_of(party).values),
        seats=[(one, manages and may_change(seat.party_id, party, seats, one)) for one in theirs],
        takes_seats=manages and may_change(seat.party_id, party, seats),
    )


def _establishment_shown(one: Establishment) -> EstablishmentShown:
    return EstablishmentShown(one, establishment_warnings(establishments_editing.facts_of(one).values))


def who(request: Request) -> Who:
    """Who asks for a change of the contract in the address, now."""
    return Who(request.path_params["contract_id"], request.state.visitor.person_id, datetime.now(UTC))


async def show(request: Request, template: str, form: Form, status: int, **more: Any) -> Response:
    """A page with one form about a contract."""
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
    return page(request, template, {**around, "form": form, **more}, status_code=status)


def back(request: Request, done: str, place: str) -> Callable[[Any], Awaitable[str]]:
    """The settings page, where the change is seen; every open page of the contract is told before."""

    async def told(outcome: Any) -> str:
        own, contract_id = parts(request), request.path_params["contract_id"]
        await own.floor.review(contract_id)
        own.floor.contract_changed(contract_id)
        return f"/contracts/{contract_id}/settings?done={done if outcome else 'same'}#{place}"

    return told


async def facts(request: Request) -> Response:
    """The form of a contract's title and days."""
    async with parts(request).store.reading() as session:
        found = (await frame(session, request))["contract"]
    return await _facts(request, forms.opened(facts_editing.facts_of(found).values), 200)


async def _facts(request: Request, form: Form, status: int) -> Response:
    return await show(request, "facts_form.html", form, status)


async def save_facts(request: Request) -> Response:
    """Keep a contract's title and days."""

    async def do(sheet: Sheet) -> Any:
        return await facts_editing.edit_facts(parts(request).store, who(request), sheet)

    return await forms.take(request, do, _facts, back(request, "facts", "informations"))


Edit = Callable[..., Awaitable[Any]]


def about(request: Request, name: str, edit: Edit) -> forms.Do:
    """What a form does with the thing that `name` says in the address: `edit(store, who, key, sheet)`."""
    return partial(edit, parts(request).store, who(request), request.path_params[name])
