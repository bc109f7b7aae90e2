"""What differs between two plans: one outline of both, each section with what became of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.contract.sections import Section, SectionStatus
from server.domain.plan.plan_changes import children


class What(StrEnum):
    """What became of a section."""

    ADDED = "added"
    REMOVED = "removed"
    LEFT = "left"  # the place that a moved one had
    MOVED = "moved"
    RENUMBERED = "renumbered"
    RETITLED = "retitled"
    SET_ASIDE = "set_aside"
    TAKEN_UP = "taken_up"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a section stands: after `after`, else first in `parent`, else first of all."""

    parent: Section | None
    after: Section | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the outline of both plans; `was` and `came_from` are of the plan before."""

    section: Section
    depth: int
    what: tuple[What, ...] = ()
    was: Section | None = None
    came_from: Spot | None = None
    goes_to: Spot | None = None

    @property
    def is_gone(self) -> bool:
        """Whether nothing stands at this place any more."""
        return What.REMOVED in self.what or What.LEFT in self.what


Mark = tuple[str, What, str, str]  # which section, what became of it, its name before and after


def lines(before: Sequence[Section], after: Sequence[Section], named: Collection[str] = ()) -> list[Line]:
    """Both plans as one outline: what is there, in its order, and what went where it was.

    Of sections that changed places with one another, those that are `named` are said to have moved.
    """
    old, moving = {one.id: one for one in before}, moved(before, after, named)
    made = [_line(one, old.get(one.id), one.id in moving, before, after) for one in after]
    stays = {one.id for one in after} - moving
    for one in before:
        if one.id not in stays:
            _insert_gone(made, one, before, after, stays)
    return made


def changed_of(found: Iterable[Line]) -> int:
    """How many sections something became of."""
    return sum(1 for line in found if line.what and What.LEFT not in line.what)


def _line(
    one: Section, was: Section | None, is_moved: bool, before: Sequence[Section], after: Sequence[Section]
) -> Line:
    if was is None:
        return Line(one, one.depth, (What.ADDED,))
    what = (*((What.MOVED,) if is_moved else ()), *_renamed(was, one))
    return Line(one, one.depth, what, was, came_from=_spot(was, before) if is_moved else None)


def _renamed(was: Section, one: Section) -> tuple[What, ...]:
    found = []
    if was.number != one.number:
        found.append(What.RENUMBERED)
    if was.title != one.title:
        found.append(What.RETITLED)
    if _is_aside(was) is not _is_aside(one):
        found.append(What.SET_ASIDE if _is_aside(one) else What.TAKEN_UP)
    return tuple(found)


def _is_aside(one: Section) -> bool:
    return one.status is SectionStatus.NOT_APPLICABLE


def _spot(one: Section, plan: Sequence[Section]) -> Spot:
    siblings = children(plan, one.parent_id)
    at = siblings.index(one)
    parent = next((other for other in plan if other.id == one.parent_id), None)
    return Spot(parent, siblings[at - 1] if at else None)


def _insert_gone(
    made: list[Line], one: Section, before: Sequence[Section], after: Sequence[Section], stays: Collection[str]
) -> None:
    """Put what went after the last section before it that is still to be seen, or first in what held it."""
    now = next((other for other in after if other.id == one.id), None)
    spot = _spot(one, before)
    beside = spot.after or spot.parent
    at, depth = 0, 0
    if beside is not None:
        at = _place_of(made, beside.id, is_gone=spot.after is not None and beside.id not in stays)
        depth = made[at].depth + (spot.after is None)
        at += 1
        while spot.after is not None and at < len(made) and made[at].depth > depth:
            at += 1
    what = (What.REMOVED,) if now is None else (What.LEFT,)
    goes_to = None if now is None else _spot(now, after)
    made.insert(at, Line(one, depth, what, one, goes_to=goes_to))


def _place_of(made: Sequence[Line], section_id: str, *, is_gone: bool) -> int:
    """Where a section is to be seen: the place it left when `is_gone`, else the one it has, if it has one."""
    places = [at for at, line in enumerate(made) if line.section.id == section_id]
    return max(places, key=lambda at: made[at].is_gone is is_gone)


def moved(before: Sequence[Section], after: Sequence[Section], named: Collection[str] = ()) -> frozenset[str]:
    """The sections that stand elsewhere: in another one, or not in the same order among their fellows."""
    old, new = ({one.id: one.parent_id for one in plan} for plan in (before, after))
    found = {one for one in new if one in old and old[one] != new[one]}
    for parent in {one.parent_id for one in after}:
        fellows = [one.id for one in children(after, parent) if one.id in old and one.id not in found]
        order = [one.id for one in children(before, parent) if one.id in fellows]
        found |= set(fellows) - _in_order(fellows, order, named)
    return frozenset(found)


def _in_order(fellows: Sequence[str], order: Sequence[str], named: Collection[str]) -> set[str]:
    """The heaviest part of `fellows` that stands as in `order`; what is named weighs less."""
    rank = {one: at for at, one in enumerate(order)}
    best: list[tuple[int, list[str]]] = []
    for at, one in enumerate(fellows):
        earlier = [best[i] for i in range(at) if rank[fellows[i]] < rank[one]]
        weight, chain = max(earlier, key=lambda found: found[0], default=(0, []))
        best.append((weight + (1 if one in named else len(fellows) + 1), [*chain, one]))
    return set(max(best, key=lambda found: found[0])[1]) if best else set()


def marks(found: Iterable[Line]) -> frozenset[Mark]:
    """What the lines say of each section, whatever stands around it."""
    return frozenset(
        (line.section.id, what, _name(line.was), _name(line.section)) for line in found for what in line.what
    )


def _name(one: Section | None) -> str:
    return f"{one.number}\n{one.title}" if one else ""


def touched(before: Sequence[Section], after: Sequence[Section]) -> frozenset[str]:
    """What a change of a plan is about: the sections that changed, and what each new or moved one now stands after."""
    found = lines(before, after)
    about = {line.section.id for line in found if line.what}
    return frozenset(about | {_before(line.section, after, about) for line in found if _has_come(line)})


def _has_come(line: Line) -> bool:
    return What.ADDED in line.what or What.MOVED in line.what


def _before(one: Section, after: Sequence[Section], about: Collection[str]) -> str:
    """The nearest section before one, of the same parent, that has not come itself; else the head of that parent."""
    siblings = children(after, one.parent_id)
    earlier = [other.id for other in siblings[: siblings.index(one)] if other.id not in about]
    return earlier[-1] if earlier else f"in {one.parent_id}"
