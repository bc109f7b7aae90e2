"""No test sleeps to hope: it asks again and again until it is so, and every other sleep has its reason here."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent
SLEEPS = {"sleep", "wait_for_timeout"}
KILLS = "test_nothing_seen_or_said_to_be_saved_is_lost_or_doubled_by_kill_nine"
ACCEPTED = "test_a_proposal_is_accepted_whole_or_not_at_all_whenever_the_server_dies"
REASONS = {
    ("collab/stage.py", "settle"): "lets every task run that can go on, then waits for the threads",
    ("web/test_live.py", "_next"): "lets other tasks run: a closed connection never waits",
    ("web/test_authors.py", "moves"): "lets a task begin; whether it has is not looked at",
    ("web/test_kills.py", "type"): "the pace of somebody who types",
    ("web/test_kills.py", KILLS): "when the blow falls",
    ("web/test_acceptance_kills.py", ACCEPTED): "when the blow falls",
    ("web/test_store.py", "meet"): "lets two transactions meet; the test holds whether they do or not",
    ("auth/test_oidc_outgoing.py", "silence"): "a provider that never answers",
}
HOPED = """
async def test_hopes():
    await asyncio.sleep(0.1)
    while not came():
        await asyncio.sleep(0.1)
    for _ in range(3):
        page.wait_for_timeout(10)
    while True:
        time.sleep(1)
"""


def sleeps(node: ast.AST, function: str = "", *, asks: bool = False) -> list[tuple[str, int]]:
    """Where a test sleeps outside of `while` it is not so: function and line."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function = node.name
    if isinstance(node, ast.While):
        asks = not isinstance(node.test, ast.Constant)
    is_sleep = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SLEEPS and not asks
    found = [(function, node.lineno)] if isinstance(node, ast.Call) and is_sleep else []
    return found + [one for child in ast.iter_child_nodes(node) for one in sleeps(child, function, asks=asks)]


def test_a_sleep_that_hopes_is_found_and_one_that_asks_again_is_none() -> None:
    assert [line for _, line in sleeps(ast.parse(HOPED))] == [3, 7, 9]


def test_no_test_sleeps_to_hope() -> None:
    found = {
        (path.relative_to(TESTS).as_posix(), function)
        for path in TESTS.rglob("*.py")
        for function, _ in sleeps(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set(REASONS), "wait for what is needed: tests/waiting.py, Tab.until, expect"
