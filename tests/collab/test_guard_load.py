"""A document opened from its state is guarded as one whose log was replayed, but for what is deleted."""

import random
from collections.abc import Iterator

import pytest

from collab.guard import Guard, Reason, Refused
from collab.guard.guard import NOBODY
from collab.guard.refusals import Limits
from collab.guard.update import Id, Range, Update, decode_update
from tests.collab.guarded import Guarded
from tests.collab.test_guard import edits, mutated
from tests.collab.test_guard_refusals import REFUSED
from tests.collab.updates import GRAMMAR, PARAGRAPH, block, element, text_type, update, words

Verdict = Reason | tuple[bool, bool]


def verdict(guard: Guard, edit: bytes, writer: str) -> Verdict:
    """Why not; or whether it is new, and whether it adds anything."""
    try:
        passed = guard.check(edit, writer)
    except Refused as refused:
        return refused.reason
    return passed.is_new, passed.adds


def loaded(room: Guarded) -> Guard:
    """A second guard, made from the state of `room` as it is now."""
    guard = Guard(GRAMMAR)
    guard.load(room.doc.get_update(), room.guard.owners)
    assert guard.knows() == room.guard.knows()
    assert guard.owners == room.guard.owners
    return guard


def same(room: Guarded, other: Guard, edit: bytes, writer: str) -> bool:
    """Whether both say the same of `edit`; where not, makes sure that it names something deleted."""
    replayed, opened = verdict(room.guard, edit, writer), verdict(other, edit, writer)
    if replayed == opened:
        return True
    assert isinstance(replayed, Reason), f"refused after loading, not after replaying: {opened}, {edit.hex()}"
    assert any(_is_deleted(room, id) for id in _named(decode_update(edit, GRAMMAR, Limits()))), edit.hex()
    return False


def _named(decoded: Update) -> Iterator[Id]:
    """All ids that an update says it knows: neighbours, parents, beginnings, edges of deletions."""
    for structs in decoded.blocks.values():
        for struct in structs:
            yield from (id for id in (struct.origin, struct.right_origin, struct.parent) if isinstance(id, Id))
            yield Id(struct.client, struct.clock)
    for client, start, end in decoded.deletes:
        yield from (Id(client, start), Id(client, end - 1))


def _is_deleted(room: Guarded, id: Id) -> bool:
    return not room.guard._index.deletions.missing(Range(id.client, id.clock, id.clock + 1))


@pytest.mark.parametrize("kept", [1, 60, 150, 250, 350])
def test_a_loaded_guard_judges_as_one_that_replayed_the_log(kept: int) -> None:
    """The rest of a real session, and each of its edits mutated, by its writer and by somebody else."""
    chance = random.Random(kept)
    story = edits()
    room = Guarded()
    for writer, edit in story[:kept]:
        room.take(edit, writer)
    other = loaded(room)
    differing = 0
    for writer, edit in story[kept:]:
        for who in (writer, writer, writer, "mallory"):
            differing += not same(room, other, mutated(edit, chance), who)
        assert verdict(other, edit, writer) == verdict(room.guard, edit, writer)
        passed = other.check(edit, writer)
        room.take(edit, writer)
        other.accept(passed, room.emitted)
    assert other.knows() == room.guard.knows()
    assert differing < len(story) / 50


@pytest.mark.parametrize(("reason", "hostile"), REFUSED, ids=[reason.value for reason, _ in REFUSED])
def test_what_is_refused_after_a_replay_is_refused_after_a_load(reason: Reason, hostile: bytes) -> None:
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    assert verdict(loaded(room), hostile, "bruno") == reason


def test_of_deleted_words_only_the_ids_are_left() -> None:
    """Half of a deleted pair is no half any more, neither for the guard nor for the engine."""
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(deleted={1: [(4, 2)]}), "anne")
    cut = update(block(2, 0, words("x", left=(1, 4), right=(1, 6))))
    assert verdict(room.guard, cut, "bruno") == Reason.SPLIT_PAIR
    other = Guarded.replayed(room.doc.get_update())
    other.guard = loaded(room)
    other.take(cut, "bruno")
    assert other.text == "<paragraph>abxcd</paragraph>"


