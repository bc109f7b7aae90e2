"""An edit from one window to another: ours, which commits first, beside Hocuspocus, which saves later."""

import asyncio
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import websockets
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from build_client import find_node
from collab import wire
from server.domain import text
from server.store import contracts
from tests.collab.stage import hello
from tests.factories import PH
from tests.web.site import running

READERS = 10
EDITS = 200
PAUSE_S = 0.02  # 50 edits a second: several people typing at once


class Tab:
    """A connection that has one document open and notes when each edit reaches it."""

    def __init__(self, connection: websockets.ClientConnection, name: str) -> None:
        self.connection = connection
        self.name = name
        self.doc: Doc[Any] = Doc()
        self.heard: list[float] = []

    async def open(self) -> None:
        """Join, and take in what there is."""
        await self.connection.send(hello(self.name))
        await self.connection.send(wire.sync_step1(self.name, self.doc.get_state()))
        with suppress(TimeoutError):
            while True:
                self._take(await asyncio.wait_for(self.connection.recv(), 0.5))

    def _take(self, frame: str | bytes) -> wire.Message | None:
        with suppress(wire.NotOurProtocol):
            message = wire.decode(frame if isinstance(frame, bytes) else b"")
            if isinstance(message, wire.SyncStep2 | wire.Update):
                self.doc.apply_update(message.update)
            return message
        return None

    async def listen(self) -> None:
        """Note the time of every update."""
        async for frame in self.connection:
            if isinstance(self._take(frame), wire.Update):
                self.heard.append(time.perf_counter())


async def _measure(tabs: list[Tab]) -> list[float]:
    """Milliseconds from sending to hearing, one edit at a time, over all readers."""
    writer, readers = tabs[0], tabs[1:]
    for tab in tabs:
        await tab.open()
    listening = [asyncio.create_task(tab.listen()) for tab in readers]
    fragment = writer.doc.get(text.ROOT, type=XmlFragment)
    paragraph: Any = fragment.children.append(XmlElement("paragraph"))
    run = paragraph.children.append(XmlText())
    delays: list[float] = []
    before = b"\x00"
    for number in range(EDITS):
        run.insert(len(run), "a")
        sent, already = time.perf_counter(), [len(one.heard) for one in readers]
        await writer.connection.send(wire.update(writer.name, writer.doc.get_update(before)))
        before = writer.doc.get_state()
        await asyncio.sleep(PAUSE_S)
        while any(len(one.heard) == count for one, count in zip(readers, already, strict=True)):
            await asyncio.sleep(0.001)
        if number:
            delays += [(one.heard[count] - sent) * 1000 for one, count in zip(readers, already, strict=True)]
    for task in listening:
        task.cancel()
    return delays


async def _ours() -> list[float]:
    folder = tempfile.mkdtemp(prefix="entente-bench-")
    async with running(Path(folder, "bench.sqlite")) as site, AsyncExitStack() as stack:
        async with site.parts.store.reading() as session:
            name = {one.key: one.document for one in await contracts.sections(session, PH)}["s-4-3"]
        browser = await site.signed_in("camille-authier")
        tabs = [Tab(await stack.enter_async_context(browser.socket(PH)), name) for _ in range(READERS + 1)]
        return await _measure(tabs)


async def _theirs() -> list[float]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = Path(tempfile.mkdtemp(prefix="entente-bench-"), "peer.bin")
    command = [find_node().node, "benchmarks/peer.mjs", str(port), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as peer:
        if peer.stdout is None or not await asyncio.to_thread(peer.stdout.readline):
            raise RuntimeError("the peer did not start")
        async with AsyncExitStack() as stack:
            address = f"ws://127.0.0.1:{port}"
            connections = [
                await stack.enter_async_context(websockets.connect(address, compression=None, proxy=None))
                for _ in range(READERS + 1)
            ]
            delays = await _measure([Tab(one, "section:bench") for one in connections])
        peer.terminate()
    return delays


async def rows() -> list[tuple[str, str, str]]:
    """p50 and p99 over READERS readers, three interleaved runs of each."""
    ours, theirs = [], []
    for _ in range(3):
        ours += await _ours()
        theirs += await _theirs()
    says = f"an edit reaches {READERS} other windows, p50 / p99; ours is on the disk by then"
    return [(says, _percentiles(ours), f"Hocuspocus 4, which saves up to 2 s later: {_percentiles(theirs)}")]


def _percentiles(delays: list[float]) -> str:
    cuts = statistics.quantiles(delays, n=100)
    return f"{cuts[49]:.1f} / {cuts[98]:.1f} ms"
