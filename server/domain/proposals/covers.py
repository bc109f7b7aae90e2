"""What a party says of a proposal on its form, and with whom it may share a draft."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.contract.contract import Party, PartyKind
from server.domain.identifiers import Doubt
from server.domain.proposals.proposal import Cover, Proposal
from server.domain.refusals import N_
from server.domain.sheets import Reading, Sheet, Values, version_of

MOST_REASON = 4000  # characters
PAST = N_("Ce jour est passé : choisissez un jour à venir, ou aucun.")
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
    return {**_said(one), "share": shared}


def _said(one: Proposal) -> Values:
    cover = one.cover
    on = cover.on.isoformat() if cover.on else ""
    return {"title": cover.title, "reason": cover.reason, "target": cover.target, "on": on}


def cover_seen(one: Proposal) -> str:
    """What a page carries that shows a cover, so that its answer is known to be about these words."""
    return version_of(_said(one))


def read_cover(sheet: Sheet, sharable: Collection[Party]) -> Covered:
    """What a form says.

    Raises:
        SheetRefused: no title, something too long, a day that is none, or a party one may not share with.
    """
    reading = Reading(sheet.values)
    title = reading.line("title", needs=NO_TITLE)
    reason, target = reading.words("reason", most=MOST_REASON), reading.line("target")
    on = reading.day_or_none("on")
    keys = {one.key: one.id for one in sharable}
    chosen = sheet.values.get("share", "").split()
    if not set(chosen) <= set(keys):
        reading.choice("share", keys)
    shared = frozenset(keys[one] for one in chosen if one in keys)
    return reading.done(lambda: Covered(Cover(title, reason, target, on), shared))


def usual_answer_by(one: Proposal, today: date) -> date | None:
    """The day that a form suggests for answers: that of the meeting the proposal is meant for, while it is to come."""
    return one.cover.on if one.cover.on and one.cover.on >= today else None


def read_answer_by(sheet: Sheet, today: date) -> date | None:
    """The day before which answers are hoped for, when one was typed.

    Raises:
        SheetRefused: it is no day, or a past one.
    """
    reading = Reading(sheet.values)
    found = reading.day_or_none("answer_by")
    if found is not None and found < today:
        reading.problems["answer_by"] = Doubt(PAST)
    return reading.done(lambda: found)
