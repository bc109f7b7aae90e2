"""What a form says of a party or of an establishment, and what looks doubtful in it (domain brief 2, 4.6)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from server.domain.contract.contract import PartyKind
from server.domain.identifiers import Doubt, cleaned, department_warning, finess_warning, siret_warning
from server.domain.refusals import N_
from server.domain.sheets import Reading, Sheet, Values

AUTHORITIES = {
    "ars": N_("ARS"),
    "departement": N_("Département"),
    "etat": N_("Service de l’État"),
    "other": N_("Autre autorité"),
}
CATEGORIES = {  # FINESS category → code (domain brief 4.6); any other may be typed
    "IME": "183",
    "SESSAD": "182",
    "MAS": "255",
    "EAM": "448",
    "EANM": "449",
    "ESAT": "246",
    "SAVS": "446",
    "SAMSAH": "445",
    "EHPAD": "500",
    "Centre de jour PA": "207",
    "SSIAD": "354",
    "SAAD": "460",
    "CHRS": "214",
    "LHSS": "180",
}
SHORT_NAME, NUMBER, MOST_PLACES = 60, 30, 1_000_000  # characters, characters, places


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A party as a form gives it; identifiers are kept as written, without their spaces."""

    kind: str
    name: str
    short_name: str
    authority_type: str
    department_code: str
    finess_ej: str
    siret: str

    @property
    def values(self) -> Values:
        """The party as a form shows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class EstablishmentFacts:
    """An establishment as a form gives it; `finess` is None for a subsidised scheme, which has none."""

    name: str
    category: str
    finess: str | None
    siret: str
    capacity: int | None
    capacity_unit: str
    city: str
    department_code: str
    competence: tuple[str, ...]

    @property
    def values(self) -> Values:
        """The establishment as a form shows it."""
        shown = {name: "" if value is None else str(value) for name, value in asdict(self).items()}
        return {**shown, "competence": " ".join(self.competence)}


def read_party(sheet: Sheet, *, known_type: str = "") -> PartyFacts:
    """The party a form gives; `known_type` is an authority's type that a file gave it, which may stay.

    Raises:
        SheetRefused: what was typed is not a party.
    """
    reading = Reading(sheet.values)
    kind = reading.choice("kind", set(PartyKind))
    name = reading.line("name", needs=N_("Écrivez le nom entier de la partie."))
    short_name = reading.line(
        "short_name", most=SHORT_NAME, needs=N_("Écrivez le nom court qui paraîtra partout dans le contrat.")
    )
    authority = kind == PartyKind.AUTHORITY
    authority_type = reading.choice("authority_type", {*AUTHORITIES, known_type} - {""}) if authority else ""
    rest = {one: cleaned(reading.line(one, most=NUMBER)) for one in ("department_code", "finess_ej", "siret")}
    return reading.done(lambda: PartyFacts(kind, name, short_name, authority_type, **rest))


def read_establishment(sheet: Sheet, authorities: Mapping[str, str]) -> EstablishmentFacts:
    """The establishment a form gives; `authorities` are the parties that may be competent for it, by key.

    Raises:
        SheetRefused: what was typed is not an establishment.
    """
    reading = Reading(sheet.values)
    name = reading.line("name", needs=N_("Écrivez le nom de l’établissement ou du service."))
    category = reading.line("category", needs=N_("Écrivez sa catégorie, par exemple IME ou EHPAD."))
    finess, department = cleaned(reading.line("finess", most=NUMBER)), cleaned(reading.line("department_code"))
    competence = tuple(sheet.values.get("competence", "").split())
    for name_of, value, most in (("finess", finess, 9), ("department_code", department, 3)):
        if len(value) > most:
            reading.problems[name_of] = Doubt(N_("C’est trop long : {most} caractères au plus."), {"most": f"{most}"})
    if not set(competence) <= set(authorities):
        reading.problems["competence"] = Doubt(N_("Choisissez parmi les autorités du contrat."))
    siret, city = cleaned(reading.line("siret", most=NUMBER)), reading.line("city")
    unit, capacity = reading.line("capacity_unit", most=100), reading.count("capacity", MOST_PLACES)
    return reading.done(
        lambda: EstablishmentFacts(name, category, finess or None, siret, capacity, unit, city, department, competence)
    )


def party_warnings(party: Values) -> dict[str, Doubt]:
    """What looks doubtful in a party's identifiers, by field."""
    return _said(
        department_code=department_warning(party["department_code"]),
        finess_ej=finess_warning(party["finess_ej"], party["department_code"]),
        siret=siret_warning(party["siret"]),
    )


def establishment_warnings(establishment: Values) -> dict[str, Doubt]:
    """What looks doubtful in an establishment's identifiers, by field."""
    return _said(
        finess=finess_warning(establishment["finess"], establishment["department_code"]),
        siret=siret_warning(establishment["siret"]),
        department_code=department_warning(establishment["department_code"]),
    )


def _said(**doubts: Doubt | None) -> dict[str, Doubt]:
    return {name: doubt for name, doubt in doubts.items() if doubt}
