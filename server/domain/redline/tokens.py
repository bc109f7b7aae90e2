"""The words of French as they are compared: « 1 200 € », « 30 juin 2027 », « mi-parcours » and « l’ » are one each."""

import re
from collections.abc import Iterator

SPACE = "[ \u00a0\u202f]"
MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_DATE = rf"(?:1er|\d{{1,2}}){SPACE}(?:{MONTHS})(?:{SPACE}\d{{4}})?(?!\w)"
_NUMBER = rf"(?:\d{{1,3}}(?:{SPACE}\d{{3}})+(?!\d)(?:,\d+)?|\d+(?:[.,/:]\d+)*(?![^\W\d_]|-\d))"
_UNIT = rf"(?:{SPACE}?(?:[kM]?€|%|‰|(?:ETP|euros?)(?!\w)))?"
_ELISION = r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)[’'](?=\w)"
_WORD = r"[^\W_]+(?:[-‑.’'][^\W_]+)*"
_SIGN = "\\S(?:\u200d\\S|[\u0300-\u036f\ufe00-\ufe0f\u20e3]|[\U0001f3fb-\U0001f3ff])*"  # an emoji stays whole
ELIDED = "’'"
TOKEN = re.compile(rf"({_DATE}|{_NUMBER}{_UNIT}|{_ELISION}|{_WORD}|{_SIGN})\s*|\s+", re.IGNORECASE)


def tokens(text: str) -> Iterator[tuple[str, int]]:
    """Each word or sign and where it begins; spaces belong to what they follow, at the very beginning to a word ""."""
    for found in TOKEN.finditer(text):
        yield found[1] or "", found.start()


def is_word(token: str) -> bool:
    """Whether a token counts as a word: neither a sign nor an elided one, which is half of the next."""
    return token[:1].isalnum() and token[-1] not in ELIDED


def words(text: str) -> Iterator[str]:
    """The words of a text."""
    return (found[1] for found in TOKEN.finditer(text) if found[1] and is_word(found[1]))
