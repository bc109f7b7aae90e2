"""Signs, money, dates, and when a section may be typed in."""

import doctest
from datetime import UTC, date, datetime

import pytest

from server.domain.contract import contract, money
from server.domain.contract.contract import ContractState, looks
from server.domain.contract.money import Cents, cents
from server.domain.contract.sections import (
    AnnexType,
    Section,
    SectionKind,
    SectionMode,
    SectionStatus,
    mode_of,
    why_closed,
)
from server.wording import rendering
from server.wording.languages import languages

FRENCH, ENGLISH = languages().values()


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
    names = ["Département", "Département", "Département", "ARS", "ARS Ouest"]
    signs = [sign for sign, _ in looks([(name, "authority") for name in names], {})]
    assert len(set(signs)) == 5
    assert all(len(sign) == 2 for sign in signs)


def test_a_party_keeps_the_look_it_has_and_a_new_one_takes_what_is_free() -> None:
    kept = {0: ("DÉ", 2), 1: ("GE", 3)}
    found = looks([("Nouveau nom", "departement"), ("Gestionnaire", "operator"), ("Département", "departement")], kept)
    assert found == [("DÉ", 2), ("GE", 3), ("DP", 4)]
    many = looks([(f"Partie {number}", "consulted") for number in range(20)], {})
    assert len({sign for sign, _ in many}) == 20
    assert {hue for _, hue in many[:8]} == set(range(1, 9))


def test_money_is_whole_cents() -> None:
    assert cents(15_288_500, "euro entier") == 1_528_850_000
    assert cents(199, "centime") == 199
    with pytest.raises(KeyError):
        cents(1, "kilo-euro")


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (date(2027, 1, 1), "1er janvier 2027", "1 January 2027"),
        (date(2026, 6, 11), "11 juin 2026", "11 June 2026"),
        (date(2031, 12, 31), "31 décembre 2031", "31 December 2031"),
    ],
)
def test_a_day_is_written_in_full(value: date, french: str, english: str) -> None:
    said = [rendering.day(value, one) for one in (FRENCH, ENGLISH)]
    assert said == [one.replace(" ", "\u00a0", 1) for one in (french, english)]


@pytest.mark.parametrize(
    ("amount", "french", "english"),
    [
        (1_528_850_000, "15_288_500~€", "€15,288,500"),
        (1_234_500, "12_345~€", "€12,345"),
        (-7_205, "−72,05~€", "−€72.05"),
        (50, "0,50~€", "€0.50"),
        (0, "0~€", "€0"),
    ],
)
def test_an_amount_is_written_with_the_signs_of_its_language(amount: int, french: str, english: str) -> None:
    said = [rendering.money(Cents(amount), one) for one in (FRENCH, ENGLISH)]
    assert said == [french.replace("_", "\u202f").replace("~", "\u00a0"), english]


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, "0 établissement ou service", "0 establishments and services"),
        (1, "1 établissement ou service", "1 establishment or service"),
        (2, "2 établissements et services", "2 establishments and services"),
        (
            1_000_000,
            "1\u202f000\u202f000 établissements et services",
            "1,000,000 establishments and services",
        ),
    ],
)
def test_nought_is_singular_in_french_and_plural_in_english(count: int, french: str, english: str) -> None:
    words = ("%(num)d établissement ou service", "%(num)d établissements et services")
    assert [one.count(*words, count) for one in (FRENCH, ENGLISH)] == [french, english]


def test_an_hour_is_written_with_its_sign() -> None:
    at = datetime(2026, 6, 11, 14, 5, tzinfo=UTC)
    assert [rendering.clock(at, one) for one in (FRENCH, ENGLISH)] == ["14\u00a0h\u00a005", "14:05"]


def test_an_article_is_named_after_a_preposition() -> None:
    labels = ("Article 4.3", "Annexe 2", "Titre II", "Préambule")
    assert [rendering.named(one, FRENCH) for one in labels] == [
        "l’article 4.3",
        "l’annexe 2",
        "le titre II",
        "«\u00a0Préambule\u00a0»",
    ]
    assert [rendering.named(one, ENGLISH) for one in labels] == ["article 4.3", "Annexe 2", "“Titre II”", "“Préambule”"]


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
