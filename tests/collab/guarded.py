"""An engine behind its guard, as a room has it."""

import json
from typing import Any

from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

from collab.guard import Grammar, Guard, Limits, Passed, decode_state_vector
from tests.collab.updates import GRAMMAR, ROOT


def readable(parent: XmlFragment | XmlElement) -> str:
    """All that is in `parent`, attributes in order (pycrdt's own order changes from run to run)."""
    return "".join(_readable(child) for child in parent.children)


def _readable(child: object) -> str:
    if isinstance(child, XmlText):
        return "".join(f"{run}{json.dumps(marks, sort_keys=True) if marks else ''}" for run, marks in child.diff())
    assert isinstance(child, XmlElement)
    values: Any = child.attributes  # its stub forgets that it can be iterated
    attributes = "".join(sorted(f" {name}={value!r}" for name, value in values))
    return f"<{child.tag}{attributes}>{readable(child)}</{child.tag}>"


class Guarded:
    """Takes updates as a room does: check, apply, accept. Keeps what the engine emitted, the last as `emitted`."""

    def __init__(self, limits: Limits | None = None, grammar: Grammar = GRAMMAR) -> None:
        self.guard = Guard(grammar, limits or Limits())
        self.doc: Doc[Any] = Doc()
        self.fragment = self.doc.get(ROOT, type=XmlFragment)
        self.log: list[bytes] = []
        self.emitted: bytes | None = None
        self._watch = self.doc.observe(self._emit)

    def _emit(self, event: TransactionEvent) -> None:
        self.emitted = event.update

    def take(self, update: bytes, writer: str) -> Passed:
        """Raises `Refused`, or applies."""
        passed = self.guard.check(update, writer)
        self.emitted = None
        self.doc.apply_update(update)
        self.guard.accept(passed, self.emitted)
        if self.emitted is not None:
            self.log.append(self.emitted)
        return passed

    def close(self) -> None:
        """Let the document's memory go: an observer that is not removed holds it for ever."""
        self.doc.unobserve(self._watch)

    @property
    def is_in_step(self) -> bool:
        """Whether guard and engine agree on what is known."""
        return self.guard.knows() == decode_state_vector(self.doc.get_state())

    @property
    def text(self) -> str:
        return readable(self.fragment)

    @staticmethod
    def replayed(*deltas: bytes) -> "Guarded":
        """A room read back from its log."""
        again = Guarded()
        for delta in deltas:
            again.guard.replay(delta, "log")
            again.doc.apply_update(delta)
        return again
