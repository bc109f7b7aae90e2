"""Changes to a plan as a proposal holds them: written down, in order, and applied to whatever plan there is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.domain.contract.sections import AnnexType, Section, SectionKind, SectionMode, SectionStatus
from server.domain.plan import plan_changes as rules
from server.domain.plan.outlines import outline
from server.domain.plan.plan_changes import Place, Plan, Where
from server.domain.refusals import NotFound, PlanMoved, Refusal

MOST_CHANGES = 100  # in one proposal: more than anybody would read
LOOKED_BACK = 8  # changes of one section among which a useless one is sought: each means making the whole plan again
Json = dict[str, Any]


class Gesture(StrEnum):
    """What one change does to one section; values are kept."""

    ADD = "add"
    RETITLE = "retitle"
    MOVE = "move"
    SET_ASIDE = "set_aside"
    TAKE_UP = "take_up"
    REMOVE = "remove"
    PUT_BACK = "put_back"


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `section` is the one that is added or put back, `place` where it goes or is moved to."""

    gesture: Gesture
    section_id: str
    number: str = ""
    title: str = ""
    place: Place | None = None
    section: Section | None = None


@dataclass(frozen=True)
class Tried:
    """A plan with those changes that it takes; `problems` says of the others, by their number, why not."""

    plan: Plan
    problems: dict[int, Refusal]


def applied(plan: Sequence[Section], changes: Sequence[Change]) -> Plan:
    """The plan with all changes made, one after the other.

    Raises:
        PlanMoved: a section that one of them is about, or stands beside, is not there; or is there already.
        BadTitle, HasSections, NoSuchPlace, ParentRemoved, SectionRequired, TextFrozen.
    """
    made = list(plan)
    for one in changes:
        made = _made(made, one)
    return made


def tried(plan: Sequence[Section], changes: Sequence[Change]) -> Tried:
    """The plan with as many of the changes made as it takes."""
    made, problems = list(plan), {}
    for number, one in enumerate(changes):
        try:
            made = _made(made, one)
        except Refusal as refusal:
            problems[number] = refusal
    return Tried(made, problems)


def _made(plan: Plan, one: Change) -> Plan:
    try:
        return _MAKES[one.gesture](plan, one)
    except NotFound:
        raise PlanMoved from None


def _put(plan: Plan, one: Change) -> Plan:
    if one.section is None or one.place is None:
        raise NotFound
    if any(other.id == one.section_id for other in plan):
        raise PlanMoved
    return rules.added(plan, one.section, one.place, None)


def _moved(plan: Plan, one: Change) -> Plan:
    if one.place is None:
        raise NotFound
    return rules.moved(plan, rules.find(plan, one.section_id), one.place, None)


def _on(rule: Callable[[Plan, Section, None], Plan]) -> Callable[[Plan, Change], Plan]:
    return lambda plan, one: rule(plan, rules.find(plan, one.section_id), None)


_MAKES: dict[Gesture, Callable[[Plan, Change], Plan]] = {
    Gesture.ADD: _put,
    Gesture.PUT_BACK: _put,
    Gesture.RETITLE: lambda plan, one: rules.retitled(
        plan, rules.find(plan, one.section_id), one.number, one.title, None
    ),
    Gesture.MOVE: _moved,
    Gesture.SET_ASIDE: _on(rules.set_aside),
    Gesture.TAKE_UP: _on(rules.taken_up),
    Gesture.REMOVE: _on(rules.removed),
}


def tidied(plan: Sequence[Section], changes: Sequence[Change]) -> list[Change]:
    """The same changes without those that the last one makes useless: some of the same section, or itself.

    Of a section that was changed again and again, only the latest changes are looked at.
    """
    kept, wanted = list(changes), outline(tried(plan, changes).plan)
    while (fewer := next((one for one in _fewer(kept) if _leads_to(plan, one, wanted)), None)) is not None:
        kept = fewer
    return kept


def _fewer(changes: list[Change]) -> list[list[Change]]:
    last = len(changes) - 1
    same = [at for at, one in enumerate(changes) if one.section_id == changes[last].section_id][-LOOKED_BACK:]
    useless = [{at} for at in same] + [{at, last} for at in same if at != last]
    return [[one for at, one in enumerate(changes) if at not in without] for without in useless]


def _leads_to(plan: Sequence[Section], changes: list[Change], wanted: list[Json]) -> bool:
    made = tried(plan, changes)
    return not made.problems and outline(made.plan) == wanted


def written(one: Change) -> Json:
    """A change as JSON."""
    told: Json = {"gesture": one.gesture.value, "section": one.section_id}
    if one.gesture is Gesture.RETITLE:
        told |= {"number": one.number, "title": one.title}
    if one.place is not None:
        told["place"] = {"where": one.place.where.value, "target": one.place.target}
    if one.section is not None:
        told["new"] = _kept(one.section)
    return told


def _kept(one: Section) -> Json:
    return {
        "key": one.key,
        "number": one.number,
        "title": one.title,
        "kind": one.kind.value,
        "annex_type": one.annex_type.value if one.annex_type else None,
        "required": one.is_required,
        "status": one.status.value,
        "mode": one.mode.value,
        "revision": one.revision,
    }


def change_of(told: Json) -> Change:
    """A change read back."""
    place, new = told.get("place"), told.get("new")
    return Change(
        Gesture(told["gesture"]),
        told["section"],
        number=told.get("number", ""),
        title=told.get("title", ""),
        place=Place(Where(place["where"]), place["target"]) if place else None,
        section=_new(told["section"], new) if new else None,
    )


def _new(section_id: str, told: Json) -> Section:
    return Section(
        id=section_id,
        key=told["key"],
        parent_id=None,
        depth=0,
        number=told["number"],
        title=told["title"],
        kind=SectionKind(told["kind"]),
        annex_type=AnnexType(told["annex_type"]) if told["annex_type"] else None,
        is_required=told["required"],
        status=SectionStatus(told["status"]),
        mode=SectionMode(told["mode"]),
        revision=told["revision"],
    )
