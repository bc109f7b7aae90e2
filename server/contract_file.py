"""Is this contract file sound? Shape by JSON Schema, then ids, references and texts; every problem at once."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from server.domain import text
from server.domain.contract import distinct_hues, distinct_signs
from server.domain.plan_changes import PLAN_DEPTH
from server.domain.refusals import FileRefused

Json = dict[str, Any]
Problem = tuple[str, str]

_REFERENCES = {
    "party_id": "parties",
    "author_party_id": "parties",
    "lead_party_id": "parties",
    "co_author_party_ids": "parties",
    "authority_id": "parties",
    "funder_id": "parties",
    "scenario_id": "scenarios",
    "competence": "parties",
    "agreed_by": "parties",
    "delegated_to": "people",
    "holder": "people",
    "author": "people",
    "resolved_by": "people",
    "lead_person_id": "people",
    "attendees": "people",
    "establishment_id": "establishments",
    "establishment_ids": "establishments",
    "indicator_ids": "indicators",
}
_LISTS = ("parties", "people", "establishments", "indicators", "scenarios")
_OUTSIDE = {"establishment_id": "transversal", "funder_id": "residents"}  # names of what is in no list
DEPTH = 150  # levels of anything at all


@cache
def schema() -> Json:
    """The JSON Schema of contract files 1.0, shipped with the product."""
    return read_data("contract.schema.json")


def read_data(name: str) -> Json:
    """One of the JSON files that ship with the product (`server/data`)."""
    found: Json = json.loads(files("server").joinpath("data", name).read_text(encoding="utf-8"))
    return found


def parse(data: bytes) -> Json:
    """The file as JSON values.

    Raises:
        FileRefused: not UTF-8, not JSON, or not an object.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise FileRefused([("(file)", f"is not UTF-8 at byte {wrong.start}: save it as UTF-8")]) from wrong
    except json.JSONDecodeError as wrong:
        where = f"line {wrong.lineno}, column {wrong.colno}"
        raise FileRefused([(f"({where})", f"is not JSON: {wrong.msg}")]) from wrong
    except RecursionError as wrong:
        raise FileRefused([("(file)", "is nested too deep to be a contract file")]) from wrong
    if not isinstance(found, dict):
        raise FileRefused([("(file)", "must hold one JSON object")])
    return found


def check(source: Json) -> None:
    """Let a sound file pass.

    Raises:
        FileRefused: every problem found, each with the path of its field.
    """
    deep = _too_deep(source)
    if deep:
        raise FileRefused([deep])
    shape = [(_path(error), _sentence(error)) for error in _errors(source)]
    found = shape or [
        *_duplicates(source),
        *_dangling(source),
        *_dates(source),
        *_texts(source),
        *_letters(source),
    ]
    if found:
        raise FileRefused(found)


def _errors(source: Json) -> list[ValidationError]:
    return sorted(Draft202012Validator(schema()).iter_errors(source), key=_path)


def _path(error: ValidationError) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return path.lstrip(".") or "(file)"


