"""No edit of a real editor is refused: thousands of them, written by yjs and y-prosemirror over our own schema."""

import os
from base64 import b64decode
from typing import Any

import pytest

from collab import document
from collab.guard import Refused
from server.domain.texts import text
from server.live.grammar import GRAMMAR
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


@pytest.mark.parametrize("sessions", [120, pytest.param(4_000, marks=pytest.mark.long)])
def test_what_a_redo_places_between_neighbours_redone_the_other_way_round_stands_alike_everywhere(
    sessions: int,
) -> None:
    """Live, through restarts, from the log, from a state, and in every yjs: 8,000 sessions were tried once."""
    room, given, ended, reversed_ = Guarded(), 0, 0, 0
    for line in told("redone.mjs", SEED, sessions, 0):
        if "begin" in line:
            room, given = Guarded(), 0
        elif "update" in line:
            given += 1
            room.take(b64decode(line["update"]), f"person {line['client']}")
            if given % 5 == 0:
                room = _restarted(room)
        else:
            ended += 1
            reversed_ += line["redone"]
            replayed = Guarded.replayed(*room.log)
            found = {room.text, _restarted(room).text, replayed.text}
            assert found == {f"<paragraph>{one}</paragraph>" for one in line["texts"]}, f"TEST_SEED={SEED}, {ended}"
            assert (room.is_in_step, replayed.is_in_step) == (True, True)
    assert ended == sessions
    assert reversed_ > sessions, "more than one a session stands the other way round"


def _restarted(room: Guarded) -> Guarded:
    """The room as it is read back from its whole state, its log before that kept."""
    again = Guarded()
    again.guard.load(room.doc.get_update(), room.guard.owners)
    again.doc.apply_update(room.doc.get_update())
    again.log[:] = room.log
    return again


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