def test_words_between_two_that_are_gone_are_no_lie() -> None:
    """Of `ab`, typed in the order b, a, garbage collection leaves one run of ids: it says nothing of their order."""
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    paragraph = block(
        2,
        0,
        element("paragraph", left=(1, 0)),
        text_type(parent=(2, 0)),
        words("b", parent=(2, 1)),
        words("a", right=(2, 2)),
    )
    room.take(update(paragraph), "bruno")
    between = update(block(3, 0, words("x", left=(2, 3), right=(2, 2))))
    assert verdict(room.guard, between, "clara") == (True, True)
    room.take(update(deleted={2: [(0, 4)]}), "bruno")
    other = Guarded.replayed(room.doc.get_update())
    other.take(between, "clara")
    assert other.is_in_step


def test_an_order_is_known_across_what_is_deleted_between() -> None:
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(deleted={1: [(3, 3)]}), "anne")
    reversed_ = update(block(2, 0, words("x", left=(1, 7), right=(1, 2))))
    assert verdict(room.guard, reversed_, "bruno") == Reason.ORIGINS_REVERSED
    assert verdict(loaded(room), reversed_, "bruno") == Reason.ORIGINS_REVERSED


def test_items_are_counted_as_they_are() -> None:
    """Typed one by one in front of each other they count threefold, for each might have cut another."""
    room = Guarded(Limits(steps=20))
    room.take(PARAGRAPH, "anne")
    for clock in range(5):
        right = (2, clock - 1) if clock else (1, 2)
        room.take(update(block(2, clock, words("x", right=right))), "bruno")
    last = update(block(2, 5, words("x", right=(2, 4))))
    assert verdict(room.guard, last, "bruno") == Reason.TOO_CROWDED
    other = Guard(GRAMMAR, Limits(steps=20))
    other.load(room.doc.get_update(), room.guard.owners)
    assert verdict(other, last, "bruno") == (True, True)


def test_a_client_id_without_an_owner_is_nobodys() -> None:
    guard = Guard(GRAMMAR)
    guard.load(PARAGRAPH, {7: "anne"})
    assert guard.owners == {1: NOBODY}
    assert verdict(guard, update(block(1, 8, words("!", left=(1, 7)))), "anne") == Reason.FOREIGN_CLIENT
    assert verdict(guard, update(block(2, 0, words("!", left=(1, 7)))), "anne") == (True, True)


def test_a_state_that_the_grammar_does_not_allow_is_refused() -> None:
    guard = Guard(GRAMMAR)
    with pytest.raises(Refused) as refusal:
        guard.load(update(block(1, 0, element("script"))), {1: "anne"})
    assert refusal.value.reason is Reason.UNKNOWN_ELEMENT
    assert guard.knows() == {}


def test_a_state_too_large_for_an_update_may_still_be_loaded() -> None:
    letters = [words("a", parent=(1, 1)), *(words("a", left=(1, at)) for at in range(2, 2**14 + 9))]
    guard = Guard(GRAMMAR)
    guard.load(update(block(1, 0, element("paragraph"), text_type(parent=(1, 0)), *letters)), {1: "anne"})
    assert guard.knows() == {1: 2**14 + 10}


def test_a_guard_that_knows_something_loads_nothing() -> None:
    guard = Guard(GRAMMAR)
    guard.load(PARAGRAPH, {1: "anne"})
    with pytest.raises(ValueError, match="already knows"):
        guard.load(PARAGRAPH, {1: "anne"})
    guard.replay(update(block(1, 8, words("!", left=(1, 7)))), "anne")
    assert guard.knows() == {1: 9}


def test_an_empty_document_is_a_state_too() -> None:
    guard = Guard(GRAMMAR)
    guard.load(update(), {})
    assert (guard.knows(), dict(guard.owners)) == ({}, {})


def test_owners_can_only_be_read() -> None:
    owners = Guard(GRAMMAR).owners
    with pytest.raises(TypeError):
        owners[1] = "mallory"  # type: ignore[index]  # what the test is about
