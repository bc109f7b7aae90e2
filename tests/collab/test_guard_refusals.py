"""Every way to be refused, by hand: what passes next to it differs in one point."""

import pytest

from collab.guard import Limits, Reason, Refused, decode_state_vector
from tests.collab.guarded import Guarded
from tests.collab.updates import (
    PARAGRAPH,
    attribute,
    block,
    element,
    gc,
    item,
    mark,
    string,
    text_type,
    uints,
    update,
    words,
)

NOTHING = b"\x00\x00"
LIST_OF = b"\x75"
BEHIND = (1, 7)
"""The last character of PARAGRAPH."""


def deep(levels: int) -> bytes:
    """Paragraphs inside each other, the innermost `levels` below the root."""
    inner = (element("paragraph", parent=(2, level)) for level in range(levels - 1))
    return update(block(2, 0, element("paragraph"), *inner))


def crowd(items: int, crowding: int) -> bytes:
    """As many one-letter items as in `items`, then as many that all want to be first."""
    letters = (words("a", left=(2, at)) for at in range(items - 1))
    pushing = (words("b", right=(2, at)) for at in range(crowding))
    return update(block(3, 0, *pushing), block(2, 0, words("a", parent=(1, 1)), *letters))


def styled(value: bytes, key: str = "textAlign") -> bytes:
    return update(block(2, 0, attribute(key, value)))


def marked(value: str, name: str = "bold") -> bytes:
    return update(block(2, 0, mark(name, value, left=BEHIND)))


def deleted(*ranges: tuple[int, int], client: int = 1) -> bytes:
    return update(deleted={client: list(ranges)})


