"""Is anybody still there? A connection that answers no ping, or has nothing open, holds a place for nothing."""

import time

PING_S = 10  # @hocuspocus/provider reconnects after 30 s without a message


class Silence:
    """How long a connection has said nothing while it was listened to, and has had no document open."""

    def __init__(self, longest_s: float, unopened_s: float) -> None:
        self._longest_s = longest_s
        self._unopened_s = unopened_s
        self._listens_since: float | None = None
        self._unopened_since: float | None = time.monotonic()

    @property
    def ping_every_s(self) -> float:
        """How often to ask: more than twice in the longest silence."""
        return min(PING_S, self._longest_s / 3)

    def listens(self) -> None:
        """It may speak now; while it is made to wait its silence is not its own."""
        self._listens_since = time.monotonic()

    def heard(self) -> None:
        """It has spoken."""
        self._listens_since = None

    def is_over_long(self, *, has_open: bool) -> bool:
        """Whether to hang up; asked at every ping."""
        now = time.monotonic()
        self._unopened_since = None if has_open else self._unopened_since or now
        unopened_s = now - (self._unopened_since or now)
        silent_s = now - (self._listens_since or now)
        return silent_s >= self._longest_s or unopened_s >= self._unopened_s
