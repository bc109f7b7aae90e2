"""Which number comes next in a plan, and which are there twice: help, never a rule."""

import re
from collections import Counter
from collections.abc import Sequence

from server.domain.contract.sections import Section, SectionKind
from server.domain.plan.plan_changes import Place, Where, children, find, parent_at

_ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LAST = re.compile(r"^(.*?)([0-9]+|[IVXLC]+|[a-z])$")
_WORDS = {SectionKind.ANNEX: "Annexe 1", SectionKind.PART: "Titre 1", SectionKind.CLAUSE: ""}


def following(number: str) -> str:
    """The number after one; nothing after what does not end in a number or a letter.

    >>> following("Article 4"), following("4.9"), following("III"), following("III.1.a"), following("Préambule")
    ('Article 5', '4.10', 'IV', 'III.1.b', '')
    """
    found = _LAST.match(number)
    if found is None or (found[1][-1:].isalpha()):
        return ""
    before, last = found.groups()
    if last.isdigit():
        return f"{before}{int(last) + 1}"
    if last.islower():
        return f"{before}{chr(ord(last) + 1)}" if last < "z" else ""
    return f"{before}{_roman(_value(last) + 1)}"


def _value(roman: str) -> int:
    worth = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    values = [worth[letter] for letter in roman]
    return sum(-one if one < max(values[at:]) else one for at, one in enumerate(values))


def _roman(value: int) -> str:
    written = ""
    for worth, letters in _ROMAN:
        count, value = divmod(value, worth)
        written += letters * count
    return written


def proposed(plan: Sequence[Section], place: Place, kind: SectionKind) -> str:
    """A number for a new section at a place: the next free one after its elder siblings, or the first of its parent."""
    parent = parent_at(plan, place)
    numbered = [one for one in children(plan, parent.id if parent else None) if one.number]
    siblings = [one for one in numbered if one.kind is kind] or [one for one in numbered if _is_named(one, kind)]
    if place.where is not Where.INSIDE and place.target is not None:
        until = plan.index(find(plan, place.target)) + (place.where is Where.AFTER)
        siblings = [one for one in siblings if plan.index(one) < until] or siblings[:1]
    number = following(siblings[-1].number) if siblings else _first(parent, kind)
    taken = {one.number for one in plan}
    while number in taken and number:
        number = following(number)
    return number


def _is_named(one: Section, kind: SectionKind) -> bool:
    """Whether a section is numbered as one of a kind: « Titre II » of a file may be a clause."""
    word = _WORDS.get(kind, "").partition(" ")[0]
    return word != "" and one.number.startswith(f"{word} ")


def _first(parent: Section | None, kind: SectionKind) -> str:
    if parent is None or kind is not SectionKind.CLAUSE or parent.kind is not SectionKind.CLAUSE:
        return _WORDS.get(kind, "")
    bare = parent.number.removeprefix("Article ")
    return f"{bare}.1" if bare[:1].isdigit() else ""


def duplicates(plan: Sequence[Section]) -> frozenset[str]:
    """The ids of sections whose number another has as well: beside it, or anywhere when the number says it all.

    « Article 4 » and « 4.3 » are read on their own; « 1 » and « a » only where they stand. The local contracts of a
    contract count each for themselves.
    """
    scopes: dict[str, str] = {}
    keys = {}
    for one in plan:
        scope = one.id if one.kind in _APART else scopes.get(one.parent_id or "", "")
        scopes[one.id] = scope
        is_whole = " " in one.number or "." in one.number
        keys[one.id] = (one.number, scope if is_whole else one.parent_id)
    times = Counter(keys.values())
    return frozenset(one.id for one in plan if one.number and times[keys[one.id]] > 1)


_APART = (SectionKind.GENERAL, SectionKind.LOCAL_CONTRACT)
