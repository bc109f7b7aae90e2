"""Rooms over a log in memory for every test that asks for them; a module may have a log of its own."""

from collections.abc import AsyncIterator

import pytest

from collab.rooms import Rooms
from tests.collab.stage import GRAMMAR, SECTION, ListLog


@pytest.fixture
async def log() -> ListLog:
    made = ListLog()
    made.begin(SECTION, "Le contrat.")
    return made


@pytest.fixture
async def rooms(log: ListLog) -> AsyncIterator[Rooms]:
    made = Rooms(log, GRAMMAR, lambda name, author: None)
    made.start()
    yield made
    await made.stop()
