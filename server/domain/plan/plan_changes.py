"""How may a contract's plan change? From one sound tree to the next, or a refusal that says why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from server.domain.contract.contract import ContractState
from server.domain.contract.sections import Section, SectionKind, SectionMode, SectionStatus
from server.domain.refusals import (
    BadTitle,
    HasSections,
    NoSuchPlace,
    NotFound,
    ParentRemoved,
    PlanAgreed,
    PlanClosed,
    PlanMoved,
    SectionFixed,
    SectionRequired,
)
from server.domain.refusals_of_proposals import TextFrozen
from server.domain.sheets import one_line

PLAN_DEPTH = 12  # levels of sections
TITLE_LENGTH, NUMBER_LENGTH = 500, 60  # characters, as in contract files

Plan = list[Section]  # in reading order, each section before those it holds


class Where(StrEnum):
    """On which side of another section."""

    BEFORE = "before"
    AFTER = "after"
    INSIDE = "inside"  # the last of those it holds


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a plan; without `target` it is the end of the contract."""

    where: Where
    target: str | None


class Step(StrEnum):
    """A move by one place."""

    UP = "up"
    DOWN = "down"
    OUT = "out"
    IN = "in"


_HOLDS: dict[SectionKind | None, frozenset[SectionKind]] = {
    None: frozenset(SectionKind) - {SectionKind.PROJECT_SHEETS},
    SectionKind.PART: frozenset({SectionKind.PART, SectionKind.CLAUSE, SectionKind.ANNEX}),
    SectionKind.CLAUSE: frozenset({SectionKind.CLAUSE, SectionKind.ANNEX}),
    SectionKind.ANNEX_GROUP: frozenset({SectionKind.ANNEX}),
    SectionKind.ANNEX: frozenset(),
    SectionKind.GENERAL: frozenset(SectionKind) - {SectionKind.GENERAL, SectionKind.LOCAL_CONTRACT},
    SectionKind.LOCAL_CONTRACT: frozenset(SectionKind) - {SectionKind.GENERAL, SectionKind.LOCAL_CONTRACT},
    SectionKind.PROJECT_SHEETS: frozenset({SectionKind.CLAUSE, SectionKind.ANNEX}),
}


def holds(parent: Section | None) -> frozenset[SectionKind]:
    """The kinds of section that `parent`, or the contract itself, may hold; what a file brought is left where it is."""
    return _HOLDS[parent.kind if parent else None]


def find(plan: Sequence[Section], section_id: str) -> Section:
    """The section of that id.

    Raises:
        NotFound: it is not in this plan.
    """
    found = next((one for one in plan if one.id == section_id), None)
    if found is None:
        raise NotFound
    return found


def children(plan: Sequence[Section], parent_id: str | None) -> Plan:
    """The sections right under one, or under the contract, in order."""
    return [one for one in plan if one.parent_id == parent_id]


def branch(plan: Sequence[Section], section: Section) -> Plan:
    """A section and everything it holds."""
    start = plan.index(section)
    end = next((at for at in range(start + 1, len(plan)) if plan[at].depth <= section.depth), len(plan))
    return list(plan[start:end])


def is_fixed(section: Section, *, by_proposal: bool = False) -> bool:
    """Whether a section keeps its name and place until a proposal changes it: agreed, or closed to typing.

    `by_proposal`: whether it does even then, being frozen.
    """
    if by_proposal:
        return section.mode is SectionMode.FROZEN
    return section.status is SectionStatus.AGREED or section.mode is not SectionMode.FREE


def let(state: ContractState | None, *sections: Section | None) -> None:
    """Let a plan change that touches `sections`; without a `state` it is one to be agreed to by all.

    Raises:
        PlanClosed: the contract is past writing.
        PlanAgreed: it changes by proposal only.
        TextFrozen: one of the sections is frozen, whoever agrees.
        SectionFixed: one of them changes by proposal only.
    """
    about = [one for one in sections if one is not None]
    if state is not None and not state.is_open_to_writing:
        raise PlanClosed
    if state is not None and state.has_agreed_plan:
        raise PlanAgreed
    if any(is_fixed(one, by_proposal=True) for one in about):
        raise TextFrozen
    if state is not None and any(is_fixed(one) for one in about):
        raise SectionFixed


def retitled(plan: Sequence[Section], section: Section, number: str, title: str, state: ContractState | None) -> Plan:
    """The plan with a section's number and title changed.

    Raises:
        BadTitle, PlanClosed, SectionFixed.
    """
    let(state, section)
    number, title = named(number, title)
    return _with(plan, replace(section, number=number, title=title))


def named(number: str, title: str) -> tuple[str, str]:
    """A number and a title on one line each, without characters nobody sees.

    Raises:
        BadTitle: no title, or too long a title or number.
    """
    number, title = one_line(number), one_line(title)
    if not title or len(title) > TITLE_LENGTH or len(number) > NUMBER_LENGTH:
        raise BadTitle
    return number, title


