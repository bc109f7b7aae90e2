"""An edit that lacks what came before it: is it worth asking its sender for the rest?

The engine ends wrong when edits arrive out of order, so the guard keeps such an edit out. It may be honest all the
same: a network that changes the order, a frame lost on the way. The client's answer to our step 1 holds whatever is
missing, and the edit itself.
"""

from dataclasses import dataclass
from typing import Final

from collab.guard import Reason

LACKS: Final = frozenset({Reason.GAP, Reason.UNKNOWN_ORIGIN, Reason.UNKNOWN_PARENT, Reason.UNKNOWN_DELETION})
"""What an edit of an honest client may be refused for, when something before it did not arrive."""

MOST_ASKS: Final = 8  # in one attendance: whoever lacks something that often had better come back anew
MOST_EDITS: Final = 256  # waiting for one answer: some ten seconds of quick typing


@dataclass(eq=False)
class Lacking:
    """What one attendance has been asked for."""

    asks: int = 0
    edits: int = 0  # not kept yet, for want of what came before them

    def may_wait(self, reason: Reason, *, is_answer: bool) -> bool:
        """Whether an edit refused for `reason` waits for a fuller answer; an answer that lacks something does not."""
        is_asked = self.edits > 0
        if reason not in LACKS or is_answer or self.edits == MOST_EDITS or (not is_asked and self.asks == MOST_ASKS):
            return False
        self.asks += not is_asked
        self.edits += 1
        return True

    def settle(self, *, is_answer: bool) -> int:
        """How many acknowledgements an edit that is kept deserves: its own, and that of all who waited for an answer.

        The client counts its edits and not its answers, so an answer that was asked for stands for one of them.
        """
        waited = self.edits if is_answer else 0
        if waited:
            self.edits = 0
        return max(waited, 1)
