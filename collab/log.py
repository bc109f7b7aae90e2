"""What a room must be able to ask of the place where updates are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

SERVER = "server"


@dataclass(frozen=True, slots=True)
class Author:
    """Whose edit it is: numbers of a person, their party, session and meeting; all None for the program's own.

    `others` are who else wrote it, each a person and a party: what comes at once may be the work of several.
    """

    person: int | None = None
    party: int | None = None
    session: int | None = None
    meeting: int | None = None
    others: tuple[tuple[int, int], ...] = ()

    @property
    def writer(self) -> str:
        """The name client ids are bound to: one per person, whatever the tab or session."""
        return SERVER if self.person is None else str(self.person)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log: a delta the engine emitted, its author and its time."""

    document: str
    delta: bytes
    author: Author
    at: datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document whole, as of one line of its log, and the writer each client id in it is bound to."""

    state: bytes
    writers: Mapping[int, str]
    line: int


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of a document: its newest snapshot, and the lines since."""

    lines: Sequence[Line] = ()
    snapshot: Snapshot | None = None


class Log(Protocol):
    """Every accepted update of every document, in order."""

    async def append(self, lines: Sequence[Line]) -> None:
        """Keep `lines`, all or none; they are on the disk when this returns."""

    async def read(self, document: str) -> Kept:
        """What is kept of a document, lines oldest first."""

    async def last(self, document: str) -> int:
        """The number of the document's last line, 0 when it has none."""

    async def compact(self, document: str, snapshot: Snapshot) -> None:
        """Keep a snapshot, from which the document is read from now on; its lines stay for the record."""
