"""What is worth a look in a sound contract file, though nothing is refused for it?"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from server.contract_files.contract_file import Json, schema
from server.domain.contract.contract import duration_warning
from server.domain.identifiers import (
    Doubt,
    department_warning,
    finess_warning,
    siren_warning,
    siret_warning,
)


def doubts(source: Json) -> list[tuple[str, Doubt]]:
    """What looks wrong in a sound file: identifiers and the length of the contract, each with its path."""
    head = source["contract"]
    lasts = duration_warning(date.fromisoformat(head["start_date"]), date.fromisoformat(head["end_date"]))
    found = [("contract.end_date", lasts), *_of_identifiers(source)]
    return [(path, doubt) for path, doubt in found if doubt is not None]


def _of_identifiers(source: Json) -> Iterator[tuple[str, Doubt | None]]:
    for name in ("parties", "establishments"):
        for number, one in enumerate(source[name]):
            path, department = f"{name}[{number}]", one.get("department_code", "")
            yield f"{path}.department_code", department_warning(department)
            for field in ("finess_ej", "finess_et"):
                yield f"{path}.{field}", finess_warning(one.get(field, ""), department)
            yield f"{path}.siren", siren_warning(one.get("siren", ""))
            yield f"{path}.siret", siret_warning(one.get("siret", ""))


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
