"""Is this a well-formed update, made of what our documents are made of? Syntax only, no document needed.

A strict, bounded decoder of the Yjs v1 update format. Sources: yjs, utils/encoding.js
(readClientsStructRefs), utils/UpdateDecoder.js, utils/DeleteSet.js, structs/Item.js and Content*.js.
No count is believed before the bytes for it are there, nothing recurses, nothing is left over.
"""

from typing import Final, NamedTuple

from collab.guard.refusals import Grammar, Limits, Reason, Refused
from collab.guard.values import check_mark_value, mark_name, read_attribute
from collab.lib0 import Reader, Unreadable, write_uint

# References of contents (yjs, structs/Item.js, contentRefs). Left out, because y-prosemirror never writes
# them: JSON 2 (legacy), binary 3, embed 5 (its inline nodes are elements), subdocument 9, skip 10 (only in
# merged updates with holes), and yrs' own move 11 and weak link.
GC: Final = 0
DELETED: Final = 1
STRING: Final = 4
FORMAT: Final = 6
TYPE: Final = 7
ANY: Final = 8

# References of shared types (yjs, structs/ContentType.js, typeRefs). Text, map, array, fragment and hook
# never occur inside the root fragment.
_XML_ELEMENT: Final = 3
_XML_TEXT: Final = 6

# Flags of a struct's first byte (yjs, structs/Item.js, write).
_HAS_ORIGIN, _HAS_RIGHT_ORIGIN, _HAS_KEY, _REF = 0x80, 0x40, 0x20, 0x1F

FURTHEST: Final = 2**31 - 1
"""Clocks are 32 bits in yrs; half of that keeps every sum of two in range."""

_LEAST_BLOCK, _LEAST_STRUCT, _LEAST_DELETES, _LEAST_RANGE = 5, 2, 2, 2
"""Fewest bytes of a client's structs, one struct, a client's deletions, one deleted range."""


class Id(NamedTuple):
    """One character or item: who wrote it, and their how-manieth it is."""

    client: int
    clock: int


class Struct(NamedTuple):
    """A run of `length` ids from `clock` on. `text` is what the kind `ref` needs to be judged: the characters
    of a string, the name of an element ("" for a text type); empty for the other kinds."""

    client: int
    clock: int
    length: int
    ref: int
    origin: Id | None
    right_origin: Id | None
    parent: Id | str | None
    key: str | None
    text: str

    @property
    def end(self) -> int:
        """The first clock after it."""
        return self.clock + self.length


class Range(NamedTuple):
    """The deleted clocks from `start` up to `end`, which is not included."""

    client: int
    start: int
    end: int


class Update(NamedTuple):
    """A decoded update: for each client its structs in order without a gap, and what is deleted."""

    blocks: dict[int, list[Struct]]
    deletes: list[Range]


def decode_update(update: bytes, grammar: Grammar, limits: Limits) -> Update:
    """The structs and deletions in `update`, in time linear in its size; raises `Refused`."""
    if len(update) > limits.update_bytes:
        raise Refused(Reason.TOO_LARGE)
    reader = _UpdateReader(update, grammar, limits)
    try:
        decoded = Update(reader.blocks(), reader.deletes())
        reader.end()
    except Unreadable as unreadable:
        raise Refused(Reason(unreadable.flaw.value)) from None
    return decoded


def decode_state_vector(data: bytes, limits: Limits = Limits()) -> dict[int, int]:  # noqa: B008 - frozen
    """How far each client is known, as clocks; raises `Refused`.

    Source: yjs, utils/encoding.js, readStateVector.
    """
    if len(data) > limits.state_vector_bytes:
        raise Refused(Reason.TOO_LARGE)
    reader = Reader(data)
    try:
        known = _state_vector(reader)
        reader.end()
    except Unreadable as unreadable:
        raise Refused(Reason(unreadable.flaw.value)) from None
    return known


def _state_vector(reader: Reader) -> dict[int, int]:
    known: dict[int, int] = {}
    for _ in range(_counted(reader, 2)):
        client, clock = reader.uint(), reader.uint()
        if client in known:
            raise Refused(Reason.REPEATED_CLIENT)
        if clock > FURTHEST:
            raise Refused(Reason.BAD_RANGE)
        known[client] = clock
    return known


def _counted(reader: Reader, least: int) -> int:
    """A count of things that take at least `least` bytes each."""
    count = reader.uint()
    if count * least > reader.left:
        raise Refused(Reason.BAD_COUNT)
    return count


