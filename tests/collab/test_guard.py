"""Honest edits pass, whatever their order; whatever else passes, the engine takes as well."""

import json
import random
from base64 import b64decode
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, TransactionEvent, XmlElement, XmlFragment, XmlText

from collab.guard import Guard, Reason, Refused, decode_state_vector
from tests.collab.guarded import Guarded, readable
from tests.collab.updates import (
    GRAMMAR,
    PARAGRAPH,
    ROOT,
    attribute,
    block,
    element,
    gc,
    item,
    mark,
    string,
    text_type,
    update,
    words,
)

# Honest: yjs and y-prosemirror. fixtures/make_fixtures.mjs says how the story was recorded.


@cache
def honest() -> dict[str, Any]:
    story: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "honest.json").read_text())
    return story


def edits() -> list[tuple[str, bytes]]:
    return [(f"person {client}", b64decode(edit)) for client, edit in honest()["story"]]


def test_no_edit_of_a_real_editor_is_refused() -> None:
    room = Guarded()
    for writer, edit in edits():
        room.take(edit, writer)
        assert room.is_in_step
    assert room.guard.knows() == decode_state_vector(b64decode(honest()["state"]))
    assert len(room.text) > 1000


def test_a_sync_step_2_is_new_exactly_when_the_engine_changes() -> None:
    """Mostly it repeats the whole delete set; now and then yjs has tidied up redundant formatting by itself."""
    room = Guarded()
    found = []
    for at, (writer, edit) in enumerate(edits(), start=1):
        room.take(edit, writer)
        for _, client, answer in (step for step in honest()["steps2"] if step[0] == at):
            again = Guarded.replayed(*room.log)
            passed = again.take(b64decode(answer), f"person {client}")
            assert passed.is_new == bool(again.log)
            found.append(passed.is_new)
    assert len(found) == len(honest()["steps2"])
    assert 0 < sum(found) < 5


def test_the_emitted_deltas_of_a_real_session_read_the_document_back() -> None:
    room = Guarded()
    for writer, edit in edits():
        room.take(edit, writer)
    again = Guarded.replayed(*room.log)
    assert (again.guard.knows(), again.text) == (room.guard.knows(), room.text)
    whole = room.doc.get_update()
    compacted = Guarded.replayed(whole)
    assert (compacted.guard.knows(), compacted.text) == (room.guard.knows(), room.text)
    for each in (room, again, compacted):
        assert not each.guard.check(whole, "nobody").is_new


@pytest.mark.parametrize("kept", [50, 150, 250])
def test_a_session_goes_on_after_the_log_was_compacted(kept: int) -> None:
    room = Guarded()
    for writer, edit in edits()[:kept]:
        room.take(edit, writer)
    compacted = Guarded.replayed(room.doc.get_update())
    for _, edit in edits()[kept:]:
        compacted.take(edit, "log")
        assert compacted.is_in_step


# Honest: several pycrdt documents, concurrently, garbage collected.


class Author:
    """A client that edits its own copy and remembers what to send."""

    def __init__(self, client: int) -> None:
        self.doc: Doc[Any] = Doc(client_id=client)
        self.client = client
        self.root = self.doc.get(ROOT, type=XmlFragment)
        self.outbox: list[bytes] = []
        self._is_receiving = False
        self._watch = self.doc.observe(self._note)

    def _note(self, event: TransactionEvent) -> None:
        if not self._is_receiving:
            self.outbox.append(event.update)

    def receive(self, state: bytes) -> None:
        self._is_receiving = True
        self.doc.apply_update(state)
        self._is_receiving = False

    def edit(self, what: int, where: int) -> None:
        MOVES[what % len(MOVES)](self, where)

    def texts(self) -> list[XmlText]:
        found: list[XmlText] = []
        _collect(self.root, found)
        return found


def _collect(parent: XmlFragment | XmlElement, found: list[XmlText]) -> None:
    for child in parent.children:
        if isinstance(child, XmlText):
            found.append(child)
        else:
            _collect(child, found)


def _a_text(author: Author, where: int) -> tuple[XmlText, int, int] | None:
    """A text, and two places in it on character boundaries, in bytes as pycrdt counts."""
    texts = author.texts()
    if not texts:
        return None
    text = texts[where % len(texts)]
    plain = "".join(str(run) for run, _ in text.diff())
    first = where % (len(plain) + 1)
    last = min(len(plain), first + 1 + where % 3)
    return text, len(plain[:first].encode()), len(plain[:last].encode())


def _write(author: Author, where: int) -> None:
    if place := _a_text(author, where):
        place[0].insert(place[1], ("a", "é😀", "mot ")[where % 3])


def _erase(author: Author, where: int) -> None:
    place = _a_text(author, where)
    if place and place[1] < place[2]:
        del place[0][place[1] : place[2]]


