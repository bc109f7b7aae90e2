"""What holds of every redline: it leads there and back, is empty for equal texts, tells little more than changed."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.redline import apply, count, invert, redline
from server.domain.redline.parts import Node, settled
from server.domain.redline.sequences import STEPS, Budget
from server.domain.texts.text import without_ids
from tests.domain.texts import Writer, doc, par
from tests.factories import IS_LONG
from tests.large import example_texts, real_texts

TIMES = 3  # as many words shown as changed for one that is, at most
EDITS = 30
NEW = ("zygomatique", "notamment", "12 000 €", "et", "de la", "l’ensemble des", "conformément à l’article 4")


def leads_there_and_back(base: Node, target: Node, budget: Budget | None = None) -> None:
    marked = redline(base, target, budget)
    back = invert(marked)
    assert apply(base, marked) == settled(target)
    assert apply(target, back) == settled(base)
    assert apply(base, invert(back)) == settled(target)
    looks_same = without_ids(settled(base)) == without_ids(settled(target))
    assert (marked.is_empty, count(marked).changes == 0) == (looks_same, looks_same)


@pytest.mark.parametrize("seed", range(40 if IS_LONG else 4))
def test_any_two_texts_are_led_to_each_other(seed: int) -> None:
    writer = Writer(seed)
    for _ in range(120):
        text = writer.text()
        leads_there_and_back(text, writer.edited(text))
        leads_there_and_back(without_ids(text), writer.text())


@settings(max_examples=2000 if IS_LONG else 150)
@given(st.lists(st.text(max_size=30), max_size=4), st.lists(st.text(max_size=30), max_size=4))
def test_any_words_are_led_to_any_others(before: list[str], after: list[str]) -> None:
    leads_there_and_back(doc(*map(par, before)), doc(*map(par, after)))


@settings(max_examples=1000 if IS_LONG else 100)
@given(st.integers(0, 10**6))
def test_of_equal_texts_it_is_empty_whatever_their_ids(seed: int) -> None:
    text = Writer(seed).text()
    for other in (text, without_ids(text)):
        assert redline(text, other).is_empty


@pytest.mark.parametrize("seed", range(60 if IS_LONG else 10))
def test_a_moved_block_is_a_move_and_nothing_else(seed: int) -> None:
    draw = random.Random(seed)
    blocks = [par(words, f"b{number}") for number, words in enumerate(draw.sample(articles(), 12))]
    moved = list(blocks)
    start, end = draw.sample(range(12), 2)
    moved.insert(end, moved.pop(start))
    found = count(redline(doc(*blocks), doc(*moved)))
    assert (found.inserted, found.removed, found.changes - found.moved) == (0, 0, 0)
    assert found.moved == 1


def articles() -> list[str]:
    """Paragraphs of real articles, or of our own where they are not at hand; each once."""
    return sorted({one for one in real_texts() or example_texts() if len(one.split()) > 8})


def test_a_few_changed_words_show_as_few() -> None:
    """The bound of docs/explanation/redline.md: TIMES the words changed, on articles with 1 to EDITS random edits."""
    draw = random.Random(2009)
    paragraphs = articles()
    for _ in range(3000 if IS_LONG else 200):
        text = draw.sample(paragraphs, 4)
        edited, changed = with_edits(text, draw)
        found = count(redline(doc(*map(par, text)), doc(*map(par, edited))))
        assert found.inserted + found.removed <= TIMES * changed


def with_edits(text: list[str], draw: random.Random) -> tuple[list[str], int]:
    """Words replaced, left out and put in, and how many words that is."""
    words = [re.split(r"(?<= )", one) for one in text]
    changed = 0
    for _ in range(draw.randrange(1, EDITS + 1)):
        line = draw.choice(words)
        place, new, gesture = draw.randrange(len(line)), draw.choice(NEW), draw.randrange(3)
        if gesture < 2:
            changed += len(re.findall(r"\w+", line.pop(place)))
        if gesture > 0 or not line:
            line.insert(place, f"{new} ")
            changed += len(re.findall(r"\w+", new))
    return ["".join(line) for line in words], changed


def many(count: int, draw: random.Random, *words: str) -> str:
    return " ".join(draw.choice(words) for _ in range(count))


def hostile() -> dict[str, tuple[Node, Node]]:
    """Texts that make a naive comparison take the square of their length."""
    draw = random.Random(7)
    size = 70_000 if IS_LONG else 20_000
    shuffled = [f"Le paragraphe numéro {number} de la suite" for number in range(size // 20)]
    return {
        "one word": (doc(par("mot " * size)), doc(par("mot " * (size - 99)))),
        "two words": (doc(par(many(size, draw, "a", "b"))), doc(par(many(size, draw, "a", "b")))),
        "one paragraph": (doc(*[par("x y z")] * (size // 14)), doc(*[par("x y z")] * (size // 15))),
        "two paragraphs": (
            doc(*(par(draw.choice(("a b c d", "e f g h"))) for _ in range(size // 14))),
            doc(*(par(draw.choice(("a b c d", "e f g h"))) for _ in range(size // 14))),
        ),
        "shuffled": (doc(*map(par, shuffled)), doc(*map(par, draw.sample(shuffled, len(shuffled))))),
        "all renamed": (
            doc(*[par("les mêmes mots de l’ARS")] * (size // 20)),
            doc(*[par("les mêmes mots de l’agence")] * (size // 20)),
        ),
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_texts_are_compared_more_coarsely_but_rightly(name: str) -> None:
    base, target = hostile()[name]
    budget = Budget()
    leads_there_and_back(base, target, budget)
    assert 0 <= budget.steps <= STEPS


def test_without_any_budget_it_is_coarse_and_right() -> None:
    writer = Writer(3)
    for _ in range(100):
        text = writer.text()
        leads_there_and_back(text, writer.edited(text), Budget(0))
    words = [f"mot{number}" for number in range(50)]
    before, after = doc(par(" ".join(words))), doc(par(" ".join(["un", *words[1:30], "deux", *words[31:], "trois"])))
    assert count(redline(before, after)).removed == 2
    assert count(redline(before, after, Budget(0))).removed > 2
