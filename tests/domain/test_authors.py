"""Who wrote each word: runs of words that keep their stamp when they only move."""

import pytest

from server.domain.texts.authors import KEPT, Blame, Branch, Run, Words

ANNE, YANN = "anne", "yann"


class Told:
    """One text, and who wrote it: « anne 0, yann 1 »."""

    def __init__(self, first: str = "Le contrat de trois ans.") -> None:
        self.blame = Blame()
        self.text = Words()
        self.writers: list[str] = []
        self.line(ANNE, ("+", 0, first))

    def line(self, writer: str, *changes: tuple[str, int, str], text: Words | None = None) -> "Told":
        """One line of the log: words put in (+) or taken out (-) of a text."""
        self.blame.begin(len(self.writers))
        self.writers.append(writer)
        for sign, at, words in changes:
            if sign == "+":
                self.blame.insert(text or self.text, at, words.encode())
            else:
                self.blame.delete(text or self.text, at, len(words.encode()))
        self.blame.end(writer)
        return self

    def runs(self, text: Words | None = None) -> list[tuple[str, int]]:
        return [(run.words.decode(), run.stamp) for run in (text or self.text).runs]


def test_words_put_inside_anothers_are_their_writers() -> None:
    told = Told().line(YANN, ("+", 3, "beau ")).line(YANN, ("-", 8, "contrat"), ("+", 8, "CPOM"))
    assert told.runs() == [("Le ", 0), ("beau ", 1), ("CPOM", 2), (" de trois ans.", 0)]


def test_a_deletion_undone_gives_the_words_back_to_who_wrote_them() -> None:
    told = Told().line(YANN, ("-", 3, "contrat ")).line(YANN, ("+", 3, "contrat "))
    assert told.runs() == [("Le contrat de trois ans.", 0)]


def test_letters_deleted_one_by_one_come_back_together() -> None:
    backwards = Told()
    for at, letter in zip(range(9, 2, -1), "tartnoc", strict=True):
        backwards.line(YANN, ("-", at, letter))
    forwards = Told()
    for letter in "contrat":
        forwards.line(YANN, ("-", 3, letter))
    for told in (backwards, forwards):
        assert told.runs() == [("Le  de trois ans.", 0)]
        assert told.line(YANN, ("+", 3, "contrat")).runs() == [("Le contrat de trois ans.", 0)]


def test_what_another_deleted_and_one_types_again_is_ones_own() -> None:
    told = Told().line(YANN, ("-", 3, "contrat ")).line("paul", ("+", 3, "contrat "))
    assert told.runs() == [("Le ", 0), ("contrat ", 2), ("de trois ans.", 0)]


def test_a_letter_typed_again_elsewhere_is_new() -> None:
    told = Told().line(YANN, ("-", 0, "L")).line(YANN, ("+", 0, "L"))
    assert told.runs() == [("L", 2), ("e contrat de trois ans.", 0)]


def test_a_paragraph_split_and_joined_keeps_its_authors() -> None:
    told = Told().line(YANN, ("+", 3, "beau "))
    root, rest = told.blame.root, b"au contrat de trois ans."
    told.blame.begin(2)
    told.blame.delete(told.text, 5, len(rest))
    second = Words([Run(rest, 2)])
    told.blame.put(root, 0, Branch([second]))
    told.blame.end("paul")
    assert told.runs(second) == [("au ", 1), ("contrat de trois ans.", 0)]
    told.blame.begin(3)
    told.blame.take(root, 0, 1)
    told.blame.insert(told.text, 5, rest)
    told.blame.end("paul")
    assert told.runs() == [("Le ", 0), ("beau ", 1), ("contrat de trois ans.", 0)]


def test_words_pasted_with_others_or_in_part_keep_their_author() -> None:
    told = Told().line(YANN, ("-", 3, "contrat de trois "))
    told.line(YANN, ("+", 0, "Nouveau : contrat de trois ans"))
    assert told.runs()[:3] == [("Nouveau : ", 2), ("contrat de trois ", 0), ("ans", 2)]
    part = Told().line(YANN, ("-", 3, "contrat de trois ")).line(YANN, ("+", 0, "contrat de"))
    assert part.runs() == [("contrat deLe ans.", 0)]


@pytest.mark.parametrize("count", [KEPT - 1, KEPT])
def test_only_the_latest_deletions_may_come_back(count: int) -> None:
    told = Told("0123456789 " * 200)
    told.line(YANN, ("-", 0, "0123456789"))
    other = Words([Run(b"abcdefgh " * 200, 0)])
    for number in range(count):
        told.line(YANN, ("-", number % 2 * 900, "x"), text=other)
        other = Words([Run(b"abcdefgh " * 200, 0)])
    told.line(YANN, ("+", 0, "0123456789"))
    assert told.runs()[0][1] == (0 if count < KEPT else len(told.writers) - 1)
