"""What a contract is: its parties, its people, its establishments, its life."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain, product
from string import ascii_uppercase, digits

from server.domain.contract.money import Cents
from server.domain.identifiers import Doubt
from server.domain.refusals import N_


class ContractState(StrEnum):
    """Where a contract stands in its life (domain brief 3.5)."""

    DRAFT = "draft"
    SCOPING = "scoping"
    DIAGNOSIS = "diagnosis"
    DRAFTING = "drafting"
    NEGOTIATION = "negotiation"
    CONSULTATION = "consultation"
    READY_TO_SIGN = "ready_to_sign"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    EXTENDED = "extended"
    ENDED = "ended"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"

    @property
    def is_open_to_writing(self) -> bool:
        """Whether the text may still change by typing: before anything is ready to sign."""
        return self in _OPEN

    @property
    def has_agreed_plan(self) -> bool:
        """Whether the plan is settled: it is the one that was sent out for opinions (docs/decisions/0011)."""
        return self is ContractState.CONSULTATION


_OPEN = frozenset(
    {
        ContractState.DRAFT,
        ContractState.SCOPING,
        ContractState.DIAGNOSIS,
        ContractState.DRAFTING,
        ContractState.NEGOTIATION,
        ContractState.CONSULTATION,
    }
)

LIFE = tuple(ContractState)[:9]  # the steps in their usual order, up to "in force"


class PartyKind(StrEnum):
    """Which side a party sits on."""

    AUTHORITY = "authority"
    OPERATOR = "operator"
    CONSULTED = "consulted"


@dataclass(frozen=True, slots=True)
class Party:
    """One party; `sign` is its two letters and `hue` its colour, 1 to 8, never one without the other."""

    id: int
    key: str
    kind: PartyKind
    name: str
    short_name: str
    is_signing: bool
    sign: str
    hue: int
    authority_type: str = ""
    department_code: str = ""
    finess_ej: str = ""
    siret: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A seat in a party; `role` is a value of `auth.policy.Role`, `is_held` says whether a person is bound to it.

    `is_facilitator`: they run the meetings, with the rights of their own party and no others.
    """

    id: int
    key: str
    party_id: int
    name: str
    function: str
    role: str
    is_held: bool = False
    is_facilitator: bool = False


@dataclass(frozen=True, slots=True)
class Funding:
    """What one funder pays an establishment in one tariff section, a year."""

    tariff_section: str
    funder: str
    amount: Cents


@dataclass(frozen=True, slots=True)
class Establishment:
    """An establishment or service covered by the contract; `finess` is None for a subsidised scheme."""

    id: int
    key: str
    name: str
    category: str
    finess: str | None
    siret: str
    capacity: int | None
    capacity_unit: str
    city: str
    department_code: str
    competence: tuple[str, ...]
    funding_year: int | None
    funding: tuple[Funding, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as a list shows it."""

    id: str
    title: str
    family: str
    state: ContractState
    start_date: date
    end_date: date


def two_letters(short_name: str) -> str:
    """The sign of a party: initials of its first two words, else its first two letters, upper case.

    >>> two_letters("Les Rives du Layon"), two_letters("ARS Exemple-Ouest"), two_letters("MDPH")
    ('RL', 'AR', 'MD')
    """
    small = {"le", "la", "les", "de", "du", "des", "d", "l", "et", "à", "au", "aux"}
    words = [w for w in short_name.replace("’", " ").replace("'", " ").split() if w.lower() not in small]
    if not words:
        return short_name.upper()[:2].ljust(2, "·")
    first = words[0]
    if len(words) == 1 or first.isupper():
        return first.upper()[:2]
    return (first[0] + words[1][0]).upper()[:2]


def new_sign(short_name: str, taken: Collection[str]) -> str:
    """Two letters for one more party, none of those taken."""
    sign = two_letters(short_name)
    nearest = (sign[0] + letter for letter in short_name.upper()[1:] if letter.isalnum())
    spare = chain(nearest, map("".join, product(ascii_uppercase + digits, repeat=2)))
    while sign in taken:
        sign = next(spare)
    return sign


HUES = 8
_USUAL_HUE = {"ars": 1, "departement": 2, "operator": 3}


def new_hue(kind: str, taken: Collection[int]) -> int:
    """A colour for one more party: the usual one of its kind when free, else the next; all differ up to eight."""
    usual = _USUAL_HUE.get(kind)
    if usual and usual not in taken:
        return usual
    spare = [hue for hue in (4, 5, 6, 7, 8, 3, 2, 1) if hue not in taken]
    return spare[0] if spare else len(taken) % HUES + 1


Look = tuple[str, int]  # what a party is recognised by: its sign and its hue


def looks(parties: Sequence[tuple[str, str]], given: Mapping[int, Look]) -> list[Look]:
    """The look of each party, a (short name, kind): the one given for its place in the list, else one that is free."""
    found = dict(given)
    for place, (short_name, kind) in enumerate(parties):
        if place not in found:
            sign = new_sign(short_name, {sign for sign, _ in found.values()})
            found[place] = (sign, new_hue(kind, [hue for _, hue in found.values()]))
    return [found[place] for place in range(len(parties))]


def duration_warning(start: date, end: date) -> Doubt | None:
    """What is doubtful in the length of a contract: five years as a rule, six with an extension (CASF L. 313-11)."""
    if _lasts_longer(start, end, 6):
        return Doubt(
            N_(
                "Le contrat dure plus de six ans, maximum avec prorogation (article L. 313-11 du CASF)."
                " Vérifiez les dates de début et de fin."
            )
        )
    if _lasts_longer(start, end, 5):
        return Doubt(
            N_(
                "Le contrat dure plus de cinq ans, ce qui suppose une prorogation (article L. 313-11 du CASF)."
                " Vérifiez les dates de début et de fin."
            )
        )
    return None


def _lasts_longer(start: date, end: date, years: int) -> bool:
    return (end.year, end.month, end.day) >= (start.year + years, start.month, start.day)
