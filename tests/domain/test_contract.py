"""Signs, money, dates, and when a section may be typed in."""

import doctest
from datetime import date

import pytest

from server import rendering
from server.domain import contract, money
from server.domain.contract import ContractState, distinct_signs
from server.domain.money import Cents, cents, in_words
from server.domain.sections import (
    AnnexType,
    Section,
    SectionKind,
    SectionMode,
    SectionStatus,
    mode_of,
    why_closed,
)


def a_section(
    status: SectionStatus = SectionStatus.DRAFT,
    mode: SectionMode = SectionMode.FREE,
    annex: AnnexType | None = None,
) -> Section:
    return Section("s1", "s-1", None, 0, "Article 1", "Objet", SectionKind.CLAUSE, annex, True, status, mode, 1)


@pytest.mark.parametrize("module", [contract, money])
def test_the_examples_in_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_two_departements_in_one_contract_have_different_signs() -> None:
    signs = distinct_signs(["Département", "Département", "Département", "ARS", "ARS Ouest"])
    assert len(set(signs)) == 5
    assert all(len(sign) == 2 for sign in signs)


def test_money_is_whole_cents_and_written_with_its_spaces() -> None:
    assert cents(15_288_500, "euro entier") == 1_528_850_000
    assert cents(199, "centime") == 199
    assert in_words(Cents(1_528_850_000)) == "15\u202f288\u202f500\u00a0€"
    with pytest.raises(KeyError):
        cents(1, "kilo-euro")


def test_the_first_of_a_month_is_written_1er() -> None:
    assert rendering.day(date(2027, 1, 1)) == "1er\u00a0janvier 2027"
    assert rendering.day(date(2027, 1, 11)) == "11\u00a0janvier 2027"
    assert rendering.day(date(2031, 12, 31)) == "31\u00a0décembre 2031"


def test_an_agreed_section_opens_as_proposals_only() -> None:
    assert mode_of(SectionStatus.AGREED) is SectionMode.PROPOSALS_ONLY
    assert {mode_of(one) for one in SectionStatus if one is not SectionStatus.AGREED} == {SectionMode.FREE}


def test_a_free_section_of_an_open_contract_is_the_only_one_to_type_in() -> None:
    assert why_closed(a_section(), ContractState.NEGOTIATION) is None
    assert why_closed(a_section(annex=AnnexType.TEXT), ContractState.DRAFTING) is None
    for closed in (
        a_section(mode=SectionMode.PROPOSALS_ONLY),
        a_section(mode=SectionMode.FROZEN),
        a_section(status=SectionStatus.NOT_APPLICABLE),
        a_section(annex=AnnexType.MEANS_TABLE),
    ):
        assert why_closed(closed, ContractState.NEGOTIATION)


@pytest.mark.parametrize("state", ContractState)
def test_nothing_is_typed_once_a_contract_is_ready_to_sign(state: ContractState) -> None:
    is_open = state.value in ("draft", "scoping", "diagnosis", "drafting", "negotiation", "consultation")
    assert (why_closed(a_section(), state) is None) == is_open
