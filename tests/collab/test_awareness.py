"""Presence is not believed: awareness updates by hand, and what is left of them."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab.awareness import Entry, cursor_of, decode_presence, encode_presence
from collab.lib0 import write_text
from collab.wire import NotOurProtocol

HERE = {"type": {"client": 1, "clock": 1}, "item": {"client": 7, "clock": 2}, "assoc": 0}


def test_an_entry_is_client_clock_and_state() -> None:
    assert decode_presence(b"\x01\x07\x02\x08" + b'{"a":1}'.ljust(8)) == (Entry(7, 2, '{"a":1} '),)


def test_null_says_that_a_client_is_gone() -> None:
    assert decode_presence(b"\x01\x07\x03\x04null") == (Entry(7, 3, None),)


def test_nobody_is_a_presence_too() -> None:
    assert decode_presence(b"\x00") == ()


@given(st.lists(st.builds(Entry, st.integers(0, 2**53 - 1), st.integers(0, 2**32), st.sampled_from(["{}", None]))))
def test_entries_come_back_as_they_were(entries: list[Entry]) -> None:
    assert decode_presence(encode_presence(entries), most=len(entries)) == tuple(entries)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x02\x07\x02\x02{}\x08\x02\x02{}",  # two, where one is allowed
        b"\xff\xff\xff\xff\x7f",  # as many as one likes
        b"\x01\x07\x02\x03{}",  # cut short
        b"\x01\x07\x02\x02{}\x00",  # a byte to spare
        b"\x01\x07\x02\x03\xff{}",
        *(
            b"\x01\x07\x02" + write_text(state)
            for state in (
                "",
                "{",
                "1",
                "[]",
                '"x"',
                "NaN",
                '{"a":NaN}',
                '{"a":-Infinity}',
                '{"a":"\\ud800"}',
                '{"\\udc00":1}',
                '{"a":' + "[" * 64 + "]" * 64 + "}",
                '{"a":' + "[" * 2000 + "]" * 2000 + "}",
                json.dumps({"a": "x" * 4096}),
            )
        ),
    ],
)
def test_what_is_no_presence_is_not_our_protocol(payload: bytes) -> None:
    with pytest.raises(NotOurProtocol):
        decode_presence(payload)


def test_a_state_may_hold_sixty_four_brackets() -> None:
    state = '{"a":' + "[" * 63 + "]" * 63 + "}"
    assert decode_presence(b"\x01\x07\x02" + write_text(state)) == (Entry(7, 2, state),)


@given(st.binary(max_size=60) | st.text(max_size=20).map(lambda state: b"\x01\x01\x01" + write_text(state)))
def test_any_bytes_are_a_presence_or_refused(payload: bytes) -> None:
    with suppress(NotOurProtocol):
        for entry in decode_presence(payload):
            assert entry.state is None or isinstance(json.loads(entry.state), dict)


def test_of_a_state_only_the_cursor_is_kept() -> None:
    state = {
        "user": {"name": "Madame la directrice", "color": "red;position:fixed;inset:0"},
        "cursor": {"anchor": HERE | {"evil": 1}, "head": {"tname": "prosemirror", "item": None}, "x": 2},
    }
    assert cursor_of(json.dumps(state)) == {"anchor": HERE, "head": {"tname": "prosemirror"}}


@pytest.mark.parametrize(
    "position",
    [
        None,
        7,
        {},  # names no place: Yjs would throw in everybody's browser
        {"assoc": 0},
        {"item": {"client": 1}},
        {"item": {"client": -1, "clock": 0}},
        {"item": {"client": 2**53, "clock": 0}},
        {"item": {"client": True, "clock": 0}},
        {"item": {"client": 1.0, "clock": 0}},
        {"item": "x", "tname": "prosemirror"},
        {"type": [], "tname": "prosemirror"},
        {"tname": "x" * 65},
        {"tname": 1},
        {"tname": "prosemirror", "assoc": 1},
        {"tname": "prosemirror", "assoc": False},
    ],
)
def test_a_cursor_that_names_no_place_is_dropped(position: object) -> None:
    assert cursor_of(json.dumps({"cursor": {"anchor": HERE, "head": HERE}})) is not None
    assert cursor_of(json.dumps({"cursor": {"anchor": HERE, "head": position}})) is None
    assert cursor_of(json.dumps({"cursor": {"anchor": position, "head": HERE}})) is None


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_state_has_a_cursor_or_none(state: str) -> None:
    assert cursor_of(state) is None


def test_a_state_nested_to_exhaustion_has_no_cursor() -> None:
    assert cursor_of("[" * 100_000) is None
