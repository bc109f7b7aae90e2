"""What a party says of a proposal on its form, and with whom it may share a draft."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.domain.contract import Party, PartyKind
from server.domain.proposals import Cover, Proposal
from server.domain.refusals import N_
from server.domain.sheets import Reading, Sheet, Values, version_of

MOST_REASON = 4000  # characters
NO_TITLE = N_("Donnez un titre : il dira de quoi il s’agit.")


@dataclass(frozen=True)
class Covered:
    """A form read: what is said, and the numbers of the other parties that read the draft."""

    cover: Cover
    shared_with: frozenset[int]


def may_share(party_id: int, parties: Sequence[Party]) -> list[Party]:
    """The parties one may share a draft with: between authorities that sign, and nobody else."""
    authorities = [one for one in parties if one.kind is PartyKind.AUTHORITY and one.is_signing]
    is_one = any(one.id == party_id for one in authorities)
    return [one for one in authorities if one.id != party_id] if is_one else []


def values_of(one: Proposal, parties: Sequence[Party]) -> Values:
    """A proposal's cover as its form shows it."""
    shared = " ".join(party.key for party in parties if party.id in one.shared_with)
    return {"title": one.cover.title, "reason": one.cover.reason, "target": one.cover.target, "share": shared}


def cover_seen(one: Proposal) -> str:
    """What a page carries that shows a cover, so that its answer is known to be about these words."""
    return version_of({"title": one.cover.title, "reason": one.cover.reason, "target": one.cover.target})


def read_cover(sheet: Sheet, sharable: Collection[Party]) -> Covered:
    """What a form says.

    Raises:
        SheetRefused: no title, something too long, or a party one may not share with.
    """
    reading = Reading(sheet.values)
    title = reading.line("title", needs=NO_TITLE)
    reason, target = reading.words("reason", most=MOST_REASON), reading.line("target")
    keys = {one.key: one.id for one in sharable}
    chosen = sheet.values.get("share", "").split()
    if not set(chosen) <= set(keys):
        reading.choice("share", keys)
    shared = frozenset(keys[one] for one in chosen if one in keys)
    return reading.done(lambda: Covered(Cover(title, reason, target), shared))