def _stress(author: Author, where: int) -> None:
    place = _a_text(author, where)
    if place and place[1] < place[2]:
        value: Any = ({}, None, {"href": "é"})[where % 3]
        place[0].format(place[1], place[2], {("bold", "link", "comment--AAAAAA+/")[where % 3]: value})


def _add_paragraph(author: Author, where: int) -> None:
    children = author.root.children
    paragraph = children.insert(where % (len(children) + 1), XmlElement("paragraph"))
    paragraph.children.append(XmlText("né 😀"))


def _add_table(author: Author, where: int) -> None:
    with author.doc.transaction():
        row = author.root.children.append(XmlElement("table")).children.append(XmlElement("tableRow"))
        cell = row.children.append(XmlElement("tableCell"))
        cell.attributes["colspan"] = 1
        cell.attributes["colwidth"] = [100, None]
        cell.children.append(XmlElement("paragraph")).children.append(XmlText("12"))


def _set_attribute(author: Author, where: int) -> None:
    elements = [child for child in author.root.children if isinstance(child, XmlElement)]
    for child in elements[where % 3 : where % 3 + 1]:
        if child.tag == "paragraph":
            child.attributes["textAlign"] = ("left", None, 3)[where % 3]


def _remove(author: Author, where: int) -> None:
    if len(author.root.children):
        del author.root.children[where % len(author.root.children)]


MOVES: tuple[Callable[[Author, int], None], ...] = (
    _write,
    _write,
    _erase,
    _stress,
    _add_paragraph,
    _add_table,
    _set_attribute,
    _remove,
)

steps = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10), st.integers(0, 60)), min_size=10, max_size=60)


@settings(max_examples=200)
@given(steps)
def test_no_honest_edit_is_refused_and_everyone_ends_with_the_same_text(
    steps: Iterable[tuple[int, int, int]],
) -> None:
    """Moves 8 to 10 are not edits: the author meets the server, sending what was written and reading the rest."""
    room, authors = Guarded(), [Author(client) for client in (7, 2**32 - 1, 2**53 - 1)]
    for who, what, where in steps:
        author = authors[who]
        if what < len(MOVES):
            author.edit(what, where)
        else:
            _meet(room, author)
    for author in (*authors, *authors):
        _meet(room, author)
    assert [readable(author.root) for author in authors] == [room.text] * 3
    again, compacted = Guarded.replayed(*room.log), Guarded.replayed(room.doc.get_update())
    assert again.guard.knows() == compacted.guard.knows() == room.guard.knows()
    assert again.text == compacted.text == room.text
    for author in authors:
        assert not room.guard.check(author.doc.get_update(), f"person {author.client}").is_new


def _meet(room: Guarded, author: Author) -> None:
    sent = [*author.outbox, author.doc.get_update(room.doc.get_state())]  # live edits, and again as a step 2
    author.outbox.clear()
    for edit in sent:
        room.take(edit, f"person {author.client}")
        assert room.is_in_step
    author.receive(room.doc.get_update(author.doc.get_state()))


# Whose client id is it?


def test_a_client_id_belongs_to_the_first_person_who_writes_with_it() -> None:
    guard = Guard(GRAMMAR)
    passed = guard.check(PARAGRAPH, "anne")
    assert guard.owner(1) is None
    guard.accept(passed)
    assert guard.owner(1) == "anne"
    more = update(block(1, 8, words("!", left=(1, 7))))
    with pytest.raises(Refused) as refusal:
        guard.check(more, "bruno")
    assert refusal.value.reason is Reason.FOREIGN_CLIENT
    guard.accept(guard.check(more, "anne"))
    assert guard.knows() == {1: 9}


def test_repeating_what_others_wrote_binds_nothing_and_is_no_theft() -> None:
    guard = Guard(GRAMMAR)
    guard.accept(guard.check(PARAGRAPH, "anne"))
    again = guard.check(PARAGRAPH, "bruno")
    assert not again.is_new
    guard.accept(again)
    assert guard.owner(1) == "anne"


def test_the_log_binds_client_ids_and_never_refuses_for_them() -> None:
    guard = Guard(GRAMMAR)
    guard.replay(PARAGRAPH, "anne")
    guard.replay(update(block(1, 8, words("!", left=(1, 7)))), "bruno")
    assert (guard.owner(1), guard.knows()) == ("anne", {1: 9})
    with pytest.raises(Refused):
        guard.check(update(block(1, 9, words("?", left=(1, 7)))), "bruno")


def test_a_check_is_worth_nothing_once_the_document_has_moved_on() -> None:
    guard = Guard(GRAMMAR)
    first, second = guard.check(PARAGRAPH, "anne"), guard.check(PARAGRAPH, "bruno")
    guard.accept(first)
    with pytest.raises(ValueError, match="moved on"):
        guard.accept(second)
    assert guard.owner(1) == "anne"


