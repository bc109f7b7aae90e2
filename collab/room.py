"""One live document: who is in it, and its one turn to apply an edit or hold the text still."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pycrdt import Doc, TransactionEvent, merge_updates

from collab import document, wire
from collab.awareness import Entry, encode_presence
from collab.guard import Grammar, Guard, Reason, Refused, decode_state_vector
from collab.log import Author, Line
from collab.peer import Peer
from collab.resync import Lacking

live_log = logging.getLogger("entente.live")
CEILING_BYTES = 1 << 20  # of one section as Yjs keeps it: some 600 pages (security checklist 29)
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


@dataclass(frozen=True, slots=True)
class Edit:
    """An update as a client sent it, waiting for its turn."""

    attendance: Attendance
    update: bytes
    is_answer: bool = False  # to our step 1: all the client has
    at: float = field(default_factory=time.monotonic)  # when it came in


class Spoiled(Exception):
    """The room is not to be trusted any more: it is thrown away and read back from the log."""


@dataclass(eq=False)
class Room:
    """One document and who is in it. `turn` is held while an edit is applied but not yet committed."""

    name: str
    grammar: Grammar
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    attendances: dict[Peer, Attendance] = field(default_factory=dict)
    is_spoiled: bool = False
    is_read_only: bool = False  # its log cannot be judged: nobody will ever write in it
    is_closed: bool = False  # to writing, by a decision: it may be opened again
    used_at: float = field(default_factory=time.monotonic)
    checked_at: float = field(default_factory=lambda: -math.inf)  # against its log, when a page differed

    def __post_init__(self) -> None:
        """Begin with an empty document."""
        self._doc: Doc[Any] = Doc()
        self._guard = Guard(self.grammar)
        self._emitted: list[bytes] = []
        self._made: dict[Callable[[document.Node], Any], Any] = {}
        self._size = 0
        self._subscription = self._doc.observe(self._hear)

    def _hear(self, event: TransactionEvent) -> None:
        self._emitted.append(event.update)

    def load(self, lines: Sequence[Line]) -> None:
        """Fill the room from the log.

        What the log holds was shown to people: it is read whatever the guard thinks of it now. A log that the
        guard cannot follow (a grammar made narrower, a rule added) leaves a room to read and not to write.
        """
        for number, line in enumerate(lines, 1):
            if not self.is_read_only:
                try:
                    self._guard.replay(line.delta, line.author.writer)
                except Refused as refused:
                    live_log.error("%s is read-only: line %d of its log: %s", self.name, number, refused)
                    self.is_read_only = True
            self._doc.apply_update(line.delta)
        self._emitted.clear()
        self._size = len(self._doc.get_update())

    def is_writable(self) -> bool:
        """Whether anybody at all may write in it."""
        return not self.is_read_only and not self.is_closed

    def close(self) -> None:
        """Let the document's memory go: an observer that is not removed holds it for ever."""
        self.is_spoiled = True
        self._doc.unobserve(self._subscription)

    def take(self, update: bytes, author: Author) -> bytes | None:
        """Apply an update in memory: what the engine emitted, None when it held nothing new.

        Called in turn only; nobody is told before the caller has committed what is returned.

        Raises:
            Refused: the guard says no; nothing has changed.
            Spoiled: the engine failed; the document can no longer be trusted.
        """
        if self.is_read_only:
            raise Refused(Reason.UNJUDGED)
        try:
            passed = self._guard.check(update, author.writer)
        except (ValueError, ArithmeticError, LookupError, TypeError, RecursionError) as flaw:
            live_log.exception("the guard itself failed on an update for %s", self.name)
            raise Refused(Reason.UNJUDGED) from flaw  # a flaw of ours costs its sender a retry, nobody else
        if not passed.is_new:
            return None
        if passed.adds and not self._has_room_for(update):
            raise Refused(Reason.FULL)
        self._emitted.clear()
        self._made.clear()
        try:
            self._doc.apply_update(update)
            delta = merge_updates(*self._emitted) if len(self._emitted) > 1 else b"".join(self._emitted)
            self._guard.accept(passed, delta or None)
        except (KeyboardInterrupt, SystemExit, asyncio.CancelledError):
            raise
        except BaseException as failed:  # a Rust panic is a BaseException, and the document unreadable after it
            raise Spoiled(self.name) from failed
        return delta or None

    def _has_room_for(self, update: bytes) -> bool:
        """Whether the document stays under its ceiling; its exact size is only asked when it comes near."""
        if self._size + len(update) > CEILING_BYTES:
            self._size = len(self._doc.get_update())
        self._size += len(update)
        return self._size <= CEILING_BYTES

    async def join(self, attendance: Attendance, state_vector: bytes) -> None:
        """Answer a client's first step: what it misses, then our own question; it hears all that follows.

        Raises:
            Refused: the state vector is not one.
            Spoiled: the room was thrown away meanwhile; open it again.
        """
        decode_state_vector(state_vector)
        async with self._in_turn():
            peer = attendance.peer
            self.attendances[peer] = attendance
            peer.tell(wire.sync_step2(self.name, self._doc.get_update(state_vector)))
            peer.tell(wire.sync_step1(self.name, self._doc.get_state()))
            self.show_cursors(peer)

    def ask(self, peer: Peer) -> None:
        """Ask a client for all that is missing here; in turn only, once what is in memory is committed."""
        peer.tell(wire.sync_step1(self.name, self._doc.get_state()))

    async def whole(self, peer: Peer | None = None, frame: bytes = b"") -> bytes:
        """The committed document as one update; `frame` marks this moment in what `peer` is told.

        Raises:
            Spoiled: the room was thrown away meanwhile; open it again.
        """
        async with self._in_turn():
            if peer is not None:
                peer.tell(frame)
            return self._doc.get_update()

    def leave(self, peer: Peer) -> None:
        """Take a peer out of the room, its cursor with it."""
        attendance = self.attendances.pop(peer, None)
        if attendance is not None:
            self._hide_cursor(attendance)

    def _hide_cursor(self, attendance: Attendance) -> None:
        if attendance.cursor is not None:
            gone = Entry(attendance.cursor.client, _after(attendance.cursor.clock), None)
            attendance.cursor = None
            self._tell_others(attendance.peer, wire.presence(self.name, encode_presence([gone])))

    def show_cursors(self, peer: Peer) -> None:
        """Tell a peer where the others' cursors are."""
        others = [one.cursor for one in self.attendances.values() if one.peer is not peer and one.cursor]
        if others:
            peer.tell(wire.presence(self.name, encode_presence(others)))

    def move_cursor(self, attendance: Attendance, entry: Entry) -> bool:
        """Show a peer's cursor to the others; False when the client number is somebody else's."""
        owner = self._guard.owner(entry.client)
        shown = {one.cursor.client for one in self.attendances.values() if one is not attendance and one.cursor}
        if owner not in (None, attendance.peer.author.writer) or entry.client in shown:
            return False
        if attendance.cursor is not None and attendance.cursor.client != entry.client:
            self._hide_cursor(attendance)  # a tab has one cursor, whatever numbers it tries
        attendance.cursor = entry if entry.state is not None else None
        self._tell_others(attendance.peer, wire.presence(self.name, encode_presence([entry])))
        return True

    def _tell_others(self, peer: Peer, frame: bytes) -> None:
        for other in self.attendances:
            if other is not peer:
                other.tell(frame)

    def tell(self, deltas: Sequence[tuple[Peer, bytes]]) -> None:
        """Tell everyone what was committed, merged into one frame a peer; authors know their own."""
        authors = {author for author, _ in deltas}
        everything = wire.update(self.name, merged([delta for _, delta in deltas]))
        for peer in self.attendances:
            if peer not in authors:
                peer.tell(everything)
            elif len(authors) > 1:
                peer.tell(wire.update(self.name, merged([delta for author, delta in deltas if author is not peer])))

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        async with self.turn:
            if self.is_spoiled:  # a commit failed while we waited: what is in memory never happened
                raise Spoiled(self.name)
            self.used_at = time.monotonic()
            yield

    @asynccontextmanager
    async def still(self) -> AsyncIterator[document.Node]:
        """The committed text, held still: no edit is applied until the block ends.

        Who holds several rooms takes them in the order of their names, as a turn does.

        Raises:
            Spoiled: the room was thrown away meanwhile; open it again.
        """
        async with self._in_turn():
            yield document.read(self._doc, self.grammar.root)

    async def made(self, make: Callable[[document.Node], T]) -> T:
        """What `make` says of the committed text; asked once for each state of it, so it must always say the same.

        Raises:
            Spoiled: the room was thrown away meanwhile; open it again.
        """
        async with self._in_turn():
            if make not in self._made:
                self._made[make] = make(document.read(self._doc, self.grammar.root))
            found: T = self._made[make]
            return found


def merged(deltas: Sequence[bytes]) -> bytes:
    """Several deltas as one update; merges in chunks, which keeps it linear."""
    while len(deltas) > 1:
        chunks = (deltas[i : i + MERGE_AT_ONCE] for i in range(0, len(deltas), MERGE_AT_ONCE))
        deltas = [merge_updates(*chunk) if len(chunk) > 1 else chunk[0] for chunk in chunks]
    return deltas[0]


def _after(clock: int) -> int:
    """The next clock of a cursor, within what a browser can count."""
    return min(clock + 1, 2**53 - 1)
