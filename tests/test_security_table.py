"""docs/reference/security.md names, for each of the 46 items, tests that there are, or says who acts or what waits."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.test_docs import ROOT, rows

ITEMS = 46
WITHOUT_A_TEST_YET = {"42", "43"}  # the sealed journal and the evidence file belong to a later capability
SAYS = re.compile(r"(?i)not built yet|the operator")


@cache
def defined_in(path: Path) -> frozenset[str]:
    """The tests that a file defines, read and not run: functions, and classes or what stands for one."""
    inside = ast.parse(path.read_text(encoding="utf-8")).body
    functions = {one.name for one in inside if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    assigned = {
        to.id for one in inside if isinstance(one, ast.Assign) for to in one.targets if isinstance(to, ast.Name)
    }
    return frozenset(
        {one for one in functions if one.startswith("test_")} | {one for one in assigned if one[:4] == "Test"}
    )


def table() -> list[list[str]]:
    return rows("security.md")[1:]


def named(cell: str) -> list[str]:
    return [one.strip("`") for one in cell.split("<br>") if one]


def test_every_item_stands_there_once_in_order() -> None:
    assert [row[0] for row in table()] == [str(number) for number in range(1, ITEMS + 1)]


def test_every_test_that_is_named_exists() -> None:
    parts = [one.partition("::") for row in table() for one in named(row[2])]
    assert len(parts) > 100
    files = {path for path, _, _ in parts}
    known = {path: defined_in(ROOT / path) if (ROOT / path).is_file() else frozenset() for path in files}
    assert [f"{path}::{name}" for path, _, name in parts if name not in known[path]] == []


def test_an_item_without_a_test_says_who_acts_or_what_waits() -> None:
    assert {row[0] for row in table() if not named(row[2])} == WITHOUT_A_TEST_YET
    assert [row[0] for row in table() if row[3] and not SAYS.search(row[3])] == []
    assert [row[0] for row in table() if not named(row[2]) and not row[3]] == []
