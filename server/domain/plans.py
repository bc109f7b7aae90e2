"""The families of contracts and the plan each begins from: data with sources, not code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """The usual plan of a family: its name on screen and its sections as the contract format writes them."""

    family: str
    label: str
    legal_reference: str
    sections: tuple[Mapping[str, Any], ...]


def read_plans(templates: Sequence[Mapping[str, Any]]) -> dict[str, Plan]:
    """The plans of `server/data/plans.json`, by family."""
    return {
        one["family"]: Plan(one["family"], one["label"], one["legal_reference"], tuple(one["sections"]))
        for one in templates
    }


def short_label(label: str) -> str:
    """A family's name for a list: what comes before the legal reference in brackets."""
    return label.split(" (")[0].split(" : ")[0]
