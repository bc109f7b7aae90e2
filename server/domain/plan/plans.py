"""The families of contracts and the plan each begins from: data with sources, not code."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """The usual plan of a family: its name on screen and its sections, typeset in French."""

    family: str
    label: str
    legal_reference: str
    perimeter: str
    usual_years: int
    sections: tuple[Mapping[str, Any], ...]

    @property
    def short_label(self) -> str:
        """Its name for a list."""
        return short_label(self.label)

    @property
    def size(self) -> int:
        """How many sections it has, those inside others counted."""
        return sum(1 for _ in _walk(self.sections))


def _walk(sections: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for one in sections:
        yield one
        yield from _walk(one.get("children", ()))


def read_plans(templates: Sequence[Mapping[str, Any]]) -> dict[str, Plan]:
    """The plans of `server/data/plans.json`, by family."""
    return {
        one["family"]: Plan(
            family=one["family"],
            label=one["label"],
            legal_reference=typeset(one["legal_reference"]),
            perimeter=typeset(one["perimeter_rule"]),
            usual_years=one["duration"]["default_years"],
            sections=tuple(_typeset(section) for section in one["sections"]),
        )
        for one in templates
    }


def _typeset(section: Mapping[str, Any]) -> Mapping[str, Any]:
    words = {name: typeset(section[name]) for name in ("title", "content_hint") if name in section}
    children = {"children": [_typeset(one) for one in section["children"]]} if "children" in section else {}
    return {**section, **words, **children}


def typeset(words: str) -> str:
    """French words with the apostrophe and the no-break spaces of print.

    >>> typeset("l'avis : « oui »") == "l’avis\u00a0: «\u00a0oui\u00a0»"
    True
    """
    words = re.sub(r"(?<=\w)'(?=\w)", "’", words)
    return re.sub(r" (?=[:;!?»])|(?<=«) ", "\u00a0", words)


def short_label(label: str) -> str:
    """A family's name for a list: what comes before the legal reference in brackets."""
    return label.split(" (")[0].split(" : ")[0]
