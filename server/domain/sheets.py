"""A form as a person filled it in: what was typed, the version it began from, and everything wrong with it at once."""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import TypeVar

from server.domain.identifiers import Doubt
from server.domain.refusals import N_, ChangedMeanwhile, SheetRefused

Values = Mapping[str, str]
Result = TypeVar("Result")
FRENCH_DAY = 10  # characters of 01/09/2027 and of 2027-09-01
YEARS = range(1990, 2201)  # those of contract files
NO_BREAK = "\u00a0\u202f"  # spaces of French typography, to be kept
NO_DAY = N_("Écrivez une date du calendrier, par exemple 01/01/2027.")
ONE_LINE = 500  # characters: names and titles of contract files


@dataclass(frozen=True)
class Sheet:
    """What a person typed, and the version of the values that the form was made from."""

    values: Values
    version: str

    def check_unchanged(self, now: Values) -> None:
        """Let a form pass that was made from the values as they are `now`.

        Raises:
            ChangedMeanwhile: somebody changed them since; both stay to be compared.
        """
        if self.version != version_of(now):
            raise ChangedMeanwhile(now)


def version_of(values: Values) -> str:
    """What a form carries so that its answer is known to be about these values."""
    return sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:20]


@dataclass
class Reading:
    """The values of a sheet read one by one; what is wrong is gathered and refused all together."""

    values: Values
    problems: dict[str, Doubt] = field(default_factory=dict)

    def line(self, name: str, *, most: int = ONE_LINE, needs: str = "") -> str:
        """A line of text, spaces and letters normalised; `needs` is the sentence said of an empty one."""
        found = one_line(self.values.get(name, ""))
        if needs and not found:
            self.problems[name] = Doubt(needs)
        elif len(found) > most:
            self.problems[name] = _too_long(len(found), most)
        return found

    def words(self, name: str, *, most: int, needs: str = "") -> str:
        """Words on as many lines as were typed, spaces and letters normalised; `needs` as for a line."""
        found = "\n".join(map(one_line, self.values.get(name, "").splitlines())).strip()
        if needs and not found:
            self.problems[name] = Doubt(needs)
        elif len(found) > most:
            self.problems[name] = _too_long(len(found), most)
        return found

    def day(self, name: str) -> date | None:
        """A day, as a date field sends it or as people write it (01/09/2027); None once it is said to be wrong."""
        typed = self.values.get(name, "").strip()
        found = _day(typed)
        if found is None or found.year not in YEARS:
            self.problems[name] = Doubt(NO_DAY)
            return None
        return found

    def day_or_none(self, name: str) -> date | None:
        """A day, when one was typed."""
        return self.day(name) if self.values.get(name, "").strip() else None

    def count(self, name: str, most: int) -> int | None:
        """A whole number from nought to `most`, or None when nothing was typed."""
        typed = "".join(self.values.get(name, "").split())
        if not typed:
            return None
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 12 and int(typed) <= most):
            self.problems[name] = Doubt(N_("Écrivez un nombre entier, par exemple 60."))
            return None
        return int(typed)

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """One of the values offered."""
        found = self.values.get(name, "")
        if found not in allowed:
            self.problems[name] = Doubt(N_("Choisissez une des valeurs proposées."))
        return found

    def done(self, make: Callable[[], Result]) -> Result:
        """What `make` makes of the values read.

        Raises:
            SheetRefused: something is wrong with them.
        """
        if self.problems:
            raise SheetRefused(self.problems)
        return make()


def _too_long(count: int, most: int) -> Doubt:
    return Doubt(
        N_("C’est trop long : {count} caractères, pour {most} au plus."), {"count": f"{count}", "most": f"{most}"}
    )


def one_line(typed: str) -> str:
    """Words on one line, letters and spaces normalised, without characters nobody sees or that turn others round."""
    seen = "".join(one if one.isprintable() or one in NO_BREAK else " " for one in unicodedata.normalize("NFC", typed))
    return re.sub(" +", " ", seen).strip()


def _day(typed: str) -> date | None:
    parts = typed.split("/")
    if len(typed) == FRENCH_DAY and len(parts) == 3:
        typed = "-".join(reversed(parts))
    try:
        return date.fromisoformat(typed) if len(typed) == FRENCH_DAY else None
    except ValueError:
        return None


def changes(before: Values, after: Values) -> dict[str, dict[str, str]]:
    """The values that differ, as they were and as they are now; empty when none does."""
    names = [name for name in after if before.get(name, "") != after[name]]
    if not names:
        return {}
    return {"before": {name: before.get(name, "") for name in names}, "after": {name: after[name] for name in names}}
