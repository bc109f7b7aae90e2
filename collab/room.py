"""Who is in one live document, and what they are told of it."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pycrdt import merge_updates

from collab import document, wire
from collab.awareness import Entry, encode_presence
from collab.checks import Checks
from collab.engine import LiveDocument, Spoiled
from collab.guard import decode_state_vector
from collab.hold import Hold
from collab.peer import Frames, Peer
from collab.resync import Lacking

T = TypeVar("T")
MERGE_AT_ONCE = 32  # merging more grows faster than linearly (crdt-servers 2)


@dataclass(eq=False)
class Attendance:
    """A peer's place in a room: whether it may write now, the cursor it shows, whether it was refused.

    What it sent before it left still counts; what it sends after a refusal does not.
    """

    peer: Peer
    room: "Room"
    may_write: bool
    cursor: Entry | None = None
    is_refused: bool = False
    lacking: Lacking = field(default_factory=Lacking)

    def send_back(self, why: str) -> None:
        """Close the document for this client: it drops its copy and takes a fresh one; what it still sends is void."""
        self.is_refused = True
        self.peer.tell(wire.close(self.room.name, why))
        self.room.leave(self.peer)


class Room:
    """One document and who is in it.

    `hold` is taken while an edit is applied but not yet committed, and while a use case holds the text still.
    """

    def __init__(self, name: str, text: LiveDocument, *, call: "Callable[[Room], None]") -> None:
        """`call` asks for a turn: something of the room is to be told, or its edits may be taken again."""
        self.name = name
        self.text = text
        self.hold = Hold(lambda: call(self))
        self.attendances: dict[Peer, Attendance] = {}
        self.is_spoiled = False
        self.is_read_only = False  # its text cannot be judged: nobody will ever write in it
        self.is_closed = False  # to writing, by a decision: it may be opened again
        self.used_at = time.monotonic()
        self.checks = Checks()  # against its log, when a page differed
        self.lines = 0  # of the log since its last snapshot
        self.judging: asyncio.Task[None] | None = None
        self._cursors: dict[int, Attendance] = {}  # by the client number they are shown under
        self._moved: dict[int, Entry] = {}
        self._movers: set[Peer] = set()
        self._call = call

    @property
    def is_writable(self) -> bool:
        """Whether anybody at all may write in it."""
        return not self.is_read_only and not self.is_closed

    @property
    def is_free(self) -> bool:
        """Whether a turn may take its edits: nobody holds the text, and the guard is not still reading it."""
        return self.is_spoiled or not (self.hold.is_taken or (self.judging is not None and not self.judging.done()))

    def close(self) -> None:
        """Let the document go; nobody may use this room any more."""
        if self.is_spoiled:
            return
        self.is_spoiled = True
        if self.judging is not None:
            self.judging.cancel()
        self.text.close()

    def freeze(self, *, is_closed: bool = True) -> None:
        """Close it to writing, for everyone in it and at once, or open it again.

        Who may write in an open one is asked anew by each connection.
        """
        self.is_closed = is_closed
        if is_closed:
            self._say_read_only()

    def give_up_writing(self) -> None:
        """Its text cannot be judged."""
        self.is_read_only = True
        self._say_read_only()

    def _say_read_only(self) -> None:
        for attendance in self.attendances.values():
            if attendance.may_write:
                attendance.may_write = False
                attendance.peer.tell(wire.authenticated(self.name, writable=False))

    def check(self) -> None:
        """Note that the room is used now; raise `Spoiled` when it was thrown away while one waited for it."""
        if self.is_spoiled:
            raise Spoiled
        self.used_at = time.monotonic()

    async def join(self, attendance: Attendance, state_vector: bytes) -> None:
        """Answer a client's first step: what it misses, then our own question; it hears all that follows.

        Raises:
            Refused: the state vector is not one.
            Spoiled: the room was thrown away meanwhile; open it again.
        """
        decode_state_vector(state_vector)
        async with self.hold.taken():
            self.check()
            peer = attendance.peer
            self.attendances[peer] = attendance
            if not self.is_writable:  # closed while it waited
                self._say_read_only()
            peer.tell(wire.sync_step2(self.name, self.text.missing(state_vector)))
            peer.tell(wire.sync_step1(self.name, self.text.state_vector()))
            self.show_cursors(peer)

    def ask(self, peer: Peer) -> None:
        """Ask a client for all that is missing here; in turn only, once what is in memory is committed."""
        peer.tell(wire.sync_step1(self.name, self.text.state_vector()))

    async def whole(self, peer: Peer | None = None, frame: bytes = b"") -> bytes:
        """The committed document as one update; `frame` marks this moment in what `peer` is told.

        Raises:
            Spoiled: the room was thrown away meanwhile; open it again.
        """
        async with self.hold.taken():
            self.check()
            if peer is not None:
                peer.tell(frame)
            return self.text.whole()

    async def made(self, make: Callable[[document.Node], T]) -> T:
        """What `make` says of the committed text; asked once for each state of it, so it must always say the same.

        Raises:
            Spoiled: the room was thrown away meanwhile; open it again.
        """
        async with self.hold.taken():
            self.check()
            return self.text.made(make)

    def leave(self, peer: Peer) -> None:
        """Take a peer out of the room, its cursor with it."""
        attendance = self.attendances.pop(peer, None)
        if attendance is not None:
            self._hide_cursor(attendance)

    def _hide_cursor(self, attendance: Attendance) -> None:
        cursor, attendance.cursor = attendance.cursor, None
        if cursor is not None:
            del self._cursors[cursor.client]
            self.text.release(cursor.client)
            self._tell_soon(attendance.peer, Entry(cursor.client, _after(cursor.clock), None))

    def _tell_soon(self, peer: Peer, entry: Entry) -> None:
        self._moved[entry.client] = entry
        self._movers.add(peer)
        self._call(self)

    def show_cursors(self, peer: Peer) -> None:
        """Tell a peer where the others' cursors are."""
        others = [one.cursor for one in self._cursors.values() if one.peer is not peer and one.cursor]
        others = [cursor for cursor in others if cursor.state is not None]
        if others:
            peer.tell(wire.presence(self.name, encode_presence(others)))

    def move_cursor(self, attendance: Attendance, entry: Entry) -> bool:
        """Show a peer's cursor to the others; False when the client number is somebody else's.

        Whom it is shown to could write under that number: it is the peer's from here on, until they leave.
        """
        if not self.text.announce(entry.client, attendance.peer.author.writer):
            return False
        if attendance.cursor is not None and attendance.cursor.client != entry.client:
            self._hide_cursor(attendance)  # a tab has one cursor, whatever numbers it tries
        before = self._cursors.get(entry.client, attendance)
        if before is not attendance:
            before.cursor = None  # a connection of theirs that is dying: this tab has come back on another
        attendance.cursor = entry
        self._cursors[entry.client] = attendance
        self._tell_soon(attendance.peer, entry)
        return True

    @property
    def has_moved(self) -> bool:
        """Whether there are cursors to tell of."""
        return bool(self._moved)

    def tell_cursors(self) -> int:
        """Tell everyone, in one frame, where the cursors that moved are now; how many were told.

        Who moved alone is not told so. Where several did, hearing one's own place again changes nothing.
        """
        return self._tell_others(self._movers, self._cursors_told())

    def _cursors_told(self) -> Frames:
        """The frame of the cursors that moved, if any did."""
        moved, self._moved, self._movers = self._moved, {}, set()
        return (wire.presence(self.name, encode_presence(moved.values())),) if moved else ()

    def _tell_others(self, authors: Collection[Peer], frames: Frames) -> int:
        told = [peer for peer in self.attendances if len(authors) > 1 or peer not in authors] if frames else []
        for peer in told:
            peer.tell_all(frames)
        return len(told)

    def tell_delta(self, delta: bytes) -> None:
        """Tell everyone in it what the program itself has put in, once it is committed."""
        self._tell_others((), (wire.update(self.name, delta),))

    def tell(self, deltas: Sequence[tuple[Peer, bytes]]) -> int:
        """Tell everyone what was committed, in one frame, and in another the cursors that moved; how many were told.

        A lone author is not told; where several wrote, hearing one's own words again changes nothing (Yjs).
        """
        authors = {author for author, _ in deltas} | self._movers
        update = wire.update(self.name, merged([delta for _, delta in deltas]))
        return self._tell_others(authors, (update, *self._cursors_told()))


def merged(deltas: Sequence[bytes]) -> bytes:
    """Several deltas as one update; merges in chunks, which keeps it linear."""
    while len(deltas) > 1:
        chunks = (deltas[i : i + MERGE_AT_ONCE] for i in range(0, len(deltas), MERGE_AT_ONCE))
        deltas = [merge_updates(*chunk) if len(chunk) > 1 else chunk[0] for chunk in chunks]
    return deltas[0]


def _after(clock: int) -> int:
    """The next clock of a cursor, within what a browser can count."""
    return min(clock + 1, 2**53 - 1)