REFUSED = [
    (Reason.TOO_LARGE, NOTHING + bytes(1 << 20)),
    (Reason.CUT_SHORT, b""),
    (Reason.CUT_SHORT, PARAGRAPH[:-4]),
    (Reason.BAD_VARINT, b"\xff" * 9),
    (Reason.BAD_VARINT, b"\xff" * (1 << 20)),
    (Reason.NOT_UTF8, update(block(2, 0, item(4, b"\x01\xff", left=BEHIND)))),
    (Reason.NOT_UTF8, update(block(2, 0, item(4, b"\x03\xed\xa0\x80", left=BEHIND)))),
    (Reason.TRAILING_BYTES, NOTHING + b"\x00"),
    # claimed counts: seven bytes made the engine take 512 MB, 123 bytes 4.1 GB
    (Reason.BAD_COUNT, uints(2**31) + bytes(2)),
    (Reason.BAD_COUNT, uints(1, 2**31, 2, 0)),
    (Reason.BAD_COUNT, uints(1, 0, 2, 0, 0, 0, 0)),
    (Reason.BAD_COUNT, uints(0, 2**31)),
    (Reason.BAD_COUNT, uints(0, 1, 1, 2**31)),
    (Reason.BAD_COUNT, styled(LIST_OF + uints(2**31))),
    (Reason.BAD_COUNT, styled(LIST_OF + uints(257) + b"\x7e" * 257)),
    (Reason.BAD_COUNT, update(block(2, 0, item(8, uints(2**31) + b"\x78", parent=(1, 0), key="textAlign")))),
    (Reason.BAD_RANGE, update(block(2, 0, item(8, b"\x00", parent=(1, 0), key="textAlign")))),
    (Reason.TOO_MANY, update(block(2, 0, *[gc(1)] * (2**14 + 1)))),
    (Reason.REPEATED_CLIENT, update(block(2, 0, gc(1)), block(2, 1, gc(1)))),
    (Reason.REPEATED_CLIENT, uints(0, 2, 1, 1, 0, 1, 1, 1, 1, 1)),
    (Reason.BAD_RANGE, update(block(2, 0, gc(0)))),
    (Reason.BAD_RANGE, update(block(2, 0, gc(2**31)))),
    (Reason.BAD_RANGE, update(block(2, 0, words("", left=BEHIND)))),
    (Reason.BAD_RANGE, deleted((0, 0))),
    (Reason.BAD_RANGE, deleted((0, 2**31))),
    (Reason.BAD_RANGE, deleted((3, 1), (2, 1))),
    (Reason.BAD_RANGE, deleted((2, 2), (3, 1))),
    *(
        (Reason.UNKNOWN_STRUCT, update(block(2, 0, item(ref, content, left=BEHIND))))
        for ref, content in [
            (2, b"\x01\x01x"),  # JSON
            (3, b"\x01\x00"),  # binary
            (5, b"\x02{}"),  # embed
            (9, b"\x01x\x7e"),  # subdocument
            (10, b"\x01"),  # skip
            (11, b"\x00" * 6),  # move
            (31, b"\x00"),
            (0, b"\x01"),  # garbage with an origin
        ]
    ),
    (Reason.UNKNOWN_STRUCT, update(block(2, 0, b"\x0a\x01"))),
    (Reason.UNKNOWN_STRUCT, update(block(2, 0, b"\x04\x02" + string("x")))),
    *(
        (Reason.UNKNOWN_TYPE, update(block(2, 0, item(7, content, parent=(1, 0)))))
        for content in [b"\x00", b"\x01", b"\x02", b"\x04", b"\x05\x01x", b"\x07\x00\x00\x00\x00", b"\x0f"]
    ),
    (Reason.UNKNOWN_ELEMENT, update(block(2, 0, element("script")))),
    (Reason.UNKNOWN_ELEMENT, update(block(2, 0, element("Paragraph")))),
    (Reason.UNKNOWN_ELEMENT, update(block(2, 0, element("")))),
    (Reason.UNKNOWN_ATTRIBUTE, styled(string("x"), "onclick")),
    (Reason.UNKNOWN_ATTRIBUTE, styled(b"\x7d\x01", "level")),  # a heading's, not a paragraph's
    (Reason.UNKNOWN_MARK, marked("{}", "script")),
    (Reason.UNKNOWN_MARK, marked("{}", "bold--short")),
    (Reason.UNKNOWN_MARK, marked("{}", "script--AAAAAAAA")),
    (Reason.BAD_VALUE, styled(b"\x76\x01\x01a\x7e")),  # an object
    (Reason.BAD_VALUE, styled((LIST_OF + b"\x01") * 26_000 + b"\x7e")),  # 53 kB killed the engine
    (Reason.BAD_VALUE, styled(LIST_OF + b"\x01" + string("x"))),
    (Reason.BAD_VALUE, styled(b"\x74\x01\x00")),  # bytes
    (Reason.BAD_VALUE, styled(b"\x7a" + bytes(8))),  # a big integer
    (Reason.BAD_VALUE, styled(b"\x73")),
    (Reason.BAD_VALUE, styled(b"\x7b\x7f\xf0" + bytes(6))),  # infinite
    (Reason.BAD_VALUE, styled(b"\x7c\x7f\xc0\x00\x00")),  # not a number
    (Reason.BAD_VALUE, styled(string("x" * 8193))),
    *(
        (Reason.BAD_VALUE, marked(value, "link"))
        for value in [
            "",
            "{",
            "undefined",
            "NaN",
            '{"href":Infinity}',
            "1e999",
            str(2**53),
            "[]",
            '{"a":{}}',
            '{"a":[]}',
            '{"href":"\\ud800"}',
            "[" * 4000 + "]" * 4000,
            '{"href":"' + "x" * 8192 + '"}',
        ]
    ),
    (Reason.GAP, update(block(2, 1, words("x", left=BEHIND)))),
    (Reason.GAP, update(block(1, 9, words("x", left=BEHIND)))),
    (Reason.FOREIGN_CLIENT, update(block(1, 8, words("x", left=BEHIND)))),
    (Reason.UNKNOWN_ORIGIN, update(block(2, 0, words("x", left=(1, 8))))),
    (Reason.UNKNOWN_ORIGIN, update(block(2, 0, words("x", left=(9, 0))))),
    (Reason.UNKNOWN_ORIGIN, update(block(2, 0, words("x", left=BEHIND, right=(9, 0))))),
    (Reason.UNKNOWN_ORIGIN, update(block(2, 0, words("x", left=(2, 0))))),  # itself
    (
        Reason.UNKNOWN_ORIGIN,  # each waits for the other
        update(block(2, 0, words("x", left=(3, 0))), block(3, 0, words("y", left=(2, 0)))),
    ),
    (Reason.UNKNOWN_PARENT, update(block(2, 0, text_type(parent=(9, 0))))),
    (Reason.UNKNOWN_PARENT, update(block(2, 0, text_type(parent=(2, 0))))),
    (Reason.UNKNOWN_ROOT, update(block(2, 0, element("paragraph", parent="elsewhere")))),
    (Reason.NOT_A_PARENT, update(block(2, 0, words("x", parent=(1, 3))))),
    (Reason.ORIGINS_APART, update(block(2, 0, element("paragraph", left=(1, 0), right=(1, 1))))),
    (Reason.TOO_MANY, update(*(block(client, 0, gc(1)) for client in range(2, 67)))),
    (Reason.BAD_VALUE, marked("1" * 400)),
    (Reason.BAD_VALUE, styled(b"\x7d\xa9\x0f")),  # 1001: no table is so wide
    (Reason.ORIGINS_REVERSED, update(block(2, 0, words("x", left=(1, 3), right=(1, 3))))),
    (Reason.ORIGINS_REVERSED, update(block(2, 0, words("x", left=(1, 7), right=(1, 2))))),
    (Reason.MISPLACED, update(block(2, 0, words("x")))),  # words in the root
    (Reason.MISPLACED, update(block(2, 0, words("x", parent=(1, 0))))),  # in an element
    (Reason.MISPLACED, update(block(2, 0, element("paragraph", parent=(1, 1))))),  # an element in a text
    (Reason.MISPLACED, update(block(2, 0, mark("bold", "{}")))),
    (Reason.MISPLACED, update(block(2, 0, element("paragraph", key="x")))),  # the root has no attributes
    (Reason.MISPLACED, update(block(2, 0, words("left", parent=(1, 0), key="textAlign")))),
    (Reason.MISPLACED, update(block(2, 0, attribute("textAlign", string("x"), parent=(1, 1))))),  # nor a text
    (Reason.TOO_DEEP, deep(65)),
    (Reason.TOO_CROWDED, crowd(4000, 4000)),
    (Reason.SPLIT_PAIR, update(block(2, 0, words("x", left=(1, 4))))),
    (Reason.SPLIT_PAIR, update(block(2, 0, words("x", right=(1, 5))))),
    (Reason.SPLIT_PAIR, deleted((5, 1))),
    (Reason.SPLIT_PAIR, deleted((3, 2))),
    (Reason.SPLIT_PAIR, update(block(2, 0, words("😀", left=BEHIND), words("x", left=(2, 0))))),
    (Reason.UNKNOWN_DELETION, deleted((0, 9))),
    (Reason.UNKNOWN_DELETION, deleted((0, 1), client=9)),
]


