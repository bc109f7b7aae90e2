"""Is the value of an attribute or of a mark a plain one?

yrs allocates by claimed counts and recurses on nested values (123 bytes cost it 4 GB, 53 kB the process),
so nothing nested is read at all: attributes are scalars or one list of numbers, marks are flat objects.
"""

import json
from re import compile as pattern
from struct import unpack
from typing import Final, NoReturn

from collab.guard.refusals import Limits, Reason, Refused
from collab.lib0 import LARGEST, Reader

# Tags of lib0's readAny (lib0, decoding.js). Objects 118, byte arrays 116 and big integers 122 are left
# out: no attribute of a ProseMirror node of ours is any of these.
_UNDEFINED, _NULL, _INTEGER, _FLOAT32, _FLOAT64 = 127, 126, 125, 124, 123
_FALSE, _TRUE, _TEXT, _LIST = 121, 120, 119, 117

_NUMBERS_AND_NOTHING: Final = frozenset({_UNDEFINED, _NULL, _INTEGER, _FLOAT32, _FLOAT64})

_PLAIN_JSON: Final = frozenset({b"{}", b"null", b"true"})
"""What almost every mark says; spares the parser."""

_HASHED: Final = pattern(r"(.*)--[a-zA-Z0-9+/=]{8}")


def read_attribute(reader: Reader, limits: Limits) -> None:
    """Read past an attribute's value, a scalar or a list of numbers and nulls, or raise `Refused`."""
    tag = reader.byte()
    if tag != _LIST:
        _read_scalar(reader, tag, limits)
        return
    count = reader.uint()
    if count > min(limits.list_items, reader.left):
        raise Refused(Reason.BAD_COUNT)
    for _ in range(count):
        tag = reader.byte()
        if tag not in _NUMBERS_AND_NOTHING:
            raise Refused(Reason.BAD_VALUE)
        _read_scalar(reader, tag, limits)


def _read_scalar(reader: Reader, tag: int, limits: Limits) -> None:
    if tag == _TEXT:
        _bounded(reader.text(), limits)
    elif tag == _INTEGER:
        _bounded_number(reader.signed(), limits)
    elif tag == _FLOAT32:
        _bounded_number(unpack(">f", reader.take(4))[0], limits)
    elif tag == _FLOAT64:
        _bounded_number(unpack(">d", reader.take(8))[0], limits)
    elif tag not in (_UNDEFINED, _NULL, _FALSE, _TRUE):
        raise Refused(Reason.BAD_VALUE)


def _bounded(text: str, limits: Limits) -> None:
    if len(text) > limits.value_bytes:
        raise Refused(Reason.BAD_VALUE)


def _bounded_number(number: float, limits: Limits) -> None:
    if not abs(number) <= limits.number:  # nan is not
        raise Refused(Reason.BAD_VALUE)


def mark_name(key: str) -> str:
    """The mark a formatting key stands for: overlapping ones carry a hash, `comment--Ab3+/=xY`.

    Source: y-prosemirror, plugins/sync-plugin.js, hashedMarkNameRegex.
    """
    hashed = _HASHED.fullmatch(key)
    return hashed[1] if hashed else key


def check_mark_value(raw: bytes, limits: Limits) -> None:
    """Make sure that a mark's value is JSON the engine takes too: a scalar or a flat object of scalars."""
    if raw in _PLAIN_JSON:
        return
    if len(raw) > limits.value_bytes:
        raise Refused(Reason.BAD_VALUE)
    try:
        value = json.loads(raw.decode(), parse_constant=_not_json)
        json.dumps(value, ensure_ascii=False).encode()  # an escaped lone surrogate has no UTF-8
    except (ValueError, RecursionError):
        raise Refused(Reason.BAD_VALUE) from None
    parts = value.values() if isinstance(value, dict) else (value,)
    if not all(map(_is_scalar, parts)):
        raise Refused(Reason.BAD_VALUE)


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity, which Python would take


def _is_scalar(value: object) -> bool:
    if isinstance(value, int | float):  # true and false are ints too
        return abs(value) <= LARGEST  # infinity and 400 digits alike are larger; nan is not read at all
    return value is None or isinstance(value, str)
