"""Edits that wait for their turn: in the order of each connection, and one connection as good as another."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from collab.peer import Peer
from collab.room import Attendance, Room

A_ROUND = 32  # edits of one connection that follow each other: they make one line of the log


@dataclass(frozen=True, slots=True)
class Edit:
    """An update as a client sent it."""

    attendance: Attendance
    update: bytes
    is_answer: bool = False  # to our step 1: all the client has
    at: float = field(default_factory=time.monotonic)  # when it came in


class Waiting:
    """The edits of every connection, fetched in rounds: a thousand of one do not stand before one of another."""

    def __init__(self) -> None:
        self._lines: dict[Peer, deque[Edit]] = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def rooms(self) -> set[Room]:
        """The rooms they are for."""
        return {edit.attendance.room for line in self._lines.values() for edit in line}

    def add(self, edit: Edit) -> None:
        """Let an edit wait behind those of its connection."""
        self._lines.setdefault(edit.attendance.peer, deque()).append(edit)

    def take(self, is_free: Callable[[Room], bool]) -> Iterator[Edit]:
        """Fetch edits, a few of each connection in a round, as long as asked; those of rooms not free wait on.

        A connection whose next edit must wait keeps its others too: their order is part of what they say. Who was
        not reached before the caller stopped comes first the next time.
        """
        served = True
        while served:
            served = False
            for peer, line in list(self._lines.items()):
                del self._lines[peer]
                self._lines[peer] = line  # behind the others
                for _ in range(min(A_ROUND, len(line))):
                    if not is_free(line[0].attendance.room):
                        break
                    served = True
                    yield line.popleft()
                if not line:
                    del self._lines[peer]
