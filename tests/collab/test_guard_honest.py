"""No edit of a real editor is refused: thousands of them, written by yjs and y-prosemirror over our own schema."""

import os
from base64 import b64decode
from typing import Any

import pytest

from collab import document
from collab.guard import Refused
from server.domain import text
from server.grammar import GRAMMAR
from tests.collab.guarded import Guarded
from tests.collab.yjs import told

SEED = int(os.environ.get("TEST_SEED", "20261123"))


@pytest.mark.parametrize("updates", [20_000, pytest.param(200_000, marks=pytest.mark.long)])
def test_no_edit_of_real_editors_is_refused(updates: int) -> None:
    """Typing, pastes, tables, undo, emoji, spells offline; every session ends with the text the editors have."""
    room, taken, ended = Guarded(grammar=GRAMMAR), 0, 0
    for line in told("honest.mjs", SEED, updates, after="gestures.mjs"):
        if "begin" in line:
            room = Guarded(grammar=GRAMMAR)
        elif "update" in line:
            taken += 1
            try:
                room.take(b64decode(line["update"]), f"person {line['client']}")
            except Refused as refused:
                pytest.fail(f"TEST_SEED={SEED}: update {taken} was refused, {refused.reason}: {line['update']}")
        else:
            ended += 1
            assert room.is_in_step, f"TEST_SEED={SEED}, session {ended}"
            shown = {"content": []} | _plain(line["text"])  # editors may have removed everything, each a part
            assert document.read(room.doc, text.ROOT) == shown, f"TEST_SEED={SEED}, session {ended}"
    assert taken >= updates
    assert ended > updates / 1000


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """ProseMirror's JSON without the attributes that are null, which Yjs does not keep."""
    kept = {key: value for key, value in node.items() if key not in ("attrs", "content", "marks")}
    attrs = {name: value for name, value in node.get("attrs", {}).items() if value is not None}
    parts: dict[str, Any] = {"attrs": attrs} if attrs else {}
    for list_ in ("content", "marks"):
        if node.get(list_):
            parts[list_] = [_plain(one) for one in node[list_]]
    if "marks" in parts:
        parts["marks"].sort(key=lambda mark: mark["type"])
    return kept | parts