def set_aside(plan: Sequence[Section], section: Section, state: ContractState | None) -> Plan:
    """The plan with a section « sans objet »; its text is kept.

    Raises:
        HasSections: it holds others: each says for itself.
        PlanClosed, SectionFixed.
    """
    let(state, section)
    if children(plan, section.id):
        raise HasSections
    return _with(plan, replace(section, status=SectionStatus.NOT_APPLICABLE))


def taken_up(plan: Sequence[Section], section: Section, state: ContractState | None) -> Plan:
    """The plan with a section that was « sans objet » a draft again.

    Raises:
        PlanMoved: it is not « sans objet ».
        PlanClosed, SectionFixed.
    """
    let(state, section)
    if section.status is not SectionStatus.NOT_APPLICABLE:
        raise PlanMoved
    return _with(plan, replace(section, status=SectionStatus.DRAFT))


def removed(plan: Sequence[Section], section: Section, state: ContractState | None) -> Plan:
    """The plan without a section.

    Raises:
        SectionRequired: it can only be « sans objet ».
        HasSections: it holds others.
        PlanClosed, SectionFixed.
    """
    let(state, section, _parent(plan, section))
    if section.is_required:
        raise SectionRequired
    if children(plan, section.id):
        raise HasSections
    return [one for one in plan if one.id != section.id]


def put_back(plan: Sequence[Section], section: Section, state: ContractState | None) -> Plan:
    """The plan with a removed section again, the last of those its parent holds.

    Raises:
        ParentRemoved: what held it is removed too.
        NoSuchPlace, PlanClosed, SectionFixed.
    """
    if section.parent_id is not None and all(one.id != section.parent_id for one in plan):
        raise ParentRemoved
    return added(plan, section, Place(Where.INSIDE, section.parent_id), state)


def added(plan: Sequence[Section], section: Section, place: Place, state: ContractState | None) -> Plan:
    """The plan with one more section at a place.

    Raises:
        NoSuchPlace: what would hold it cannot.
        PlanClosed, SectionFixed.
    """
    parent = parent_at(plan, place)
    let(state, parent)
    if section.kind not in holds(parent):
        raise NoSuchPlace
    return _insert(plan, [section], place, parent)


def moved(plan: Sequence[Section], section: Section, place: Place, state: ContractState | None) -> Plan:
    """The plan with a section, and what it holds, at another place.

    Raises:
        NoSuchPlace: inside itself, or where it cannot be held.
        PlanClosed, SectionFixed.
    """
    moving = branch(plan, section)
    ids = {one.id for one in moving}
    rest = [one for one in plan if one.id not in ids]
    if place.target in ids:
        raise NoSuchPlace
    parent = parent_at(rest, place)
    let(state, section, _parent(plan, section), parent)
    is_elsewhere = section.parent_id != (parent.id if parent else None)
    if is_elsewhere and section.kind not in holds(parent):
        raise NoSuchPlace
    return _insert(rest, moving, place, parent)


def step(plan: Sequence[Section], section: Section, way: Step) -> Place | None:
    """Where a move by one place leads, None when there is nowhere to go."""
    siblings = children(plan, section.parent_id)
    at = siblings.index(section)
    before = siblings[at - 1] if at else None
    after = siblings[at + 1] if at + 1 < len(siblings) else None
    target, where = {
        Step.UP: (before, Where.BEFORE),
        Step.DOWN: (after, Where.AFTER),
        Step.IN: (before, Where.INSIDE),
        Step.OUT: (_parent(plan, section), Where.AFTER),
    }[way]
    return Place(where, target.id) if target else None


def parent_at(plan: Sequence[Section], place: Place) -> Section | None:
    """What holds a place, None for the contract itself.

    Raises:
        NotFound: the place is beside a section this plan does not have.
    """
    if place.target is None:
        return None
    target = find(plan, place.target)
    return target if place.where is Where.INSIDE else _parent(plan, target)


def _parent(plan: Sequence[Section], section: Section) -> Section | None:
    return find(plan, section.parent_id) if section.parent_id else None


def _with(plan: Sequence[Section], changed: Section) -> Plan:
    return [changed if one.id == changed.id else one for one in plan]


def _insert(plan: Sequence[Section], moving: Plan, place: Place, parent: Section | None) -> Plan:
    """Put a branch at a place that can hold it, its depths those of the place."""
    if parent is not None and parent.status is SectionStatus.NOT_APPLICABLE:
        raise NoSuchPlace
    depth = parent.depth + 1 if parent else 0
    down = depth - moving[0].depth
    if max(one.depth for one in moving) + down >= PLAN_DEPTH:
        raise NoSuchPlace
    first, *rest = [replace(one, depth=one.depth + down) for one in moving]
    block = [replace(first, parent_id=parent.id if parent else None), *rest]
    at = _index(plan, place)
    return [*plan[:at], *block, *plan[at:]]


def _index(plan: Sequence[Section], place: Place) -> int:
    if place.target is None:
        return len(plan)
    target = find(plan, place.target)
    start = plan.index(target)
    return start if place.where is Where.BEFORE else start + len(branch(plan, target))