def test_what_the_engine_deletes_by_itself_is_learnt_from_its_delta() -> None:
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(deleted={1: [(0, 8)]}), "anne")
    room.take(update(block(2, 0, words("x", left=(1, 7)))), "bruno")  # into what Anne has just deleted
    assert not room.guard.check(room.doc.get_update(), "clara").is_new


# Hostile: anything at all.


def the_engine_takes(room: Guarded, hostile: bytes) -> bool:
    """Whether `hostile` passes; if so, that the engine takes it and can go on working."""
    with suppress(Refused):
        room.take(hostile, "mallory")
        assert room.is_in_step
        whole = room.doc.get_update()
        again = Guarded.replayed(whole)
        assert (again.text, again.guard.knows()) == (room.text, room.guard.knows())
        assert not room.guard.check(whole, "anne").is_new
        room.take(update(block(99, 0, element("heading"))), "anne")
        assert room.is_in_step
        return True
    return False


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda tail: b"\x01" + tail))
def test_any_bytes_pass_or_are_refused(hostile: bytes) -> None:
    the_engine_takes(Guarded(), hostile)
    with suppress(Refused):
        decode_state_vector(hostile)


ids = st.sampled_from([*((1, clock) for clock in range(9)), (2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (4, 0)])
left = st.none() | ids
parents = st.just(ROOT) | ids
letters = st.sampled_from(["x", "yz", "😀", "é😀z"])
names = st.sampled_from(["paragraph", "heading", "table"])
keys = st.sampled_from([None, None, None, "textAlign", "level"])

structs = st.one_of(
    st.builds(gc, st.integers(1, 3)),
    st.builds(words, letters, left=left, right=left, parent=parents, key=keys),
    st.builds(element, names, left=left, right=left, parent=parents, key=keys),
    st.builds(text_type, left=left, right=left, parent=parents),
    st.builds(mark, st.just("bold"), st.sampled_from(["{}", "null"]), left=left, parent=parents),
    st.builds(
        attribute, st.sampled_from(["textAlign", "level"]), st.just(string("v")), left=left, right=left, parent=ids
    ),
    st.builds(item, st.just(1), st.sampled_from([b"\x01", b"\x03"]), left=left, right=left, parent=parents, key=keys),
)
blocks = st.builds(
    lambda client, clock, structs: block(client, clock, *structs),
    st.sampled_from([2, 2, 3, 4, 1]),
    st.sampled_from([0, 0, 0, 1, 2, 8]),
    st.lists(structs, min_size=1, max_size=4),
)
ranges = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 3)), max_size=2)
updates = st.builds(
    lambda blocks, deleted: update(*blocks, deleted=deleted),
    st.lists(blocks, max_size=3),
    st.dictionaries(st.sampled_from([1, 2]), ranges, max_size=2),
)


def honest_start(*more: bytes) -> Guarded:
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    for each in more:
        with suppress(Refused):
            room.take(each, "mallory")
    return room


@settings(max_examples=800)
@given(st.lists(updates, max_size=2), updates)
def test_any_well_formed_update_passes_only_if_the_engine_takes_it(before: list[bytes], hostile: bytes) -> None:
    the_engine_takes(honest_start(*before), hostile)


@pytest.mark.long
@settings(max_examples=30_000)
@given(st.lists(updates, max_size=2), updates)
def test_many_well_formed_updates_pass_only_if_the_engine_takes_them(before: list[bytes], hostile: bytes) -> None:
    the_engine_takes(honest_start(*before), hostile)


@cache
def half_a_story() -> tuple[bytes, list[bytes]]:
    """The document half-way through the recorded session, and the edits that follow."""
    room = Guarded()
    for writer, edit in edits()[:120]:
        room.take(edit, writer)
    return room.doc.get_update(), [edit for _, edit in edits()[120:]]


def mutated(edit: bytes, chance: random.Random) -> bytes:
    """`edit` cut short, or with some bytes changed, left out, repeated or put in."""
    raw = bytearray(edit)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 5])):
        at = chance.randrange(len(raw) or 1)
        size = chance.randrange(4)
        noise = bytes(chance.choice([0, 1, 2, 127, 128, 255, chance.randrange(256)]) for _ in range(size))
        raw[at : at + chance.randrange(4)] = noise
    return bytes(raw[: chance.randrange(len(raw) + 1)] if chance.random() < 0.1 else raw)


@pytest.mark.parametrize("inputs", [2_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_mutated_honest_edits_pass_only_if_the_engine_takes_them(inputs: int) -> None:
    """Some of the edits come too early as well, so that all rules are at work."""
    chance = random.Random(inputs)
    start, rest = half_a_story()
    room = Guarded.replayed(start)
    passed = 0
    for _ in range(inputs):
        hostile = mutated(rest[int(chance.random() ** 2 * 40)], chance)
        if the_engine_takes(room, hostile):
            passed += 1
            room = Guarded.replayed(start)
    assert passed