@pytest.fixture
def room() -> Guarded:
    """Holds what Anne wrote, as client 1."""
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    return room


@pytest.mark.parametrize(("reason", "hostile"), REFUSED, ids=[reason.value for reason, _ in REFUSED])
def test_it_is_refused_for_its_reason_and_changes_nothing(room: Guarded, reason: Reason, hostile: bytes) -> None:
    before = room.guard.knows()
    with pytest.raises(Refused) as refusal:
        room.guard.check(hostile, "bruno")
    assert refusal.value.reason is reason
    assert str(refusal.value).startswith("The update is refused: ")
    assert room.guard.knows() == before
    room.take(update(block(3, 0, words("!", left=BEHIND))), "bruno")
    assert room.text == "<paragraph>ab😀cd!</paragraph>"


def test_every_reason_has_its_example() -> None:
    assert {reason for reason, _ in REFUSED} == set(Reason) - {
        Reason.UNJUDGED,
        Reason.FULL,
    }  # a room's words, in test_rooms


def test_a_half_known_item_is_judged_by_the_neighbour_the_engine_will_give_it() -> None:
    """Its own origin is forgotten where its beginning is known: the log would hold what no guard can read back."""
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(block(2, 0, words("wxyz", left=BEHIND))), "bruno")
    half_known = update(block(2, 3, words("ABC", left=(2, 1), right=(2, 2))))
    with pytest.raises(Refused) as refused:
        room.take(half_known, "bruno")
    assert refused.value.reason is Reason.ORIGINS_REVERSED
    again = Guarded()
    for delta in room.log:
        again.guard.replay(delta, "anyone")
    assert again.guard.knows() == room.guard.knows()


