"""Who may bind their party now: each condition of a mandate, broken in turn (security checklist 23)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.people.mandates import BASES, LACKS, Basis, Bearer, Lack, Mandate, may_bind, read_mandate
from server.domain.refusals import SheetRefused
from server.domain.sheets import Sheet

NOW = datetime(2026, 10, 1, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))
BEARER = Bearer(party_id=1, seat_key="p-delegue-ars", name="Hélène Quéméré", is_signing=True, reads=True)
MANDATE = Mandate(
    id="m",
    party_id=1,
    seat_key="p-delegue-ars",
    holder="Hélène Quéméré",
    title="Directrice de la délégation territoriale",
    basis=Basis.DELEGATION_OF_SIGNATURE,
    reference="Décision ARS n° EX-2026-011",
    dated=date(2026, 1, 5),
    valid_from=date(2026, 1, 6),
    valid_until=date(2026, 12, 31),
    scope="Contrats du secteur du handicap",
    cap=None,
    recorded_at=NOW - timedelta(days=30),
)
TYPED = {"title": "Présidente", "basis": "deliberation", "reference": "CP-2026-09-142", "dated": "28/09/2026"}


def test_a_mandate_that_lacks_nothing_binds() -> None:
    assert may_bind([MANDATE], BEARER, NOW) == MANDATE


Change = Callable[[Mandate, Bearer], tuple[Mandate, Bearer]]
BROKEN: list[tuple[Lack, Change]] = [
    (Lack.PARTY, lambda m, b: (m, replace(b, is_signing=False))),
    (Lack.ROLE, lambda m, b: (m, replace(b, reads=False))),
    (Lack.SEAT, lambda m, b: (m, replace(b, seat_key="p-tarif-ars"))),
    (Lack.SEAT, lambda m, b: (m, replace(b, party_id=2))),
    (Lack.NAME, lambda m, b: (m, replace(b, name="Yanis Berthomé"))),
    (Lack.TITLE, lambda m, b: (replace(m, title=""), b)),
    (Lack.REFERENCE, lambda m, b: (replace(m, reference=""), b)),
    (Lack.NOT_YET_DATED, lambda m, b: (replace(m, dated=date(2026, 10, 2), valid_from=date(2026, 1, 1)), b)),
    (Lack.NOT_YET, lambda m, b: (replace(m, valid_from=date(2026, 10, 2)), b)),
    (Lack.OVER, lambda m, b: (replace(m, valid_until=date(2026, 9, 30)), b)),
    (Lack.ENDED, lambda m, b: (replace(m, ended_at=NOW), b)),
    (Lack.NOT_RECORDED, lambda m, b: (replace(m, recorded_at=NOW + timedelta(seconds=1)), b)),
]


@pytest.mark.parametrize(("lack", "change"), BROKEN, ids=lambda one: one.value if isinstance(one, Lack) else "")
def test_each_condition_broken_alone_binds_nobody_and_says_which(lack: Lack, change: Change) -> None:
    mandate, bearer = change(MANDATE, BEARER)
    assert mandate.lack(bearer, NOW) is lack
    assert may_bind([mandate], bearer, NOW) is None


def test_every_way_to_lack_is_tried_and_has_its_words() -> None:
    assert {lack for lack, _ in BROKEN} == set(Lack) == set(LACKS)
    assert set(BASES) == set(Basis)


def test_one_that_holds_among_others_is_enough() -> None:
    over = replace(MANDATE, id="old", valid_until=date(2025, 12, 31))
    assert may_bind([over, MANDATE], BEARER, NOW) == MANDATE
    assert may_bind([], BEARER, NOW) is None


def test_a_mandate_ended_between_the_reading_and_the_click_binds_no_more() -> None:
    ended = replace(MANDATE, ended_at=NOW + timedelta(minutes=2))
    assert may_bind([ended], BEARER, NOW) == ended
    assert may_bind([ended], BEARER, NOW + timedelta(minutes=2)) is None


def test_days_are_those_of_the_place_and_the_last_one_counts_whole() -> None:
    last = datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZoneInfo("Europe/Paris"))
    assert may_bind([MANDATE], BEARER, last) == MANDATE
    assert MANDATE.lack(BEARER, last + timedelta(seconds=1)) is Lack.OVER


def test_a_form_becomes_a_mandate_that_holds_from_the_day_of_its_act() -> None:
    read = read_mandate(Sheet({**TYPED, "cap": "1 500 000"}, ""))
    assert (read.basis, read.valid_from, read.valid_until) == (Basis.DELIBERATION, date(2026, 9, 28), None)
    assert read.cap == 150_000_000


WRONG = [
    ("title", " "),
    ("reference", ""),
    ("basis", "king"),
    ("dated", "30/02/2026"),
    ("dated", ""),
    ("valid_from", "x"),
    ("valid_until", "27/09/2026"),
    ("cap", "-1"),
]


@pytest.mark.parametrize(("name", "typed"), WRONG)
def test_a_wrong_field_is_named(name: str, typed: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        read_mandate(Sheet({**TYPED, name: typed}, ""))
    assert list(refused.value.problems) == [name]
