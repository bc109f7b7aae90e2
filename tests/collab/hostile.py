"""Malformed bytes without end, from a seed: half-honest ones by mutation, well-formed ones by grammar."""

import json
import random
from collections.abc import Callable, Mapping, Sequence

from collab.awareness import Entry, encode_presence
from collab.lib0 import write_block, write_text, write_uint
from tests.collab.updates import (
    ROOT,
    At,
    attribute,
    block,
    element,
    gc,
    item,
    mark,
    string,
    text_type,
    uints,
    update,
    words,
)

LETTERS = ("x", "yz", "😀", "é😀z", "", "a" * 130, "\u0000", "👨‍👩‍👧")
ELEMENTS = ("paragraph", "heading", "table", "tableCell", "hardBreak", "script", "")
KEYS = (None, None, None, None, "textAlign", "level", "colspan", "onclick")
MARKS = ("bold", "italic", "link", "comment--AAAAAA+/", "comment--short", "script")
VALUES = ("{}", "null", '{"href":"é"}', "NaN", '{"a":{}}', "[]", '{"href":"\\ud800"}', "1e999", "7")
ANYTHING = (
    string("v"),
    b"\x7e",
    b"\x7d\x03",
    b"\x75\x01\x7d\x05",
    b"\x75\x01\x75\x00",
    b"\x76\x00",
    b"\x7b" + bytes(8),
)
EVIL = (*map(write_uint, (0, 1, 127, 128, 2**14, 2**31 - 1, 2**31, 2**32 - 1, 2**53 - 1)), b"\xff" * 9, b"\x80\x00")
MINE = (2, 3, 2**32 - 1, 2**53 - 1)
"""Client ids the attacker writes with."""


