"""Who closes, opens and freezes a text: one signing party suffices to close it or to lift the freeze, opening it to
writing and freezing it take all of them. One step at a time: free writing, by proposal only, frozen."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from server.domain.contract.contract import Party
from server.domain.contract.sections import Section, SectionMode, SectionStatus
from server.domain.refusals import NotFound
from server.domain.refusals_of_proposals import TextFrozen, TextOutOfUse
from server.domain.sheets import Values


class Wish(StrEnum):
    """What a party wants of the mode of a text; values are kept."""

    CLOSE = "close"
    OPEN = "open"
    FREEZE = "freeze"
    THAW = "thaw"
    STAY_CLOSED = "stay_closed"  # takes the wish of one's party back, to open it or to freeze it


Wishes = Mapping[int, Wish]  # what each party wants, by its id: to open the text, or to freeze it
FROM = {
    Wish.CLOSE: SectionMode.FREE,
    Wish.OPEN: SectionMode.PROPOSALS_ONLY,
    Wish.FREEZE: SectionMode.PROPOSALS_ONLY,
    Wish.THAW: SectionMode.FROZEN,
    Wish.STAY_CLOSED: SectionMode.PROPOSALS_ONLY,
}
LEADS_TO = {  # the mode of a text once a wish is granted
    Wish.CLOSE: SectionMode.PROPOSALS_ONLY,
    Wish.OPEN: SectionMode.FREE,
    Wish.FREEZE: SectionMode.FROZEN,
    Wish.THAW: SectionMode.PROPOSALS_ONLY,
}
OF_ALL = frozenset({Wish.OPEN, Wish.FREEZE})  # granted once every signing party wants it


def values_of(section: Section, wishes: Wishes) -> Values:
    """What a page about the mode has shown: which text, how it stands, and who wants what."""
    parties = " ".join(f"{party}:{wish}" for party, wish in sorted(wishes.items()))
    return {"section": section.id, "mode": section.mode.value, "status": section.status.value, "wishes": parties}


def check_wish(section: Section, wish: Wish) -> None:
    """Let a wish pass that the mode of a text answers to.

    Raises:
        TextOutOfUse: the text is « sans objet ».
        TextFrozen: the freeze has to be lifted first.
        NotFound: its mode is not the one that such a wish is about.
    """
    if section.status is SectionStatus.NOT_APPLICABLE:
        raise TextOutOfUse
    if section.mode is SectionMode.FROZEN and wish is not Wish.THAW:
        raise TextFrozen
    if section.mode is not FROM[wish]:
        raise NotFound


def still_missing(parties: Sequence[Party], wishes: Wishes, wish: Wish) -> list[Party]:
    """The signing parties without whose wish a text stays as it is."""
    return [one for one in parties if one.is_signing and wishes.get(one.id) is not wish]


def check_takes_proposals(section: Section | None) -> None:
    """Let a change of a text pass by proposal; `section` is None where it is out of the plan.

    Raises:
        TextOutOfUse: it is out of the plan, or « sans objet ».
        TextFrozen: it is frozen.
    """
    if section is None or section.status is SectionStatus.NOT_APPLICABLE:
        raise TextOutOfUse
    if section.mode is SectionMode.FROZEN:
        raise TextFrozen
