"""Somebody who types: every update and every move of the cursor made beforehand, sent when its time has come."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from benchmarks.line import Line, frame
from collab import wire
from collab.awareness import Entry, encode_presence
from collab.guard import decode_state_vector
from server.domain.texts import text

WORDS = "le gestionnaire propose et les autorités répondent, article après article; "
TICK_S = 0.001


@dataclass
class Typist:
    """A paragraph of one's own at the end of a document, and `count` keys typed in it one after the other.

    `sent` is when each key went out; a key's clock in the CRDT is `first` plus its number.
    """

    document: str
    client: int
    begin: bytes
    keys: list[bytes]
    cursors: list[bytes]
    first: int
    sent: list[float] = field(default_factory=list)

    def clock(self, number: int) -> int:
        """The clock of a key."""
        return self.first + number


def typist(document: str, state: bytes, count: int, *, has_cursor: bool = False) -> Typist:
    """Type everything in a document of one's own and keep what is to be sent."""
    client = secrets.randbelow(1 << 31) + 1
    doc: Doc[Any] = Doc(client_id=client)
    doc.apply_update(state)
    emitted: list[bytes] = []
    before = doc.get_state()
    fragment: XmlFragment = doc.get(text.ROOT, type=XmlFragment)
    paragraph: Any = fragment.children.append(XmlElement("paragraph"))
    run = paragraph.children.append(XmlText())
    begin = doc.get_update(before)
    first = decode_state_vector(doc.get_state())[client]
    watch = doc.observe(lambda event: emitted.append(event.update))
    letters = WORDS.encode("ascii", "replace").decode().replace("?", "e")
    for number in range(count):
        run.insert(number, letters[number % len(letters)])
    doc.unobserve(watch)
    keys = [frame(wire.update(document, update)) for update in emitted]
    cursors = [_cursor(document, client, first, number) for number in range(count)] if has_cursor else []
    return Typist(document, client, frame(wire.update(document, begin)), keys, cursors, first)


def _cursor(document: str, client: int, first: int, number: int) -> bytes:
    """What y-prosemirror's cursor plugin shows after a key."""
    place = {"type": None, "tname": None, "item": {"client": client, "clock": first + number}, "assoc": 0}
    state = {"user": {"name": "Personne", "color": "#30bced"}, "cursor": {"anchor": place, "head": place}}
    entry = Entry(client, number + 1, json.dumps(state, separators=(",", ":")))
    return frame(wire.presence(document, encode_presence([entry])))


@dataclass
class Score:
    """Who sends what when: (seconds from the beginning, send, bytes, where to note the time)."""

    notes: list[tuple[float, Callable[[bytes], None], bytes, list[float]]] = field(default_factory=list)

    def give(self, line: Line, one: Typist, per_s: float, start_s: float = 0.0) -> None:
        """Let somebody type all their keys at a steady pace on a line."""
        for number, key in enumerate(one.keys):
            sent = key + one.cursors[number] if one.cursors else key
            self.notes.append((start_s + number / per_s, line.write, sent, one.sent))

    async def play(self, is_over: Callable[[], bool] = lambda: False) -> float:
        """Send everything when it is due, however late; seconds it took."""
        self.notes.sort(key=lambda note: note[0])
        begun, at = time.perf_counter(), 0
        while at < len(self.notes) and not is_over():
            while at < len(self.notes) and begun + self.notes[at][0] <= time.perf_counter():
                _, write, sent, noted = self.notes[at]
                noted.append(time.perf_counter())
                write(sent)
                at += 1
            await asyncio.sleep(TICK_S)
        return time.perf_counter() - begun
