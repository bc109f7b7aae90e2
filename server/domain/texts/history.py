"""Who wrote when in a text, told in sessions of writing; and how much a session changed, in words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PAUSE = timedelta(minutes=10)  # a longer silence ends a session: the time of a telephone call, not of a meal
TURN = timedelta(minutes=1)  # the same, once somebody else has written: people who answer each other take turns
WORD = re.compile(r"\w+(?:[’'.,/-]\w+)*")  # "l’ARS", "44.5" and "soixante-deux" are one word each


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose line it is: numbers of a person and of their party then; both None for the program's own.

    `others` wrote it too, for the parties named: what comes at once may be the work of several.
    """

    person: int | None
    party: int | None
    others: tuple[tuple[int, int], ...] = ()

    @property
    def people(self) -> list[int]:
        """Everybody who wrote it; nobody for the program's own."""
        return [] if self.person is None else [self.person, *(person for person, _ in self.others)]

    def called(self, names: Mapping[int, str]) -> str | None:
        """The names of all who wrote it; None for the program's own."""
        return ", ".join(names[one] for one in self.people if one in names) or None

    @property
    def parties(self) -> list[int]:
        """The parties they wrote it for, each once."""
        return list(dict.fromkeys(one for one in (self.party, *(party for _, party in self.others)) if one is not None))


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a text's log without its words."""

    number: int
    writer: Writer
    at: datetime


@dataclass(frozen=True, slots=True)
class WritingSession:
    """What one writer wrote in one go: the numbers of their lines, in order; `before` is the line ahead of them all.

    `others` wrote between the first and the last of these lines: what changed meanwhile is theirs too.
    """

    writer: Writer
    lines: tuple[int, ...]
    before: int | None
    began: datetime
    ended: datetime
    others: frozenset[Writer]

    @property
    def last(self) -> int:
        """The line after which the text is as the session left it."""
        return self.lines[-1]


@dataclass(eq=False)
class _Open:
    """A session that may still go on; places count the lines of the text from 0."""

    writer: Writer
    places: list[int] = field(default_factory=list)


def sessions(marks: Sequence[Mark]) -> list[WritingSession]:
    """Every line of a text in exactly one session of its writer, sessions in the order they ended.

    A writer's silence ends their session: after PAUSE, or after TURN when someone else wrote meanwhile. So people
    who take turns have sessions one after the other, and people who type at once have sessions that overlap.
    """
    found: list[_Open] = []
    latest: dict[Writer, _Open] = {}
    for place, mark in enumerate(marks):
        own = latest.get(mark.writer)
        if own is None or _is_over(own.places[-1], place, marks):
            own = latest[mark.writer] = _Open(mark.writer)
            found.append(own)
        own.places.append(place)
    return [_session(one, marks) for one in sorted(found, key=lambda one: one.places[-1])]


def _is_over(last: int, place: int, marks: Sequence[Mark]) -> bool:
    silence = marks[place].at - marks[last].at
    return silence > (PAUSE if place == last + 1 else TURN)


def _session(one: _Open, marks: Sequence[Mark]) -> WritingSession:
    first, last = one.places[0], one.places[-1]
    is_alone = last - first + 1 == len(one.places)
    others = () if is_alone else (mark.writer for mark in marks[first:last])
    times = [marks[place].at for place in one.places]  # a clock may go back
    return WritingSession(
        writer=one.writer,
        lines=tuple(marks[place].number for place in one.places),
        before=marks[first - 1].number if first else None,
        began=min(times),
        ended=max(times),
        others=frozenset(others) - {one.writer},
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How many words a text has more, and how many it has no longer."""

    added: int
    removed: int


def words(text: str) -> Counter[str]:
    """How often each word stands in a text."""
    return Counter(WORD.findall(text))


def change(before: Counter[str], after: Counter[str]) -> Change:
    """The size of a change. Counts only, in time linear in the text: a word that moved is neither more nor less."""
    return Change((after - before).total(), (before - after).total())


def around(line: int, told: Iterable[WritingSession]) -> tuple[WritingSession | None, WritingSession | None]:
    """The last session that ended before a line, and the first that ended after it."""
    ended = list(told)
    before = [one for one in ended if one.last < line]
    after = [one for one in ended if one.last > line]
    return (before[-1] if before else None), (after[0] if after else None)
