"""Sessions of writing: by example, and by property for any log."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain.texts.history import PAUSE, TURN, Change, Mark, Writer, around, change, sessions, words

NINE = datetime(2026, 6, 11, 9, 0, tzinfo=UTC)
ARS, OPERATOR, PROGRAM = Writer(1, 10), Writer(2, 20), Writer(None, None)


def a_log(*lines: tuple[Writer, float]) -> list[Mark]:
    """A log from (writer, minutes after nine); numbers have holes, as in a database shared by many texts."""
    return [Mark(7 + 3 * i, writer, NINE + timedelta(minutes=at)) for i, (writer, at) in enumerate(lines)]


def told(*lines: tuple[Writer, float]) -> list[tuple[Writer, list[int]]]:
    """Sessions as (writer, places of their lines)."""
    return [(one.writer, [(number - 7) // 3 for number in one.lines]) for one in sessions(a_log(*lines))]


def test_a_text_nobody_wrote_has_no_session() -> None:
    assert sessions([]) == []


def test_one_writer_who_pauses_to_think_stays_in_one_session() -> None:
    assert told((ARS, 0), (ARS, 1), (ARS, 11)) == [(ARS, [0, 1, 2])]


def test_a_long_silence_ends_a_session() -> None:
    assert told((ARS, 0), (ARS, 10.1)) == [(ARS, [0]), (ARS, [1])]


def test_people_who_answer_each_other_have_sessions_one_after_the_other() -> None:
    found = told((ARS, 0), (ARS, 1), (OPERATOR, 2), (OPERATOR, 3), (ARS, 4))
    assert found == [(ARS, [0, 1]), (OPERATOR, [2, 3]), (ARS, [4])]


def test_people_who_type_at_once_have_sessions_that_overlap_and_name_each_other() -> None:
    first, second = sessions(a_log((ARS, 0), (OPERATOR, 0.2), (ARS, 0.4), (OPERATOR, 0.6), (ARS, 0.8), (OPERATOR, 1)))
    assert (first.writer, first.others) == (ARS, frozenset({OPERATOR}))
    assert (second.writer, second.others) == (OPERATOR, frozenset({ARS}))
    assert (first.before, second.before) == (None, first.lines[0])


def test_a_word_put_in_by_someone_else_does_not_cut_a_session() -> None:
    assert told((ARS, 0), (OPERATOR, 0.5), (ARS, 1)) == [(OPERATOR, [1]), (ARS, [0, 2])]


def test_the_import_is_a_session_of_nobody() -> None:
    imported, written = sessions(a_log((PROGRAM, 0), (ARS, 0.1)))
    assert (imported.writer, imported.before) == (PROGRAM, None)
    assert (written.writer, written.before, written.others) == (ARS, imported.last, frozenset())


def test_who_changed_party_has_a_session_for_each() -> None:
    moved = Writer(1, 20)
    assert told((ARS, 0), (moved, 0.1)) == [(ARS, [0]), (moved, [1])]


def test_a_clock_that_went_back_ends_nothing() -> None:
    assert told((ARS, 60), (ARS, 0)) == [(ARS, [0, 1])]


LOGS = st.lists(st.tuples(st.sampled_from([ARS, OPERATOR, PROGRAM]), st.floats(0, 12)), max_size=40).map(
    lambda steps: a_log(*((who, sum(pause for _, pause in steps[: i + 1])) for i, (who, _) in enumerate(steps)))
)


@given(LOGS)
def test_every_line_is_in_exactly_one_session_of_its_writer_and_order_is_kept(log: list[Mark]) -> None:
    found = sessions(log)
    numbers = [number for one in found for number in one.lines]
    assert sorted(numbers) == [mark.number for mark in log]
    writers = {mark.number: mark.writer for mark in log}
    assert all(writers[number] == one.writer for one in found for number in one.lines)
    assert all(list(one.lines) == sorted(one.lines) for one in found)
    assert [one.last for one in found] == sorted(one.last for one in found)


@given(LOGS)
def test_no_silence_inside_a_session_is_longer_than_the_rule_says(log: list[Mark]) -> None:
    places = {mark.number: place for place, mark in enumerate(log)}
    for one in sessions(log):
        for before, after in zip(one.lines, one.lines[1:], strict=False):
            silence = log[places[after]].at - log[places[before]].at
            assert silence <= (PAUSE if places[after] == places[before] + 1 else TURN)


@given(LOGS)
def test_others_are_exactly_who_wrote_between_the_first_and_the_last_line(log: list[Mark]) -> None:
    for one in sessions(log):
        inside = {mark.writer for mark in log if one.lines[0] <= mark.number <= one.last}
        assert one.others == inside - {one.writer}


def test_a_change_is_told_in_words_more_and_less() -> None:
    before, after = words("La capacité est de 100 places."), words("La capacité de l’IME est de 120 places.")
    assert change(before, after) == Change(added=3, removed=1)
    assert change(Counter(), before) == Change(added=6, removed=0)


def test_a_word_is_what_a_reader_counts_as_one() -> None:
    assert list(words("l’ARS\u00a0: 44.5 ETP, soixante-deux\u00a0!")) == ["l’ARS", "44.5", "ETP", "soixante-deux"]


def test_a_moved_sentence_is_neither_more_nor_less() -> None:
    assert change(words("Un. Deux."), words("Deux. Un.")) == Change(0, 0)


def test_around_a_line_are_the_states_before_and_after_it() -> None:
    log = sessions(a_log((ARS, 0), (ARS, 20), (ARS, 21), (ARS, 40)))
    middle = log[1].lines[0]
    assert around(middle, log) == (log[0], log[1])
    assert around(log[0].last, log) == (None, log[1])
    assert around(log[2].last, log) == (log[1], None)
