"""Frames by hand, from Hocuspocus' sources and y-protocols' PROTOCOL.md, against what wire makes of them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab import wire
from collab.lib0 import LARGEST, Flaw, Reader, Unreadable, write_text, write_uint

NAME = b"\x03s-1"


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (NAME + b"\x02\x00\x06cookie\x054.8.0", wire.Hello("s-1")),
        (NAME + b"\x02\x00\x00", wire.Hello("s-1")),
        (NAME + b"\x00\x00\x01\x00", wire.SyncStep1("s-1", b"\x00")),
        (NAME + b"\x00\x01\x02\x00\x00", wire.SyncStep2("s-1", b"\x00\x00")),
        (NAME + b"\x00\x02\x02\x00\x00", wire.Update("s-1", b"\x00\x00")),
        (NAME + b"\x01\x01\x00", wire.Presence("s-1", b"\x00")),
        (NAME + b"\x03", wire.AskPresence("s-1")),
        (NAME + b"\x05\x03\xc3\xa9!", wire.Stateless("s-1", "é!")),
        (NAME + b"\x07", wire.Leave("s-1")),
        (b"\x0a", wire.Pong()),
    ],
)
def test_what_a_client_sends_is_read(frame: bytes, message: wire.Message) -> None:
    assert wire.decode(frame) == message


@pytest.mark.parametrize(
    ("written", "frame"),
    [
        (wire.authenticated("s-1", writable=True), NAME + b"\x02\x02\x0aread-write"),
        (wire.authenticated("s-1", writable=False), NAME + b"\x02\x02\x08readonly"),
        (wire.permission_denied("s-1", "non"), NAME + b"\x02\x01\x03non"),
        (wire.sync_step1("s-1", b"\x00"), NAME + b"\x00\x00\x01\x00"),
        (wire.sync_step2("s-1", b"\x00\x00"), NAME + b"\x00\x01\x02\x00\x00"),
        (wire.update("s-1", b"\x00\x00"), NAME + b"\x00\x02\x02\x00\x00"),
        (wire.saved("s-1", kept=True), NAME + b"\x08\x01"),
        (wire.saved("s-1", kept=False), NAME + b"\x08\x00"),
        (wire.presence("s-1", b"\x00"), NAME + b"\x01\x01\x00"),
        (wire.stateless("s-1", "é"), NAME + b"\x05\x02\xc3\xa9"),
        (wire.close("s-1", "gelé"), NAME + b"\x07\x05gel\xc3\xa9"),
        (wire.PING, b"\x09"),
    ],
)
def test_what_the_server_sends_is_written(written: bytes, frame: bytes) -> None:
    assert written == frame


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x09",  # a ping: only the server asks
        b"\x0a\x0a",  # two pongs
        NAME,  # says nothing
        NAME + b"\x04",  # sync reply, server to server
        NAME + b"\x06\x01x",  # broadcast: the server's to decide
        NAME + b"\x08\x01",  # sync status, from the server
        NAME + b"\x0b",
        NAME + b"\x00\x03\x00",  # no such sync step
        NAME + b"\x00\x02\x05\x00",  # an update cut short
        NAME + b"\x00\x02\x01\x00\x00",  # and one with a byte to spare
        NAME + b"\x02\x01\x03non",  # a client denies permission
        NAME + b"\x02\x02\x0aread-write",  # or grants it to itself
        NAME + b"\x02\x00\x00\x00\x00",  # token, version, and then?
        NAME + b"\x05\x01\xff",  # not UTF-8
        NAME + b"\x05\x03\xed\xa0\x80",  # a lone surrogate
        NAME + b"\x07\x00",  # leaving takes no reason
        b"\x00\x03",  # no name
        b"\x03s\x001\x03",  # a NUL in the name, as session-aware providers write it
        b"\x03s\n1\x03",
        write_text("s" * 129) + b"\x03",
    ],
)
def test_anything_else_is_not_our_protocol(frame: bytes) -> None:
    with pytest.raises(wire.NotOurProtocol):
        wire.decode(frame)


def test_a_name_may_be_128_characters_long() -> None:
    name = "é" * 128
    assert wire.decode(write_text(name) + b"\x03") == wire.AskPresence(name)


@given(st.binary(max_size=60) | st.binary(max_size=40).map(lambda tail: NAME + tail))
def test_any_bytes_are_read_or_refused(frame: bytes) -> None:
    with suppress(wire.NotOurProtocol):
        wire.decode(frame)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=128), st.binary(), st.text())
def test_what_goes_both_ways_comes_back_as_it_was(name: str, block: bytes, text: str) -> None:
    assert wire.decode(wire.update(name, block)) == wire.Update(name, block)
    assert wire.decode(wire.sync_step1(name, block)) == wire.SyncStep1(name, block)
    assert wire.decode(wire.sync_step2(name, block)) == wire.SyncStep2(name, block)
    assert wire.decode(wire.presence(name, block)) == wire.Presence(name, block)
    assert wire.decode(wire.stateless(name, text)) == wire.Stateless(name, text)


class _Counting(bytes):
    """Bytes that count how many of them are looked at one by one."""

    looks = 0

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # two overloads, of no interest here
        self.looks += 1
        return super().__getitem__(at)


def test_a_mebibyte_of_ones_is_given_up_after_eight_bytes() -> None:
    flood = _Counting(b"\xff" * (1 << 20))
    with pytest.raises(Unreadable) as refusal:
        Reader(flood).uint()
    assert (refusal.value.flaw, flood.looks) == (Flaw.BAD_VARINT, 8)
    frame = _Counting(flood)
    with pytest.raises(wire.NotOurProtocol):
        wire.decode(frame)
    assert frame.looks == 8


@given(st.integers(0, LARGEST))
def test_a_number_is_read_as_it_was_written(value: int) -> None:
    reader = Reader(write_uint(value))
    assert reader.uint() == value
    reader.end()


@pytest.mark.parametrize("raw", [write_uint(LARGEST + 1), b"\x80" * 8 + b"\x00", b"\xff" * 8])
def test_a_number_javascript_could_not_hold_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="bad-varint"):
        Reader(raw).uint()


@pytest.mark.parametrize(
    ("raw", "value"), [(b"\x00", 0), (b"\x3f", 63), (b"\x41", -1), (b"\x80\x01", 64), (b"\xc1\x01", -65)]
)
def test_a_signed_number_is_read(raw: bytes, value: int) -> None:
    assert Reader(raw).signed() == value
