"""What a room must be able to ask of the place where updates are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

SERVER = "server"


@dataclass(frozen=True, slots=True)
class Author:
    """Whose edit it is: numbers of a person, their party and their session; all None for the program's own."""

    person: int | None = None
    party: int | None = None
    session: int | None = None

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


class Log(Protocol):
    """Every accepted update of every document, in order."""

    async def append(self, lines: Sequence[Line]) -> None:
        """Keep `lines`, all or none; they are on the disk when this returns."""

    async def read(self, document: str) -> list[Line]:
        """Every line of a document, oldest first."""
