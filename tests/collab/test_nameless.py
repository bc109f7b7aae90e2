"""y-websocket's frames and ours: what is said to such a client, and what is believed of it."""

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collab import wire
from collab.awareness import Entry, decode_presence, encode_presence
from collab.counting import Counting
from collab.lib0 import write_block
from collab.log import Author
from collab.nameless import Nameless
from collab.peer import HangUp, Peer, Queue

pytestmark = pytest.mark.anyio
NAME = "section:one"


class Ended(Queue):
    """A way out that remembers how it ended."""

    via = "websocket"
    code = 0

    def end(self, code: int) -> None:
        self.code = self.code or code

    async def receive(self) -> bytes | None:
        return b"\x03"


def nameless() -> tuple[Nameless, Ended]:
    way = Ended()
    return Nameless(way, NAME), way


def a_peer(carrier: Nameless) -> Peer:
    return Peer(Author(1), carrier, queue_bytes=1024)


def shown(*entries: Entry) -> bytes:
    """An awareness message of a y-websocket client."""
    return b"\x01" + write_block(encode_presence(entries))


def numbers(message: wire.Message) -> list[int]:
    assert isinstance(message, wire.Presence)
    return [one.client for one in decode_presence(message.payload)]


async def test_it_says_hello_for_its_client_then_brings_what_that_says() -> None:
    carrier, _ = nameless()
    first, second = await carrier.receive(), await carrier.receive()
    assert first is not None
    assert second is not None
    assert (carrier.decode(first), carrier.decode(second)) == (wire.Hello(NAME), wire.AskPresence(NAME))


def test_of_the_cursors_that_it_repeats_one_is_its_own() -> None:
    carrier, _ = nameless()
    anne, yann = Entry(1, 1, "{}"), Entry(2, 5, '{"cursor": null}')
    carrier.put((wire.presence(NAME, encode_presence([yann])),))
    assert numbers(carrier.decode(shown(yann))) == []  # it knows of him from us
    assert numbers(carrier.decode(shown(yann, anne))) == [1]
    assert numbers(carrier.decode(shown(yann))) == []
    crowd = [Entry(number, 1, "{}") for number in range(3, 900)]
    assert numbers(carrier.decode(shown(*crowd, Entry(1, 2, None)))) == [1]
    with pytest.raises(wire.NotOurProtocol):
        carrier.decode(shown(*[yann] * 1025))


def test_what_it_cannot_be_told_is_left_out_and_a_ping_is_a_question() -> None:
    carrier, way = nameless()
    for frame in (
        wire.PING,
        wire.authenticated(NAME, writable=True),
        wire.sync_step2(NAME, b"\0\0"),
        wire.saved(NAME, kept=True),
        wire.stateless(NAME, "{}"),
        wire.update(NAME, b"\0\0"),
        wire.authenticated(NAME, writable=True),
    ):
        carrier.put((frame,))
    assert (way.take(), way.code) == ([b"\x03", b"\0\x01\x02\0\0", b"\0\x02\x02\0\0"], 0)


@pytest.mark.parametrize(
    ("frame", "why", "code"),
    [
        (wire.close(NAME, "refused:gap"), HangUp.REFUSED, HangUp.REFUSED),
        (wire.close(NAME, "differs"), HangUp.REFUSED, HangUp.REFUSED),
        (wire.close(NAME, "not-found"), HangUp.NOT_ALLOWED, HangUp.NOT_ALLOWED),
        (wire.permission_denied(NAME, "not-found"), HangUp.NOT_ALLOWED, HangUp.NOT_ALLOWED),
        (wire.permission_denied(NAME, "too-many"), HangUp.TOO_MANY, 1013),
        (wire.authenticated(NAME, writable=False), None, 0),
    ],
)
def test_what_is_over_ends_the_connection_and_is_counted(frame: bytes, why: HangUp | None, code: int) -> None:
    carrier, way = nameless()
    counting, peer = Counting(), a_peer(carrier)
    counting.arrived(peer)
    peer.tell_all((frame, wire.update(NAME, b"\0\0")))
    counting.left(peer)
    assert (peer.hung_up, way.code, counting.hung_up) == (why, code, Counter([why] if why else []))
    assert way.take()[1:] == [], "nothing is said after the end"


def test_who_learns_before_the_text_that_it_may_only_read_stays() -> None:
    carrier, way = nameless()
    for writable in (True, False):
        carrier.put((wire.authenticated(NAME, writable=writable),))
    carrier.put((wire.sync_step2(NAME, b"\0\0"),))
    assert way.code == 0
    peer = a_peer(carrier)
    for writable in (True, False):
        peer.tell(wire.authenticated(NAME, writable=writable))
    assert way.code == HangUp.NOT_ALLOWED


@pytest.mark.parametrize("code", list(HangUp))
def test_it_comes_back_when_that_is_of_use(code: HangUp) -> None:
    """y-websocket takes 4400 to 4499 for final."""
    carrier, way = nameless()
    carrier.end(code)
    is_final = code in (HangUp.NOT_OUR_PROTOCOL, HangUp.SESSION_OVER, HangUp.NOT_ALLOWED, HangUp.REFUSED)
    assert (4400 <= way.code < 4500) is is_final


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda rest: b"\x01" + write_block(rest)))
def test_any_bytes_are_read_or_refused(frame: bytes) -> None:
    carrier, _ = nameless()
    with suppress(wire.NotOurProtocol):
        carrier.decode(frame)
