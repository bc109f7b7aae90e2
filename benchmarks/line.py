"""One raw websocket of the load generator: frames made beforehand go out, what comes in is noted and hardly looked at.

It shares two cores with the server it measures, so it parses frame heads and no more (RFC 6455 5.2): pings are
answered, sync questions get the answer of a client that has nothing, the rest is kept for later or only counted.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from collab import wire
from collab.lib0 import write_text

NOTHING = b"\0\0"  # a Yjs update without structs or deletions
EMPTY = b"\0"  # the state vector of a client that has nothing
_BINARY, _CLOSE, _PING, _PONG = 0x2, 0x8, 0x9, 0xA
_SYNC = 0
_STEP_1, _STEP_2 = 0, 1
_ANSWER_OF_APP = b"\x0a"  # the protocol's own pong, see collab.wire.PING
_KEY = "ZW50ZW50ZS1iZW5jaC0wMQ=="  # 16 bytes, as RFC 6455 4.1 has it


class Dropped(ConnectionError):
    """The server ended a connection, or did not open it."""


def frame(message: bytes, opcode: int = _BINARY) -> bytes:
    """A client's frame; masked with zeros, which is a mask like any other (RFC 6455 5.3) and costs nothing."""
    size = len(message)
    if size < 126:
        head = bytes([0x80 | opcode, 0x80 | size])
    elif size < 1 << 16:
        head = bytes([0x80 | opcode, 0x80 | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, 0x80 | 127]) + size.to_bytes(8, "big")
    return head + b"\0\0\0\0" + message


_APP_PONG_FRAME = frame(_ANSWER_OF_APP)


def hello(document: str) -> bytes:
    """The frame a provider begins with: an auth message with a token nobody reads, and its version."""
    encoded = document.encode()
    return bytes([len(encoded)]) + encoded + b"\x02\x00\x01-\x054.8.0"


def opening(document: str) -> bytes:
    """The frames that open a document one has nothing of."""
    return frame(hello(document)) + frame(wire.sync_step1(document, EMPTY))


class Line(asyncio.Protocol):
    """A connection with one document open."""

    def __init__(self, request: bytes, document: str, *, keeps: bool) -> None:
        self.heard: list[tuple[float, bytes]] = []
        self.received = 0  # bytes
        self.first: bytes | None = None  # the sync answer that brought the document
        self.synced = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()
        self._request = request
        self._document = document
        self.keeps = keeps  # what it hears, for later
        self._name = write_text(document)
        self._head = len(self._name)
        self._answer = frame(wire.sync_step2(document, NOTHING))
        self._rest = bytearray()
        self._is_open = False
        self._said = b""
        self._awaited: tuple[bytes, asyncio.Event] | None = None
        self.transport: asyncio.Transport

    @property
    def is_lost(self) -> bool:
        """Whether the server ended it."""
        return self.lost.is_set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the websocket."""
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own class is no subclass of it
        self.write: Callable[[bytes], None] = self.transport.write
        self.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is over."""
        self.lost.set()
        if not self.synced.done():
            self.synced.set_exception(Dropped(f"a connection ended before its document had come {self._said!r}"))
            self.synced.exception()  # whoever waits hears of it; nobody else must

    def data_received(self, data: bytes) -> None:
        """Cut what came into frames."""
        now = time.perf_counter()
        self.received += len(data)
        rest = self._rest
        rest += data
        if not self._is_open and not self._opened():
            return
        at, end = 0, len(rest)
        while end - at >= 2:
            size, body = rest[at + 1], at + 2
            if size == 126:
                size, body = int.from_bytes(rest[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, body = int.from_bytes(rest[at + 2 : at + 10], "big"), at + 10
            if body > end or body + size > end:
                break
            self._take(rest[at] & 0xF, bytes(rest[body : body + size]), now)
            at = body + size
        del rest[:at]

    def _opened(self) -> bool:
        head, found, _ = self._rest.partition(b"\r\n\r\n")
        if not found:
            return False
        if b" 101 " not in head[:20]:
            self._said = bytes(head[:40])
            self.transport.abort()
            return False
        del self._rest[: len(head) + 4]
        self._is_open = True
        self.transport.write(opening(self._document))
        return True

    def _take(self, opcode: int, payload: bytes, now: float) -> None:
        if opcode == _PING:
            self.transport.write(frame(payload, _PONG))
        elif payload == wire.PING:
            self.transport.write(_APP_PONG_FRAME)
        elif opcode == _CLOSE:
            self.transport.close()
        elif opcode == _BINARY and payload.startswith(self._name) and len(payload) > self._head + 1:
            if self.keeps:
                self.heard.append((now, payload))
            if payload[self._head] == _SYNC and payload[self._head + 1] != 2:
                self._sync(payload)
            if self._awaited is not None and self._awaited[0] in payload:
                self._awaited[1].set()

    def _sync(self, payload: bytes) -> None:
        if payload[self._head + 1] == _STEP_1:
            self.transport.write(self._answer)
        elif payload[self._head + 1] == _STEP_2 and not self.synced.done():
            self.first = payload
            self.synced.set_result(time.perf_counter())

    def await_bytes(self, marker: bytes) -> asyncio.Event:
        """An event for a message that holds `marker`."""
        self._awaited = (marker, asyncio.Event())
        return self._awaited[1]

    def state(self) -> bytes:
        """The document as the server first answered it, as a Yjs update."""
        message = wire.decode(self.first or b"")
        assert isinstance(message, wire.SyncStep2)
        return message.update


def request(url: str, cookie: str) -> bytes:
    """The upgrade a browser would send."""
    address = urlsplit(url)
    lines = [
        f"GET {address.path or '/'} HTTP/1.1",
        f"Host: {address.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {_KEY}",
        f"Origin: http://{address.netloc}",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def connect(url: str, document: str, *, cookie: str = "", keeps: bool = False) -> Line:
    """A connection under way; `synced` says when it has its document."""
    host, _, port = urlsplit(url).netloc.partition(":")
    loop = asyncio.get_running_loop()
    made = request(url, cookie)
    _, line = await loop.create_connection(lambda: Line(made, document, keeps=keeps), host, int(port))
    return line
