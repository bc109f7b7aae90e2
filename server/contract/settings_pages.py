"""The settings of a contract: one page everybody of the contract reads, and the form of its facts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.people import Seat
from auth.policy import Action, Role, may
from server.domain.contract.contract import Establishment, Member, Party, duration_warning
from server.domain.contract.perimeter import establishment_warnings, party_warnings
from server.domain.identifiers import Doubt
from server.domain.people.mandates import BASES, LACKS, Bearer, Mandate
from server.domain.people.seats import Actor, may_change
from server.domain.refusals import N_
from server.domain.sheets import Sheet
from server.editing import establishments as establishments_editing
from server.editing import facilitator
from server.editing import facts as facts_editing
from server.editing import parties as parties_editing
from server.editing import seats as seats_editing
from server.editing.acting import Who
from server.store import acts, contracts, mandates
from server.web import forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.paging import paged
from server.web.parts import parts
from server.web.views import page
from server.wording.rendering import PARTY_KINDS

DONE = {  # what was just done, as the page says it after coming back
    "facts": N_("Les informations du contrat sont enregistrées."),
    "created": N_("Le contrat est créé. Complétez ses parties, ses personnes et ses établissements."),
    "party_added": N_("La partie est ajoutée. Ajoutez maintenant les personnes qui la représentent."),
    "party_edited": N_("La partie est enregistrée."),
    "party_removed": N_("La partie est retirée du contrat."),
    "party_provider": N_(
        "Le fournisseur d’identité de la partie est enregistré : il vaut pour les invitations à venir."
    ),
    "establishment_added": N_("L’établissement ou service est ajouté."),
    "establishment_edited": N_("L’établissement ou service est enregistré."),
    "establishment_removed": N_("L’établissement ou service est retiré du contrat."),
    "seat_added": N_("La personne est inscrite. Vous pouvez maintenant l’inviter, à la page Personnes."),
    "seat_edited": N_("La place est enregistrée."),
    "seat_freed": N_("L’accès est retiré. La place reste, pour une autre personne."),
    "seat_removed": N_("La place est retirée du contrat."),
    "facilitator": N_("L’animation des réunions est confiée comme demandé."),
    "same": N_("Rien n’a changé."),
}
RECORD = {  # an act of the record, as a sentence after the name of who did it
    "created": N_("a créé le contrat"),
    "facts": N_("a modifié l’intitulé ou les dates du contrat"),
    "party_added": N_("a ajouté la partie {name}"),
    "party_edited": N_("a modifié la partie {name}"),
    "party_removed": N_("a retiré la partie {name}"),
    "party_provider": N_("a choisi le fournisseur d’identité de {name}"),
    "establishment_added": N_("a ajouté {name}"),
    "establishment_edited": N_("a modifié {name}"),
    "establishment_removed": N_("a retiré {name}"),
    "seat_added": N_("a inscrit {name} ({party})"),
    "seat_edited": N_("a modifié la place de {name} ({party})"),
    "seat_freed": N_("a retiré l’accès de {name} ({party})"),
    "seat_removed": N_("a retiré la place de {name} ({party})"),
    "seat_joined": N_("a pris la place de {name} ({party}) par une invitation"),
    "seat_moved": N_("a rattaché la place de {name} ({party}) à un autre compte"),
    "invited": N_("a invité {name} ({party})"),
    "invitation_revoked": N_("a retiré l’invitation de {name} ({party})"),
    "facilitator_given": N_("a confié l’animation des réunions à {name} ({party})"),
    "facilitator_taken": N_("a retiré l’animation des réunions à {name} ({party})"),
    "mandate_recorded": N_("a enregistré une habilitation à signer de {name} ({party}) : {reference}"),
    "mandate_paper_added": N_("a joint un document à l’habilitation à signer de {name} ({party})"),
    "mandate_ended": N_("a mis fin à l’habilitation à signer de {name} ({party})"),
    "section_added": N_("a ajouté au plan : {label}"),
    "section_retitled": N_("a changé le numéro ou le titre : {label}"),
    "section_moved": N_("a déplacé dans le plan : {label}"),
    "section_set_aside": N_("a marqué « Sans objet » : {label}"),
    "section_taken_up": N_("a remis en brouillon : {label}"),
    "section_removed": N_("a retiré du plan : {label}"),
    "proposal_accepted": N_("a donné le dernier accord à une proposition : {label}"),
    "reservation_lifted": N_("a levé la réserve de sa partie sur la proposition : {title}"),
    "plan_proposal_accepted": N_("a donné le dernier accord à une proposition qui change le plan : {label}"),
    "section_closed": N_("a fermé à l’écriture : {label}"),
    "section_opening_wanted": N_("a demandé la réouverture à l’écriture : {label}"),
    "section_opening_unwanted": N_("a retiré sa demande de réouverture à l’écriture : {label}"),
    "section_opened": N_("a rouvert à l’écriture, avec l’accord de toutes les parties : {label}"),
    "section_freeze_wanted": N_("a demandé que le texte soit figé : {label}"),
    "section_freeze_unwanted": N_("a retiré sa demande de figer le texte : {label}"),
    "section_frozen": N_("a figé le texte, avec l’accord de toutes les parties : {label}"),
    "section_thawed": N_("a levé le gel du texte : {label}"),
    "section_put_back": N_("a remis au plan : {label}"),
}
BETWEEN_SIGNATORIES = {
    "mandate_recorded",
    "mandate_paper_added",
    "mandate_ended",
    "reservation_lifted",
    "section_opening_wanted",
    "section_opening_unwanted",
    "section_freeze_wanted",
    "section_freeze_unwanted",
}  # not for consulted partners


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
        authority = await _authority(session, request, around["parties"], seats)
    actor = seats_editing.actor_of(request.state.seat)
    told = RECORD.keys() if request.state.seat.is_signing else RECORD.keys() - BETWEEN_SIGNATORIES
    kept = facts_editing.facts_of(around["contract"])
    shown = {
        **around,
        "facts": kept,
        "length": duration_warning(kept.start, kept.end),
        "shown_parties": [_party_shown(one, seats, actor) for one in around["parties"]],
        "facilitators": [one for one in seats if one.is_facilitator],
        "could_facilitate": [one for one in seats if not one.is_facilitator and one.role != Role.ADMINISTRATOR.value],
        **authority,
        "shown_establishments": [_establishment_shown(one) for one in establishments],
        "kinds": PARTY_KINDS,
        "done": DONE.get(request.query_params.get("done", "")),
        "paged": paged(request, [one for one in record if one.kind in told]),
        "sentences": RECORD,
        "party_of": {one.id: one for one in around["parties"]},
        "zone": ZoneInfo(own.settings.time_zone),
    }
    return page(request, "settings.html", shown)


def _party_shown(party: Party, seats: list[Member], actor: Actor) -> PartyShown:
    theirs = [one for one in seats if one.party_id == party.id]
    return PartyShown(
        party=party,
        doubts=party_warnings(parties_editing.facts_of(party).values),
        seats=[(one, actor.manages and may_change(actor, party, seats, one)) for one in theirs],
        takes_seats=actor.manages and may_change(actor, party, seats),
    )


async def _authority(
    session: AsyncSession, request: Request, parties: list[Party], seats: list[Member]
) -> dict[str, Any]:
    """What lets people bind their parties, for those of the signing parties: consulted partners see none of it."""
    if not request.state.seat.is_signing:
        return {"authority": [], "papers": []}
    kept = await mandates.of_contract(session, request.path_params["contract_id"])
    by_id, by_key = {one.id: one for one in parties}, {one.key: one for one in seats}
    now = datetime.now(ZoneInfo(parts(request).settings.time_zone))
    shown = [shown_mandate(one, by_key.get(one.seat_key), by_id[one.party_id], now) for one in kept]
    return {"authority": shown, "papers": await mandates.papers(session, kept)}


def shown_mandate(one: Mandate, seat: Member | None, party: Party, now: datetime) -> dict[str, Any]:
    """A mandate as pages show it: whether its holder may bind their party by it now and, if not, why."""
    lack = one.lack(bearer_of(seat, party), now)
    return {"one": one, "basis": BASES[one.basis], "lack": LACKS[lack] if lack else None}


def bearer_of(seat: Member | None, party: Party) -> Bearer:
    """Who would bind a party from a seat; nobody, once it was taken out."""
    name, key, role = (seat.name, seat.key, seat.role) if seat else ("", "", Role.ADMINISTRATOR.value)
    reads = may(Role(role), Action.READ, is_signing=party.is_signing)
    return Bearer(party.id, key, name, is_signing=party.is_signing, reads=reads)


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
        await told_everybody(request)
        seat: Seat = request.state.seat
        there = "settings" if seat.may(Action.READ) else "people"
        return f"/contracts/{request.path_params['contract_id']}/{there}?done={done if outcome else 'same'}#{place}"

    return told


async def told_everybody(request: Request) -> None:
    """Have every open page of the contract ask again what it may do, and show what is new."""
    own, contract_id = parts(request), request.path_params["contract_id"]
    await own.floor.review(contract_id)
    own.floor.contract_changed(contract_id)


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


async def set_facilitator(request: Request) -> Response:
    """Say who runs the meetings of the contract."""
    sheet = await forms.read(request)
    changed = await facilitator.set_facilitator(parts(request).store, who(request), sheet)
    return RedirectResponse(await back(request, "facilitator", "animation")(changed), 303)