class Hostile:
    """Makes inputs up; every draw comes from `chance`."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._honest_presence = encode_presence([Entry(7, 3, json.dumps({"cursor": {"anchor": {"tname": "x"}}}))])

    def update(self, known: Mapping[int, int], honest: Sequence[bytes]) -> bytes:
        """An update for a document of which `known` is the state vector; `honest` are edits that may come next."""
        kind = self.chance.random()
        if kind < 0.4:
            return self.mutated(self.chance.choice(honest))
        if kind < 0.5:
            return self._spliced(self.chance.choice(honest), self.chance.choice(honest))
        if kind < 0.6:
            return self.noise(b"\x01" + write_uint(self.chance.randrange(4)))
        made = self._well_formed(known)
        return self.mutated(made) if kind < 0.7 else made

    def state_vector(self, known: Mapping[int, int]) -> bytes:
        """A state vector, mostly of clients that exist."""
        if self.chance.random() < 0.3:
            return self.noise()
        pairs = [(client, clock + self.chance.randrange(-1, 2)) for client, clock in known.items()]
        honest = uints(len(pairs), *(max(number, 0) for pair in pairs for number in pair))
        return self.mutated(honest)

    def presence(self) -> bytes:
        """An awareness update of one client or of many."""
        if self.chance.random() < 0.2:
            many = [Entry(client, 1, "{}") for client in range(self.chance.randrange(2, 9))]
            return encode_presence(many)
        return self.noise() if self.chance.random() < 0.2 else self.mutated(self._honest_presence)

    def frame(self, known: Mapping[int, int], honest: Sequence[bytes]) -> bytes:
        """A message, its payload honest or not."""
        kinds: Sequence[Callable[[], bytes]] = (
            lambda: b"\x00\x00" + write_block(self.state_vector(known)),
            lambda: b"\x00" + self._one_of(b"\x01", b"\x02") + write_block(self.update(known, honest)),
            lambda: b"\x01" + write_block(self.presence()),
            lambda: b"\x02\x00" + write_text("token") + write_text("4.8.0"),
            lambda: b"\x05" + write_text("é!"),
            lambda: self._one_of(b"\x03", b"\x07", b"\x0a", b"\x63"),
        )
        name = self._one_of(write_text("section:s-1"), write_text("s\n1"), write_text("s" * 129), b"\x00")
        whole = (write_text("section:s-1") if self.chance.random() < 0.8 else name) + self.chance.choice(kinds)()
        return self.mutated(whole) if self.chance.random() < 0.6 else whole

    def mutated(self, honest: bytes) -> bytes:
        """`honest` with some bytes changed, left out, repeated or put in, or cut short; sometimes as it is."""
        raw, chance = bytearray(honest), self.chance
        for _ in range(chance.choice((0, 1, 1, 1, 2, 5))):
            at = chance.randrange(len(raw) or 1)
            noise = chance.choice(EVIL) if chance.random() < 0.3 else chance.randbytes(chance.randrange(4))
            raw[at : at + chance.randrange(4)] = noise
        return bytes(raw[: chance.randrange(len(raw) + 1)] if chance.random() < 0.1 else raw)

    def noise(self, head: bytes = b"") -> bytes:
        """Random bytes, here and there a number made to hurt."""
        parts = (
            self.chance.choice(EVIL) if self.chance.random() < 0.2 else self.chance.randbytes(5)
            for _ in range(self.chance.randrange(12))
        )
        return head + b"".join(parts)

    def _spliced(self, one: bytes, other: bytes) -> bytes:
        return one[: self.chance.randrange(len(one))] + other[self.chance.randrange(len(other)) :]

    def _one_of(self, *choices: bytes) -> bytes:
        return self.chance.choice(choices)

    def _well_formed(self, known: Mapping[int, int]) -> bytes:
        """Structs that can be read, placed anywhere; mostly with the clock that comes next."""
        chance = self.chance
        clients = [*known, *MINE]
        blocks = []
        for client in chance.sample(MINE, chance.randrange(1, 3)) if chance.random() < 0.9 else chance.choices(clients):
            clock = max(known.get(client, 0) + chance.choice((0, 0, 0, 0, 0, 0, -1, 1)), 0)
            structs = []
            for number in range(chance.randrange(1, 4)):
                structs.append(self._struct(clients, known, (client, clock + number)))
            blocks.append(block(client, clock, *structs))
        deleted = (
            {chance.choice(clients): [(chance.randrange(60), chance.randrange(1, 4))]} if chance.random() < 0.4 else {}
        )
        return update(*blocks[: 0 if deleted and chance.random() < 0.5 else None], deleted=deleted)

    def _struct(self, clients: Sequence[int], known: Mapping[int, int], me: At) -> bytes:
        chance = self.chance

        def an_id() -> At:
            if chance.random() < 0.3:
                return me[0], max(me[1] - 1, 0)
            client = chance.choice(clients)
            return client, chance.randrange(known.get(client, 0) + 1)

        left, right = (an_id() if chance.random() < 0.4 else None for _ in range(2))
        parent: At | str = an_id() if chance.random() < 0.7 else ROOT if chance.random() < 0.95 else "elsewhere"
        key = chance.choice(KEYS)
        kinds: Sequence[Callable[[], bytes]] = (
            lambda: words(chance.choice(LETTERS), left=left, right=right, parent=parent),
            lambda: words(chance.choice(LETTERS), left=left, right=right, parent=parent),
            lambda: words(chance.choice(LETTERS), left=left, right=right, parent=parent),
            lambda: words(chance.choice(LETTERS), left=left, right=right, parent=parent, key=key),
            lambda: text_type(left=left, right=right, parent=parent),
            lambda: element(chance.choice(ELEMENTS), left=left, right=right, parent=parent),
            lambda: mark(chance.choice(MARKS), chance.choice(VALUES), left=left, parent=parent),
            lambda: attribute(key or "id", chance.choice(ANYTHING), left=left, right=right, parent=an_id()),
            lambda: item(chance.randrange(32), chance.randbytes(3), left=left, right=right, parent=parent, key=key),
            lambda: gc(chance.randrange(4)),
        )
        return chance.choice(kinds)()
