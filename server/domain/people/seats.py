"""Who may change the seats of a party, and what a party always keeps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.domain.contract.contract import Member, Party
from server.domain.refusals import N_, NotFound
from server.domain.refusals_of_people import LastLead, NotYourParty, OwnSeat
from server.domain.sheets import Reading, Sheet

LEAD = "lead_negotiator"
SIGNING_ROLES = (LEAD, "contributor", "signatory", "reader", "administrator")
CONSULTED_ROLES = ("reader",)  # whoever sits there reads at most


@dataclass(frozen=True, slots=True)
class Actor:
    """Who would change seats: their own seat, its party, and whether they manage the contract or only its people."""

    member_id: int
    party_id: int
    manages: bool


def may_change(actor: Actor, party: Party, seats: Sequence[Member], seat: Member | None = None) -> bool:
    """Whether `actor` may add a seat to `party`, or change `seat` of it.

    A party answers for its own seats, and who only administers its people does not decide about their own. Those of
    a consulted party, which has no lead, and the free seats of a party that no lead has joined yet are prepared by
    the leads of the contract.
    """
    if party.id == actor.party_id:
        return actor.manages or seat is None or seat.id != actor.member_id
    if not actor.manages:
        return False
    if not party.is_signing:
        return True
    joined = any(one.party_id == party.id and one.role == LEAD and one.is_held for one in seats)
    return not joined and (seat is None or not seat.is_held)


def check_may_change(actor: Actor, party: Party, seats: Sequence[Member], seat: Member | None = None) -> None:
    """Let somebody pass who may change the seats of `party`.

    Raises:
        NotYourParty: that party answers for its own seats.
        OwnSeat: an administrator's own.
        NotFound: for who reads no contract, there are no other parties.
    """
    if may_change(actor, party, seats, seat):
        return
    if actor.manages:
        raise NotYourParty(party=party.short_name)
    raise OwnSeat if party.id == actor.party_id else NotFound


def check_still_led(party: Party, before: Sequence[Member], after: Sequence[Member]) -> None:
    """Make sure that a signing party keeps a lead negotiator, and one who has joined when it had one.

    Raises:
        LastLead: the change would leave it without.
    """
    had, keeps = _leads(party, before), _leads(party, after)
    lost_its_held = any(one.is_held for one in had) and not any(one.is_held for one in keeps)
    if party.is_signing and had and (not keeps or lost_its_held):
        raise LastLead(party=party.short_name)


def _leads(party: Party, seats: Sequence[Member]) -> list[Member]:
    return [one for one in seats if one.party_id == party.id and one.role == LEAD]


def roles_of(party: Party) -> tuple[str, ...]:
    """The roles a seat of `party` may be given."""
    return SIGNING_ROLES if party.is_signing else CONSULTED_ROLES


def read_seat(sheet: Sheet, roles: Collection[str]) -> tuple[str, str, str]:
    """The name, the function and the role that a form gives a seat.

    Raises:
        SheetRefused: what was typed is not a seat.
    """
    reading = Reading(sheet.values)
    name = reading.line("name", needs=N_("Écrivez le prénom et le nom de la personne."))
    function = reading.line("function")
    role = reading.choice("role", roles)
    return reading.done(lambda: (name, function, role))
