"""Every way to kill the engine that has been found, by name: none of them reaches it."""

import json
from collections.abc import Callable

import pytest

from collab import wire
from collab.awareness import Entry, decode_presence, encode_presence
from collab.guard import Guard, Reason, Refused, decode_state_vector
from collab.lib0 import write_block, write_text
from tests.collab.updates import (
    GRAMMAR,
    PARAGRAPH,
    attribute,
    block,
    element,
    item,
    mark,
    string,
    text_type,
    uints,
    update,
    words,
)

OBJECTS, LISTS = b"\x76\x01\x01a", b"\x75\x01"


def any_value(value: bytes) -> bytes:
    return update(block(2, 0, attribute("textAlign", value)))


def deep(levels: int) -> bytes:
    inner = (element("paragraph", parent=(2, level)) for level in range(levels - 1))
    return update(block(2, 0, element("paragraph"), *inner))


def cut_pair(side: str) -> bytes:
    """A word between the two halves of PARAGRAPH's emoji, clocks 4 and 5."""
    places = {"behind the first": {"left": (1, 4)}, "before the second": {"right": (1, 5)}}
    return update(block(2, 0, words("x", **places[side])))  # type: ignore[arg-type]  # one of the two


KILLERS = {
    "7 bytes that took 512 MB: structs of one client, claimed": (Reason.BAD_COUNT, uints(1, 2**25, 1, 0)),
    "a claimed number of clients": (Reason.BAD_COUNT, uints(2**31) + bytes(2)),
    "a claimed number of deletions": (Reason.BAD_COUNT, uints(0, 1, 1, 2**31)),
    "67 bytes that took 2.1 GB: nested objects, each with a claimed count": (
        Reason.BAD_VALUE,
        any_value((b"\x76" + uints(2**25) + b"\x01a") * 8 + b"\x7e"),
    ),
    "123 bytes that took 4.1 GB: nested lists, each with a claimed count": (
        Reason.BAD_COUNT,
        any_value((b"\x75" + uints(2**25)) * 16 + b"\x7e"),
    ),
    "a claimed number of values": (
        Reason.BAD_COUNT,
        update(block(2, 0, item(8, uints(2**31), parent=(1, 0), key="textAlign"))),
    ),
    "53 kB that overflowed the stack: lists in lists": (Reason.BAD_VALUE, any_value(LISTS * 26_000 + b"\x7e")),
    "the same of objects in objects": (Reason.BAD_VALUE, any_value(OBJECTS * 26_000 + b"\x7e" * 2)),
    "a mark whose JSON is nested as deep": (
        Reason.BAD_VALUE,
        update(block(2, 0, mark("link", "[" * 26_000 + "]" * 26_000, left=(1, 7)))),
    ),
    "elements nested 20 000 deep, which overflowed the stack when read": (Reason.TOO_MANY, deep(20_000)),
    "elements nested as deep as one update may": (Reason.TOO_DEEP, deep(2**14)),
    "half a surrogate pair, behind the first half": (Reason.SPLIT_PAIR, cut_pair("behind the first")),
    "half a surrogate pair, before the second half": (Reason.SPLIT_PAIR, cut_pair("before the second")),
    "half a surrogate pair, deleted": (Reason.SPLIT_PAIR, update(deleted={1: [(5, 1)]})),
    "half a surrogate pair, in UTF-8": (
        Reason.NOT_UTF8,
        update(block(2, 0, item(4, b"\x03\xed\xa0\xbd", left=(1, 7)))),
    ),
    "200 kB of a number that never ends, quadratic in pycrdt's own reader": (Reason.BAD_VARINT, b"\xff" * 200_000),
    "8 000 items that all want one place, 9 s": (
        Reason.TOO_CROWDED,
        update(
            block(3, 0, *(words("b", right=(2, at)) for at in range(4000))),
            block(2, 0, words("a", parent=(1, 1)), *(words("a", left=(2, at)) for at in range(3999))),
        ),
    ),
    "9 bytes that panic the engine, whose document must not be read after that: an empty string": (
        Reason.BAD_RANGE,
        bytes.fromhex("010101084401070000"),
    ),
    "13 bytes that make the engine divide by zero: garbage of no length": (
        Reason.BAD_RANGE,
        bytes.fromhex("0102ffffffff0f000001000000"),
    ),
    "an attribute without a value": (
        Reason.BAD_RANGE,
        update(block(2, 0, item(8, b"\x00", parent=(1, 0), key="textAlign"))),
    ),
    "a move, which only yrs has": (Reason.UNKNOWN_STRUCT, update(block(2, 0, item(11, bytes(6), left=(1, 7))))),
    "a hook, which cannot be read": (Reason.UNKNOWN_TYPE, update(block(2, 0, item(7, b"\x05\x01x")))),
    "version 2 of the format, taken as silence": (Reason.TRAILING_BYTES, bytes(13)),
    "a string as a parent": (Reason.NOT_A_PARENT, update(block(2, 0, text_type(parent=(1, 3))))),
    "a value of 1 MB": (Reason.BAD_VALUE, any_value(string("x" * 1_000_000))),
}


@pytest.mark.parametrize(("reason", "killer"), KILLERS.values(), ids=list(KILLERS))
def test_the_engine_never_sees_it(reason: Reason, killer: bytes) -> None:
    guard = Guard(GRAMMAR)
    guard.accept(guard.check(PARAGRAPH, "anne"))
    with pytest.raises(Refused) as refusal:
        guard.check(killer, "mallory")
    assert refusal.value.reason is reason
    assert guard.knows() == {1: 8}


def test_a_state_vector_of_6_bytes_takes_no_gigabyte() -> None:
    with pytest.raises(Refused) as refusal:
        decode_state_vector(uints(2**31) + b"\x01")
    assert refusal.value.reason is Reason.BAD_COUNT


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(
            lambda: encode_presence(Entry(client, 1, "{}") for client in range(100_001)), id="100 001 clients"
        ),
        pytest.param(lambda: uints(2**53 - 1), id="a claimed number of clients"),
        pytest.param(lambda: b"\xff" * 200_000, id="a number that never ends"),
        pytest.param(lambda: encode_presence([Entry(1, 1, json.dumps({"a": "x" * 100_000}))]), id="100 kB of state"),
        pytest.param(
            lambda: encode_presence([Entry(1, 1, '{"a":' + "[" * 90_000 + "]" * 90_000 + "}")]), id="a deep state"
        ),
    ],
)
def test_presence_is_of_one_person_and_small(says: Callable[[], bytes]) -> None:
    with pytest.raises(wire.NotOurProtocol):
        decode_presence(says())


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(b"\xff" * 200_000, id="a name whose length never ends"),
        pytest.param(
            write_text("section:s-1") + b"\x00\x02" + b"\xff" * 200_000, id="an update whose length never ends"
        ),
        pytest.param(write_text("section:s-1") + b"\x00\x02" + uints(2**53 - 1), id="an update of a claimed length"),
        pytest.param(write_text("x" * 1_000_000) + b"\x03", id="a name of 1 MB"),
        pytest.param(write_text("section:s-1") + b"\x00\x02" + write_block(b"") * 9, id="nine updates in one frame"),
    ],
)
def test_a_frame_says_one_thing_or_nothing(frame: bytes) -> None:
    with pytest.raises(wire.NotOurProtocol):
        wire.decode(frame)
