"""The facts of a contract: its title and its days; how long it may last (domain brief 1.2)."""

from dataclasses import dataclass
from datetime import date, timedelta

from server.domain.identifiers import Doubt
from server.domain.refusals import N_
from server.domain.sheets import Reading, Sheet, Values

MOST_YEARS = 6  # with its extension (CASF L. 313-11)
WITHOUT_TITLE = N_("Donnez un intitulé au contrat.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a contract says of itself on its first page."""

    title: str
    start: date
    end: date

    @property
    def values(self) -> Values:
        """The facts as a form shows them."""
        return {"title": self.title, "start": self.start.isoformat(), "end": self.end.isoformat()}

    @property
    def years(self) -> list[int]:
        """The budget years it touches: one more than its length when it begins in mid-year (rule R14)."""
        return list(range(self.start.year, self.end.year + 1))

    @property
    def duration(self) -> int:
        """Its length in years, begun ones counted."""
        return next(years for years in range(1, 200) if self.end <= end_after(self.start, years))


def read_facts(sheet: Sheet) -> Facts:
    """The facts a form gives.

    Raises:
        SheetRefused: they are not those of a contract.
    """
    reading = Reading(sheet.values)
    title = reading.line("title", needs=WITHOUT_TITLE)
    start, end = reading.day("start"), reading.day("end")
    if start and end:
        wrong = wrong_length(start, end)
        if wrong:
            reading.problems["end"] = wrong
    return reading.done(lambda: Facts(title, start or date.min, end or date.max))


def wrong_length(start: date, end: date) -> Doubt | None:
    """Why a contract cannot last from `start` to `end`, None when it can."""
    if end <= start:
        return Doubt(N_("La date de fin doit suivre la date de début."))
    if end > end_after(start, MOST_YEARS):
        return Doubt(
            N_(
                "Un contrat dure au plus six ans, prorogation comprise (CASF, article L. 313-11)."
                " Choisissez une date de fin plus proche."
            )
        )
    return None


def end_after(start: date, years: int) -> date:
    """The last day of a contract of `years` years begun on `start`.

    >>> end_after(date(2027, 1, 1), 5), end_after(date(2028, 2, 29), 1)
    (datetime.date(2031, 12, 31), datetime.date(2029, 2, 28))
    """
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(start.year + years, 2, 28)
