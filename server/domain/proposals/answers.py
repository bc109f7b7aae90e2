"""What the parties answer to a proposal that was tabled, and when all have agreed to the same text."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from server.domain.refusals import N_
from server.domain.sheets import Reading, Sheet, version_of

MOST_WORDS = 4000  # characters of a reason or a reservation
NO_REASON = N_("Donnez le motif du refus : les autres parties le liront.")
NO_RESERVATION = N_("Écrivez la réserve : les autres parties la liront.")


class EventKind(StrEnum):
    """What can happen to a proposal from the day it is tabled."""

    TABLED = "tabled"
    AGREED = "agreed"
    RESERVED = "reserved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"  # its article left the plan, or became « sans objet »
    LIFTED = "lifted"  # the reservation that its party had made


AGREES = frozenset({EventKind.TABLED, EventKind.AGREED, EventKind.RESERVED})
ANSWERS = frozenset({EventKind.AGREED, EventKind.RESERVED, EventKind.REFUSED})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a proposal's record; `hash` is of the text that was shown, `words` a reservation or a reason."""

    kind: EventKind
    person_id: int
    party_id: int
    at: datetime
    hash: str
    words: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody wants to answer, and the digest of the text they had in front of them."""

    kind: EventKind
    seen: str
    words: str
    due: date | None


def read_answer(sheet: Sheet) -> Answer:
    """An answer as a form gives it.

    Raises:
        SheetRefused: no answer, no reason for a refusal, no words for a reservation, or a day that is none.
    """
    reading = Reading(sheet.values)
    said = reading.choice("answer", ANSWERS)
    needs = {EventKind.REFUSED.value: NO_REASON, EventKind.RESERVED.value: NO_RESERVATION}.get(said)
    words = reading.words("words", most=MOST_WORDS, needs=needs) if needs else ""
    due = reading.day_or_none("due") if said == EventKind.RESERVED else None
    return reading.done(lambda: Answer(EventKind(said), sheet.values.get("seen", ""), words, due))


def last_of(events: Iterable[Event]) -> dict[int, Event]:
    """The last word of each party; who tables a text agrees to it."""
    return {one.party_id: one for one in events if one.kind in AGREES | ANSWERS}


def outstanding(events: Iterable[Event], concerned: Collection[int], shown: str) -> list[int]:
    """The parties that have not agreed to the text of digest `shown`: words they did not see bind nobody."""
    last = last_of(events)
    return [one for one in concerned if one not in last or last[one].kind not in AGREES or last[one].hash != shown]


def agreed_hash(events: Iterable[Event], tabled: str) -> str:
    """The digest of the text that all agreed to, perhaps another than was tabled; until then that of what was."""
    return next((one.hash for one in events if one.kind is EventKind.ACCEPTED), tabled)


def reservation_seen(one: Event) -> str:
    """What a page carries that shows a reservation, so that it is this one that is lifted and no later one."""
    due = one.due.isoformat() if one.due else ""
    return version_of({"at": one.at.isoformat(), "words": one.words, "due": due})


def standing_reservations(events: Iterable[Event]) -> list[Event]:
    """The reservations that their parties have neither lifted nor replaced by another answer."""
    found: dict[int, Event] = {}
    for one in events:
        if one.kind in AGREES | ANSWERS or one.kind is EventKind.LIFTED:
            found.pop(one.party_id, None)
        if one.kind is EventKind.RESERVED:
            found[one.party_id] = one
    return list(found.values())
