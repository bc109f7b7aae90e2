"""What the page of a plan offers for each section: where it may go, what may be added, what may be done to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.contract.contract import ContractState
from server.domain.contract.sections import Section, SectionKind
from server.domain.plan import plan_changes as rules
from server.domain.plan.numbering import proposed
from server.domain.plan.plan_changes import Place, Step, Where
from server.domain.plan.seen import section_seen
from server.domain.refusals import Refusal


@dataclass(frozen=True)
class Addition:
    """Something one may add: which kind, where, and the number it would take."""

    kind: SectionKind
    place: Place
    number: str

    @property
    def value(self) -> str:
        """What its form sends."""
        return f"{self.place.where}:{self.kind}:{self.place.target or ''}"


@dataclass(frozen=True)
class Row:
    """One section in the page of the plan; `forms` is None while its forms are closed."""

    section: Section
    seen: str
    is_fixed: bool
    is_twice: bool
    holds_others: bool
    steps: frozenset[Step]
    forms: "Forms | None"


@dataclass(frozen=True)
class Forms:
    """What the open forms of a section offer."""

    additions: list[Addition]
    targets: list[tuple[Place, Section | None]]


def rows(plan: Sequence[Section], state: ContractState | None, twice: frozenset[str], open_id: str) -> list[Row]:
    """The plan, row by row; without a `state` for changes that all parties would agree to."""
    parents = {one.parent_id for one in plan}
    return [
        Row(
            section=one,
            seen=section_seen(one),
            is_fixed=rules.is_fixed(one, by_proposal=state is None),
            is_twice=one.id in twice,
            holds_others=one.id in parents,
            steps=frozenset(way for way in Step if _may_step(plan, one, way, state)),
            forms=Forms(places(plan, one, by_proposal=state is None), _targets(plan, one, state))
            if one.id == open_id
            else None,
        )
        for one in plan
    ]


def _may_step(plan: Sequence[Section], section: Section, way: Step, state: ContractState | None) -> bool:
    place = rules.step(plan, section, way)
    return place is not None and _may_move(plan, section, place, state)


def _may_move(plan: Sequence[Section], section: Section, place: Place, state: ContractState | None) -> bool:
    try:
        rules.moved(plan, section, place, state)
    except Refusal:
        return False
    return True


def places(plan: Sequence[Section], beside: Section | None, *, by_proposal: bool = False) -> list[Addition]:
    """What may be added after and inside a section, or at the end of the contract; the usual choice first."""
    if beside is None:
        spots = [Place(Where.INSIDE, None)]
    else:
        spots = [Place(Where.AFTER, beside.id), Place(Where.INSIDE, beside.id)]
    found = []
    for place in spots:
        parent = rules.parent_at(plan, place)
        if parent is None or not rules.is_fixed(parent, by_proposal=by_proposal):
            kinds = sorted(rules.holds(parent), key=lambda kind: _rank(kind, beside))
            found += [Addition(kind, place, proposed(plan, place, kind)) for kind in kinds]
    return found


def _rank(kind: SectionKind, beside: Section | None) -> tuple[bool, int]:
    return (beside is None or kind is not beside.kind, list(SectionKind).index(kind))


def _targets(
    plan: Sequence[Section], section: Section, state: ContractState | None
) -> list[tuple[Place, Section | None]]:
    """Every place a section may go to: after each other one, inside each that can hold it, or first of all."""
    first = [(Place(Where.BEFORE, plan[0].id), plan[0])]
    beside = [(Place(where, one.id), one) for one in plan for where in (Where.AFTER, Where.INSIDE)]
    return [(place, one) for place, one in first + beside if _may_move(plan, section, place, state)]
