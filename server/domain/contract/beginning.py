"""What a form says of a contract that begins: its days, its title, its gestionnaire and its authorities."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from server.domain.contract.contract import PartyKind
from server.domain.contract.facts import MOST_YEARS, Facts, end_after, wrong_length
from server.domain.contract.perimeter import AUTHORITIES, SHORT_NAME, PartyFacts
from server.domain.identifiers import Doubt
from server.domain.refusals import N_
from server.domain.sheets import NO_DAY, YEARS, Reading, Sheet

AUTHORITY_ROWS = 3  # of the form; more are added on the settings page
_NO_NAME = N_("Écrivez son nom entier.")
_NO_SHORT_NAME = N_("Écrivez son nom court.")


@dataclass(frozen=True)
class Begun:
    """The facts of a contract that begins, and its parties besides the one that begins it."""

    facts: Facts
    others: tuple[PartyFacts, ...]


def read_beginning(sheet: Sheet, own: PartyFacts, family: str) -> Begun:
    """What a form gives for a contract of `family` (its name on screen) begun by the party `own`.

    Raises:
        SheetRefused: a contract cannot begin so.
    """
    reading = Reading(sheet.values)
    title = reading.line("title")
    start, end = reading.day("start"), _end(reading)
    if start and end is None and "end" not in reading.problems and "years" not in reading.problems:
        end = end_after(start, int(sheet.values["years"]))
    wrong = wrong_length(start, end) if start and end else None
    if wrong:
        reading.problems["end"] = wrong
    elif end and end.year not in YEARS:
        reading.problems["start"] = Doubt(NO_DAY)
    others = [one for one in (_operator(reading, own), *_authorities(reading, sheet.values)) if one]
    return reading.done(lambda: _begun(title, start or date.min, end or date.max, family, [own, *others]))


def _end(reading: Reading) -> date | None:
    """The last day when one was typed; the length says it otherwise."""
    if reading.values.get("end", "").strip():
        return reading.day("end")
    reading.choice("years", [str(years) for years in range(1, MOST_YEARS + 1)])
    return None


def _operator(reading: Reading, own: PartyFacts) -> PartyFacts | None:
    if own.kind == PartyKind.OPERATOR:
        return None
    name, short_name = _names(reading, "operator")
    return _party(PartyKind.OPERATOR, name, short_name, "")


def _authorities(reading: Reading, values: Mapping[str, str]) -> list[PartyFacts]:
    rows = [f"authority_{number}" for number in range(1, AUTHORITY_ROWS + 1)]
    found = []
    for row in rows:
        if values.get(f"{row}_name", "").strip() or values.get(f"{row}_short", "").strip():
            kind = reading.choice(f"{row}_type", AUTHORITIES)
            name, short_name = _names(reading, row)
            found.append(_party(PartyKind.AUTHORITY, name, short_name, kind))
    return found


def _names(reading: Reading, row: str) -> tuple[str, str]:
    name = reading.line(f"{row}_name", needs=_NO_NAME)
    return name, reading.line(f"{row}_short", most=SHORT_NAME, needs=_NO_SHORT_NAME)


def _party(kind: PartyKind, name: str, short_name: str, authority_type: str) -> PartyFacts:
    return PartyFacts(kind.value, name, short_name, authority_type, "", "", "")


def _begun(title: str, start: date, end: date, family: str, parties: list[PartyFacts]) -> Begun:
    operator = next(one.short_name for one in parties if one.kind == PartyKind.OPERATOR)
    facts = Facts(title, start, end)
    named = replace(facts, title=title or f"{family} {start.year}-{end.year} — {operator}")
    return Begun(named, tuple(parties[1:]))
