"""May this person bind their party now? Only with a mandate that holds at that second, each condition of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.contract.money import Cents
from server.domain.identifiers import Doubt
from server.domain.refusals import N_, SheetRefused
from server.domain.sheets import Reading, Sheet

MOST_MANDATES = 50  # of a party, those that have ended included
_FAR = date.max


class Basis(StrEnum):
    """What an authority to sign rests on (domain brief 3.4); the values are stored: never rename, only add."""

    DELEGATION_OF_SIGNATURE = "delegation_of_signature"
    DELIBERATION = "deliberation"
    ORDER = "order"
    STATUTES = "statutes"
    OFFICE = "office"


BASES = {
    Basis.DELEGATION_OF_SIGNATURE: N_("délégation de signature"),
    Basis.DELIBERATION: N_("délibération"),
    Basis.ORDER: N_("arrêté"),
    Basis.STATUTES: N_("statuts"),
    Basis.OFFICE: N_("pouvoir propre, par la fonction"),
}


class Lack(StrEnum):
    """Why a mandate does not let somebody bind their party now."""

    PARTY = "party"
    ROLE = "role"
    SEAT = "seat"
    NAME = "name"
    TITLE = "title"
    REFERENCE = "reference"
    NOT_YET_DATED = "not_yet_dated"
    NOT_YET = "not_yet"
    OVER = "over"
    ENDED = "ended"
    NOT_RECORDED = "not_recorded"


LACKS = {
    Lack.PARTY: N_("La partie ne signe pas le contrat."),
    Lack.ROLE: N_("Un administrateur ne lit pas le contrat : il n’engage pas sa partie."),
    Lack.SEAT: N_("Ce n’est pas la place de cette personne."),
    Lack.NAME: N_("Elle est au nom d’une autre personne."),
    Lack.TITLE: N_("La qualité du signataire manque."),
    Lack.REFERENCE: N_("La référence de l’acte manque."),
    Lack.NOT_YET_DATED: N_("L’acte est daté d’un jour à venir."),
    Lack.NOT_YET: N_("Elle n’est pas encore en vigueur."),
    Lack.OVER: N_("Elle n’est plus en vigueur."),
    Lack.ENDED: N_("Il y a été mis fin."),
    Lack.NOT_RECORDED: N_("Elle n’était pas encore enregistrée."),
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who would bind a party: the name of their seat now, whether that party signs, and whether they read."""

    party_id: int
    seat_key: str
    name: str
    is_signing: bool
    reads: bool


@dataclass(frozen=True, slots=True)
class MandateFacts:
    """What the act says by which somebody may bind their party, as a form gives it."""

    title: str
    basis: Basis
    reference: str
    dated: date
    valid_from: date
    valid_until: date | None
    scope: str
    cap: Cents | None


@dataclass(frozen=True, slots=True)
class Mandate(MandateFacts):
    """An authority to bind a party, as its people recorded it; `holder` is the name it was recorded in."""

    id: str
    party_id: int
    seat_key: str
    holder: str
    recorded_at: datetime
    ended_at: datetime | None = None

    def lack(self, bearer: Bearer, at: datetime) -> Lack | None:
        """What keeps `bearer` from binding their party by it at a moment; None when nothing does.

        Days are those of the zone that `at` is in.
        """
        day = at.date()
        conditions = (
            (bearer.is_signing, Lack.PARTY),
            (bearer.reads, Lack.ROLE),
            ((self.party_id, self.seat_key) == (bearer.party_id, bearer.seat_key), Lack.SEAT),
            (self.holder == bearer.name, Lack.NAME),
            (bool(self.title), Lack.TITLE),
            (bool(self.reference), Lack.REFERENCE),
            (self.recorded_at <= at, Lack.NOT_RECORDED),
            (self.ended_at is None or at < self.ended_at, Lack.ENDED),
            (self.dated <= day, Lack.NOT_YET_DATED),
            (self.valid_from <= day, Lack.NOT_YET),
            (day <= (self.valid_until or _FAR), Lack.OVER),
        )
        return next((lack for holds, lack in conditions if not holds), None)


def may_bind(mandates: Sequence[Mandate], bearer: Bearer, at: datetime) -> Mandate | None:
    """The mandate by which `bearer` may bind their party at this second, None when there is none."""
    return next((one for one in mandates if one.lack(bearer, at) is None), None)


def read_mandate(sheet: Sheet) -> MandateFacts:
    """The mandate that a form describes; without a first day it holds from the day of its act.

    Raises:
        SheetRefused: what was typed is no mandate.
    """
    reading = Reading(sheet.values)
    title = reading.line("title", needs=N_("Écrivez en quelle qualité la personne signe."))
    basis = reading.choice("basis", [one.value for one in Basis])
    reference = reading.line("reference", needs=N_("Écrivez la référence de l’acte, comme il la porte."))
    dated = reading.day("dated")
    first = reading.day("valid_from") if _said(sheet, "valid_from") else dated
    last = reading.day("valid_until") if _said(sheet, "valid_until") else None
    scope = reading.line("scope", most=2000)
    euros = reading.count("cap", 10**11 - 1)
    if first and last and last < first:
        reading.problems["valid_until"] = Doubt(N_("Le dernier jour doit suivre le premier."))
    if first is None or dated is None:
        raise SheetRefused(reading.problems)
    cap = None if euros is None else Cents(euros * 100)
    return reading.done(lambda: MandateFacts(title, Basis(basis), reference, dated, first, last, scope, cap))


def _said(sheet: Sheet, name: str) -> bool:
    return bool(sheet.values.get(name, "").strip())
