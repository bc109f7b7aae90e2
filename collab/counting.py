"""How much was done, how fast, and what was refused? Plain numbers: no name, no document, no word of a text."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Final, Protocol

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper ends of the buckets of a duration: from a commit on a good disk to one that fails its users."""


class Connection(Protocol):
    """What is counted of a connection."""

    @property
    def via(self) -> str:
        """What carries it."""

    @property
    def hung_up(self) -> IntEnum | None:
        """The code it was closed with, if we closed it."""

    @property
    def waiting(self) -> int:
        """Bytes in its queue."""


class Histogram:
    """How many durations fell under each bound of `SECONDS`, the rest last; and their sum."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(SECONDS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Count one duration; one just on a bound falls under it."""
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.total += seconds

    def since(self, started: float) -> None:
        """Count the time since `started`, a moment of `time.monotonic`."""
        self.observe(time.monotonic() - started)


class Counting:
    """What one process has done since it started. Written from its one thread: nothing here waits or locks."""

    def __init__(self) -> None:
        self.updates = 0  # taken, applied and committed
        self.resyncs = 0  # a document sent again whole to a client that missed something
        self.divergences = 0  # a client found to show another text than the server
        self.commit = Histogram()  # of a turn's transaction
        self.relay = Histogram()  # of an edit, from its place in line to the others' queues
        self.refused: Counter[str] = Counter()  # by reason: edits, frames, people at a bound
        self.hung_up: Counter[IntEnum] = Counter()  # by close code
        self.gauges: dict[str, Callable[[], float]] = {}  # what is asked for when the numbers are read
        self.connections: set[Connection] = set()

    def relayed(self, edits: Iterable[float]) -> None:
        """Everyone was told of edits that came in at these moments of `time.monotonic`."""
        now = time.monotonic()
        for came in edits:
            self.relay.observe(now - came)

    def arrived(self, connection: Connection) -> None:
        """A connection is open."""
        self.connections.add(connection)

    def left(self, connection: Connection) -> None:
        """A connection is gone, of itself or hung up on; a second time counts for nothing."""
        if connection in self.connections:
            self.connections.remove(connection)
            if connection.hung_up is not None:
                self.hung_up[connection.hung_up] += 1
