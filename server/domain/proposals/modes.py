"""Who closes a text to writing, and who opens it again: any signing party closes it, all of them together open it."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from server.domain.contract.contract import Party
from server.domain.contract.sections import Section, SectionMode, SectionStatus
from server.domain.refusals import NotFound, TextFrozen
from server.domain.sheets import Values


class Wish(StrEnum):
    """What a party wants of the mode of a text."""

    CLOSE = "close"
    OPEN = "open"
    STAY_CLOSED = "stay_closed"  # takes the wish to open it back


def values_of(section: Section, opening: Collection[int]) -> Values:
    """What a page about the mode has shown: which text, how it stands, and who wants it open."""
    parties = " ".join(map(str, sorted(opening)))
    return {"section": section.id, "mode": section.mode.value, "status": section.status.value, "opening": parties}


def check_wish(section: Section, wish: Wish) -> None:
    """Let a wish pass that the mode of a text answers to.

    Raises:
        TextFrozen: what froze it has to be undone first, or the text is « sans objet ».
        NotFound: it is closed already, or open.
    """
    if section.mode is SectionMode.FROZEN or section.status is SectionStatus.NOT_APPLICABLE:
        raise TextFrozen
    if (wish is Wish.CLOSE) is (section.mode is SectionMode.PROPOSALS_ONLY):
        raise NotFound


def still_missing(parties: Sequence[Party], opening: Collection[int]) -> list[Party]:
    """The signing parties without whose wish a closed text stays closed."""
    return [one for one in parties if one.is_signing and one.id not in opening]
