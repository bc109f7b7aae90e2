"""One connection's talk: each message of a client, what it may do, and what it does."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from enum import Enum
from typing import Any, Protocol

from collab import wire
from collab.agreement import Agreement
from collab.awareness import Entry, cursor_of, decode_presence
from collab.engine import Spoiled
from collab.guard import Refused
from collab.peer import HangUp, Peer
from collab.room import Attendance
from collab.rooms import Rooms
from collab.turns import LINE_BYTES
from collab.waiting import Edit
from collab.wire import NotOurProtocol

live_log = logging.getLogger("entente.live")
NOTHING = b"\0\0"  # a Yjs update without structs or deletions
MOST_CURSORS = 64  # in one awareness message: y-protocols repeats those that timed out
MOST_DOCUMENTS = 400  # open at once on one connection: the longest plan has under 200 sections


class Access(Enum):
    """What a connection may do with a document."""

    READ = "read"
    WRITE = "write"
    CHANNEL = "channel"  # no text: what the server tells of the contract itself


Admit = Callable[[str], Awaitable[Access | None]]
Decode = Callable[[bytes], wire.Message]  # raises NotOurProtocol


class Channel(Protocol):
    """Where a contract's own news come from."""

    async def join(self, peer: Peer) -> None:
        """Begin to tell a peer, what it missed first."""

    def opened(self) -> None:
        """Who writes where has changed."""


