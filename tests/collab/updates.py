"""Updates made by hand, byte by byte, and the grammar the tests of the guard use."""

from collab.guard import Grammar
from collab.lib0 import write_text, write_uint

ROOT = "prosemirror"

GRAMMAR = Grammar(
    root=ROOT,
    elements={
        "paragraph": frozenset({"textAlign"}),
        "heading": frozenset({"level", "id"}),
        "bulletList": frozenset(),
        "orderedList": frozenset({"start"}),
        "listItem": frozenset(),
        "blockquote": frozenset(),
        "hardBreak": frozenset(),
        "table": frozenset(),
        "tableRow": frozenset(),
        "tableCell": frozenset({"colspan", "rowspan", "colwidth"}),
        "tableHeader": frozenset({"colspan", "rowspan", "colwidth"}),
    },
    marks=frozenset({"bold", "italic", "underline", "link", "comment"}),
)

At = tuple[int, int]
Deleted = dict[int, list[At]]


def uints(*values: int) -> bytes:
    return b"".join(map(write_uint, values))


def gc(length: int) -> bytes:
    return b"\x00" + write_uint(length)


def item(
    ref: int,
    content: bytes,
    *,
    left: At | None = None,
    right: At | None = None,
    parent: At | str = ROOT,
    key: str | None = None,
) -> bytes:
    flags = ref | (0x80 if left else 0) | (0x40 if right else 0) | (0x20 if key is not None else 0)
    head = bytes([flags]) + uints(*(left or ())) + uints(*(right or ()))
    if not left and not right:
        head += b"\x01" + write_text(parent) if isinstance(parent, str) else b"\x00" + uints(*parent)
        head += write_text(key) if key is not None else b""
    return head + content


def element(
    name: str,
    *,
    left: At | None = None,
    right: At | None = None,
    parent: At | str = ROOT,
    key: str | None = None,
) -> bytes:
    return item(7, b"\x03" + write_text(name), left=left, right=right, parent=parent, key=key)


def text_type(*, left: At | None = None, right: At | None = None, parent: At | str = ROOT) -> bytes:
    return item(7, b"\x06", left=left, right=right, parent=parent)


def words(
    text: str,
    *,
    left: At | None = None,
    right: At | None = None,
    parent: At | str = ROOT,
    key: str | None = None,
) -> bytes:
    return item(4, write_text(text), left=left, right=right, parent=parent, key=key)


def mark(name: str, value: str, *, left: At | None = None, parent: At | str = ROOT) -> bytes:
    return item(6, write_text(name) + write_text(value), left=left, parent=parent)


def attribute(
    key: str, value: bytes, *, left: At | None = None, right: At | None = None, parent: At | str = (1, 0)
) -> bytes:
    return item(8, b"\x01" + value, left=left, right=right, parent=parent, key=key)


def string(text: str) -> bytes:
    return b"\x77" + write_text(text)


def block(client: int, clock: int, *structs: bytes) -> bytes:
    return uints(len(structs), client, clock) + b"".join(structs)


def update(*blocks: bytes, deleted: Deleted | None = None) -> bytes:
    deletes = b"".join(
        uints(client, len(ranges)) + b"".join(uints(*range_) for range_ in ranges)
        for client, ranges in (deleted or {}).items()
    )
    return write_uint(len(blocks)) + b"".join(blocks) + write_uint(len(deleted or {})) + deletes


PARAGRAPH = update(block(1, 0, element("paragraph"), text_type(parent=(1, 0)), words("ab😀cd", parent=(1, 1))))
"""Client 1 writes a paragraph 1:0 with a text 1:1 of six UTF-16 units, 1:2 to 1:7; 1:5 is a second half."""
