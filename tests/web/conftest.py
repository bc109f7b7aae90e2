"""A running demonstration for every test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.site import Site, running


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running(tmp_path / "site.sqlite") as found:
        yield found
