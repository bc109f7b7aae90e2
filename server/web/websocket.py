"""The websocket door: from where, who, may they; then it carries the frames of a page."""

import asyncio
import logging
import time
from weakref import WeakKeyDictionary

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

from auth.people import Seat, Visitor
from collab.nameless import Nameless
from collab.pace import Pace, Rates
from collab.peer import Frames, HangUp
from server.domain.people.security import SecurityKind
from server.domain.refusals import NotFound, NotSignedIn, TooOften
from server.web.doors import enter
from server.web.open_page import Page
from server.web.parts import parts

security_log = logging.getLogger("entente.security")
WIRE = "entente.wire"  # where the application finds the connection of a request
SHARED_BYTES = 1 << 14  # a frame as long as that is not copied for each connection
PIECE_BYTES = 1 << 12  # of what the network brings, read before asking whether the connection is still there
MOST_UNHEARD = 4096  # messages of one connection: no page has more in what the network brings at once
SMALL = Rates(messages=50, bytes=1)  # frames that bring no message of their own: pings, pongs, pieces of a message
ENDING_S = 10.0  # for the browser to answer a closing; then the connection is cut, with what it never read


async def live(socket: WebSocket) -> None:
    """One page's connection to its contract."""
    admitted = await _admitted(socket, "live")
    if admitted is not None:
        contract_id, seen = socket.path_params["contract_id"], socket.query_params.get("seen", "")
        address = parts(socket).addresses.of(socket)
        page = Page(Socket(socket), parts(socket), *admitted, contract_id=contract_id, seen=seen, address=address)
        await page.run()


async def nameless(socket: WebSocket) -> None:
    """The connection of a plain y-websocket client to one document of a contract."""
    admitted = await _admitted(socket, "nameless")
    if admitted is not None:
        contract_id, document = socket.path_params["contract_id"], socket.path_params["document"]
        address = parts(socket).addresses.of(socket)
        carrier = Nameless(Socket(socket), document)
        given = {"contract_id": contract_id, "seen": "", "address": address}
        await Page(carrier, parts(socket), *admitted, **given, decode=carrier.decode).run()


async def _admitted(socket: WebSocket, name: str) -> tuple[Visitor, Seat] | None:
    """Who comes in: Host (the gate), Origin, session, seat, and only then a welcome; None when turned away."""
    own = parts(socket)
    try:
        if socket.headers.get("origin") != own.settings.public_url:
            own.addresses.pass_through(socket, name)  # or anybody could fill the log
            security_log.warning("websocket refused: foreign origin")
            await own.watch.note(socket, SecurityKind.FOREIGN_ORIGIN)
            await socket.close(1008)
            return None
        visitor, seat = await enter(socket, name, is_gesture=False)
    except (NotFound, NotSignedIn):
        await socket.close(1008)
        return None
    except TooOften as refused:
        answer = PlainTextResponse("too many requests", 429, {"Retry-After": str(refused.seconds)})
        await socket.send_denial_response(answer)
        return None
    if visitor is None or seat is None:
        raise RuntimeError(f"the door of `{name}` let a stranger through")
    await socket.accept()
    return visitor, seat


