"""One reader that stops reading: how much a server grows while 16 MB are produced for it."""

import asyncio
import socket
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from benchmarks import crowd, stage
from benchmarks.line import frame
from benchmarks.servers import Server
from benchmarks.stage import Stage
from collab import wire
from server.domain.texts import text

PIECE = 64 * 1000  # bytes of text pasted, then taken away again, so that the document itself stays small
BODY = "Le contrat couvre neuf services. " * 20
PIECE_S = 0.02
BUFFER = 65536  # bytes of the stuck reader's own network buffer


async def make_stage() -> Stage:
    """A contract with one article to warm up on, and one to be stuck in."""
    return await stage.build("stuck", [stage.a_contract("CPOM-STUCK", 2, 5, BODY)])


async def measure(server: Server, megabytes: int) -> dict[str, float]:
    """Growth at its highest, beyond what the same work cost when everybody read; whom the last word did not reach."""
    warm, _ = await _produce(server, 0, megabytes, is_stuck=False)
    stuck, missing = await _produce(server, 1, megabytes, is_stuck=True)
    return {"growth_mb": (stuck - warm) / 1000, "missing": missing}


async def _produce(server: Server, number: int, megabytes: int, *, is_stuck: bool) -> tuple[float, int]:
    """The most memory it held; how many of those who read did not hear all."""
    place = server.stage.places[number]
    writer, reader, other = lines = await crowd.gather(server, [place] * 3, {1})
    await asyncio.sleep(1)
    if is_stuck:
        other.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        other.transport.pause_reading()
    most = server.memory_kb()
    for paste, cut in _pieces(place.document, writer.state(), megabytes * 1_000_000 // PIECE):
        writer.write(paste)
        writer.write(cut)
        await asyncio.sleep(PIECE_S)
        most = max(most, server.memory_kb())
    missing = await crowd.last_word([writer, reader], place.document)
    most = max(most, server.memory_kb())
    crowd.part(lines)
    await asyncio.sleep(1)
    return most, missing


def _pieces(document: str, state: bytes, count: int) -> list[tuple[bytes, bytes]]:
    doc: Doc[Any] = Doc()
    doc.apply_update(state)
    paragraph: Any = doc.get(text.ROOT, type=XmlFragment).children.append(XmlElement("paragraph"))
    run = paragraph.children.append(XmlText())
    emitted = [doc.get_update()]
    watch = doc.observe(lambda event: emitted.append(event.update))
    for number in range(count):
        run.insert(0, chr(97 + number % 26) * PIECE)
        del run[0:PIECE]
    doc.unobserve(watch)
    frames = [frame(wire.update(document, update)) for update in emitted]
    return list(zip([frames[0] + frames[1], *frames[3::2]], frames[2::2], strict=True))
