"""The live text a section begins with: the first line of its log."""

from datetime import datetime
from typing import Any

from collab import document
from collab.guard import Guard
from collab.log import SERVER, Author, Line
from server.domain.texts import text
from server.live.grammar import GRAMMAR
from server.store.tables import UpdateRow
from server.store.updates import row_of

IMPORT_CLIENT = 1  # the Yjs client id of what the program writes; bound to the program, so nobody can take it


def first_state(content: dict[str, Any]) -> bytes:
    """The state of a section that begins with `content`; the guard has to take it back whenever its log is read.

    Raises:
        Refused: it cannot be a live text.
    """
    state = document.first_state(content, text.ROOT, client_id=IMPORT_CLIENT)
    Guard(GRAMMAR).replay(state, SERVER)
    return state


def first_line(section_id: str, state: bytes, at: datetime) -> UpdateRow:
    """The line of the log that a section begins with."""
    return row_of(Line(f"section:{section_id}", state, Author(), at))


def new_section_id() -> str:
    """An id for a section: 16 letters out of 32."""
    return document.new_id() + document.new_id()[:6]
