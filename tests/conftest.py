"""What every test may ask for.

A test marked `both_databases` runs on SQLite, then on a PostgreSQL that the tests start themselves. So are those
whose outcome depends on the database: the store, import and export, sign-in and its sessions, the live channel, the
commands, the demonstration in a browser, every `kill -9`. The rest asks the database nothing that differs
(rules, guard, rooms over a log in memory, look of the pages) and stays on SQLite, to spare time.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from server.store.engine import Store
from tests import factories, missing, postgres
from tests.databases import Databases, Files, Served

ENGINES = ("sqlite", "postgresql")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of starts need not compile the program hundreds of times

settings.register_profile("untimed", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # a busy machine fails nothing


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both_databases` is two."""
    if "engine" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(getattr(request, "param", ENGINES[0]))


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A real PostgreSQL for the whole run; skipped without one, except in CI."""
    programs = postgres.find()
    if programs is None:
        missing.lacks(postgres.HOW)
    with postgres.running(programs) as found:
        yield found


@pytest.fixture
def databases(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Databases of the test's own."""
    if engine == "sqlite":
        yield Files(tmp_path)
        return
    served = Served(request.getfixturevalue("cluster"))
    yield served
    served.drop()


@pytest.fixture
async def database(databases: Databases) -> str:
    """The address of an empty database at the program's schema."""
    return await databases.like("migrated", factories.migrate)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """An empty database at the program's schema."""
    made = factories.a_store(database)
    yield made
    await made.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The full counts run in `make test-long` only; the browser comes last.

    Playwright keeps an event loop running in this thread, beside which no other can run.
    """
    if not factories.IS_LONG:
        items[:] = [item for item in items if item.get_closest_marker("long") is None]
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands over what it lacked."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["missing"] = missing.said()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear what a worker lacked; one that crashed says nothing."""
    missing.add(getattr(node, "workeroutput", {}).get("missing", []))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What is missing here and how to get it, in one line."""
    for line in missing.said():
        terminalreporter.write_line(line, yellow=True)