def test_only_the_beginning_of_ones_own_run_may_be_the_right_neighbour_of_what_stands_behind_it() -> None:
    """What a redo may say; anywhere else in the run, or in somebody else's, engines would place it as it is cut."""
    room = Guarded()
    room.take(PARAGRAPH, "anne")
    room.take(update(block(2, 0, words("wxyz", left=BEHIND))), "bruno")
    for right, client, writer in (((2, 1), 2, "bruno"), ((2, 3), 2, "bruno"), ((2, 0), 3, "clara")):
        clock = room.guard.knows().get(client, 0)
        with pytest.raises(Refused) as refused:
            room.guard.check(update(block(client, clock, words("R", left=(2, 3), right=right))), writer)
        assert refused.value.reason is Reason.ORIGINS_REVERSED
    room.take(update(block(2, 4, words("R", left=(2, 3), right=(2, 0)))), "bruno")
    room.take(update(block(2, 5, words("S", left=(2, 4), right=(2, 0)))), "bruno")
    assert room.text == "<paragraph>ab😀cdwxyzRS</paragraph>" == Guarded.replayed(*room.log).text


@pytest.mark.parametrize(
    "honest",
    [
        NOTHING,
        PARAGRAPH,
        deep(64),
        crowd(700, 700),
        styled(string("x" * 8192)),
        styled(b"\x7d\x41"),
        styled(b"\x7c\x3f\x80\x00\x00"),
        styled(b"\x7f"),
        update(block(2, 0, item(8, b"\x02\x7d\x01\x7d\x02", parent=(1, 0), key="textAlign"))),
        styled(LIST_OF + b"\x03\x7d\x05\x7e\x7b" + bytes(8)),
        marked("{}"),
        marked("null"),
        marked("7"),
        marked('{"href":"https://x.example/é","title":null}', "link"),
        marked('{"id":"a"}', "comment--Ab3+/=xY"),
        update(block(2, 0, words("x", left=(1, 3)))),
        update(block(2, 0, words("x", left=(1, 5), right=(1, 6)))),
        update(block(2, 0, words("x", parent=(1, 1)))),
        update(block(2, 0, gc(2**31 - 1))),
        update(block(2, 0, *[gc(1)] * 2**14)),
        update(block(2**53 - 1, 0, gc(1))),
        update(block(1, 0, gc(1)), block(2, 0, words("x", left=BEHIND))),  # what is known is not judged again
        deleted((4, 2)),
        deleted((0, 8)),
        deleted((2, 1), (3, 1)),
        # dependencies may stand in any order
        update(block(2, 0, words("x", left=(3, 0))), block(3, 0, words("y", left=BEHIND))),
        update(block(3, 0, words("y", left=BEHIND)), block(2, 0, words("x", left=(3, 0)))),
    ],
)
def test_its_neighbour_passes_and_the_engine_takes_it(room: Guarded, honest: bytes) -> None:
    room.take(honest, "bruno")
    assert room.is_in_step
    assert Guarded.replayed(*room.log).guard.knows() == room.guard.knows()


def test_what_was_refused_as_too_much_for_a_person_may_stand_in_our_own_log() -> None:
    room = Guarded(Limits(update_bytes=8, structs=1, deletions=1, steps=0))
    room.guard.replay(PARAGRAPH, "anne")
    assert room.guard.knows() == {1: 8}


def test_too_many_new_deletions_are_refused_but_old_ones_may_be_repeated(room: Guarded) -> None:
    strict = Guarded(Limits(deletions=1))
    strict.take(PARAGRAPH, "anne")
    with pytest.raises(Refused, match="too much"):
        strict.take(deleted((2, 1), (6, 1)), "bruno")
    strict.take(deleted((2, 1)), "bruno")
    strict.take(deleted((2, 1), (6, 1)), "bruno")
    assert strict.text == "<paragraph>b😀d</paragraph>"


def test_garbage_makes_garbage_of_what_is_placed_in_it(room: Guarded) -> None:
    room.take(update(block(2, 0, gc(3), words("x", left=(2, 1)), element("paragraph", parent=(2, 0)))), "bruno")
    room.take(update(block(2, 5, words("y", parent=(2, 4)))), "bruno")
    assert room.is_in_step
    assert room.text == "<paragraph>ab😀cd</paragraph>"


