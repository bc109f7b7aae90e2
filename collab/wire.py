"""What does a websocket frame say? Bytes to messages and back, no I/O.

The protocol is Hocuspocus 4 (npm @hocuspocus/provider, src/types.ts, MessageReceiver.ts and
OutgoingMessages/; @hocuspocus/common, src/auth.ts), which wraps y-protocols (PROTOCOL.md, sync.js).
A frame is: the document's name (varString), the type (varUint), what that type carries. Ping and pong are
the exception: one byte, no name. Updates, state vectors and presence stay encoded here: collab.guard and
collab.awareness read them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from collab.lib0 import Reader, Unreadable, write_block, write_text, write_uint

_SYNC, _AWARENESS, _AUTH, _QUERY_AWARENESS = range(4)
_STATELESS, _CLOSE, _SYNC_STATUS = 5, 7, 8
_STEP_1, _STEP_2, _UPDATE = range(3)  # inside _SYNC: y-protocols, sync.js
_TOKEN, _PERMISSION_DENIED, _AUTHENTICATED = range(3)  # inside _AUTH: @hocuspocus/common, auth.ts

PING: Final = b"\x09"
"""Asks the client whether it is still there; its provider answers with `Pong` by itself."""

_PONG: Final = b"\x0a"

LONGEST_NAME: Final = 128
"""Characters in a document's name: our section identifiers need far fewer, and the name is kept in logs."""


class NotOurProtocol(ValueError):
    """The frame is not a message of ours; whoever sent it should be hung up on."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Asks to open a document; the token it carries is ignored, the session cookie has authenticated."""

    document: str


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """What the client has, and so asks for the rest."""

    document: str
    state_vector: bytes


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """The client's answer to our step 1: what we lack, and all deletions it knows of."""

    document: str
    update: bytes


@dataclass(frozen=True, slots=True)
class Update:
    """An edit just made."""

    document: str
    update: bytes


@dataclass(frozen=True, slots=True)
class Presence:
    """An awareness update, still encoded; `collab.awareness` reads it."""

    document: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class AskPresence:
    """Asks who else is here."""

    document: str


@dataclass(frozen=True, slots=True)
class Stateless:
    """Text that is no part of the document."""

    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Closes one document; the connection and its other documents stay."""

    document: str


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to `PING`."""


Message = Hello | SyncStep1 | SyncStep2 | Update | Presence | AskPresence | Stateless | Leave | Pong


def decode(frame: bytes) -> Message:
    """The message in `frame`, in time linear in its size.

    Raises:
        NotOurProtocol: it is cut short, has bytes to spare, or is no message a client may send.
    """
    if frame == _PONG:
        return Pong()
    reader = Reader(frame)
    try:
        message = _message(reader)
        reader.end()
    except Unreadable as flaw:
        raise NotOurProtocol(f"unreadable frame: {flaw}") from None
    return message


def _message(reader: Reader) -> Message:
    document = _document(reader)
    kind = reader.uint()
    read = _READERS.get(kind)
    if read is None:
        raise NotOurProtocol("unknown message type")
    return read(reader, document)


def _document(reader: Reader) -> str:
    name = reader.text()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise NotOurProtocol("not a document name")
    return name


def _sync(reader: Reader, document: str) -> Message:
    step = reader.uint()
    make = _SYNC_STEPS.get(step)
    if make is None:
        raise NotOurProtocol("unknown sync step")
    return make(document, reader.block())


def _auth(reader: Reader, document: str) -> Message:
    if reader.uint() != _TOKEN:
        raise NotOurProtocol("only the server says who is admitted")
    reader.text()
    if reader.left:
        reader.text()  # the provider's version, since Hocuspocus 4
    return Hello(document)


_SYNC_STEPS: Final[dict[int, Callable[[str, bytes], Message]]] = {
    _STEP_1: SyncStep1,
    _STEP_2: SyncStep2,
    _UPDATE: Update,
}

_READERS: Final[dict[int, Callable[[Reader, str], Message]]] = {
    _SYNC: _sync,
    _AWARENESS: lambda reader, document: Presence(document, reader.block()),
    _AUTH: _auth,
    _QUERY_AWARENESS: lambda reader, document: AskPresence(document),
    _STATELESS: lambda reader, document: Stateless(document, reader.text()),
    _CLOSE: lambda reader, document: Leave(document),
}


def _head(document: str, *kinds: int) -> bytes:
    return write_text(document) + b"".join(map(write_uint, kinds))


def authenticated(document: str, *, writable: bool) -> bytes:
    """Says that the document is open, and whether edits will be taken."""
    scope = "read-write" if writable else "readonly"
    return _head(document, _AUTH, _AUTHENTICATED) + write_text(scope)


def permission_denied(document: str, reason: str) -> bytes:
    """Says that the document stays closed to this person."""
    return _head(document, _AUTH, _PERMISSION_DENIED) + write_text(reason)


def sync_step1(document: str, state_vector: bytes) -> bytes:
    """Says what the server has, and so asks for the rest."""
    return _head(document, _SYNC, _STEP_1) + write_block(state_vector)


def sync_step2(document: str, update: bytes) -> bytes:
    """Answers the client's step 1; after it the client counts itself as in step."""
    return _head(document, _SYNC, _STEP_2) + write_block(update)


def update(document: str, update: bytes) -> bytes:
    """Tells an edit."""
    return _head(document, _SYNC, _UPDATE) + write_block(update)


def saved(document: str, *, kept: bool) -> bytes:
    """Says whether the client's last update is kept; the provider counts these to know what is unsaved."""
    return _head(document, _SYNC_STATUS, int(kept))


def presence(document: str, payload: bytes) -> bytes:
    """Tells who is here; `payload` is an encoded awareness update."""
    return _head(document, _AWARENESS) + write_block(payload)


def stateless(document: str, text: str) -> bytes:
    """Tells something that is no part of the document."""
    return _head(document, _STATELESS) + write_text(text)


def close(document: str, reason: str) -> bytes:
    """Closes one document on this connection."""
    return _head(document, _CLOSE) + write_text(reason)
