"""What a connection heard, judged afterwards: when each key reached it, and whether all did.

A real CRDT is fed what came, in order; its state vector says which keys it had then.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pycrdt import Doc

from benchmarks.typist import Typist
from collab import wire
from collab.guard import decode_state_vector


@dataclass(frozen=True)
class Heard:
    """Milliseconds from sending to hearing, key by key; how many keys never came; the clocks reached."""

    delays_ms: list[float]
    missed: int
    clocks: Mapping[int, int]


def judge(heard: Sequence[tuple[float, bytes]], typists: Sequence[Typist]) -> Heard:
    """When the keys of `typists` came: one or more people in one document, the listener not among them."""
    doc: Doc[Any] = Doc()
    document = typists[0].document
    known = {one.client: one.first for one in typists}
    delays: list[float] = []
    for at, payload in heard:
        update = _update(payload, document)
        if update is None:
            continue
        doc.apply_update(update)
        clocks = clocks_of(doc)
        for one in typists:
            reached = min(clocks.get(one.client, 0), one.first + len(one.sent))
            numbers = range(known[one.client] - one.first, reached - one.first)
            delays += [(at - one.sent[number]) * 1000 for number in numbers]
            known[one.client] = max(reached, known[one.client])
    missed = sum(one.first + len(one.sent) - known[one.client] for one in typists)
    return Heard(delays, missed, known)


def clocks_of(doc: Doc[Any]) -> dict[int, int]:
    """How far a document has every client."""
    return decode_state_vector(doc.get_state())


def _update(payload: bytes, document: str) -> bytes | None:
    with suppress(wire.NotOurProtocol):  # what only a server may say: an acknowledgement, a welcome
        message = wire.decode(payload)
        if isinstance(message, wire.Update | wire.SyncStep2) and message.document == document:
            return message.update
    return None
