"""How are numbers, bytes and text written in a frame? lib0's encoding, read with bounds.

Every read is checked against the bytes that are left and takes constant time or time linear in what it
returns, so that hostile bytes cost no more than honest ones. Source of the format: lib0, encoding.js and
decoding.js (varUint: seven bits a byte, low bits first; varString and varUint8Array: a varUint of bytes,
then the bytes).
"""

from enum import StrEnum
from typing import Final

LARGEST: Final = 2**53 - 1
"""The largest whole number JavaScript keeps exactly; lib0 refuses more."""

_LAST_SHIFT: Final = 49
"""The eighth byte of a varUint holds bits 49 to 55; 2**53 - 1 never needs a ninth."""


class Flaw(StrEnum):
    """Why bytes cannot be read; values are stable, they appear in refusals."""

    CUT_SHORT = "cut-short"
    BAD_VARINT = "bad-varint"
    NOT_UTF8 = "not-utf8"
    TRAILING_BYTES = "trailing-bytes"


class Unreadable(ValueError):
    """The bytes are not lib0's encoding of what was asked for."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


class Reader:
    """Reads `buffer` from the front; every method raises `Unreadable` and never reads past the end."""

    __slots__ = ("_at", "_buffer", "_size")

    def __init__(self, buffer: bytes) -> None:
        self._buffer = buffer
        self._size = len(buffer)
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes have not been read."""
        return self._size - self._at

    def byte(self) -> int:
        """One byte, 0 to 255."""
        if self._at >= self._size:
            raise Unreadable(Flaw.CUT_SHORT)
        value = self._buffer[self._at]
        self._at += 1
        return value

    def uint(self) -> int:
        """A varUint, at most `LARGEST` and at most eight bytes long."""
        at = self._at  # `byte` again, because most of an update is read here
        if at >= self._size:
            raise Unreadable(Flaw.CUT_SHORT)
        value = self._buffer[at]
        self._at = at + 1
        return value if value < 0x80 else self._longer(value & 0x7F)

    def _longer(self, value: int, shift: int = 7) -> int:
        buffer, at, size = self._buffer, self._at, self._size
        while at < size:
            byte = buffer[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value > LARGEST:
                    break
                self._at = at
                return value
            shift += 7
            if shift > _LAST_SHIFT:
                break
        else:
            raise Unreadable(Flaw.CUT_SHORT)
        raise Unreadable(Flaw.BAD_VARINT)

    def signed(self) -> int:
        """A varInt: in the first byte, 0x80 says more follows, 0x40 minus, six bits (lib0, readVarInt)."""
        first = self.byte()
        value = first & 0x3F
        if first & 0x80:
            value = self._longer(value, 6)
        return -value if first & 0x40 else value

    def skip(self, expected: bytes) -> bool:
        """Read past `expected` if it comes next; says whether it did."""
        if not self._buffer.startswith(expected, self._at):
            return False
        self._at += len(expected)
        return True

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        at = self._at
        end = at + size
        if end > self._size:
            raise Unreadable(Flaw.CUT_SHORT)
        self._at = end
        return self._buffer[at:end]

    def block(self) -> bytes:
        """A varUint8Array."""
        return self.take(self.uint())

    def text(self) -> str:
        """A varString: UTF-8, without lone surrogates."""
        try:
            return self.take(self.uint()).decode()
        except UnicodeDecodeError:
            raise Unreadable(Flaw.NOT_UTF8) from None

    def end(self) -> None:
        """Make sure that everything has been read."""
        if self._at != self._size:
            raise Unreadable(Flaw.TRAILING_BYTES)


def write_uint(value: int) -> bytes:
    """`value`, which is not negative, as a varUint."""
    if value < 0x80:
        return bytes((value,))
    written = bytearray()
    while value > 0x7F:
        written.append(0x80 | value & 0x7F)
        value >>= 7
    written.append(value)
    return bytes(written)


def write_block(block: bytes) -> bytes:
    """`block` as a varUint8Array."""
    return write_uint(len(block)) + block


def write_text(text: str) -> bytes:
    """`text` as a varString; its length counts bytes, not characters."""
    return write_block(text.encode())
