"""What a section would say with a tabled proposal in it, now: the text that is shown, agreed to, and nothing else.

Never a blind merge: where the text has moved on, the rule of blocks and the engine must say the very same thing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pycrdt import Doc, TransactionEvent, merge_updates

from collab import document
from server.domain.proposals.verdict import Clean, Conflict, Rebase, Same, verdict
from server.domain.texts import text
from server.store.proposals import Tabled
from server.taking_over.judging import looks

Node = dict[str, Any]


class FitKind(StrEnum):
    """How a tabled proposal stands beside the text as it is now."""

    AS_TABLED = "as_tabled"  # the text is the one it was made from
    MERGED = "merged"  # the text has changed elsewhere only
    SAME = "same"  # the text says it already
    STALE = "stale"  # the text has changed where the proposal does, or there is any doubt


@dataclass(frozen=True)
class Fit:
    """`after` is what the section would say and `hash` its digest; `delta` makes it of the text as it is now.

    Where that is not possible, `after` is what was tabled, and `delta` is None.
    """

    kind: FitKind
    before: Node
    after: Node
    hash: str
    delta: bytes | None = None
    state: bytes = b""
    conflicts: tuple[Conflict, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether agreeing to it can change the text."""
        return self.delta is not None


def collide(one: Fit, other: Fit) -> bool:
    """Whether two proposals that may both change the text change the same block of it: accepted, one ends the other.

    One that may not change it as it is says so already.
    """
    return one.is_possible and other.is_possible and not isinstance(verdict(one.before, one.after, other.after), Clean)


async def colliding(mine: Fit, others: Mapping[str, Tabled], head: bytes) -> frozenset[str]:
    """Which of the `others` change the same block as a proposal does; all lie before the parties of one text."""

    def work() -> frozenset[str]:
        return frozenset(key for key, tabled in others.items() if collide(mine, _fit(tabled, head)))

    return await asyncio.to_thread(work) if others else frozenset()


async def fit(tabled: Tabled, head: bytes) -> Fit:
    """How a tabled proposal fits into a section of which `head` is the whole committed state."""
    return await asyncio.to_thread(_fit, tabled, head)


async def fits(every: Mapping[str, Tabled], head: bytes) -> dict[str, Fit]:
    """The same for all proposals of one section, by their ids."""
    return await asyncio.to_thread(lambda: {key: _fit(tabled, head) for key, tabled in every.items()})


def _fit(tabled: Tabled, head: bytes) -> Fit:
    base, proposed, now = (document.read_state(state, text.ROOT) for state in (tabled.base, tabled.state, head))
    proposed_hash = looks(proposed)
    if looks(base) == looks(now):
        return _tried(FitKind.AS_TABLED, tabled, head, now, proposed, proposed) or _stale(base, proposed, proposed_hash)
    match verdict(base, now, proposed):
        case Same():
            return Fit(FitKind.SAME, now, proposed, proposed_hash)
        case Clean(merged):
            found = _tried(FitKind.MERGED, tabled, head, now, proposed, merged)
            return found or _stale(base, proposed, proposed_hash)
        case Rebase(conflicts):
            return _stale(base, proposed, proposed_hash, conflicts)


def _stale(base: Node, proposed: Node, proposed_hash: str, conflicts: tuple[Conflict, ...] = ()) -> Fit:
    return Fit(FitKind.STALE, base, proposed, proposed_hash, conflicts=conflicts)


def _tried(kind: FitKind, tabled: Tabled, head: bytes, now: Node, proposed: Node, wanted: Node) -> Fit | None:
    """What the engine makes of the text with the proposal, if that is word for word what is `wanted`."""
    doc: Doc[Any] = Doc()
    doc.apply_update(head)
    emitted: list[bytes] = []

    def hear(event: TransactionEvent) -> None:
        emitted.append(event.update)

    watch = doc.observe(hear)
    doc.apply_update(tabled.state)
    doc.unobserve(watch)
    after = document.read(doc, text.ROOT)
    after_hash = looks(after)
    if not emitted or after_hash != looks(wanted):
        return None
    delta = merge_updates(*emitted) if len(emitted) > 1 else emitted[0]
    return Fit(kind, now, after, after_hash, delta, doc.get_update())
