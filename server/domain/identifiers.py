"""Do FINESS, SIREN, SIRET and département numbers look right? A doubt is said, never a refusal (domain brief 4.6).

Rules: FINESS and SIREN end with a Luhn key (in FINESS, A counts 1 and B counts 2); a SIRET begins with a SIREN.
A number may be right all the same: the new FINESS format allows any nine letters or digits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.domain.refusals import N_

HARD = "\u00a0"  # no-break space, between groups of digits

_FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}")
_DEPARTMENT = re.compile(r"0[1-9]|1[0-9]|2[AB1-9]|[3-8][0-9]|9[0-5]|97[12346]")
_OVERSEAS = {"971": "9701", "972": "9702", "973": "9703", "974": "9704", "976": "9805"}
_LETTERS = str.maketrans("AB", "12")  # what the two letters of Corsica count for in the key


@dataclass(frozen=True)
class Doubt:
    """What looks wrong and what to do, as a sentence with {fields} to translate before they are filled in."""

    says: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.says.format(**self.fields)


def cleaned(number: str) -> str:
    """A number as it is checked and kept: without spaces of any kind, letters in capitals, never longer than typed.

    >>> cleaned("2a 000 001 4")
    '2A0000014'
    """
    return "".join(one.upper() if one.isascii() else one for one in number if not one.isspace())


def shown_finess(number: str) -> str:
    """A FINESS number as people write it, NN NNN NNN N with no-break spaces; anything else as it is."""
    plain = cleaned(number)
    return HARD.join((plain[:2], plain[2:5], plain[5:8], plain[8:])) if len(plain) == 9 else number


def finess_warning(number: str, department_code: str = "") -> Doubt | None:
    """What is doubtful in the FINESS number of somebody in a département; none is legal, and says nothing."""
    plain = cleaned(number)
    if not plain:
        return None
    said = {"number": shown_finess(number)}
    if len(plain) != 9:
        return Doubt(
            N_("Le numéro FINESS {number} n’a pas neuf caractères. Vérifiez-le dans le répertoire FINESS."), said
        )
    if not _FINESS.fullmatch(plain):
        return Doubt(
            N_(
                "Le numéro FINESS {number} contient un caractère inattendu : neuf chiffres, ou 2A et 2B au début"
                " pour la Corse. Vérifiez-le dans le répertoire FINESS."
            ),
            said,
        )
    if not _ends_with_its_key(plain.translate(_LETTERS)):
        return Doubt(
            N_("La clé du numéro FINESS {number} est fausse. Vérifiez chaque chiffre dans le répertoire FINESS."), said
        )
    return _misplaced(plain, cleaned(department_code))


def _misplaced(finess: str, department: str) -> Doubt | None:
    prefix = _OVERSEAS.get(department, department)
    if not _DEPARTMENT.fullmatch(department) or finess.startswith(prefix):
        return None
    return Doubt(
        N_(
            "Le numéro FINESS {number} devrait commencer par {prefix} dans le département {department}."
            " Vérifiez le numéro et le département."
        ),
        {"number": shown_finess(finess), "prefix": prefix, "department": department},
    )


def siren_warning(number: str) -> Doubt | None:
    """What is doubtful in a SIREN number; an absent one says nothing."""
    return _keyed(
        number,
        9,
        N_("Le numéro SIREN {number} n’a pas neuf chiffres. Vérifiez-le dans le répertoire Sirene."),
        N_("La clé du numéro SIREN {number} est fausse. Vérifiez chaque chiffre dans le répertoire Sirene."),
    )


def siret_warning(number: str) -> Doubt | None:
    """What is doubtful in a SIRET number, or in the SIREN it begins with; an absent one says nothing."""
    wrong_key = N_("La clé du numéro SIRET {number} est fausse. Vérifiez chaque chiffre dans le répertoire Sirene.")
    found = _keyed(
        number,
        14,
        N_("Le numéro SIRET {number} n’a pas quatorze chiffres. Vérifiez-le dans le répertoire Sirene."),
        wrong_key,
    )
    if found is None and siren_warning(cleaned(number)[:9]):
        return Doubt(wrong_key, {"number": number})
    return found


def _keyed(number: str, length: int, wrong_length: str, wrong_key: str) -> Doubt | None:
    plain = cleaned(number)
    if not plain:
        return None
    if not re.fullmatch(rf"[0-9]{{{length}}}", plain):
        return Doubt(wrong_length, {"number": number})
    return None if _ends_with_its_key(plain) else Doubt(wrong_key, {"number": number})


def department_warning(code: str) -> Doubt | None:
    """What is doubtful in the code of a département, which is text: 01, 2A, 974; an absent one says nothing."""
    plain = cleaned(code)
    if not plain or _DEPARTMENT.fullmatch(plain):
        return None
    return Doubt(
        N_(
            "« {code} » n’est pas un code de département. Écrivez deux caractères (01 à 95, 2A ou 2B en Corse)"
            " ou, outre-mer, trois chiffres (971 à 974, 976)."
        ),
        {"code": code},
    )


def _ends_with_its_key(digits: str) -> bool:
    """The Luhn check (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(sum(divmod(one, 10)) for one in doubled) % 10 == 0
