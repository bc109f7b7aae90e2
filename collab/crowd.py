"""How many connections may there be, and how fast may each one and each person send?"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from collab.counting import Counting
from collab.pace import Pace, Rates
from collab.peer import HangUp, Peer

ONE_PAGE = Rates(messages=200, bytes=512 * 1024)  # a person types ten a second, and moves a cursor as often
REMEMBERED = 1000  # people, before those who are gone and have rested are forgotten


@dataclass(frozen=True)
class Bounds:
    """How much is too much of connections; beyond what honest people reach, see docs/reference/wire.md."""

    connections: int = 4000
    connections_each: int = 100
    """Of one person: their tabs, and some that their network has not ended yet."""
    connections_address: int = 1000
    """Of one network address: a whole administration may be behind one."""
    rates: Rates = ONE_PAGE
    person_times: int = 4
    """How many times the rates of one connection a person has over all of theirs."""
    patience_s: float = 30.0
    """How long a connection that sends too fast is slowed down before it is ended."""


@dataclass(eq=False)
class _Person:
    pace: Pace
    peers: set[Peer] = field(default_factory=set)


class Turnstile:
    """What one connection passes with every message."""

    def __init__(self, peer: Peer, own: Pace, person: Pace, patience_s: float, counting: Counting) -> None:
        self._peer = peer
        self._own = own
        self._person = person
        self._patience_s = patience_s
        self._counting = counting
        self._held_s = 0.0

    def take(self, size: int) -> float:
        """Count a message of `size` bytes: the seconds that it must be held, mostly 0."""
        now = time.monotonic()
        wait_s = max(self._own.take(size, now), self._person.take(size, now))
        if self._held_s and not wait_s and self._own.is_rested(now) and self._person.is_rested(now):
            self._held_s = 0.0
        return wait_s

    async def hold(self, wait_s: float) -> bool:
        """Let a message wait, and the network of its sender with it; False: they had no end, and are hung up on."""
        self._held_s += wait_s
        if self._held_s > self._patience_s:
            self._counting.refused["too-fast"] += 1
            self._peer.hang_up(HangUp.TOO_FAST)
            return False
        await asyncio.sleep(wait_s)
        return self._peer.hung_up is None


class Crowd:
    """Every connection of this process, by person."""

    def __init__(self, bounds: Bounds, counting: Counting) -> None:
        self._bounds = bounds
        self._counting = counting
        self._people: dict[int | None, _Person] = {}
        self._addresses: Counter[str | None] = Counter()
        self._size = 0

    @contextmanager
    def place(self, peer: Peer, address: str | None = None) -> Iterator[Turnstile | None]:
        """A place for a connection as long as the block lasts; None, and hung up on, when there are too many.

        `address` is where it comes from on the network, when that is known.
        """
        bounds, who = self._bounds, peer.author.person
        now = time.monotonic()
        person = self._people.get(who) or self._newcomer(now)
        if self._is_full(person, address):
            self._counting.refused["too-many-connections"] += 1
            peer.hang_up(HangUp.TOO_MANY)
            yield None
            return
        self._people[who] = person
        person.peers.add(peer)
        self._size += 1
        self._addresses[address] += 1
        try:
            yield Turnstile(peer, Pace(bounds.rates, now), person.pace, bounds.patience_s, self._counting)
        finally:
            self._size -= 1
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]
            person.peers.discard(peer)

    def _is_full(self, person: _Person, address: str | None) -> bool:
        bounds = self._bounds
        return (
            self._size >= bounds.connections
            or len(person.peers) >= bounds.connections_each
            or (address is not None and self._addresses[address] >= bounds.connections_address)
        )

    def _newcomer(self, now: float) -> _Person:
        """Somebody not known; people who left keep their pace until they have rested, so coming back gains nothing."""
        if len(self._people) >= REMEMBERED:
            gone = [who for who, one in self._people.items() if not one.peers and one.pace.is_rested(now)]
            for who in gone:
                del self._people[who]
        return _Person(Pace(self._bounds.rates.times(self._bounds.person_times), now))
