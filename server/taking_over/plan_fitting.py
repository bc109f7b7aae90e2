"""What the plan would be with a proposal's changes in it, now: the plan that is shown, agreed to, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from collab.canonical import canonical
from server.domain.contract.sections import Section, SectionMode, SectionStatus
from server.domain.plan.outlines import outline
from server.domain.plan.plan_changes import Plan
from server.domain.plan.plan_redline import Line, lines, marks, touched
from server.domain.plan.structure import Change, applied, tried, written
from server.domain.refusals import Refusal
from server.domain.refusals_of_proposals import TextFrozen
from server.taking_over.fitting import FitKind


@dataclass(frozen=True)
class PlanFit:
    """`after` is what `before` would be and `hash` the digest of both with the changes that lead from one to the other.

    Where the changes cannot be made in the plan as it is, both are as they were tabled. `is_waiting` says that they
    could, but for a freeze that has to be lifted first.
    """

    kind: FitKind
    before: Plan
    after: Plan
    changes: tuple[Change, ...]
    hash: str
    is_waiting: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether agreeing to it can change the plan, now or once a freeze is lifted."""
        return self.kind in (FitKind.AS_TABLED, FitKind.MERGED)

    @property
    def removed(self) -> set[str]:
        """The ids of the sections that it takes out of the plan."""
        return {one.id for one in self.before} - {one.id for one in self.after}

    @property
    def set_aside(self) -> set[str]:
        """The ids of the sections that it makes « sans objet »."""
        return _aside(self.after) - _aside(self.before)

    @property
    def put_out(self) -> set[str]:
        """The ids of the sections of which it ends the proposals: removed, or « sans objet »."""
        return self.removed | self.set_aside

    @property
    def lines(self) -> list[Line]:
        """What it changes, as an outline."""
        return lines(self.before, self.after, {one.section_id for one in self.changes})


def _aside(plan: Sequence[Section]) -> set[str]:
    return {one.id for one in plan if one.status is SectionStatus.NOT_APPLICABLE}


def digest(before: Sequence[Section], changes: Sequence[Change], after: Sequence[Section]) -> str:
    """What a party agrees to: the plan it saw, every change in order, and the plan they lead to."""
    told = {
        "before": outline(before),
        "changes": [written(one) for one in changes],
        "after": outline(after),
    }
    return sha256(canonical(told).encode()).hexdigest()


def plan_digest(plan: Sequence[Section]) -> str:
    """The digest of a plan by itself."""
    return sha256(canonical(outline(plan)).encode()).hexdigest()


def fit(base: Sequence[Section], changes: Sequence[Change], head: Sequence[Section]) -> PlanFit:
    """How changes that were made against `base` fit into the plan as it is now."""
    proposed = applied(base, changes)
    kind, after = _judged(base, proposed, changes, [_thawed(one) for one in head])
    if after is None:
        return _fit(FitKind.STALE, base, changes, proposed)
    found = _fit(kind, head, changes, after)
    return replace(found, is_waiting=found.is_possible and _meets_frozen(head, changes))


def _thawed(one: Section) -> Section:
    return replace(one, mode=SectionMode.PROPOSALS_ONLY) if one.mode is SectionMode.FROZEN else one


def _meets_frozen(head: Sequence[Section], changes: Sequence[Change]) -> bool:
    """Whether changes that a plan takes are about a section that is frozen in it, or would come right into one."""
    return any(isinstance(one, TextFrozen) for one in tried(head, changes).problems.values())


def _judged(
    base: Sequence[Section], proposed: Plan, changes: Sequence[Change], head: Sequence[Section]
) -> tuple[FitKind, Plan | None]:
    """Beside the plan of today: what moved there has to be elsewhere, and the result has to change the very same."""
    if outline(head) == outline(proposed):
        return FitKind.SAME, list(head)
    try:
        result = applied(head, changes)
    except Refusal:
        return FitKind.STALE, None
    if outline(head) == outline(base):
        return FitKind.AS_TABLED, result
    is_elsewhere = not touched(base, head) & touched(base, proposed)
    if is_elsewhere and _says(head, result, changes) == _says(base, proposed, changes):
        return FitKind.MERGED, result
    return FitKind.STALE, None


def _says(before: Sequence[Section], after: Sequence[Section], changes: Sequence[Change]) -> object:
    return marks(lines(before, after, {one.section_id for one in changes}))


def _fit(kind: FitKind, before: Sequence[Section], changes: Sequence[Change], after: Sequence[Section]) -> PlanFit:
    return PlanFit(kind, list(before), list(after), tuple(changes), digest(before, changes, after))


def collide(one: PlanFit, other: PlanFit) -> bool:
    """Whether two proposals that may both change the plan change the same place of it: accepted, one ends the other."""
    both = one.is_possible and other.is_possible
    return both and bool(touched(one.before, one.after) & touched(other.before, other.after))
