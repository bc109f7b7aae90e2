"""May these bytes reach the engine? One guard per document stands between its clients and the engine."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, NamedTuple

from collab.guard.crowds import Census
from collab.guard.draft import Draft
from collab.guard.index import Index
from collab.guard.refusals import Grammar, Limits, Reason, Refused
from collab.guard.typing import Typed, Typing
from collab.guard.update import decode_update
from collab.lib0 import LARGEST

NOBODY: Final = ""
"""Who owns a client id that a snapshot names no writer for: whoever comes with it is refused, and comes back with
another."""


class Passed(NamedTuple):
    """An update that may be applied now; the guard's own, to be given back to `Guard.accept`."""

    update: bytes
    draft: Draft | Typed
    writer: str
    turn: int

    @property
    def is_new(self) -> bool:
        """Whether the document lacks anything of it: a sync step 2 always repeats the whole delete set."""
        return bool(self.adds or self.draft.deletes)

    @property
    def adds(self) -> bool:
        """Whether it adds anything, rather than only delete."""
        return bool(self.draft.clients)


class Guard:
    """Says which updates may reach one document's engine, and remembers those that did."""

    def __init__(
        self,
        grammar: Grammar,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        *,
        announced: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        """`announced` is kept by its caller: who has said, without a word yet, that a client id is theirs."""
        self._grammar = grammar
        self._announced = announced
        self._limits = limits
        self._own_limits = replace(limits, update_bytes=LARGEST, structs=LARGEST, deletions=LARGEST, steps=LARGEST)
        self._index = Index(grammar)
        self._typing = Typing(self._index, limits.steps)
        self._owners: dict[int, str] = {}
        self._turn = 0

    def check(self, update: bytes, writer: str) -> Passed:
        """Judge `update` as written by the person `writer`; changes nothing.

        Raises:
            Refused: the engine must not see it.
        """
        typed = self._typing.read(update, writer)
        if typed is not None:
            return Passed(update, typed, writer, self._turn)
        fresh: set[int] = set()

        def admit(client: int) -> None:
            owner = self._owners.get(client)
            if (self._announced.get(client, writer) if owner is None else owner) != writer:
                raise Refused(Reason.FOREIGN_CLIENT)
            if owner is None:
                fresh.add(client)
                if len(fresh) > self._limits.clients:
                    raise Refused(Reason.TOO_MANY)

        return self._judge(update, writer, admit, self._limits)

    def accept(self, passed: Passed, emitted: bytes | None = None) -> None:
        """The engine has taken an update: index it, and bind the client ids new in it to their writer.

        `emitted` is the delta the engine emitted for it. Where edits met, the engine deletes by itself (a
        word typed into a paragraph just deleted, the loser of two values of one attribute); only its delta
        says so, and without it `is_new` would later be true of a client that merely repeats this.

        Raises:
            ValueError: another update was accepted since the check, which is worth nothing now.
        """
        if passed.turn != self._turn:
            raise ValueError("The document has moved on since this check; check the update again.")
        self._turn += 1
        passed.draft.commit()
        if not isinstance(passed.draft, Typed):
            self._bind(passed)
        if emitted is not None and emitted != passed.update:
            self.replay(emitted, passed.writer)

    def _bind(self, passed: Passed) -> None:
        for client in passed.draft.clients:
            if self._owners.setdefault(client, passed.writer) == passed.writer:
                self._typing.follow(passed.writer, client)

    def replay(self, update: bytes, writer: str) -> None:
        """Index a delta of our own log; binds client ids that are still free, refuses none for its owner.

        Raises:
            Refused: the log holds what this guard would not have let in.
        """
        self.accept(self._judge(update, writer, _admit_all, self._own_limits))

    def load(self, state: bytes, owners: Mapping[int, str]) -> None:
        """Index a whole document at once, in place of replaying the log that made it; later lines are replayed.

        `state` is the engine's full state (`doc.get_update()`), read with the bounds of any update though it is
        ours; `owners` is what `owners` said when it was kept. Every later update is then judged as by a guard that
        replayed the log, but for what a state no longer tells:

        * of deleted content only its ids are left, so an update that names one (as neighbour, as parent, at the
          edge of a deletion) may pass here and be refused there; the engine, which has thrown that content away
          too, makes garbage of it or takes it as it stands;
        * items are counted as they are, not as an upper bound of what came: fewer are `TOO_CROWDED`.

        Raises:
            Refused: the grammar does not allow what the document holds.
            ValueError: the guard knows something already.
        """
        if self._index.spans:
            raise ValueError("This guard already knows a document; load a state into a new one.")
        draft = Draft(self._index, self._grammar, self._own_limits, _admit_all, Census(self._index, LARGEST))
        draft.read(decode_update(state, self._grammar, self._own_limits))
        draft.commit()
        self._owners = {client: owners.get(client, NOBODY) for client in draft.clients}
        self._turn += 1

    @property
    def owners(self) -> Mapping[int, str]:
        """The person each client id is bound to, to be kept beside a snapshot for `load`."""
        return MappingProxyType(self._owners)

    def owner(self, client: int) -> str | None:
        """The person a client id is bound to."""
        return self._owners.get(client)

    def knows(self) -> dict[int, int]:
        """The document's state vector: the first unknown clock of each client."""
        return self._index.spans.ends()

    def _judge(self, update: bytes, writer: str, admit: Callable[[int], None], limits: Limits) -> Passed:
        draft = Draft(self._index, self._grammar, limits, admit)
        draft.read(decode_update(update, self._grammar, limits))
        return Passed(update, draft, writer, self._turn)


def _admit_all(client: int) -> None:
    """The log is believed about who wrote what."""
