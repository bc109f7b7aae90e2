"""What did a check find, how bad is it, and what is there to do?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    WARNING = "warning"  # it works; somebody has to know
    BAD = "not ok"  # to be mended


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found and, when it is not right, what to do."""

    check: str
    level: Level
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """One thing to look at, with all that can be wrong there; `docs/reference/doctor.md` is the same list."""

    name: str
    looks_at: str
    problems: Mapping[str, tuple[Level, str]]

    def ok(self, found: str) -> Finding:
        """Nothing to do."""
        return Finding(self.name, Level.OK, found)

    def wrong(self, problem: str, found: str, remedy: str = "") -> Finding:
        """One of its problems; `remedy` says more exactly what the table says in general.

        Raises:
            KeyError: the check does not know of that problem.
        """
        level, usual = self.problems[problem]
        return Finding(self.name, level, f"{problem}: {found}" if found else problem, remedy or usual)


BAD: Final = Level.BAD
WARNING: Final = Level.WARNING
