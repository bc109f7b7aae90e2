"""A client in `y-py`, the package this project was first named for, exchanges text with the server over a real socket.

It hears of attributes, and cannot set any: y-py 0.6 writes them as a string (`ContentString`), of which Yjs would read
the last character; the guard refuses that. Its maps are in tests/collab/test_y_py.py. y-py panics when a thread not its
own touches it: everything here is in one.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import websockets
from pycrdt import Doc

from collab import document, wire
from server.domain.texts import text
from server.store import contracts
from tests.collab.stage import hello
from tests.factories import PH
from tests.web.site import Site

pytestmark = pytest.mark.anyio
y_py: Any = pytest.importorskip("y_py", reason="y-py has no wheel for this Python")


class YPy:
    """One document of a y-py program on a raw connection."""

    def __init__(self, connection: websockets.ClientConnection, name: str) -> None:
        self._connection = connection
        self._name = name
        self.doc = y_py.YDoc()
        self.root = self.doc.get_xml_element(text.ROOT)
        self.saved: list[bool] = []
        self.closed = False

    async def open(self) -> None:
        await self._connection.send(hello(self._name))
        await self._connection.send(wire.sync_step1(self._name, bytes(y_py.encode_state_vector(self.doc))))
        await self.until(lambda: self.saved != [])

    async def edit(self, change: Callable[[Any], None]) -> None:
        """Change the document in one transaction and send what is new."""
        before = y_py.encode_state_vector(self.doc)
        with self.doc.begin_transaction() as transaction:
            change(transaction)
        await self._connection.send(wire.update(self._name, bytes(y_py.encode_state_as_update(self.doc, before))))

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                await self._take(bytes(await self._connection.recv(decode=False)))

    async def _take(self, frame: bytes) -> None:
        self.saved += [frame.endswith(b"\x01")] * frame.endswith((b"\x08\x00", b"\x08\x01"))
        self.closed = self.closed or b"refused:" in frame
        try:
            message = wire.decode(frame)
        except wire.NotOurProtocol:
            return
        if isinstance(message, wire.SyncStep2 | wire.Update):
            y_py.apply_update(self.doc, message.update)
        elif isinstance(message, wire.SyncStep1):
            missing = y_py.encode_state_as_update(self.doc, message.state_vector)
            await self._connection.send(wire.sync_step2(self._name, bytes(missing)))

    @property
    def paragraph(self) -> Any:
        return self.root.first_child

    @property
    def words(self) -> str:
        return str(self.paragraph.first_child)


async def name_of(site: Site, key: str) -> str:
    async with site.parts.store.reading() as session:
        return next(one.document for one in await contracts.sections(session, PH) if one.key == key)


async def test_y_py_exchanges_text_both_ways(site: Site) -> None:
    name = await name_of(site, "s-4-3")
    camille, nadege = await site.signed_in("camille-authier"), await site.signed_in("nadege-fournier")
    async with camille.socket(PH) as one, nadege.socket(PH) as other:
        anne, yann = YPy(one, name), YPy(other, name)
        await anne.open()
        await yann.open()
        assert anne.words == yann.words
        assert "Lorsque" in anne.words
        await anne.edit(lambda change: anne.paragraph.first_child.insert(change, 0, "Été. "))
        await anne.until(lambda: anne.saved[-1:] == [True] and len(anne.saved) > 1)
        await yann.until(lambda: yann.words.startswith("Été. "))
        await yann.edit(lambda change: yann.paragraph.first_child.insert(change, 0, "Yann. "))
        await anne.until(lambda: anne.words.startswith("Yann. Été. "))
    held: dict[str, Any] = await site.parts.rooms.made(name, lambda node: node)
    assert held["content"][0]["content"][0]["text"].startswith("Yann. Été. Lorsque")
    assert anne.paragraph.get_attribute("id") == held["content"][0]["attrs"]["id"]
    replayed: Doc[Any] = Doc()
    for update in await site.parts.rooms.kept(name):
        replayed.apply_update(update)
    assert document.read(replayed, text.ROOT) == held


@pytest.mark.parametrize("place", ["root", "attribute"])
async def test_what_no_browser_could_read_is_refused_to_y_py_as_to_all(site: Site, place: str) -> None:
    name = await name_of(site, "s-4-3")
    async with (await site.signed_in("camille-authier")).socket(PH) as one:
        anne = YPy(one, name)
        await anne.open()
        if place == "root":
            await anne.edit(lambda change: anne.doc.get_map("facts").set(change, "places", 60))
        else:
            await anne.edit(lambda change: anne.paragraph.set_attribute(change, "id", "x"))
        await anne.until(lambda: anne.closed)
        assert anne.saved[-1] is False
