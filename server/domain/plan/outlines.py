"""A plan as plain JSON: what parties agree to when they agree to a plan, and nothing of what is written in it."""

from collections.abc import Sequence
from typing import Any

from server.domain.contract.sections import AnnexType, Section, SectionKind, SectionMode, SectionStatus

Json = dict[str, Any]


def outline(plan: Sequence[Section]) -> list[Json]:
    """Each section in reading order: which it is, what holds it, its name and nature, whether it is « sans objet »."""
    return [_entry(one) for one in plan]


def _entry(one: Section) -> Json:
    return {
        "id": one.id,
        "parent": one.parent_id,
        "number": one.number,
        "title": one.title,
        "kind": one.kind.value,
        "annex_type": one.annex_type.value if one.annex_type else None,
        "required": one.is_required,
        "set_aside": one.status is SectionStatus.NOT_APPLICABLE,
    }


def plan_of(told: Sequence[Json]) -> list[Section]:
    """A plan read back; of what an outline does not tell, each section is as a new one."""
    depths: dict[str | None, int] = {None: -1}
    found = []
    for one in told:
        depths[one["id"]] = depths[one["parent"]] + 1
        found.append(_section(one, depths[one["id"]]))
    return found


def _section(told: Json, depth: int) -> Section:
    return Section(
        id=told["id"],
        key=f"s-{told['id']}",
        parent_id=told["parent"],
        depth=depth,
        number=told["number"],
        title=told["title"],
        kind=SectionKind(told["kind"]),
        annex_type=AnnexType(told["annex_type"]) if told["annex_type"] else None,
        is_required=told["required"],
        status=SectionStatus.NOT_APPLICABLE if told["set_aside"] else SectionStatus.DRAFT,
        mode=SectionMode.FREE,
        revision=1,
    )
