"""Whom can one be in the demonstration? People, their seats, and how the picker groups them."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.refusals import N_


@dataclass(frozen=True)
class DemoAffiliation:
    """A seat: in which contract, for which party (with its hue and sign), as what; words for the screen."""

    party: str
    role: str
    contract: str
    hue: int
    sign: str


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to be for a while; `subject` is their `sub`."""

    subject: str
    name: str
    function: str
    affiliations: tuple[DemoAffiliation, ...]


@dataclass(frozen=True)
class DemoParty:
    """The people shown under one heading."""

    name: str
    hue: int
    sign: str
    people: tuple[DemoPerson, ...]


_NO_SEAT = DemoAffiliation(party=N_("Hors partie"), role="", contract="", hue=0, sign="·")


def by_party(people: Sequence[DemoPerson]) -> tuple[DemoParty, ...]:
    """Each person once, under the party of their first seat, in the order given."""
    groups: dict[str, tuple[DemoAffiliation, list[DemoPerson]]] = {}
    for person in people:
        seat = person.affiliations[0] if person.affiliations else _NO_SEAT
        groups.setdefault(seat.party, (seat, []))[1].append(person)
    return tuple(DemoParty(s.party, s.hue, s.sign, tuple(members)) for s, members in groups.values())