class Conversation:
    """What one connection has open, and how each of its messages is answered."""

    def __init__(
        self,
        peer: Peer,
        stamp: Mapping[str, Any],
        *,
        admit: Admit,
        rooms: Rooms,
        channel: Channel,
        most_documents: int = MOST_DOCUMENTS,
        decode: Decode = wire.decode,
    ) -> None:
        self.peer = peer
        self._stamp = dict(stamp)
        self._admit = admit
        self._rooms = rooms
        self._channel = channel
        self._decode = decode
        self._most_documents = most_documents
        self._access: dict[str, Access] = {}
        self._open: dict[str, Attendance] = {}
        self._reviews = 0
        self._noted: set[tuple[object, ...]] = set()
        self._agreement = Agreement(rooms)
        rooms.counting.arrived(peer)

    @property
    def has_open(self) -> bool:
        """Whether any document is open here."""
        return bool(self._access)

    @property
    def writes_in(self) -> list[str]:
        """The documents this connection has open to write in."""
        return [name for name, attendance in self._open.items() if attendance.may_write]

    async def hear(self, frame: bytes) -> bool:
        """Answer one frame; True when it was a person's gesture (an edit that was let in line).

        Rubbish hangs up on its sender and on nobody else.
        """
        try:
            message = self._decode(frame)
            return await self._answer(message)
        except (NotOurProtocol, Refused) as wrong:
            self._note("connection of person %(person)s hung up: %(why)s", why=str(wrong))
            self._rooms.counting.refused[wrong.reason if isinstance(wrong, Refused) else "unreadable"] += 1
            self.peer.hang_up(HangUp.NOT_OUR_PROTOCOL)
            return False

    async def _answer(self, message: wire.Message) -> bool:
        match message:
            case wire.Hello(document):
                await self._greet(document)
            case wire.SyncStep1(document, state_vector):
                await self._sync(document, state_vector)
            case wire.SyncStep2(document, update) | wire.Update(document, update):
                return await self._edit(document, update, is_answer=isinstance(message, wire.SyncStep2))
            case wire.Presence(document, payload):
                self._show(document, payload)
            case wire.AskPresence(document):
                self._ask(document)
            case wire.Leave(document):
                self._leave(document)
            case wire.Stateless(document, said):
                self._compare(document, said)
            case _:
                pass  # a pong
        return False

    async def _greet(self, document: str) -> None:
        if len(self._access) >= self._most_documents and document not in self._access:
            self._turn_away(document)
            return
        access = await self._admit(document)
        if access is None:
            self.peer.tell(wire.permission_denied(document, "not-found"))
            return
        self._access[document] = access
        self.peer.tell(wire.authenticated(document, writable=access is Access.WRITE))

    def _turn_away(self, document: str) -> None:
        """Deny one document too many; the page may try again later."""
        self._rooms.counting.refused["too-many-documents"] += 1
        self.peer.tell(wire.permission_denied(document, "too-many"))

    async def _sync(self, document: str, state_vector: bytes) -> None:
        greeted = self._access.get(document)
        if greeted is Access.CHANNEL:
            self.peer.tell(wire.sync_step2(document, NOTHING))
            self.peer.tell(wire.saved(document, kept=True))
            await self._channel.join(self.peer)
        elif greeted is not None and not self._rooms.has_place_for(document):
            self._leave(document)
            self._turn_away(document)
        elif greeted is not None:
            await self._join(document, state_vector)
            self._channel.opened()

    async def _join(self, document: str, state_vector: bytes) -> None:
        while document in self._access:
            room = await self._rooms.room(document)
            await self.peer.ready()
            reviews = self._reviews
            access = await self._admit(document)  # again: it may have been lowered since the greeting
            if reviews != self._reviews:  # rights were read again meanwhile: this answer may be older
                continue
            if access is None:
                self._leave(document)
                return
            attendance = self._open.get(document)
            if attendance is None or attendance.room is not room or attendance.is_refused:  # it has come back
                attendance = self._open[document] = Attendance(self.peer, room, False)
            attendance.may_write = access is Access.WRITE and room.is_writable
            if attendance.may_write != (self._access[document] is Access.WRITE):
                self.peer.tell(wire.authenticated(document, writable=attendance.may_write))
            with suppress(Spoiled):  # thrown away while we waited: join the one read back from the log
                await room.join(attendance, state_vector)
                return

    async def _edit(self, document: str, update: bytes, *, is_answer: bool) -> bool:
        attendance = self._open.get(document)
        if attendance is None:
            return False
        if not attendance.may_write:  # dropped by its header: what a reader sends is never decoded
            self.peer.tell(wire.saved(document, kept=is_answer and update == NOTHING))
            if not is_answer:
                self._note("reader tried to write: person %(person)s in %(document)s", document=document)
            return False
        self._rooms.submit(Edit(attendance, update, is_answer))
        if self.peer.in_line > LINE_BYTES:
            await self._rooms.has_room_for(self.peer)
        return not is_answer

    def _show(self, document: str, payload: bytes) -> None:
        """Show where a writer's cursor is, under the name the server knows: nothing else of it is believed."""
        attendance = self._open.get(document)
        entries = decode_presence(payload, most=MOST_CURSORS)
        if attendance is None or not attendance.may_write:
            return
        own = attendance.cursor.client if attendance.cursor else None
        entry = next((one for one in entries if one.state is not None or one.client == own), None)
        if entry is None:
            return  # a tab that wakes up says that others timed out: the server knows better
        state = None
        if entry.state is not None:
            state = json.dumps({"user": self._stamp, "cursor": cursor_of(entry.state)}, ensure_ascii=False)
        if not attendance.room.move_cursor(attendance, Entry(entry.client, entry.clock, state)):
            self._note("foreign client number shown by person %(person)s")

    def _compare(self, document: str, said: str) -> None:
        attendance = self._open.get(document)
        if attendance is not None:
            self._agreement.hear(attendance, said)

    def _ask(self, document: str) -> None:
        attendance = self._open.get(document)
        if attendance is not None:
            attendance.room.show_cursors(self.peer)

    def _leave(self, document: str) -> None:
        attendance = self._open.pop(document, None)
        self._access.pop(document, None)
        if attendance is not None:
            attendance.room.leave(self.peer)
            self._channel.opened()

    def _note(self, says: str, **fields: object) -> None:
        """Write down what is no honest page's doing; once, or one connection could fill the log."""
        told = (says, *fields.values())
        if told not in self._noted:
            self._noted.add(told)
            live_log.warning(says, {"person": self.peer.author.person, **fields})

    async def review(self) -> None:
        """Read again what each open document allows: lowered rights count from the next message on."""
        self._reviews += 1
        for document, attendance in list(self._open.items()):
            access = await self._admit(document)
            if access is None:
                self.peer.tell(wire.close(document, "not-found"))
                self._leave(document)
            elif attendance.may_write != (access is Access.WRITE and attendance.room.is_writable):
                self._access[document] = access
                attendance.may_write = not attendance.may_write
                self.peer.tell(wire.authenticated(document, writable=attendance.may_write))

    def end(self) -> None:
        """Leave every document."""
        self._rooms.counting.left(self.peer)
        for document in list(self._open):
            self._leave(document)
