"""What every test may ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.store.engine import Store
from tests import factories


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database at the program's schema."""
    made = factories.a_store(tmp_path / "entente.sqlite")
    await made.migrate()
    yield made
    await made.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The full counts run in `make test-long` only; the browser comes last.

    Playwright keeps an event loop running in this thread, beside which no other can run.
    """
    if not factories.IS_LONG:
        items[:] = [item for item in items if item.get_closest_marker("long") is None]
    items.sort(key=lambda item: "browser" in item.path.parts)