def _sentence(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    says = {
        "required": lambda: f"{error.message.split(' is a ')[0]} is missing; add it",
        "enum": lambda: f"must be one of {', '.join(map(str, wanted))}",
        "const": lambda: f"must be {wanted!r}",
        "type": lambda: f"must be of type {wanted}, not {type(error.instance).__name__}",
        "pattern": lambda: f"is {str(error.instance)[:40]!r}, which does not match {wanted}",
    }
    return says.get(str(error.validator), lambda: error.message[:200])()


def sections(source: Json) -> Iterator[tuple[str, Json, Json | None]]:
    """Every section of the plan in reading order: (path, section, its parent or None)."""
    yield from _sections(source["plan"], "plan", None)


def _sections(nodes: list[Json], path: str, parent: Json | None) -> Iterator[tuple[str, Json, Json | None]]:
    for number, node in enumerate(nodes):
        yield f"{path}[{number}]", node, parent
        yield from _sections(node.get("children", []), f"{path}[{number}].children", node)


def looks_of(source: Json) -> dict[str, tuple[str, int]]:
    """The sign (two letters) and the hue (1 to 8) of each party, by its id."""
    parties = source["parties"]
    signs = distinct_signs([party["short_name"] for party in parties])
    hues = distinct_hues([party.get("authority_type") or party["kind"] for party in parties])
    return {party["id"]: look for party, look in zip(parties, zip(signs, hues, strict=True), strict=True)}


def _duplicates(source: Json) -> Iterator[Problem]:
    lists = {name: source.get(name, []) for name in _LISTS}
    lists["plan"] = [section for _, section, _ in sections(source)]
    for name, items in lists.items():
        for key, times in Counter(item.get("id") for item in items).items():
            if times > 1:
                yield name, f"holds the id {key!r} {times} times; ids must differ"


def _dangling(source: Json) -> Iterator[Problem]:
    known = {name: {item.get("id") for item in source.get(name, [])} for name in _LISTS}
    for path, field, value in _fields(source, ""):
        wanted = known.get(_REFERENCES.get(field, ""))
        for one in value if isinstance(value, list) else [value]:
            if wanted is not None and one is not None and one != _OUTSIDE.get(field) and _is_not_in(one, wanted):
                yield path, f"names {one!r}, which is not in {_REFERENCES[field]}"


def _is_not_in(one: object, wanted: set[object]) -> bool:
    return not isinstance(one, str) or one not in wanted


def _too_deep(source: Json) -> Problem | None:
    """Nesting that no contract has, found without recursion: what reads the file later may then recurse."""
    level: list[Any] = [source]
    for _ in range(DEPTH):
        level = [inner for one in level for inner in _inside(one) if isinstance(inner, dict | list)]
        if not level:
            break
    else:
        return "(file)", f"is nested more than {DEPTH} levels deep; no contract is"
    nodes: list[Any] = source["plan"] if isinstance(source.get("plan"), list) else []
    for _ in range(PLAN_DEPTH):
        children = [node.get("children") for node in nodes if isinstance(node, dict)]
        nodes = [child for one in children if isinstance(one, list) for child in one]
    return ("plan", f"has more than {PLAN_DEPTH} levels of sections; make it flatter") if nodes else None


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def _fields(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            where = f"{path}.{name}".lstrip(".")
            yield where, name, inner
            yield from _fields(inner, where)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _fields(inner, f"{path}[{number}]")


def _dates(source: Json) -> Iterator[Problem]:
    read: dict[str, date] = {}
    for name in ("start_date", "end_date"):
        try:
            read[name] = date.fromisoformat(source["contract"][name])
        except ValueError:
            yield f"contract.{name}", f"is {source['contract'][name]!r}, which is no day of the calendar"
    if len(read) == 2 and read["end_date"] <= read["start_date"]:
        yield "contract.end_date", "must come after contract.start_date"


def _texts(source: Json) -> Iterator[Problem]:
    for path, section, _ in sections(source):
        if "content" in section:
            yield from text.problems(section["content"], f"{path}.content")


def _letters(source: Json) -> Iterator[Problem]:
    for path, _, value in _fields(source, ""):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and ("\0" in one or any("\ud800" <= letter <= "\udfff" for letter in one)):
                yield path, "holds a character that no text can carry (NUL or half a surrogate pair)"


def unknown_fields(source: Json) -> list[str]:
    """The paths of fields the format does not know, in parts that are built: kept, exported, worth a look."""
    return sorted(set(_unknown(source, schema(), "")))


def _unknown(value: Any, shape: Json, path: str) -> Iterator[str]:
    shape = schema()["$defs"]["section"] if "$ref" in shape else shape
    properties = shape.get("properties")
    if isinstance(value, dict) and properties is not None and "additionalProperties" not in shape:
        for name, inner in value.items():
            where = f"{path}.{name}".lstrip(".")
            if name in properties:
                yield from _unknown(inner, properties[name], where)
            elif not any(re.search(one, name) for one in shape.get("patternProperties", ())):
                yield where
    elif isinstance(value, list) and "items" in shape:
        for inner in value:
            yield from _unknown(inner, shape["items"], f"{path}[]")
