"""Clients in `y-py` share a map through our rooms.

The grammar of a section knows no map but attributes, which y-py cannot set (tests/web/test_y_py.py): so this is a room
over a grammar of the test's own, whose root is a map with two keys. y-py panics when a thread not its own touches it:
everything here is in one.
"""

from typing import Any

import pytest
from pycrdt import Doc, Map

from collab import wire
from collab.guard import Grammar
from collab.rooms import Rooms
from tests.collab.stage import SECTION, Client, ListLog

pytestmark = pytest.mark.anyio
y_py: Any = pytest.importorskip("y_py", reason="y-py has no wheel for this Python")
FACTS = Grammar(root="facts", elements={"/": frozenset({"places", "title"})}, marks=frozenset())


class YPy(Client):
    """A tab whose document is y-py's."""

    def __init__(self, rooms: Rooms, person: int) -> None:
        super().__init__(rooms, person)
        self.theirs = y_py.YDoc()
        self.facts = self.theirs.get_map("facts")

    async def set(self, key: str, value: object) -> None:
        before = y_py.encode_state_vector(self.theirs)
        with self.theirs.begin_transaction() as transaction:
            self.facts.set(transaction, key, value)
        await self.send(bytes(y_py.encode_state_as_update(self.theirs, before)))

    async def _hear(self, frame: bytes) -> None:
        await super()._hear(frame)
        message = self.heard[-1]
        if isinstance(message, wire.SyncStep2 | wire.Update):
            y_py.apply_update(self.theirs, message.update)

    def held(self) -> dict[str, Any]:
        return {key: self.facts[key] for key in self.facts}


async def test_y_py_clients_share_a_map() -> None:
    log = ListLog()
    rooms = Rooms(log, FACTS, lambda name, author: None)
    rooms.start()
    anne, yann = YPy(rooms, 1), YPy(rooms, 2)
    for one in (anne, yann):
        await one.open()
    await anne.set("places", 60)
    await yann.set("title", "Résidence 😀")
    for one in (anne, yann):
        await one.listen()
    assert anne.held() == yann.held() == {"places": 60, "title": "Résidence 😀"}
    await anne.set("places", 61)  # both at once: one of them holds, the same for all
    await yann.set("places", 62)
    for one in (anne, yann, anne, yann):
        await one.listen()
    assert anne.held() == yann.held()
    late = YPy(rooms, 3)
    await late.open()
    replayed: Doc[Any] = Doc()
    for line in log.lines:
        assert line.document == SECTION
        replayed.apply_update(line.delta)
    facts = replayed.get("facts", type=Map)
    assert anne.held() == late.held() == {key: facts[key] for key in facts}
    assert (anne.held()["places"] in (61, 62), all(anne.saved), sum(rooms.counting.refused.values())) == (True, True, 0)
    await rooms.stop()
