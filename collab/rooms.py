"""Which rooms are open: each opened once, read beside the others, compacted and closed when nobody is in it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from collab import document
from collab.counting import Counting
from collab.engine import LiveDocument, Spoiled
from collab.guard import Grammar, Refused
from collab.log import Author, Kept, Log, Snapshot
from collab.peer import HangUp, Peer
from collab.proof import Proof
from collab.room import Room
from collab.turns import Changed, Turns
from collab.waiting import Edit

live_log = logging.getLogger("entente.live")
CEILING_BYTES = 1 << 20  # of one document as Yjs keeps it: some 600 pages (security checklist 29)
IDLE_S = 600.0  # a room nobody is in is closed after that
MOST_OPEN = 4000  # rooms with somebody in them
MOST_IDLE = 500  # rooms that stay open without anybody in them
LINES_A_SNAPSHOT = 500  # read and applied again at the next opening, at most
T = TypeVar("T")


class Rooms:
    """Every open document of this process, and the turns they share."""

    def __init__(
        self,
        log: Log,
        grammar: Grammar,
        changed: Changed,
        *,
        commit_delay_s: float = 0,
        ceiling_bytes: int = CEILING_BYTES,
        most_open: int = MOST_OPEN,
    ) -> None:
        self._log = log
        self._grammar = grammar
        self._ceiling_bytes = ceiling_bytes
        self._most_open = most_open
        self._rooms: dict[str, asyncio.Task[Room]] = {}
        self.counting = Counting()
        self.proof = Proof(grammar.root)
        self.counting.gauges["rooms"] = lambda: len(self._rooms)
        self._changed = changed
        self._turns = Turns(log, self.counting, changed, self._shut, commit_delay_s=commit_delay_s)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to take turns. No document is read before somebody asks for it."""
        self._tasks = [
            asyncio.create_task(self._turns.run(), name="rooms: turns"),
            asyncio.create_task(self._sweep(), name="rooms: compacting and closing"),
        ]

    async def stop(self) -> None:
        """Finish the turn under way, ask everyone to come back later, and close."""
        self._turns.stop()
        for task in self._tasks[1:]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for room in self._open_rooms():
            self._shut(room)
        self._rooms.clear()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(IDLE_S / 20)
            await self.compact()
            self.close_idle()

    def fork(self, room: Room, line: int) -> tuple[Snapshot, LiveDocument]:
        """The committed text of a room held still, as of `line`, and a document of its own that begins with it."""
        base = Snapshot(room.text.whole(), dict(room.text.writers), line)
        return base, LiveDocument(self._grammar, Kept(snapshot=base), ceiling_bytes=self._ceiling_bytes)

    async def room(self, name: str) -> Room:
        """The room of a document, read from the log the first time."""
        opening = self._rooms.get(name)
        if opening is None:
            opening = self._rooms[name] = asyncio.create_task(self._open(name), name=f"opening {name}")
            opening.add_done_callback(lambda done: self._opened(name, done))
        return await asyncio.shield(opening)  # whoever asked first may leave: the others wait on

    async def _open(self, name: str) -> Room:
        kept = await self._log.read(name)
        room = Room(name, LiveDocument(self._grammar, kept, ceiling_bytes=self._ceiling_bytes), call=self._turns.call)
        room.lines = len(kept.lines)
        return room

    def has_place_for(self, name: str) -> bool:
        """Whether somebody may come into this document: it is open, or one more may be; empty ones make way."""
        if name not in self._rooms and len(self._rooms) >= self._most_open:
            self.close_idle(idle_s=0, most=0)
        return name in self._rooms or len(self._rooms) < self._most_open

    def _opened(self, name: str, opening: asyncio.Task[Room]) -> None:
        if (opening.cancelled() or opening.exception() is not None) and self._rooms.get(name) is opening:
            del self._rooms[name]  # the next who asks tries again

    async def made(self, name: str, make: Callable[[document.Node], T]) -> T:
        """What `make` says of the committed text of a document; asked once for each state of it."""
        while True:
            try:
                return await (await self.room(name)).made(make)
            except Spoiled:
                continue

    @asynccontextmanager
    async def still(self, name: str) -> AsyncIterator[Room]:
        """The room of a document, held still: no edit is applied until the block ends.

        Who holds several takes them in the order of their names, and before any transaction.
        """
        while True:
            room = await self.room(name)
            async with room.hold.taken():
                if not room.is_spoiled:
                    yield room
                    return

    def take_in(self, room: Room, delta: bytes, writers: Mapping[int, str], author: Author) -> None:
        """Show what a transaction has just put in the log of a room held still, under its author's name.

        Whatever goes wrong now, the log is right: the room is read back from it.
        """
        try:
            room.text.absorb(delta, writers)
        except Spoiled:
            live_log.exception("the engine failed on %s; it is read back from the log", room.name)
            self._shut(room)
            return
        room.lines = 0  # a snapshot came with it
        room.tell_delta(delta)
        self._begin_judging(room)
        self._changed(room.name, author)

    def shut(self, room: Room) -> None:
        """Throw away a room one holds, because what is in memory may not be what the log says."""
        self._shut(room)

    def _begin_judging(self, room: Room) -> None:
        if room.judging is not None:
            room.judging.cancel()  # what it reads is not the text any more
        room.judging = asyncio.create_task(self._judge(room), name=f"judging {room.name}")
        room.judging.add_done_callback(lambda _: self._turns.call(room))

    def submit(self, edit: Edit) -> None:
        """Put an edit in line for the next turn; the first one in a room has its text judged."""
        room = edit.attendance.room
        if room.judging is None and not room.is_spoiled:
            self._begin_judging(room)
        self._turns.add(edit)

    async def _judge(self, room: Room) -> None:
        try:
            await room.text.judge()
        except Refused as refused:
            live_log.error("%s is read-only, its text cannot be judged: %s", room.name, refused)
            room.give_up_writing()
        except Exception:  # at every try, so its readers are left in peace
            live_log.exception("%s is read-only until it is opened again: its judge failed", room.name)
            room.give_up_writing()

    async def has_room_for(self, peer: Peer) -> None:
        """Wait until a connection has little in line, and its network with it."""
        await self._turns.has_room_for(peer)

    async def compact(self, lines: int = LINES_A_SNAPSHOT) -> None:
        """Write a snapshot of every room with more than `lines` since its last one, one room after the other."""
        for room in self._open_rooms():
            if room.lines <= lines or room.is_spoiled:
                continue
            try:
                async with room.hold.taken():
                    if room.is_spoiled:
                        continue
                    room.lines = 0
                    snapshot, shown = room.text.snapshot(await self._log.last(room.name)), room.text.read()
                if await asyncio.to_thread(document.read_state, snapshot.state, self._grammar.root) == shown:
                    await self._log.compact(room.name, snapshot)
                else:  # people go on seeing what they saw: it is read from all of its lines
                    live_log.error("%s reads otherwise from a snapshot; none is kept", room.name)
            except Exception:  # the log is still whole: the next sweep tries again
                live_log.exception("%s could not be compacted", room.name)
                room.lines = lines + 1

    async def kept(self, name: str) -> list[bytes]:
        """The updates a document is read from, as they are on the disk."""
        kept = await self._log.read(name)
        return [*([kept.snapshot.state] if kept.snapshot else []), *(line.delta for line in kept.lines)]

    async def throw_away(self, room: Room) -> None:
        """Read a room back from its log: what is in memory is not what the log says.

        Whoever holds it still comes first: a fresh room would take edits while they decide.
        """
        async with room.hold.taken():
            self._shut(room)

    def close_idle(self, idle_s: float = IDLE_S, most: int = MOST_IDLE) -> None:
        """Let go of rooms nobody is in: those nobody has read for a while, and the oldest of too many."""
        in_line = self._turns.rooms_in_line()
        idle = sorted(
            (one for one in self._open_rooms() if one.is_free and not one.attendances and one not in in_line),
            key=lambda one: one.used_at,
        )
        before = time.monotonic() - idle_s
        for number, room in enumerate(idle):
            if room.used_at < before or number < len(idle) - most:
                self._shut(room)

    def _open_rooms(self) -> list[Room]:
        done = [one for one in self._rooms.values() if one.done() and not one.cancelled()]
        return [one.result() for one in done if one.exception() is None]

    def _shut(self, room: Room) -> None:
        """Throw a room away: what is not in its log never happened; its peers come back to a fresh one."""
        opening = self._rooms.get(room.name)
        if opening is not None and opening.done() and opening.result() is room:
            del self._rooms[room.name]
        for peer in list(room.attendances):
            peer.hang_up(HangUp.RESTARTING)
        room.close()
