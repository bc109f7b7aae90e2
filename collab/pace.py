"""How fast may one send? A budget that refills by itself: generous bursts, then no faster than it refills."""

import time
from collections.abc import Hashable
from dataclasses import dataclass

BURST_S = 20.0
"""How many seconds of its rate a budget holds: a paste, or a whole contract opened again, passes without waiting."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a budget refills by, each second."""

    messages: float
    bytes: float

    def times(self, factor: float) -> "Rates":
        """Rates so many times as high."""
        return Rates(self.messages * factor, self.bytes * factor)


class Pace:
    """The budget of messages and bytes of one connection, or of one person over all of theirs."""

    __slots__ = ("_at", "_bytes", "_messages", "_most_bytes", "_most_messages", "_rates")

    def __init__(self, rates: Rates, now: float) -> None:
        self._rates = rates
        self._messages = self._most_messages = rates.messages * BURST_S
        self._bytes = self._most_bytes = rates.bytes * BURST_S
        self._at = now

    def take(self, size: int, now: float) -> float:
        """Take a message of `size` bytes: the seconds to wait before the next one, 0 while the budget lasts."""
        rates, elapsed = self._rates, now - self._at
        self._at = now
        self._messages = min(self._most_messages, self._messages + elapsed * rates.messages) - 1
        self._bytes = min(self._most_bytes, self._bytes + elapsed * rates.bytes) - size
        if self._messages >= 0 and self._bytes >= 0:
            return 0.0
        return max(-self._messages / rates.messages, -self._bytes / rates.bytes)

    def is_rested(self, now: float) -> bool:
        """Whether half a burst may be sent at once again."""
        rates, elapsed = self._rates, now - self._at
        messages, size = self._messages + elapsed * rates.messages, self._bytes + elapsed * rates.bytes
        return 2 * messages >= self._most_messages and 2 * size >= self._most_bytes


class Attempts:
    """How often each of many callers may try something: so many at once, then one each time it refills.

    What is kept of a caller is forgotten once it is as if it had never come.
    """

    def __init__(self, per_minute: int, *, forget_above: int = 10_000) -> None:
        self._burst = float(per_minute)
        self._rate = per_minute / 60
        self._forget_above = forget_above
        self._spent: dict[Hashable, tuple[float, float]] = {}  # caller → what it had left, and when

    def __len__(self) -> int:
        return len(self._spent)

    def wait_s(self, caller: Hashable, now: float | None = None) -> float:
        """Count an attempt: 0 when it may go on, else the seconds until the next may; one refused costs nothing."""
        now = time.monotonic() if now is None else now
        left = self._left(caller, now)
        if left < 1:
            return (1 - left) / self._rate
        if len(self._spent) >= self._forget_above:
            self._forget(now)
        self._spent[caller] = (left - 1, now)
        return 0.0

    def _left(self, caller: Hashable, now: float) -> float:
        left, at = self._spent.get(caller, (self._burst, now))
        return min(self._burst, left + (now - at) * self._rate)

    def _forget(self, now: float) -> None:
        """Drop callers that have rested; if they are too many even so, the one seen longest ago."""
        self._spent = {one: kept for one, kept in self._spent.items() if self._left(one, now) < self._burst}
        while len(self._spent) >= self._forget_above:
            self._spent.pop(next(iter(self._spent)))
