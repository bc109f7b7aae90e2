"""Which rooms are open, each opened once; and the one turn that applies, commits, then tells."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from collab import document, wire
from collab.counting import Counting
from collab.guard import Grammar, Refused
from collab.log import Author, Line, Log
from collab.peer import HangUp, Peer
from collab.proof import Proof
from collab.room import Attendance, Edit, Room, Spoiled, merged

live_log = logging.getLogger("entente.live")
LINE_BYTES = 1 << 20  # of one connection, waiting for their turn
IDLE_S = 600.0  # a room nobody is in is closed after that
T = TypeVar("T")
Changed = Callable[[str, Author], None]


@dataclass(eq=False)
class _Taken:
    """What one room has taken in this turn, in order of arrival, not yet committed."""

    deltas: list[tuple[Peer, bytes]] = field(default_factory=list)
    heard: list[Attendance] = field(default_factory=list)
    lacking: list[Attendance] = field(default_factory=list)


class Rooms:
    """Every open document of this process.

    Edits of all rooms wait in one line. A turn takes everyone who waits, applies, commits once, and only then
    acknowledges and tells: while a commit is under way the next turn's edits gather, so an idle room does not
    wait and a busy one is batched. When a commit fails nobody has seen anything: the rooms are thrown away,
    read back from the log, and their peers come back.
    """

    def __init__(self, log: Log, grammar: Grammar, changed: Changed, *, commit_delay_s: float = 0) -> None:
        self._log = log
        self._grammar = grammar
        self._changed = changed
        self._delay_s = commit_delay_s
        self.counting = Counting()
        self.proof = Proof(grammar.root)
        self.counting.gauges |= {"rooms": lambda: len(self._rooms), "line_edits": lambda: len(self._line)}
        self._rooms: dict[str, asyncio.Task[Room]] = {}
        self._line: list[Edit] = []
        self._wake = asyncio.Event()
        self._turned = asyncio.Event()
        self._turns: asyncio.Task[None] | None = None
        self._sweeps: asyncio.Task[None] | None = None
        self._current: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take turns."""
        self._turns = asyncio.create_task(self._take_turns(), name="rooms")
        self._sweeps = asyncio.create_task(self._sweep(), name="rooms: closing idle ones")

    async def stop(self) -> None:
        """Finish the turn under way, ask everyone to come back later, and close."""
        for task in filter(None, (self._turns, self._sweeps)):
            task.cancel()
        await asyncio.gather(*filter(None, (self._turns, self._sweeps, self._current)), return_exceptions=True)
        for room in self._open_rooms():
            self._shut(room)
        self._rooms.clear()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(IDLE_S / 10)
            self.close_idle()

    async def room(self, name: str) -> Room:
        """The room of a document, read from the log the first time."""
        opening = self._rooms.get(name)
        if opening is None:
            opening = self._rooms[name] = asyncio.create_task(self._open(name), name=f"opening {name}")
            opening.add_done_callback(lambda done: self._opened(name, done))
        return await asyncio.shield(opening)  # whoever asked first may leave: the others wait on

    async def _open(self, name: str) -> Room:
        room = Room(name, self._grammar)
        room.load(await self._log.read(name))
        return room

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

        Take it before any transaction: a turn under way holds its rooms while it waits for its own.
        """
        while True:
            room = await self.room(name)
            async with room.turn:
                if not room.is_spoiled:
                    yield room
                    return

    def close_idle(self, idle_s: float = IDLE_S) -> None:
        """Let go of rooms nobody is in and nobody has read for a while."""
        before = time.monotonic() - idle_s
        for room in self._open_rooms():
            if not room.attendances and not room.turn.locked() and room.used_at < before:
                self._shut(room)

    def _open_rooms(self) -> list[Room]:
        done = [one for one in self._rooms.values() if one.done() and not one.cancelled()]
        return [one.result() for one in done if one.exception() is None]

    async def submit(self, edit: Edit) -> None:
        """Put an edit in line for the next turn; a connection with a lot in line waits, and so does its network."""
        peer = edit.attendance.peer
        peer.in_line += len(edit.update)
        self._line.append(edit)
        self._wake.set()
        while peer.in_line > LINE_BYTES and peer.hung_up is None:
            await self._turned.wait()

    async def _take_turns(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            line, self._line = self._line, []
            rooms = {edit.attendance.room for edit in line}
            held = {room for room in rooms if room.turn.locked()}
            if held:  # a use case holds the text still: its edits wait, the others do not
                self._line[:0] = [edit for edit in line if edit.attendance.room in held]
                line = [edit for edit in line if edit.attendance.room not in held]
                asyncio.get_running_loop().call_later(0.005, self._wake.set)
            self._current = asyncio.create_task(self._turn(line, rooms - held), name="rooms: a turn")
            await asyncio.shield(self._current)

    async def _turn(self, line: Sequence[Edit], rooms: set[Room]) -> None:
        for room in sorted(rooms, key=lambda one: one.name):  # one order for all: nobody waits in a ring
            await room.turn.acquire()
        taken = {room: _Taken() for room in rooms}
        try:
            for edit in line:
                self._take(edit, taken[edit.attendance.room])
            await self._commit(taken)
            self.counting.relayed(edit.at for edit in line)
        except Exception:
            live_log.exception("a commit failed; %d rooms are read back from the log", len(rooms))
            for room in rooms:
                self._shut(room)
        finally:
            for room in rooms:
                room.turn.release()
            for edit in line:
                edit.attendance.peer.in_line -= len(edit.update)
            self._turned.set()
            self._turned.clear()

    def _take(self, edit: Edit, taken: _Taken) -> None:
        attendance, peer = edit.attendance, edit.attendance.peer
        room = attendance.room
        if room.is_spoiled or attendance.is_refused:
            return
        if not attendance.may_write or room.is_closed:
            peer.tell(wire.saved(room.name, kept=False))
            return
        try:
            delta = room.take(edit.update, peer.author)
        except Refused as refused:
            if attendance.lacking.may_wait(refused.reason, is_answer=edit.is_answer):
                taken.lacking += [attendance] * (attendance.lacking.edits == 1)  # one question is enough
            else:
                self._refuse(attendance, refused)
            return
        except Spoiled:
            live_log.exception("the engine failed on %s; it is read back from the log", room.name)
            taken.deltas.clear()
            taken.heard.clear()
            taken.lacking.clear()
            self._shut(room)
            return
        taken.heard += [attendance] * attendance.lacking.settle(is_answer=edit.is_answer)
        if delta is not None:
            taken.deltas.append((peer, delta))

    def _refuse(self, attendance: Attendance, refused: Refused) -> None:
        """Say no: the client drops its copy and comes back with a new client id; the others notice nothing."""
        room, peer = attendance.room, attendance.peer
        self.counting.refused[refused.reason] += 1
        live_log.warning(
            "update refused in %(document)s, person %(person)s: %(reason)s",
            {"document": room.name, "person": peer.author.person, "reason": refused.reason.value},
        )
        peer.tell(wire.saved(room.name, kept=False))
        self.send_back(attendance, f"refused:{refused.reason}")

    def send_back(self, attendance: Attendance, why: str) -> None:
        """Close one document for a client, which drops its copy and takes a fresh one; what it still sends is void."""
        attendance.is_refused = True
        attendance.peer.tell(wire.close(attendance.room.name, why))
        attendance.room.leave(attendance.peer)

    async def _commit(self, taken: dict[Room, _Taken]) -> None:
        lines = [line for room, one in taken.items() for line in _lines(room, one.deltas)]
        if lines:
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            started = time.monotonic()
            await self._log.append(lines)
            self.counting.commit.since(started)
        for room, one in taken.items():
            if one.deltas:
                room.tell(one.deltas)
                self.counting.updates += len(one.deltas)
                self._changed(room.name, one.deltas[-1][0].author)
            for attendance in one.heard:
                attendance.peer.tell(wire.saved(room.name, kept=True))
            for attendance in one.lacking:
                self.counting.resyncs += 1
                room.ask(attendance.peer)

    async def lines(self, name: str) -> list[Line]:
        """The log of a document, as it is on the disk."""
        return await self._log.read(name)

    def throw_away(self, room: Room) -> None:
        """Read a room back from its log: what is in memory is not what the log says."""
        self._shut(room)

    def _shut(self, room: Room) -> None:
        """Throw a room away: what is not in its log never happened; its peers come back to a fresh one."""
        self._rooms.pop(room.name, None)
        for peer in list(room.attendances):
            peer.hang_up(HangUp.RESTARTING)
        room.close()


def _lines(room: Room, deltas: Sequence[tuple[Peer, bytes]]) -> list[Line]:
    """The lines of the log: consecutive deltas of one connection as one line, every line with its author."""
    at = datetime.now(UTC)
    runs: list[tuple[Peer, list[bytes]]] = []
    for peer, delta in deltas:
        if runs and runs[-1][0] is peer:
            runs[-1][1].append(delta)
        else:
            runs.append((peer, [delta]))
    return [Line(room.name, merged(run), peer.author, at) for peer, run in runs]
