"""How much does a document endure? Run as a program: `python -m tests.collab.storm SEED REFUSALS`, ends with a report.

In episodes. In each, a document of real edits is shown malformed updates, state vectors, awareness messages and
frames; what passes reaches the engine. At its end guard, engine, log, full state and a real yjs must agree, and honest
people go on writing. A process of its own, because an engine that dies takes its process with it.
"""

import json
import random
import resource
import sys
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from collab import document, wire
from collab.awareness import cursor_of, decode_presence, encode_presence
from collab.guard import Guard, Refused, decode_state_vector
from tests.collab.guarded import Guarded
from tests.collab.hostile import Hostile
from tests.collab.test_guard import edits
from tests.collab.updates import GRAMMAR, ROOT, block, element, update
from tests.collab.yjs import Yjs, yjs

EPISODE = 1500  # inputs
MEMORY_BYTES = 3 << 30


def memory_mb(line: str) -> float:
    """What this process takes now (`VmRSS`) or has taken at most (`VmHWM`, its own alone, unlike `ru_maxrss`)."""
    status = dict(row.split(":", 1) for row in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return int(status[line].split()[0]) / 1000


class Episode:
    """One document and what it is shown."""

    def __init__(self, hostile: Hostile, refused: Counter[str]) -> None:
        self.hostile = hostile
        self.refused = refused
        self.passed = 0
        self.room, self.honest = _a_document(hostile.chance)
        self.start = self.room.doc.get_update()
        self.room.log.clear()

    def show_one(self) -> None:
        """One input of one kind; anything but a clean refusal is a failure."""
        known = self.room.guard.knows()
        kind = self.hostile.chance.randrange(10)
        if kind < 7:
            self._take(self.hostile.update(known, self.honest))
        elif kind == 7:
            self._answer(self.hostile.state_vector(known))
        elif kind == 8:
            self._show(self.hostile.presence())
        else:
            self._hear(self.hostile.frame(known, self.honest))

    def _take(self, bytes_: bytes) -> None:
        try:
            self.room.take(bytes_, "mallory")
            self.passed += 1
        except Refused as refused:
            self.refused[f"update: {refused.reason}"] += 1

    def _answer(self, bytes_: bytes) -> None:
        try:
            decode_state_vector(bytes_)
        except Refused as refused:
            self.refused[f"state vector: {refused.reason}"] += 1
        else:
            self.room.doc.get_update(bytes_)
            self.passed += 1

    def _show(self, bytes_: bytes) -> None:
        try:
            entries = decode_presence(bytes_)
        except wire.NotOurProtocol:
            self.refused["presence"] += 1
            return
        assert decode_presence(encode_presence(entries)) == entries
        for entry in entries:
            cursor_of(entry.state or "null")
        self.passed += 1

    def _hear(self, bytes_: bytes) -> None:
        try:
            message = wire.decode(bytes_)
        except wire.NotOurProtocol:
            self.refused["frame"] += 1
            return
        if isinstance(message, wire.Update | wire.SyncStep2):
            self._take(message.update)
        elif isinstance(message, wire.SyncStep1):
            self._answer(message.state_vector)
        elif isinstance(message, wire.Presence):
            self._show(message.payload)
        self.passed += 1

    def end(self, real: Yjs) -> None:
        """The guard knows what the engine holds, and honest people go on; yjs has what the engine has.

        Where somebody lies about neighbours, the order in which edits are read may decide the text, in yjs as in
        yrs: whoever followed is compared with who followed, whoever loads the state with who loads it.
        """
        room, whole = self.room, self.room.doc.get_update()
        assert room.is_in_step
        replayed, loaded = Guarded.replayed(self.start, *room.log), Guarded()
        loaded.guard.load(whole, room.guard.owners)
        loaded.doc.apply_update(whole)
        assert room.guard.knows() == replayed.guard.knows() == loaded.guard.knows()
        assert replayed.text == room.text
        assert not room.guard.check(whole, "anne").is_new
        answer = real.ask(
            {"start": _base64(self.start), "deltas": list(map(_base64, room.log)), "whole": _base64(whole)}
        )
        _compare(room, answer["followed"])
        _compare(loaded, answer["loaded"])
        for each in (room, loaded):
            each.take(update(block(99, 0, element("heading"))), "anne")
            assert each.is_in_step
        for each in (room, replayed, loaded):
            each.close()


def _compare(room: Guarded, real: dict[str, Any]) -> None:
    """yjs holds what the engine holds, once what yjs tidies up by itself has come back from it."""
    for tidied in real["tidied"]:
        room.take(b64decode(tidied), "anne")
    assert not real["isWaiting"]
    assert real["known"] == {str(client): clock for client, clock in room.guard.knows().items()}
    assert real["content"] == document.read(room.doc, ROOT).get("content", [])


def _a_document(chance: random.Random) -> tuple[Guarded, Sequence[bytes]]:
    """A document some way into the recorded session, log replayed or state loaded; and the edits that follow."""
    story = edits()
    kept = chance.randrange(len(story) - 40)
    room = Guarded()
    for writer, edit in story[:kept]:
        room.take(edit, writer)
    if chance.random() < 0.5:
        guard = Guard(GRAMMAR)
        guard.load(room.doc.get_update(), room.guard.owners)
        room.guard = guard
    return room, [edit for _, edit in story[kept : kept + 40]]


def _base64(bytes_: bytes) -> str:
    return b64encode(bytes_).decode()


def storm(seed: int, refusals: int) -> dict[str, Any]:
    """Episodes until so many inputs have been refused."""
    refused: Counter[str] = Counter()
    episodes = passed = 0
    settled_mb = 0.0
    with yjs() as real:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        while refused.total() < refusals:
            episode = Episode(Hostile(random.Random(f"{seed} {episodes}")), refused)
            for _ in range(EPISODE):
                episode.show_one()
            episode.end(real)
            passed += episode.passed
            episodes += 1
            if episodes == 10:
                settled_mb = memory_mb("VmRSS")
    return {
        "refused": refused.total(),
        "passed": passed,
        "episodes": episodes,
        "grown_mb": memory_mb("VmRSS") - settled_mb,
        "peak_mb": memory_mb("VmHWM") - settled_mb,
        "reasons": dict(refused),
    }


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        print(json.dumps(storm(int(sys.argv[1]), int(sys.argv[2]))))
