"""The plan of a contract file, rebuilt in the order in which the sections stand now."""

from collections.abc import Sequence
from typing import Any

from server.contract_files import contract_file
from server.domain.contract.sections import Section

Json = dict[str, Any]


def rebuild(source: Json, sections: Sequence[Section]) -> list[tuple[Json, Section]]:
    """Make the plan of a file hold exactly `sections`, each in its place; every node with its section.

    A section the file knew keeps its node, unknown fields and the order of its keys included; one added since gets a
    new node; one removed has none.
    """
    known = {node["id"]: (node, path.count(".children")) for path, node, _ in contract_file.sections(source)}
    pairs = [(_node(section, *known.get(section.key, (None, 0))), section) for section in sections]
    nodes = {section.id: node for node, section in pairs}
    held: dict[str | None, list[Json]] = {}
    for node, section in pairs:
        held.setdefault(section.parent_id, []).append(node)
    for section_id, node in nodes.items():
        if "children" in node or section_id in held:
            node["children"] = held.get(section_id, [])
    source["plan"] = held.get(None, [])
    return pairs


def _node(section: Section, known: Json | None, depth: int) -> Json:
    if known is None:
        return _new(section)
    if section.depth != depth and "level" in known:
        known["level"] = section.depth + 1
    return known


def _new(section: Section) -> Json:
    node: Json = {"id": section.key, "number": section.number, "title": section.title, "kind": section.kind.value}
    if section.annex_type:
        node["annex_type"] = section.annex_type.value
    return node | {"required": section.is_required, "status": section.status.value, "body": ""}