class _UpdateReader(Reader):
    __slots__ = ("_client", "_client_bytes", "_grammar", "_limits")

    def __init__(self, update: bytes, grammar: Grammar, limits: Limits) -> None:
        super().__init__(update)
        self._grammar = grammar
        self._limits = limits
        self._client = 0
        self._client_bytes = b"\x00"

    def blocks(self) -> dict[int, list[Struct]]:
        blocks: dict[int, list[Struct]] = {}
        total = 0
        for _ in range(_counted(self, _LEAST_BLOCK)):
            count, client, clock = self.uint(), self.uint(), self.uint()
            if not 1 <= count * _LEAST_STRUCT <= self.left:
                raise Refused(Reason.BAD_COUNT)
            total += count
            if total > self._limits.structs:
                raise Refused(Reason.TOO_MANY)
            if client in blocks:
                raise Refused(Reason.REPEATED_CLIENT)
            blocks[client] = self._block(client, clock, count)
        return blocks

    def deletes(self) -> list[Range]:
        deletes: list[Range] = []
        seen: set[int] = set()
        for _ in range(_counted(self, _LEAST_DELETES)):
            client = self.uint()
            if client in seen:
                raise Refused(Reason.REPEATED_CLIENT)
            seen.add(client)
            deletes += self._ranges(client)
        return deletes

    def _ranges(self, client: int) -> list[Range]:
        """A client's deletions, ascending and apart as yjs sorts and merges them before it writes them."""
        ranges: list[Range] = []
        reached = 0
        for _ in range(_counted(self, _LEAST_RANGE)):
            start, length = self.uint(), self.uint()
            if start < reached or length < 1 or start + length > FURTHEST:
                raise Refused(Reason.BAD_RANGE)
            reached = start + length
            ranges.append(Range(client, start, reached))
        return ranges

    def _block(self, client: int, clock: int, count: int) -> list[Struct]:
        structs: list[Struct] = []
        self._client, self._client_bytes = client, write_uint(client)
        for _ in range(count):
            struct = self._struct(client, clock)
            clock += struct.length
            if struct.length < 1 or clock > FURTHEST:
                raise Refused(Reason.BAD_RANGE)
            structs.append(struct)
        return structs

    def _struct(self, client: int, clock: int) -> Struct:
        flags = self.byte()
        if flags == GC:
            return Struct(client, clock, self.uint(), GC, None, None, None, None, "")
        origin = self._id() if flags & _HAS_ORIGIN else None
        right_origin = self._id() if flags & _HAS_RIGHT_ORIGIN else None
        parent: Id | str | None = None
        key: str | None = None
        if origin is None and right_origin is None:
            parent = self._parent()
            key = self.text() if flags & _HAS_KEY else None
        ref = flags & _REF
        length, text = self._content(ref)
        return Struct(client, clock, length, ref, origin, right_origin, parent, key, text)

    def _parent(self) -> Id | str:
        is_root = self.uint()
        if is_root > 1:
            raise Refused(Reason.UNKNOWN_STRUCT)
        return self.text() if is_root else self._id()

    def _id(self) -> Id:
        """An id; most are of the client whose structs are being read, whose number is known by sight."""
        if self.skip(self._client_bytes):
            return Id(self._client, self.uint())
        return Id(self.uint(), self.uint())

    def _content(self, ref: int) -> tuple[int, str]:
        """The length in clocks and the text of a content, which is read to its end."""
        if ref == STRING:
            text = self.text()
            return utf16_length(text), text
        if ref == DELETED:
            return self.uint(), ""
        if ref == TYPE:
            return 1, self._type()
        if ref == ANY:
            return self._any(), ""
        if ref != FORMAT:
            raise Refused(Reason.UNKNOWN_STRUCT)
        self._format()
        return 1, ""

    def _type(self) -> str:
        kind = self.uint()
        if kind == _XML_TEXT:
            return ""
        if kind != _XML_ELEMENT:
            raise Refused(Reason.UNKNOWN_TYPE)
        name = self.text()
        if name not in self._grammar.elements:
            raise Refused(Reason.UNKNOWN_ELEMENT)
        return name

    def _format(self) -> None:
        name = self.text()
        if name not in self._grammar.marks and mark_name(name) not in self._grammar.marks:
            raise Refused(Reason.UNKNOWN_MARK)
        check_mark_value(self.block(), self._limits)

    def _any(self) -> int:
        """How many values: more than one where a client merged what it had set, undone and set again offline."""
        count = _counted(self, 1)
        for _ in range(count):
            read_attribute(self, self._limits)
        return count


def utf16_length(text: str) -> int:
    """The length of `text` as JavaScript and so Yjs counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
