"""How does a plain y-websocket client talk to us? In frames that name no document: one connection carries one.

Source of its protocol: y-websocket, src/y-websocket.js; y-protocols, sync.js, awareness.js, auth.js. It knows neither
an acknowledgement nor a refusal: what it cannot be told ends the connection, with a code that says why. Rights, rooms
and bounds are those of every other connection: only frames are translated here.
"""

from typing import Final, Protocol

from collab import wire
from collab.lib0 import Reader, Unreadable, write_text, write_uint
from collab.peer import Frames, HangUp, Outlet
from collab.wire import NotOurProtocol

_SYNC, _AWARENESS, _ASK_AWARENESS, _CLOSE = b"\x00", b"\x01", b"\x03", b"\x07"
_STEP_2: Final = b"\x00\x01"
_DENIED, _WRITABLE, _READ_ONLY = b"\x02\x01", b"\x02\x02\x0aread-write", b"\x02\x02\x08readonly"
_HELLO: Final = b"\x02\x00\x00"  # an empty token: y-websocket says none, the session cookie has authenticated
_THEIR_DENIED: Final = b"\x02\x00"  # y-protocols, auth.js
_REFUSED: Final = (b"refused:", b"differs")
MOST_CURSORS: Final = 1024  # in one message: such a client repeats the cursors of all others; one of them counts
LATER: Final = 1013  # RFC 6455 registry, « try again later »
_TRANSIENT: Final = frozenset({HangUp.SILENT, HangUp.TOO_FAST, HangUp.TOO_MANY})


class Way(Outlet, Protocol):
    """What takes frames to a client and brings its own."""

    via: str

    async def receive(self) -> bytes | None:
        """The next frame; None when the client has left."""


class Nameless:
    """A carrier for one document of a y-websocket client, which to us is one like every other."""

    def __init__(self, carrier: Way, document: str) -> None:
        self.via = carrier.via
        self._carrier = carrier
        self._document = document
        self._head = write_text(document)
        self._has_greeted = False
        self._is_joined = False
        self._is_writable = False
        self._own: int | None = None  # the number its cursor is shown under
        self._others: set[int] = set()
        self.unsent = carrier.unsent
        self.drained = carrier.drained

    @property
    def is_behind(self) -> bool:
        """Whether the network has not taken what was written before."""
        return self._carrier.is_behind

    async def receive(self) -> bytes | None:
        """The next frame; first of all the greeting that such a client does not say."""
        if not self._has_greeted:
            self._has_greeted = True
            return _HELLO
        return await self._carrier.receive()

    def decode(self, frame: bytes) -> wire.Message:
        """The message in a frame of such a client.

        Raises:
            NotOurProtocol: it is none.
        """
        if frame[:1] not in (_SYNC, _AWARENESS, _ASK_AWARENESS) and frame != _HELLO:
            raise NotOurProtocol("no message of y-websocket")
        message = wire.decode(self._head + frame)
        if isinstance(message, wire.Presence):
            return wire.Presence(self._document, self._own_cursor(message.payload))
        return message

    def _own_cursor(self, payload: bytes) -> bytes:
        """What an awareness update says of this client itself: it repeats all that it hears of others."""
        reader = Reader(payload)
        try:
            count = reader.uint()
            if count > MOST_CURSORS:
                raise NotOurProtocol("presence of too many clients at once")
            entries = [(reader.uint(), reader.uint(), reader.block()) for _ in range(count)]
            reader.end()
        except Unreadable as flaw:
            raise NotOurProtocol(f"unreadable presence: {flaw}") from None
        if self._own is None:
            self._own = next((client for client, _, _ in entries if client not in self._others), None)
        kept = [one for one in entries if one[0] == self._own][:1]
        written = [
            write_uint(client) + write_uint(clock) + write_uint(len(state)) + state for client, clock, state in kept
        ]
        return write_uint(len(kept)) + b"".join(written)

    def put(self, frames: Frames) -> HangUp | None:
        """Send frames as such a client understands them; what it cannot be told is left out, or is the end."""
        for frame in frames:
            why = self._put(frame)
            if why is not None:
                return why
        return None

    def _put(self, frame: bytes) -> HangUp | None:
        if frame == wire.PING:
            self._carrier.put((_ASK_AWARENESS,))  # it has no ping; this it answers
            return None
        said = frame.removeprefix(self._head)
        if said.startswith((_SYNC, _AWARENESS)):
            self._tell(said)
        elif said.startswith(_DENIED):
            self._carrier.put((_THEIR_DENIED + said[2:],))
            return HangUp.TOO_MANY if said.endswith(b"too-many") else HangUp.NOT_ALLOWED
        elif said.startswith((_WRITABLE, _READ_ONLY)):
            return self._hear_rights(is_writable=said.startswith(_WRITABLE))
        elif said.startswith(_CLOSE):
            reason = said[2:]  # after its length, which is one byte
            return HangUp.REFUSED if reason.startswith(_REFUSED) else HangUp.NOT_ALLOWED
        return None

    def _tell(self, said: bytes) -> None:
        self._is_joined = self._is_joined or said.startswith(_STEP_2)
        if self._own is None and said.startswith(_AWARENESS) and len(self._others) < MOST_CURSORS:
            self._others.update(_shown(said))
        self._carrier.put((said,))

    def _hear_rights(self, *, is_writable: bool) -> HangUp | None:
        """Who typed, and may no longer, must know: what it types now would be shown to it alone."""
        is_over = self._is_joined and self._is_writable and not is_writable
        self._is_writable = is_writable
        return HangUp.NOT_ALLOWED if is_over else None

    def end(self, code: int) -> None:
        """Close the connection: y-websocket takes 4400 to 4499 for final, and comes back after any other."""
        self._carrier.end(LATER if code in _TRANSIENT else code)


def _shown(said: bytes) -> set[int]:
    """The client numbers of an awareness message of our own."""
    reader = Reader(said[1:])
    inner = Reader(reader.block())
    numbers = set()
    for _ in range(inner.uint()):
        numbers.add(inner.uint())
        inner.uint()
        inner.block()
    return numbers
