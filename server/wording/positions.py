"""Where each signing party stands on a tabled proposal, in words and signs, never colour alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.domain.contract.contract import Party
from server.domain.proposals.answers import AGREES, Event, EventKind, last_of, standing_reservations
from server.domain.refusals import N_

PENDING = (N_("Réponse attendue"), "neutre", "i-attente")
STALE = (N_("À renouveler : le texte a changé depuis"), "cours", "i-alerte")
SAID = {
    EventKind.TABLED: (N_("D’accord, comme partie qui propose"), "ok", "i-oui"),
    EventKind.AGREED: (N_("D’accord"), "ok", "i-oui"),
    EventKind.RESERVED: (N_("D’accord avec réserve"), "cours", "i-reserve"),
    EventKind.REFUSED: (N_("Refus"), "refus", "i-non"),
}
LIFTED = (N_("D’accord, réserve levée"), "ok", "i-oui")
TOLD = {  # a line of a proposal's record, after the name of who did it
    EventKind.TABLED: N_("a déposé la proposition"),
    EventKind.AGREED: N_("a donné l’accord de sa partie"),
    EventKind.RESERVED: N_("a donné l’accord de sa partie, avec une réserve"),
    EventKind.REFUSED: N_("a refusé au nom de sa partie"),
    EventKind.LIFTED: N_("a levé la réserve de sa partie"),
    EventKind.WITHDRAWN: N_("a retiré la proposition"),
    EventKind.SUPERSEDED: N_("a remplacé la proposition par une autre"),
    EventKind.LAPSED: N_("a mis fin à la proposition en changeant le plan"),
    EventKind.ACCEPTED: N_("a donné le dernier accord : le texte de l’article a changé"),
}


@dataclass(frozen=True)
class Position:
    """A party, what it last said, and how that counts for the text shown."""

    party: Party
    event: Event | None
    words: str
    look: str
    sign: str


def positions(events: Iterable[Event], parties: Sequence[Party], shown: str) -> list[Position]:
    """Where each signing party stands on the text of digest `shown`."""
    record = list(events)
    last, standing = last_of(record), standing_reservations(record)
    return [
        Position(one, last.get(one.id), *_said(last.get(one.id), shown, standing)) for one in parties if one.is_signing
    ]


def _said(event: Event | None, shown: str, standing: Sequence[Event]) -> tuple[str, str, str]:
    if event is None:
        return PENDING
    if event.kind in AGREES and event.hash != shown:
        return STALE
    return LIFTED if event.kind is EventKind.RESERVED and event not in standing else SAID[event.kind]
