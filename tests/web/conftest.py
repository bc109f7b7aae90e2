"""A running demonstration for every test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import Databases
from tests.web.site import Site, fill_samples, running


@pytest.fixture
async def filled(databases: Databases) -> str:
    """The address of a database with both sample contracts."""
    return await databases.like("filled", fill_samples)


@pytest.fixture
async def site(filled: str) -> AsyncIterator[Site]:
    async with running(filled) as found:
        yield found
