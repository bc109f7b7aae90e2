"""What is wrong in a contract file? Shape by JSON Schema, ids, references, dates, texts, letters: all of it at once."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, islice
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from server.contract_files.contract_file import Json, Problem, schema, sections
from server.domain.plan.plan_changes import PLAN_DEPTH
from server.domain.texts import text

MOST = 1000  # problems looked for: nobody reads more, and a hostile file has millions
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
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {
    "string": "text between quotes",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list [ … ]",
    "object": "an object { … }",
    "null": "null",
}


def problems(source: Json) -> list[Problem]:
    """Every problem of a file, each with the path of its field and what to do; none when the file is sound.

    A field whose shape is wrong says so once: what else could be said of it would follow from that.
    """
    deep = _too_deep(source)
    if deep:
        return [deep]
    shape = [(_path(error), _sentence(error)) for error in _errors(source)]
    told = {path for path, _ in shape}
    also = (_duplicates, _taken, _dangling, _dates, _texts, _letters)
    others = chain.from_iterable(look(source) for look in also)
    found = [*shape, *islice((one for one in others if one[0] not in told), MOST)]
    if len(found) < MOST:
        return found
    return [*found, ("(file)", f"has more than the {MOST} problems looked for: check which file it is")]


def _errors(source: Json) -> list[ValidationError]:
    return sorted(islice(Draft202012Validator(schema()).iter_errors(source), MOST), key=_place)


def _place(error: ValidationError) -> list[str]:
    return [f"{step:09}" if isinstance(step, int) else step for step in error.absolute_path]


def _path(error: ValidationError) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return path.lstrip(".") or "(file)"


def _sentence(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    found: Any = error.instance
    says: dict[str, Callable[[], str]] = {
        "required": lambda: f"{error.message.split(' is a ')[0]} is missing; add it",
        "enum": lambda: f"is {_quoted(found)}; it must be one of {', '.join(map(str, wanted))}",
        "const": lambda: f"is {_quoted(found)}; it must be {wanted!r}",
        "type": lambda: f"is {_kind(found)}; write {_WORDS[wanted]}",
        "pattern": lambda: f"is {_quoted(found)}, which does not match {wanted}; rewrite it so",
        "minLength": lambda: "is empty; fill it in",
        "maxLength": lambda: f"has {len(found)} characters; shorten it to {wanted}",
        "minimum": lambda: f"is {_quoted(found)}; the least is {wanted}",
        "maximum": lambda: f"is {_quoted(found)}; the most is {wanted}",
        "minItems": lambda: f"holds too little; give at least {wanted}",
        "not": lambda: f"is {_quoted(found)}, with a line break; take it out",
        "anyOf": lambda: _any_of(error),
    }
    return says.get(str(error.validator), lambda: f"{str(error.message)[:200]}; correct it")()


def _any_of(error: ValidationError) -> str:
    choices: list[Json] = error.validator_value if isinstance(error.validator_value, list) else []
    fields = [name for choice in choices for name in choice.get("required", ())]
    return f"needs one of {', '.join(fields)}; add it" if fields else f"is {_quoted(error.instance)}; correct it"


def _quoted(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:60]}…"


def _kind(value: Any) -> str:
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array", dict: "object"}
    return _WORDS[kinds.get(type(value), "null")]


def _duplicates(source: Json) -> Iterator[Problem]:
    for name in _LISTS:
        yield from _repeated((f"{name}[{number}]", one) for number, one in enumerate(_objects(source, name)))
    yield from _repeated((path, section) for path, section, _ in sections(source))


def _taken(source: Json) -> Iterator[Problem]:
    """Names that are somebody else's: the sign of another party, the address of another page."""
    signs: dict[str, int] = {}
    for number, party in enumerate(_objects(source, "parties")):
        sign = party.get("sign")
        if isinstance(sign, str) and signs.setdefault(sign, number) != number:
            yield f"parties[{number}].sign", f"is {_quoted(sign)} like that of parties[{signs[sign]}]; give it another"
    head = source.get("contract")
    if isinstance(head, dict) and head.get("id") == "new":
        yield "contract.id", "is 'new', the address of the page that begins a contract; choose another"


def _repeated(items: Iterator[tuple[str, Json]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path, one in items:
        key = one.get("id")
        if isinstance(key, str) and first.setdefault(key, path) != path:
            yield f"{path}.id", f"is {_quoted(key)} like that of {first[key]}; give each an id of its own"


def _objects(source: Json, name: str) -> list[Json]:
    """The items of a list of the file, {} in place of what is no object."""
    items = source.get(name)
    return [one if isinstance(one, dict) else {} for one in items] if isinstance(items, list) else []


def _dangling(source: Json) -> Iterator[Problem]:
    known = {
        name: {one.get("id") for one in _objects(source, name) if isinstance(one.get("id"), str)} for name in _LISTS
    }
    for path, field, value in _fields(source, ""):
        name = _REFERENCES.get(field)
        for where, one in _each(path, value) if name else ():
            if (
                name
                and one is not None
                and one != _OUTSIDE.get(field)
                and not (isinstance(one, str) and one in known[name])
            ):
                yield where, f"names {_quoted(one)}, which is not in {name}; add it there or name one that is"


def _each(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, list):
        yield path, value
        return
    for number, one in enumerate(value):
        yield f"{path}[{number}]", one


def _too_deep(source: Json) -> Problem | None:
    """Nesting that no contract has, found without recursion: what reads the file later may then recurse."""
    level: list[Any] = [source]
    for _ in range(DEPTH):
        level = [inner for one in level for inner in _inside(one) if isinstance(inner, dict | list)]
        if not level:
            break
    else:
        return "(file)", f"is nested more than {DEPTH} levels deep, which no contract is; make it flatter"
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
    """Days that no calendar has, wherever they stand, and a contract that ends before it begins."""
    for path, _, value in _fields(source, ""):
        if isinstance(value, str) and _DAY.fullmatch(value) and _day(value) is None:
            yield path, f"is {value!r}, which is no day of the calendar; correct it"
    head = source.get("contract")
    start, end = (_day(head.get(name)) if isinstance(head, dict) else None for name in ("start_date", "end_date"))
    if start and end and end <= start:
        yield "contract.end_date", f"is {end}; it must come after contract.start_date, {start}"


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _texts(source: Json) -> Iterator[Problem]:
    for path, section, _ in sections(source):
        if isinstance(section.get("content"), dict):
            yield from text.problems(section["content"], f"{path}.content")


def _letters(source: Json) -> Iterator[Problem]:
    for path, name, value in _fields(source, ""):
        for where, one in [(path, name), *_each(path, value)]:
            if isinstance(one, str) and ("\0" in one or any("\ud800" <= letter <= "\udfff" for letter in one)):
                yield where, "holds a character that no text can carry (NUL or half a surrogate pair); take it out"
