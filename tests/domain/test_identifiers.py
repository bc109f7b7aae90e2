"""FINESS, SIREN, SIRET and département numbers: what is said of each, and how a FINESS is written."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.contract_files import contract_file
from server.domain.identifiers import (
    cleaned,
    department_warning,
    finess_warning,
    shown_finess,
    siren_warning,
    siret_warning,
)
from tests.factories import SAMPLES

KNOWN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "identifiants-essai.json").read_text("utf-8"))
RIGHT_FINESS = [one["value"] for one in KNOWN["finess"]["valid"]]
WRONG_FINESS = [one["value"] for one in KNOWN["finess"]["invalid"] if " " not in one["value"]]


@pytest.mark.parametrize("number", [*RIGHT_FINESS, *map(shown_finess, RIGHT_FINESS), "2a 0000014", ""])
def test_a_right_finess_says_nothing(number: str) -> None:
    assert finess_warning(number) is None


@pytest.mark.parametrize("number", [*WRONG_FINESS, "01 000 002 5", "٠١٠٠٠٠٠٢٤", "0100000240"])
def test_a_wrong_finess_says_what_to_do(number: str) -> None:
    assert "répertoire FINESS" in str(finess_warning(number))
    assert shown_finess(number) in str(finess_warning(number))


@pytest.mark.parametrize(
    ("number", "department"),
    [
        ("010000024", "01"),
        ("2A0000014", "2A"),
        ("2B9999024", "2b"),
        ("970499901", "974"),
        ("980599906", "976"),
        ("010000024", ""),
        ("010000024", "pas un code"),
    ],
)
def test_a_finess_of_its_departement_says_nothing(number: str, department: str) -> None:
    assert finess_warning(number, department) is None


@pytest.mark.parametrize(
    ("number", "department", "prefix"),
    [("010000024", "49", "49"), ("2A0000014", "2B", "2B"), ("970499901", "973", "9703"), ("980599906", "974", "9704")],
)
def test_a_finess_of_another_departement_says_what_it_should_begin_with(
    number: str, department: str, prefix: str
) -> None:
    assert f"devrait commencer par {prefix} dans le département {department}." in str(
        finess_warning(number, department)
    )


def test_a_finess_is_shown_as_people_write_it() -> None:
    assert shown_finess("499990117") == shown_finess("49 999 011 7") == "49\u00a0999\u00a0011\u00a07"
    assert shown_finess("12345") == "12345"


@pytest.mark.parametrize("number", [*KNOWN["siret"]["valid"], "999 990 104 00013", ""])
def test_a_right_siret_says_nothing(number: str) -> None:
    assert siret_warning(number) is None
    assert siren_warning(cleaned(number)[:9]) is None


@pytest.mark.parametrize("number", [*KNOWN["siret"]["invalid"], "99999010500002", "9999901040001A"])
def test_a_wrong_siret_says_what_to_do(number: str) -> None:
    assert f"SIRET {number}" in str(siret_warning(number))
    assert "répertoire Sirene" in str(siret_warning(number))


@pytest.mark.parametrize("number", ["999990105", "12345678", "999990104000"])
def test_a_wrong_siren_says_what_to_do(number: str) -> None:
    assert "répertoire Sirene" in str(siren_warning(number))


def test_every_departement_is_known_and_nothing_else_is() -> None:
    mainland = [f"{number:02}" for number in range(1, 96) if number != 20]
    for code in [*mainland, "2A", "2B", "971", "972", "973", "974", "976", ""]:
        assert department_warning(code) is None
    for code in ["20", "1", "00", "96", "975", "2C", "49000", "Maine-et-Loire"]:
        assert str(department_warning(code)).startswith(f"«\u00a0{code}\u00a0» n’est pas un code de département.")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_number_of_the_sample_contracts_is_right(name: str) -> None:
    source = contract_file.read_data(name)
    for one in [*source["establishments"], *source["parties"]]:
        department = one.get("department_code", "")
        assert finess_warning(one.get("finess_et") or one.get("finess_ej", ""), department) is None
        assert siret_warning(one.get("siret", "")) is None
        assert department_warning(department) is None
