"""One live document in the engine, with its guard in front: read at once, judged when first written in."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pycrdt import Doc, TransactionEvent, get_state, merge_updates

from collab import document
from collab.guard import Grammar, Guard, Reason, Refused, decode_state_vector
from collab.log import Author, Kept, Snapshot

live_log = logging.getLogger("entente.live")
ANSWERS = 16  # answers kept for one state of the document: after a restart everyone asks for the same
ENDING = (KeyboardInterrupt, SystemExit, asyncio.CancelledError)
"""What is no fault of a document, among exceptions that are no `Exception`, as a panic of the engine is none."""
T = TypeVar("T")


class Spoiled(Exception):
    """The document is not to be trusted any more: it is thrown away and read back from the log."""


class LiveDocument:
    """A document in memory. What it answers is remembered until it changes."""

    def __init__(self, grammar: Grammar, kept: Kept, *, ceiling_bytes: int) -> None:
        """Fill it with what is kept.

        What the log holds was shown to people: it is read whatever the guard thinks of it now.
        """
        self._grammar = grammar
        self._ceiling = ceiling_bytes
        self._doc: Doc[Any] = Doc()
        self._emitted: list[bytes] = []
        self._made: dict[Callable[[document.Node], Any], Any] = {}
        self._answers: dict[bytes, bytes] = {}
        self._guard: Guard | None = None
        self._writers: dict[int, str] = {}
        self._announced: dict[int, str] = {}
        if kept.snapshot is not None:
            self._doc.apply_update(kept.snapshot.state)
            self._writers |= kept.snapshot.writers
        for line in kept.lines:
            self._doc.apply_update(line.delta)
            for client in newcomers(line.delta):
                self._writers.setdefault(client, line.author.writer)
        self._size = sum(len(line.delta) for line in kept.lines) + len(kept.snapshot.state if kept.snapshot else b"")
        self._subscription = self._doc.observe(self._hear)

    def _hear(self, event: TransactionEvent) -> None:
        self._emitted.append(event.update)
        self._made.clear()
        self._answers.clear()

    async def judge(self) -> None:
        """Let the guard read what the document holds, beside everything else: for a long text it takes a while.

        Nothing may be taken meanwhile.

        Raises:
            Refused: the guard cannot follow it (a grammar made narrower, a rule added): to be read, not written.
        """
        guard = Guard(self._grammar, announced=self._announced)
        await asyncio.to_thread(guard.load, self.whole(), self._writers)
        self._guard = guard

    def take(self, update: bytes, author: Author) -> bytes | None:
        """Apply an update in memory: what the engine emitted, None when it held nothing new.

        Raises:
            Refused: the guard says no; nothing has changed.
            Spoiled: the engine failed; the document can no longer be trusted.
        """
        guard = self._guard
        if guard is None:
            raise Refused(Reason.UNJUDGED)
        try:
            passed = guard.check(update, author.writer)
        except (ValueError, ArithmeticError, LookupError, TypeError, RecursionError) as flaw:
            live_log.exception("the guard itself failed on an update")
            raise Refused(Reason.UNJUDGED) from flaw  # a flaw of ours costs its sender a retry, nobody else
        if not passed.is_new:
            return None
        if passed.adds and not self._has_room_for(update):
            raise Refused(Reason.FULL)
        self._emitted.clear()
        try:
            self._doc.apply_update(update)
            delta = merge_updates(*self._emitted) if len(self._emitted) > 1 else b"".join(self._emitted)
            guard.accept(passed, delta or None)
        except ENDING:
            raise
        except BaseException as failed:  # a Rust panic is a BaseException, and the document unreadable after it
            raise Spoiled from failed
        return delta or None

    def _has_room_for(self, update: bytes) -> bool:
        """Whether the document stays under its ceiling; its exact size is only asked when it comes near."""
        if self._size + len(update) > self._ceiling:
            self._size = len(self._doc.get_update())
        self._size += len(update)
        return self._size <= self._ceiling

    def absorb(self, delta: bytes, writers: Mapping[int, str]) -> None:
        """Apply a delta of the program's own, that the log holds already; then it has to be judged again.

        `writers` are those of the whole document with it.

        Raises:
            Spoiled: the engine failed; the document can no longer be trusted.
        """
        try:
            self._doc.apply_update(delta)
        except ENDING:
            raise
        except BaseException as failed:
            raise Spoiled from failed
        self._guard, self._writers = None, dict(writers)
        self._size += len(delta)

    def missing(self, state_vector: bytes) -> bytes:
        """The update that brings a client with this state vector up to here."""
        found = self._answers.get(state_vector)
        if found is None:
            found = self._doc.get_update(state_vector)
            if len(self._answers) < ANSWERS:
                self._answers[state_vector] = found
        return found

    def whole(self) -> bytes:
        """The update that makes an empty document hold all of this one."""
        return self.missing(NOTHING_KNOWN)

    def state_vector(self) -> bytes:
        """How much of each client it holds."""
        return self._doc.get_state()

    def owner(self, client: int) -> str | None:
        """Whose client id it is: of who wrote with it, or else of who has announced it."""
        return self.writers.get(client, self._announced.get(client))

    def announce(self, client: int, writer: str) -> bool:
        """Keep a client id for somebody present, before their first word; False when it is somebody else's."""
        owner = self.owner(client)
        if owner is None:
            self._announced[client] = writer
        return owner in (None, writer)

    def release(self, client: int) -> None:
        """Who announced a client id has left: it is theirs only if they wrote with it."""
        self._announced.pop(client, None)

    @property
    def writers(self) -> Mapping[int, str]:
        """The writer each client id is bound to."""
        return self._writers if self._guard is None else self._guard.owners

    def snapshot(self, line: int) -> Snapshot:
        """All of it, as of a line of its log."""
        return Snapshot(self.whole(), dict(self.writers), line)

    def read(self) -> document.Node:
        """Its text as ProseMirror JSON."""
        return document.read(self._doc, self._grammar.root)

    def made(self, make: Callable[[document.Node], T]) -> T:
        """What `make` says of its text; asked once for each state of it, so it must always say the same."""
        if make not in self._made:
            self._made[make] = make(self.read())
        found: T = self._made[make]
        return found

    def close(self) -> None:
        """Let its memory go: an observer that is not removed holds it for ever."""
        self._doc.unobserve(self._subscription)
        self._made.clear()
        self._answers.clear()


NOTHING_KNOWN = b"\0"


def newcomers(delta: bytes) -> list[int]:
    """The client ids whose first words are in a delta of the engine's own."""
    return list(decode_state_vector(get_state(delta)))
