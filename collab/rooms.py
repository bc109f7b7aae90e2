"""Which rooms are open, each opened once; and the one turn that applies, commits, then tells."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from collab import wire
from collab.guard import Grammar, Refused
from collab.log import Author, Line, Log
from collab.peer import HangUp, Peer
from collab.room import Attendance, Edit, Room, Spoiled, merged

journal = logging.getLogger("entente.live")
Changed = Callable[[str, Author], None]


@dataclass(eq=False)
class _Taken:
    """What one room has taken in this turn, in order of arrival, not yet committed."""

    deltas: list[tuple[Peer, bytes]] = field(default_factory=list)
    heard: list[Attendance] = field(default_factory=list)


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
        self._rooms: dict[str, asyncio.Future[Room]] = {}
        self._line: list[Edit] = []
        self._wake = asyncio.Event()
        self._turns: asyncio.Task[None] | None = None
        self._current: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to take turns."""
        self._turns = asyncio.create_task(self._take_turns(), name="rooms")

    async def stop(self) -> None:
        """Finish the turn under way, ask everyone to come back later, and close."""
        if self._turns is not None:
            self._turns.cancel()
        await asyncio.gather(*filter(None, (self._turns, self._current)), return_exceptions=True)
        for opening in list(self._rooms.values()):
            if opening.done() and not opening.cancelled() and opening.exception() is None:
                self._shut(opening.result())
        self._rooms.clear()

    async def room(self, name: str) -> Room:
        """The room of a document, read from the log the first time."""
        opening = self._rooms.get(name)
        if opening is None:
            opening = self._rooms[name] = asyncio.get_running_loop().create_future()
            try:
                room = Room(name, self._grammar)
                room.load(await self._log.read(name))
                opening.set_result(room)
            except BaseException as failed:
                del self._rooms[name]
                opening.set_exception(failed)
                opening.exception()  # retrieved here: whoever waits beside us raises it too
                raise
        return await asyncio.shield(opening)

    def submit(self, edit: Edit) -> None:
        """Put an edit in line for the next turn."""
        self._line.append(edit)
        self._wake.set()

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
        for room in rooms:
            await room.turn.acquire()  # nobody holds it: this does not wait
        taken = {room: _Taken() for room in rooms}
        try:
            for edit in line:
                self._take(edit, taken[edit.attendance.room])
            await self._commit(taken)
        except Exception:
            journal.exception("a commit failed; %d rooms are read back from the log", len(rooms))
            for room in rooms:
                self._shut(room)
        finally:
            for room in rooms:
                room.turn.release()

    def _take(self, edit: Edit, taken: _Taken) -> None:
        attendance, peer = edit.attendance, edit.attendance.peer
        room = attendance.room
        if room.is_spoiled or room.attendances.get(peer) is not attendance:
            return
        if not attendance.may_write:
            peer.tell(wire.saved(room.name, kept=False))
            return
        try:
            delta = room.take(edit.update, peer.author)
        except Refused as refused:
            self._refuse(attendance, refused)
            return
        except Spoiled:
            journal.exception("the engine failed on %s; it is read back from the log", room.name)
            taken.deltas.clear()
            self._shut(room)
            return
        taken.heard.append(attendance)
        if delta is not None:
            taken.deltas.append((peer, delta))

    def _refuse(self, attendance: Attendance, refused: Refused) -> None:
        """Say no: the client drops its copy and comes back with a new client id; the others notice nothing."""
        room, peer = attendance.room, attendance.peer
        journal.warning("update refused in %s, person %s: %s", room.name, peer.author.person, refused.reason)
        peer.tell(wire.saved(room.name, kept=False))
        peer.tell(wire.close(room.name, f"refused:{refused.reason}"))
        room.leave(peer)

    async def _commit(self, taken: dict[Room, _Taken]) -> None:
        lines = [line for room, one in taken.items() for line in _lines(room, one.deltas)]
        if lines:
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            await self._log.append(lines)
        for room, one in taken.items():
            if one.deltas:
                room.tell(one.deltas)
                self._changed(room.name, one.deltas[-1][0].author)
            for attendance in one.heard:
                attendance.peer.tell(wire.saved(room.name, kept=True))

    def _shut(self, room: Room) -> None:
        """Throw a room away: what is not in its log never happened; its peers come back to a fresh one."""
        room.is_spoiled = True
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
