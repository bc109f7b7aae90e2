"""Do a page and the server hold the same text? Asked by the page now and then, proved by a hash, mended if not.

A page asks when it rests: nothing unsent, nothing coming. The server marks that moment in the order of its news, and
tells its own hash a little later; the page compares it with its own of that very moment. If they differ the page says
so: the server reads its log again to know whose fault it is. A room that is not what its log says is thrown away and
read back; else the page is asked to drop its copy and take a fresh one.
"""

import asyncio
import json
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

from collab import wire
from collab.checks import Answer
from collab.engine import Spoiled
from collab.room import Attendance, Room
from collab.rooms import Rooms

live_log = logging.getLogger("entente.live")
EVERY_S: Final = 10.0  # one connection is answered no more often than that about one document
TRIES: Final = 3  # to find a room at rest while its log is read


class Agreement:
    """What one connection asks about the texts it has open."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._asked: dict[str, float] = {}
        self._told: dict[str, tuple[int, float]] = {}  # the last state told of each text, and when it was so
        self._states = 0
        self._work: asyncio.Task[None] | None = None

    def hear(self, attendance: Attendance, said: str) -> None:
        """Take up a stateless message; one at a time: what comes meanwhile, or says something else, falls."""
        message, document = _read(said), attendance.room.name
        if self._work is not None and not self._work.done():
            return
        if message.get("kind") == "agree" and time.monotonic() - self._asked.get(document, -EVERY_S) >= EVERY_S:
            self._asked[document] = time.monotonic()
            self._begin(self._tell(attendance))
        elif message.get("kind") == "differ":
            state, at = self._told.pop(document, (None, 0.0))
            if state is not None and message.get("state") == state:
                self._begin(self._mend(attendance, at))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = asyncio.create_task(_whole(work), name="agreement")

    async def _tell(self, attendance: Attendance) -> None:
        name, peer = attendance.room.name, attendance.peer
        self._states += 1
        told: dict[str, Any] = {"kind": "agree", "state": self._states}
        whole = await attendance.room.whole(peer, wire.stateless(name, json.dumps(told)))
        at = time.monotonic()
        told["hash"] = await self._rooms.proof.hash(whole)
        self._told[name] = self._states, at
        peer.tell(wire.stateless(name, json.dumps(told)))

    async def _mend(self, attendance: Attendance, doubted_at: float) -> None:
        room, person = attendance.room, attendance.peer.author.person
        self._rooms.counting.divergences += 1
        live_log.warning("a page held another text of %s: person %s", room.name, person)
        answer = room.checks.ask(person, doubted_at, time.monotonic())
        if answer is Answer.WAIT:
            return
        if answer is Answer.BELIEVE or await self._is_sound(room):
            if room.attendances.get(attendance.peer) is attendance:  # it may have left meanwhile
                attendance.send_back("differs")
        else:
            live_log.error("%s was not what its log says; it is read back", room.name)
            await self._rooms.throw_away(room)

    async def _is_sound(self, room: Room) -> bool:
        """Whether a room holds what its log says; one that never rests is believed."""
        began = time.monotonic()
        for _ in range(TRIES):
            before = await room.whole()
            updates = await self._rooms.kept(room.name)
            if await room.whole() == before:
                is_sound = await self._rooms.proof.hash(*updates) == await self._rooms.proof.hash(before)
                if is_sound:
                    room.checks.passed(began)
                return is_sound
        return True


def _read(said: str) -> dict[str, Any]:
    try:
        message = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    try:
        with suppress(Spoiled):  # its peers come back to a fresh room, and may ask again
            await work
    except Exception:
        live_log.exception("a text could not be compared")
