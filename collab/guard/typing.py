"""Is this update the next key of a client who is typing? Then almost all of it is known before it comes.

Whoever types sends, key after key, one string behind their last one: the same client, the clock after the last,
the same neighbours. Those bytes are foretold from the index; an update that begins with them, brings a few letters
and deletes nothing needs no draft. Everything else is declined here and judged in full. What is taken here leaves
the index exactly as a draft would, which tests compare.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from collab.guard.index import NOWHERE, Index, Place
from collab.guard.update import FURTHEST, STRING, Id, Range
from collab.lib0 import write_uint

_ONE_STRUCT_OF_ONE_CLIENT: Final = b"\x01\x01"
_BEHIND, _BETWEEN = bytes([0x80 | STRING]), bytes([0xC0 | STRING])
"""The first byte of a string with a left origin, and of one with both (yjs, structs/Item.js, write)."""
_ONE_BYTE: Final = 0x80
"""Lengths below this are written as one byte; a longer string is no key."""


@dataclass(slots=True, eq=False)
class Next:
    """The next key of a client: the bytes around the two clocks it begins with, and where it will stand.

    `clock` moves on with every key; the rest stays as long as the client types on.
    """

    client: int
    clock: int
    before: bytes
    between: bytes
    behind: bytes
    right_origin: Id | None
    place: Place

    def head(self) -> bytes:
        """What the next key begins with, up to the length of its text."""
        clock = self.clock
        return self.before + write_uint(clock) + self.between + write_uint(clock - 1) + self.behind


class Typed(NamedTuple):
    """A key that may reach the engine, as foretold; its client has everything up to `end` then."""

    known: Index
    foretold: Next
    end: int

    @property
    def clients(self) -> tuple[int, ...]:
        """Who adds something."""
        return (self.foretold.client,)

    @property
    def deletes(self) -> tuple[Range, ...]:
        """What is deleted anew: nothing."""
        return ()

    def commit(self) -> None:
        """Lengthen what the client has, and foretell the key behind this one."""
        key = self.foretold
        self.known.spans.lengthen(key.client, self.end)
        self.known.runs[key.client] = (self.end, key.right_origin)
        key.clock = self.end


class Typing:
    """The next key of everybody who writes in one document, with the client they wrote with last."""

    __slots__ = ("_index", "_next", "_steps")

    def __init__(self, index: Index, steps: int) -> None:
        """`steps` is how many items the engine may have to walk past to place one."""
        self._index = index
        self._steps = steps
        self._next: dict[str, Next] = {}

    def read(self, update: bytes, writer: str) -> Typed | None:
        """The key in `update`, or None if it has to be judged in full."""
        foretold = self._next.get(writer)
        if foretold is None or foretold.clock != self._index.spans.end(foretold.client):
            return None
        head = foretold.head()
        length = _length(update, len(head)) if update.startswith(head) else 0
        end = foretold.clock + length
        if not length or end > FURTHEST or self._index.crowd(foretold.place) > self._steps:
            return None
        return Typed(self._index, foretold, end)

    def follow(self, writer: str, client: int) -> None:
        """`writer` has written with `client`, which is theirs: foretell their next key, if it can be."""
        foretold = self._foretell(client)
        if foretold is None:
            self._next.pop(writer, None)
        else:
            self._next[writer] = foretold

    def _foretell(self, client: int) -> Next | None:
        """The next key, if the last thing `client` wrote is a string that the engine can lengthen."""
        end = self._index.spans.end(client)
        written, right_origin = self._index.runs.get(client, (None, None))
        span = self._index.spans.find(Id(client, end - 1))
        if written != end or span is None or span.place == NOWHERE:
            return None
        if right_origin is not None and span.is_reversed(Id(client, end - 1), right_origin, client):
            return None  # its order is judged in full
        flags, behind = (_BEHIND, b"") if right_origin is None else (_BETWEEN, b"".join(map(write_uint, right_origin)))
        of_client = write_uint(client)
        before = _ONE_STRUCT_OF_ONE_CLIENT + of_client
        return Next(client, end, before, flags + of_client, behind, right_origin, span.place)


def _length(update: bytes, at: int) -> int:
    """How many characters the update ends with: their count of bytes, the bytes, no deletion; 0 if otherwise.

    A character that UTF-16 writes as a pair is judged in full: the pair must not be cut later.
    """
    text = update[at + 1 : -1]
    if at >= len(update) or update[at] != len(text) or len(text) >= _ONE_BYTE or update[-1] != 0:
        return 0
    if text.isascii():
        return len(text)
    try:
        letters = text.decode()
    except UnicodeDecodeError:
        return 0
    return len(letters) if max(letters) <= "\uffff" else 0
