"""Which stretches of words to show as changed, so that people read sentences and no confetti."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from server.domain.redline.lines import BREAK, SEAM
from server.domain.redline.sequences import Match
from server.domain.redline.tokens import is_word

ISLAND_WORDS = 3  # more kept words than that between two changes are never told as changed
SMALL_LETTERS = 3  # « de », « la », « une »: such words alone keep no two changes apart
SLIDE = 60  # tokens by which a change may be pushed to a better place
KEPT_LEAST = 0.15  # of the words; a paragraph that keeps fewer was written anew
ENDS = frozenset((".", ";", ":", "!", "?", BREAK, SEAM))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens from … to on both sides: the same ones, or the second in place of the first."""

    is_same: bool
    start: int
    end: int
    other: int
    other_end: int


def stretches(a: Sequence[str], b: Sequence[str], found: Sequence[Match]) -> list[Stretch]:
    """Both sides in stretches, the same and different in turn, as a person would mark them."""
    marked = _without_islands(a, b, _slid(a, b, list(_raw(a, b, found))))
    kept = sum(_words(a[one.start : one.end]) for one in marked if one.is_same)
    if len(marked) > 2 and kept < KEPT_LEAST * max(_words(a), _words(b)):
        return [Stretch(False, 0, len(a), 0, len(b))]
    return marked


def _words(tokens: Sequence[str]) -> int:
    return sum(map(is_word, tokens))


def _raw(a: Sequence[str], b: Sequence[str], found: Sequence[Match]) -> Iterator[Stretch]:
    """The matches, neighbours in one, and what is between them."""
    at = other = 0  # what is told already
    number = 0
    while number < len(found):
        first, there = found[number]
        if at < first or other < there:
            yield Stretch(False, at, first, other, there)
        last = number
        while last + 1 < len(found) and found[last + 1] == (first + last + 1 - number, there + last + 1 - number):
            last += 1
        at, other = found[last][0] + 1, found[last][1] + 1
        yield Stretch(True, first, at, there, other)
        number = last + 1
    if at < len(a) or other < len(b):
        yield Stretch(False, at, len(a), other, len(b))


def _slid(a: Sequence[str], b: Sequence[str], found: list[Stretch]) -> list[Stretch]:
    """Words only added, or only removed, told from the beginning of their sentence where that says the same.

    « Le délai court. [Le terme échoit.] » and « Le délai court. Le [terme échoit. Le] … » are the same change.
    """
    for number in range(1, len(found) - 1):
        one, before, after = found[number], found[number - 1], found[number + 1]
        is_addition = one.start == one.end
        if one.is_same or (not is_addition and one.other < one.other_end):
            continue
        text, start, end = (b, one.other, one.other_end) if is_addition else (a, one.start, one.end)
        by = _best_slide(text, start, end, _length(before) - (number > 1), _length(after) - (number < len(found) - 2))
        if by:
            found[number - 1] = replace(before, end=before.end + by, other_end=before.other_end + by)
            found[number] = Stretch(False, one.start + by, one.end + by, one.other + by, one.other_end + by)
            found[number + 1] = replace(after, start=after.start + by, other=after.other + by)
    return [one for one in found if one.start < one.end or one.other < one.other_end]


def _length(one: Stretch) -> int:
    return one.end - one.start


def _best_slide(text: Sequence[str], start: int, end: int, most_back: int, most_on: int) -> int:
    """How far to push a change, back below 0: where it begins and ends with a sentence, as near as can be."""
    options = [0]
    back = 0
    while back < min(most_back, SLIDE) and text[start - back - 1] == text[end - back - 1]:
        back += 1
        options.append(-back)
    on = 0
    while on < min(most_on, SLIDE) and text[start + on] == text[end + on]:
        on += 1
        options.append(on)
    return max(options, key=lambda by: (_ends(text, start + by) + _ends(text, end + by), -abs(by)))


def _ends(text: Sequence[str], place: int) -> bool:
    return place in (0, len(text)) or text[place - 1] in ENDS


def _without_islands(a: Sequence[str], b: Sequence[str], found: list[Stretch]) -> list[Stretch]:
    """Few small words kept between two changes are told as changed with them."""
    made: list[Stretch] = []
    for number, one in enumerate(found):
        if one.is_same:
            is_island = 0 < number < len(found) - 1
            is_swallowed = is_island and _is_small(a, b, found[number - 1], one, found[number + 1])
        else:
            is_swallowed = bool(made) and not made[-1].is_same
        if is_swallowed:
            made[-1] = replace(made[-1], end=one.end, other_end=one.other_end)
        else:
            made.append(one)
    return made


def _is_small(a: Sequence[str], b: Sequence[str], left: Stretch, island: Stretch, right: Stretch) -> bool:
    kept = a[island.start : island.end]
    if BREAK in kept or _words(kept) > ISLAND_WORDS:
        return False
    sizes = [(_words(a[one.start : one.end]), _words(b[one.other : one.other_end])) for one in (left, right)]
    least = min(max(one) for one in sizes)
    if not any(all(one) for one in sizes):  # words only added, or only removed, around it
        return False
    telling = sum(len(word) > SMALL_LETTERS or word[0].isdigit() for word in kept if is_word(word))
    return telling < least and _words(kept) <= least + 1
