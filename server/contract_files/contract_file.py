"""What a contract file is: its schema, the way to read one, its sections, the look of its parties."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from server.domain.contract.contract import Look, looks
from server.domain.refusals import FileRefused

Json = dict[str, Any]
Problem = tuple[str, str]

MIB = 1024 * 1024
LIMIT = (
    8 * MIB
)  # bytes: the longest contract (60 pages, 300 of annexes) is under 2 MiB, and JSON takes ten times its size


@cache
def schema() -> Json:
    """The JSON Schema of contract files 1.0, shipped with the product."""
    return read_data("contract.schema.json")


def read_data(name: str) -> Json:
    """One of the JSON files that ship with the product (`server/data`)."""
    found: Json = json.loads(files("server").joinpath("data", name).read_text(encoding="utf-8"))
    return found


def read(path: Path) -> Json:
    """A contract file as JSON values; one too large for a contract is not read to its end.

    Raises:
        FileRefused: too large, or what `parse` refuses.
    """
    with path.open("rb") as file:
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise FileRefused(
            [("(file)", f"is larger than {LIMIT // MIB} MiB, which no contract is: check which file it is")]
        )
    return parse(data)


def parse(data: bytes) -> Json:
    """The file as JSON values.

    Raises:
        FileRefused: not UTF-8, not JSON (RFC 8259, names not repeated), or not an object.
    """
    try:
        found = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_finite, parse_float=_finite
        )
    except UnicodeDecodeError as wrong:
        raise FileRefused([("(file)", f"is not UTF-8 at byte {wrong.start}: save it as UTF-8")]) from wrong
    except json.JSONDecodeError as wrong:
        where = f"line {wrong.lineno}, column {wrong.colno}"
        raise FileRefused([(f"({where})", f"is not JSON: {wrong.msg}; correct it there")]) from wrong
    except RecursionError as wrong:
        raise FileRefused([("(file)", "is nested too deep to be a contract file: check which file it is")]) from wrong
    except ValueError as wrong:
        raise FileRefused([("(file)", f"is not a contract file: {wrong}")]) from wrong
    if not isinstance(found, dict):
        raise FileRefused([("(file)", "must hold one JSON object { … }: check which file it is")])
    return found


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"an object holds the field {name[:60]!r} twice; keep one of the two")
    return found


def _finite(number: str) -> float:
    found = float(number)
    if not math.isfinite(found):
        raise ValueError(f"{number[:60]} is no number that JSON can carry; write one with fewer digits, or null")
    return found


def sections(source: Json) -> Iterator[tuple[str, Json, Json | None]]:
    """Every section of the plan in reading order: (path, section, its parent or None); what is none is left out."""
    yield from _sections(source.get("plan"), "plan", None)


def _sections(nodes: Any, path: str, parent: Json | None) -> Iterator[tuple[str, Json, Json | None]]:
    for number, node in enumerate(nodes if isinstance(nodes, list) else []):
        if isinstance(node, dict):
            yield f"{path}[{number}]", node, parent
            yield from _sections(node.get("children"), f"{path}[{number}].children", node)


def looks_of(source: Json) -> dict[str, Look]:
    """The sign (two letters) and the hue (1 to 8) of each party, by its id: those given, else free ones."""
    parties = source["parties"]
    given = {
        place: (one["sign"], int(one["hue"])) for place, one in enumerate(parties) if "sign" in one and "hue" in one
    }
    kinds = [(one["short_name"], one.get("authority_type") or one["kind"]) for one in parties]
    return {party["id"]: look for party, look in zip(parties, looks(kinds, given), strict=True)}
