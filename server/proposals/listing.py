"""Every proposal of a contract as a list tells it: whose agreement each lacks, and what keeps it from being accepted.

What is asked of the database does not grow with how many there are, and each text is read once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auth.people import Seat
from collab.rooms import Rooms
from server.domain.contract.contract import Party
from server.domain.contract.sections import Section, SectionMode
from server.domain.proposals.answers import Event, outstanding, standing_reservations
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.proposals.lifting import HOLDING
from server.store import contracts, proposals, proposed_plans
from server.store.engine import Store
from server.store.proposals import Tabled
from server.taking_over import fitting, plan_fitting
from server.taking_over.fitting import FitKind


class Stop(StrEnum):
    """Why a proposal that lies before the parties cannot be accepted now."""

    STALE = "stale"  # to be taken up again
    SAME = "same"  # what it asks for is there already
    FROZEN = "frozen"  # it waits


@dataclass(frozen=True)
class Listed:
    """A proposal in a list: of which section and party, whose agreement it lacks, which reservations stand."""

    proposal: Proposal
    section: Section | None  # None for the plan
    party: Party
    awaits: list[Party]
    reservations: list[Event]
    stands: Stop | None


@dataclass(frozen=True)
class _Stand:
    """How a proposal that lies before the parties stands: the digest of what it shows, and what stops it."""

    shown: str
    stop: Stop | None


@dataclass(frozen=True)
class _Known:
    """What the database holds of the proposals of a contract; `plan` is the one of now, `out` what left it."""

    every: list[Proposal]
    plan: list[Section]
    out: list[Section]
    records: Mapping[str, list[Event]]
    texts: Mapping[str, Tabled]
    plans: Mapping[str, plan_fitting.PlanFit]


async def every(store: Store, rooms: Rooms, contract_id: str, seat: Seat, parties: Sequence[Party]) -> list[Listed]:
    """The proposals of a contract that a seat may know of, the oldest first."""
    known = await _known(store, contract_id, seat)
    stands = await _of_texts(rooms, known) | {key: _of_plan(fit) for key, fit in known.plans.items()}
    sections = {section.id: section for section in (*known.plan, *known.out)}
    return [_listed(one, sections, known.records.get(one.id, []), stands.get(one.id), parties) for one in known.every]


async def _known(store: Store, contract_id: str, seat: Seat) -> _Known:
    async with store.reading() as session:
        found = await proposals.all_for(session, contract_id, seat)
        tabled = [one for one in found if one.status is ProposalStatus.TABLED]
        plan = await contracts.sections(session, contract_id)
        changes = await proposed_plans.every(session, [one.id for one in tabled if one.is_of_plan])
        return _Known(
            every=found,
            plan=plan,
            out=await contracts.removed_sections(session, contract_id),
            records=await proposals.every_record(session, [one.id for one in found if one.status in HOLDING]),
            texts=await proposals.every_tabled(session, [one for one in tabled if not one.is_of_plan]),
            plans={key: plan_fitting.fit(*held, plan) for key, held in changes.items()},
        )


async def _of_texts(rooms: Rooms, known: _Known) -> dict[str, _Stand]:
    found: dict[str, _Stand] = {}
    of_section: dict[str | None, list[str]] = {}
    for one in known.every:
        if one.id in known.texts:
            of_section.setdefault(one.section_id, []).append(one.id)
    for section in known.plan:
        if section.id in of_section:
            about = {key: known.texts[key] for key in of_section[section.id]}
            head = await (await rooms.room(section.document)).whole()
            for key, fit in (await fitting.fits(about, head)).items():
                found[key] = _Stand(fit.hash, _stop(fit.kind, is_waiting=section.mode is SectionMode.FROZEN))
    return found


def _of_plan(fit: plan_fitting.PlanFit) -> _Stand:
    return _Stand(fit.hash, _stop(fit.kind, is_waiting=fit.is_waiting))


def _stop(kind: FitKind, *, is_waiting: bool) -> Stop | None:
    told = {FitKind.STALE: Stop.STALE, FitKind.SAME: Stop.SAME}
    return told.get(kind, Stop.FROZEN if is_waiting else None)


def _listed(
    one: Proposal, sections: Mapping[str, Section], record: list[Event], stand: _Stand | None, parties: Sequence[Party]
) -> Listed:
    awaits: list[Party] = []
    if stand is not None and stand.stop is None:
        lacking = outstanding(record, [party.id for party in parties if party.is_signing], stand.shown)
        awaits = [party for party in parties if party.id in lacking]
    section = sections[one.section_id] if one.section_id else None
    party = next(party for party in parties if party.id == one.party_id)
    return Listed(one, section, party, awaits, standing_reservations(record), stand.stop if stand else None)