class Wire(WebSocketsSansIOProtocol):
    """uvicorn's websocket connection, whose frames go to the transport without a task or a wait for any of them.

    All that is put in one turn of the loop is one write: with two hundred people in a room, writes are most of
    what an edit costs (crdt-servers 2).
    """

    carries: "Socket | None" = None
    _put: list[bytes]
    _together: "_Together"
    _small: Pace

    def handle_connect(self, event: Request) -> None:
        """Let the application find this connection in the scope of its request."""
        super().handle_connect(event)
        if self.handshake_initiated and not self.handshake_complete:
            self.scope["extensions"][WIRE] = {"wire": self}
        self._put = []
        self._together = _TOGETHER.setdefault(self.loop, _Together())
        self._small = Pace(SMALL, time.monotonic())

    async def send(self, message: ASGISendEvent) -> None:
        """Send what the application says; one that was refused with an answer has been answered."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # uvicorn takes it for a failure otherwise, and logs one each time

    def forget_request(self) -> None:
        """Let go of what was asked for, now that it is answered: much of an open connection's memory."""
        self.scope["headers"] = []
        self.request = self.response = None  # type: ignore[assignment]

    def put(self, frames: Frames) -> None:
        """Send binary frames when this turn of the loop ends."""
        together = self._together
        if frames is not together.frames:
            together.frames, together.headed = frames, _headed(frames)
        if not self._put:
            if not together.wires:
                self.loop.call_soon(together.flush)
            together.wires.append(self)
        self._put += together.headed

    def flush(self) -> None:
        """Write what was put."""
        pieces, self._put = self._put, []
        if pieces and not (self.close_sent or self.disconnected or self.transport.is_closing()):
            if len(pieces) == 1:
                self.transport.write(pieces[0])
            else:
                self.transport.writelines(pieces)

    def unsent(self) -> int:
        """Bytes that the network has not taken yet."""
        return sum(map(len, self._put)) + self.transport.get_write_buffer_size()

    def data_received(self, data: bytes) -> None:
        """Read what came, in pieces: who is cut off in the middle of thousands of tiny frames is not read on."""
        for begin in range(0, len(data), PIECE_BYTES):
            super().data_received(data[begin : begin + PIECE_BYTES])
            if self.transport.is_closing():
                return

    def handle_ping(self) -> None:
        """Answer a ping; while the network does not take answers, they are left out."""
        self._count()
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_pong(self, event: Frame) -> None:
        """Nobody asked for it: our own ping is a message."""
        self._count()
        super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Add a piece to its message, in one place: a million pieces must not be a million objects."""
        self._count()
        begun = self.frames[0]
        whole = begun if isinstance(begun, bytearray) else bytearray(begun)
        whole += event.data
        self.frames = [bytes(whole) if event.fin else whole]  # type: ignore[list-item]
        if event.fin:
            self.send_receive_event_to_app()

    def send_receive_event_to_app(self) -> None:
        """Hand a message on; after our closing it is dropped."""
        if self.close_sent:
            self._count()
        elif self.queue.qsize() >= MOST_UNHEARD:
            self._cut()
        super().send_receive_event_to_app()

    def _count(self) -> None:
        """Count a frame that passes no turnstile; who sends them without end is cut off."""
        if self._small.take(0, time.monotonic()):
            self._cut()

    def _cut(self) -> None:
        self.end(HangUp.TOO_FAST)
        self.transport.abort()

    def pause_writing(self) -> None:
        """Note that the network does not follow."""
        super().pause_writing()
        if self.carries is not None:
            self.carries.is_behind = True

    def resume_writing(self) -> None:
        """Note that it follows again."""
        super().resume_writing()
        if self.carries is not None:
            self.carries.is_behind = False

    def end(self, code: int) -> None:
        """Say why this is over, and cut the connection if that is not answered."""
        if self.close_sent or self.disconnected:
            return
        self.flush()
        self.close_sent = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        try:
            self.conn.send_close(code)
        except InvalidState:  # the browser's own closing came first
            self.transport.close()
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.resume_reading()  # for the answer
        self.close_timer = self.loop.call_later(ENDING_S, self.transport.abort)


class _Together:
    """The connections that have something to write when the loop's turn ends, and the frames put last."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.frames: Frames = ()
        self.headed: list[bytes] = []

    def flush(self) -> None:
        """Let every one of them write."""
        wires, self.wires, self.frames, self.headed = self.wires, [], (), []
        for wire in wires:
            wire.flush()


_TOGETHER: WeakKeyDictionary[asyncio.AbstractEventLoop, _Together] = WeakKeyDictionary()


def _headed(frames: Frames) -> list[bytes]:
    """Frames as they are on the wire (RFC 6455 5.2, unmasked), in few pieces; a large one is not copied."""
    pieces = [part for frame in frames for part in (_head(len(frame)), frame)]
    return pieces if max(map(len, pieces)) > SHARED_BYTES else [b"".join(pieces)]


def _head(size: int) -> bytes:
    if size < 126:
        return b"\x82%c" % size
    return b"\x82\x7e" + size.to_bytes(2) if size < 1 << 16 else b"\x82\x7f" + size.to_bytes(8)


class Socket:
    """A websocket as a carrier of frames."""

    via = "websocket"

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._wire: Wire = socket.scope["extensions"][WIRE]["wire"]
        self._wire.carries = self
        self._wire.forget_request()
        self.is_behind = False  # the network has not taken what was written before
        self.put = self._wire.put
        self.unsent = self._wire.unsent

    async def receive(self) -> bytes | None:
        """The next frame; words instead of bytes are an empty one, which is no message of ours."""
        message = await self._socket.receive()
        return None if message["type"] == "websocket.disconnect" else message.get("bytes") or b""

    async def drained(self) -> None:
        """Wait until the network has taken nearly everything, or the browser is gone."""
        await self._wire.writable.wait()

    def end(self, code: int) -> None:
        """Close it, unless the browser left first."""
        self._wire.end(code)
