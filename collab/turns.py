"""The one turn that applies, commits, then tells: for all rooms, again and again."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from collab import wire
from collab.counting import Counting
from collab.engine import ENDING
from collab.guard import Refused
from collab.log import Author, Line, Log
from collab.peer import Peer
from collab.room import Attendance, Room, merged
from collab.waiting import Edit, Waiting

live_log = logging.getLogger("entente.live")
LINE_BYTES = 1 << 20  # of one connection, waiting for their turn
APPLYING_S = 0.01  # after that much of it a turn commits what it has; the rest has the next one
FEW = 16  # frames that are told without a rest after them
CURSORS_S = 0.03  # a cursor is told with the next edits, or after that
REST_S = 20e-6  # for each frame more: a crowd is told less often and more at once
LONGEST_REST_S = 0.01
Changed = Callable[[str, Author], None]


@dataclass(eq=False)
class _Taken:
    """What one room has taken in this turn, in order of arrival, not yet committed."""

    deltas: list[tuple[Peer, bytes]] = field(default_factory=list)
    heard: list[Attendance] = field(default_factory=list)
    lacking: list[Attendance] = field(default_factory=list)


class Turns:
    """Edits and cursors of all rooms, a turn at a time.

    A turn takes who waits, applies, commits once, and only then acknowledges and tells: while a commit is under
    way the next turn's edits gather, so an idle room does not wait and a busy one is batched. When a commit fails
    nobody has seen anything: the rooms are thrown away, read back from the log, and their peers come back.
    """

    def __init__(
        self,
        log: Log,
        counting: Counting,
        changed: Changed,
        shut: Callable[[Room], None],
        *,
        commit_delay_s: float = 0,
    ) -> None:
        """`changed` hears of each committed text, `shut` throws a room away."""
        self._log = log
        self._counting = counting
        self._changed = changed
        self._shut = shut
        self._delay_s = commit_delay_s
        self._waiting = Waiting()
        self._moved: set[Room] = set()
        self._wake = asyncio.Event()
        self._turned = asyncio.Event()
        self._stops = False
        counting.gauges["line_edits"] = lambda: len(self._waiting)

    def call(self, room: Room) -> None:
        """Ask for a turn: a cursor moved, or the room's edits may be taken again."""
        if room.has_moved:
            if not self._moved:
                asyncio.get_running_loop().call_later(CURSORS_S, self._wake.set)
            self._moved.add(room)
        if self._waiting:
            self._wake.set()

    def add(self, edit: Edit) -> None:
        """Let an edit wait for its turn."""
        edit.attendance.peer.in_line += len(edit.update)
        self._waiting.add(edit)
        self._wake.set()

    def rooms_in_line(self) -> set[Room]:
        """The rooms in which edits wait, of people who may have left meanwhile."""
        return self._waiting.rooms()

    async def has_room_for(self, peer: Peer) -> None:
        """Wait until a connection has little in line; its network waits with it."""
        while peer.in_line > LINE_BYTES and peer.hung_up is None:
            await self._turned.wait()

    async def run(self) -> None:
        """Take turns until `stop`."""
        while not self._stops:
            await self._wake.wait()
            self._wake.clear()
            told = await self._turn()
            self._turned.set()
            self._turned.clear()
            await asyncio.sleep(min(max(0, told - FEW) * REST_S, LONGEST_REST_S))

    def stop(self) -> None:
        """Let the turn under way be the last."""
        self._stops = True
        self._wake.set()

    async def _turn(self) -> int:
        taken: dict[Room, _Taken] = {}
        line: list[Edit] = []
        told = 0
        try:
            self._apply(taken, line)
            told = await self._commit(taken)
            self._counting.relayed(edit.at for edit in line)
        except ENDING:
            raise
        except BaseException:  # whatever it is, it is not the last turn
            live_log.exception("a commit failed; %d rooms are read back from the log", len(taken))
            self._wake.set()
            for room in taken:
                self._shut(room)
        finally:
            for room in taken:
                room.hold.leave()
            for edit in line:
                edit.attendance.peer.in_line -= len(edit.update)
        moved, self._moved = self._moved, set()  # those that moved during the commit too
        return told + sum(map(_tell_cursors, moved))

    def _apply(self, taken: dict[Room, _Taken], line: list[Edit]) -> None:
        """Take edits into their rooms, which nobody else may use from now on; they are noted in `line`."""
        until = time.perf_counter() + APPLYING_S
        for edit in self._waiting.take(lambda room: room in taken or room.is_free):
            room = edit.attendance.room
            line.append(edit)
            if room not in taken and not room.is_spoiled:
                room.hold.try_take()
                taken[room] = _Taken()
            if not room.is_spoiled:
                self._take(edit, taken[room])
            if time.perf_counter() > until:
                self._wake.set()
                break

    def _take(self, edit: Edit, taken: _Taken) -> None:
        attendance, peer = edit.attendance, edit.attendance.peer
        room = attendance.room
        if attendance.is_refused:
            return
        if not attendance.may_write or not room.is_writable:
            peer.tell(wire.saved(room.name, kept=False))
            return
        try:
            delta = room.text.take(edit.update, peer.author)
        except Refused as refused:
            if attendance.lacking.may_wait(refused.reason, is_answer=edit.is_answer):
                taken.lacking += [attendance] * (attendance.lacking.edits == 1)  # one question is enough
            else:
                self._refuse(attendance, refused)
            return
        except ENDING:
            raise
        except BaseException:  # `Spoiled`, or what nobody thought of: one room's harm and no other's
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
        self._counting.refused[refused.reason] += 1
        live_log.warning(
            "update refused in %(document)s, person %(person)s: %(reason)s",
            {"document": room.name, "person": peer.author.person, "reason": refused.reason.value},
        )
        peer.tell(wire.saved(room.name, kept=False))
        attendance.send_back(f"refused:{refused.reason}")

    async def _commit(self, taken: dict[Room, _Taken]) -> int:
        lines = {room: _lines(room, one.deltas) for room, one in taken.items() if one.deltas}
        if lines:
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            started = time.monotonic()
            await self._log.append([line for some in lines.values() for line in some])
            self._counting.commit.since(started)
        told = 0
        for room, one in taken.items():
            if one.deltas:
                room.lines += len(lines[room])
                told += room.tell(one.deltas)
                self._counting.updates += len(one.deltas)
                self._changed(room.name, one.deltas[-1][0].author)
            saved = wire.saved(room.name, kept=True)
            for attendance in one.heard:
                attendance.peer.tell(saved)
            for attendance in one.lacking:
                self._counting.resyncs += 1
                room.ask(attendance.peer)
        return told


def _tell_cursors(room: Room) -> int:
    try:
        return room.tell_cursors()
    except ENDING:
        raise
    except BaseException:
        live_log.exception("the cursors in %s could not be told", room.name)
        return 0


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
