"""What a proposal changes: in the text it was made from, or in the text as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass

from collab import document
from server.domain.proposals.verdict import Clean, Same, Verdict
from server.domain.redline import Redline, redline
from server.domain.texts import text
from server.taking_over.judging import judge


@dataclass(frozen=True)
class Compared:
    """A proposal beside a text; `verdict` is what may become of it now, None when the text did not move."""

    marked: Redline
    verdict: Verdict | None = None


def with_base(states: Sequence[bytes]) -> Redline:
    """A proposal beside the text it was made from: the first of its states."""
    return redline(document.read_state(states[0], text.ROOT), document.read_states(states, text.ROOT))


def with_head(states: Sequence[bytes], head: bytes) -> Compared:
    """The text as it is now beside what it would become.

    Where both changed the same blocks nobody knows what it would become: then beside the proposal as it stands.
    """
    found, now = judge(states[0], head, states), document.read_state(head, text.ROOT)
    if isinstance(found, Same):
        return Compared(redline(now, now), found)
    target = found.merged if isinstance(found, Clean) else document.read_states(states, text.ROOT)
    return Compared(redline(now, target), found)