def test_what_is_placed_in_a_deleted_paragraph_is_gone_with_it(room: Guarded) -> None:
    room.take(deleted((0, 8)), "anne")
    compacted = Guarded.replayed(room.doc.get_update())
    for each in (room, compacted):
        each.take(update(block(2, 0, words("x", left=BEHIND), text_type(parent=(1, 0)))), "bruno")
        assert each.is_in_step
        assert each.text == ""


def test_the_rest_of_a_merged_run_stands_where_its_beginning_does(room: Guarded) -> None:
    room.take(update(block(2, 0, words("x", left=BEHIND))), "bruno")
    room.take(update(block(2, 0, words("xyz", left=BEHIND))), "bruno")
    assert room.text == "<paragraph>ab😀cdxyz</paragraph>"


@pytest.mark.parametrize(("left", "reason"), [((9, 9), Reason.UNKNOWN_ORIGIN), ((4, 2), Reason.MISPLACED)])
def test_the_rest_of_a_merged_run_may_not_claim_to_stand_elsewhere(
    room: Guarded, left: tuple[int, int], reason: Reason
) -> None:
    room.take(update(block(2, 0, words("x", left=BEHIND))), "bruno")
    room.take(update(block(4, 0, element("paragraph"), text_type(parent=(4, 0)), words("o", parent=(4, 1)))), "bruno")
    with pytest.raises(Refused) as refusal:
        room.guard.check(update(block(2, 0, words("xyz", left=left))), "bruno")
    assert refusal.value.reason is reason


def test_garbage_may_begin_with_words_that_were_none_yet(room: Guarded) -> None:
    """Typed, half of it sent, deleted with its paragraph, and only then sent again as a whole."""
    room.take(update(block(2, 0, element("paragraph", left=(1, 0)), text_type(parent=(2, 0)))), "bruno")
    room.take(update(block(2, 2, words("a", parent=(2, 1)))), "bruno")
    deleted_paragraph = item(1, uints(1), left=(1, 0))
    room.take(update(block(2, 0, deleted_paragraph, gc(3)), deleted={2: [(0, 4)]}), "bruno")
    assert room.is_in_step
    assert room.text == "<paragraph>ab😀cd</paragraph>"


def test_the_known_beginning_of_a_run_may_not_end_inside_a_pair(room: Guarded) -> None:
    room.take(update(block(2, 0, words("xy", left=BEHIND))), "bruno")
    with pytest.raises(Refused) as refusal:
        room.guard.check(update(block(2, 0, words("x😀", left=BEHIND))), "bruno")
    assert refusal.value.reason is Reason.SPLIT_PAIR


def test_a_lie_about_known_words_leaves_no_trace(room: Guarded) -> None:
    room.take(
        update(block(1, 0, element("paragraph"), text_type(parent=(1, 0)), words("😀😀😀", parent=(1, 1)))), "bruno"
    )
    room.take(update(block(2, 0, words("x", left=(1, 2), right=(1, 3)))), "bruno")
    assert room.text == "<paragraph>axb😀cd</paragraph>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.CUT_SHORT),
        (uints(2**31), Reason.BAD_COUNT),  # six bytes made the engine take 1 GB
        (uints(1, 1, 1, 1), Reason.TRAILING_BYTES),
        (uints(2, 1, 1, 1, 1), Reason.REPEATED_CLIENT),
        (uints(1, 1, 2**31), Reason.BAD_RANGE),
        (b"\xff" * 9, Reason.BAD_VARINT),
        (bytes(2**20 + 1), Reason.TOO_LARGE),
    ],
)
def test_a_hostile_state_vector_is_refused(data: bytes, reason: Reason) -> None:
    with pytest.raises(Refused) as refusal:
        decode_state_vector(data)
    assert refusal.value.reason is reason


def test_a_state_vector_says_how_far_each_client_is_known() -> None:
    assert decode_state_vector(uints(2, 7, 3, 2**53 - 1, 2**31 - 1)) == {7: 3, 2**53 - 1: 2**31 - 1}
