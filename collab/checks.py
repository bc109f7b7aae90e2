"""May a room be held against its log now? Each person has it done once a minute, and all together so often.

Who says what is not so once a minute delays nobody else: what counts is whether a check began after the moment in
doubt, and not when the last one was.
"""

import math
from enum import Enum
from typing import Final

EACH_S: Final = 60.0
MOST_CHECKS: Final = 6  # in those seconds: a check reads the whole log


class Answer(Enum):
    """What to do about a doubt."""

    CHECK = "check"
    BELIEVE = "believe"  # it was checked since, or for the same person a moment ago
    WAIT = "wait"  # it was checked too often: the page asks again


class Checks:
    """The checks of one room."""

    def __init__(self) -> None:
        self._asked: dict[int | None, float] = {}  # by person, of the last minute
        self._passed_at = -math.inf

    def ask(self, person: int | None, doubted_at: float, now: float) -> Answer:
        """Whether a person's doubt about a moment (of `time.monotonic`) is to be looked into now."""
        self._asked = {who: at for who, at in self._asked.items() if now - at < EACH_S}
        if self._passed_at >= doubted_at or person in self._asked:
            return Answer.BELIEVE
        if len(self._asked) >= MOST_CHECKS:
            return Answer.WAIT
        self._asked[person] = now
        return Answer.CHECK

    def passed(self, began: float) -> None:
        """A check that began then found the room to be what its log says."""
        self._passed_at = max(self._passed_at, began)
