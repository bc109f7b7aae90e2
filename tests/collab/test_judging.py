"""A text and a proposal that both moved on: what may be taken over, and that no two figures ever become a third one."""

import random
from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import document
from server.domain.proposals.verdict import Clean, Rebase, Same, verdict
from server.domain.texts import text
from server.taking_over.judging import judge
from tests.domain.texts import doc, items, node, par, table
from tests.factories import IS_LONG

Edit = Callable[[XmlFragment], None]
BASE = doc(
    par("Le gestionnaire accompagne 45 personnes.", "a"),
    par("Le Département finance le transport. Il le règle en mars.", "b"),
    par("Les parties se revoient en juin.", "c"),
    table(("Action", "Montant"), ("SESSAD", "60 000 €")),
)


def fork(state: bytes, edit: Edit, client: int) -> bytes:
    """The state of a copy of a document, edited by a client of its own."""
    copy: Doc[Any] = Doc(client_id=client)
    copy.apply_update(state)
    with copy.transaction():
        edit(document.fragment(copy, text.ROOT))
    return copy.get_update()


def judged(head: Edit, proposal: Edit, base: text.Node = BASE) -> Any:
    state = document.first_state(base, text.ROOT, client_id=7)
    return judge(state, fork(state, head, 8), (state, fork(state, proposal, 9)))


def says(content: text.Node) -> list[str]:
    return [text.to_body(doc(one)) for one in content["content"]]


def replace(place: int, old: str, new: str) -> Edit:
    """Words of a paragraph in place of others."""

    def edit(shared: XmlFragment) -> None:
        words = line(shared, place)
        at = len(str(words).split(old)[0].encode())
        del words[at : at + len(old.encode())]
        words.insert(at, new)

    return edit


def line(shared: XmlFragment, place: int) -> XmlText:
    found: Any = shared.children[place]
    words: XmlText = found.children[0]
    return words


def insert(place: int, words: str) -> Edit:
    """A paragraph before another."""

    def edit(shared: XmlFragment) -> None:
        made: Any = shared.children.insert(place, XmlElement("paragraph"))
        made.children.append(XmlText(words))

    return edit


def remove(place: int) -> Edit:
    def edit(shared: XmlFragment) -> None:
        del shared.children[place]

    return edit


def split(place: int, at: str) -> Edit:
    """A paragraph cut in two, as an editor does it: the second half is written anew."""

    def edit(shared: XmlFragment) -> None:
        tail = at + str(line(shared, place)).split(at)[1]
        replace(place, tail, "")(shared)
        insert(place + 1, tail)(shared)

    return edit


def column(shared: XmlFragment) -> None:
    rows: Any = shared.children[3]
    for row in rows.children:
        row.children.append(XmlElement("table_cell")).children.append(XmlElement("paragraph"))


def row(shared: XmlFragment) -> None:
    rows: Any = shared.children[3]
    made = rows.children.append(XmlElement("table_row"))
    for words in ("IME", "70 000 €"):
        made.children.append(XmlElement("table_cell")).children.append(XmlElement("paragraph")).children.append(
            XmlText(words)
        )


def nothing(shared: XmlFragment) -> None:
    """The text did not move."""


PLACES = replace(0, "45", "50")
CONFLICTS = {  # the cases of « Branch document »: what the head did, what the proposal does
    "the same word": (replace(0, "45", "60"), PLACES),
    "another word of the paragraph": (replace(0, "accompagne", "accueille"), PLACES),
    "words rewritten around it": (
        replace(0, "accompagne 45 personnes", "a 45 places"),
        replace(0, "accompagne", "suit"),
    ),
    "the paragraph removed": (remove(0), PLACES),
    "the paragraph cut in two, its end edited": (replace(1, "mars", "avril"), split(1, "Il le règle")),
    "a column and a row of a table": (column, row),
    "two paragraphs put in one place": (insert(2, "Voici l’un."), insert(2, "Voilà l’autre.")),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_what_touches_the_same_block_goes_back_to_its_authors(case: str) -> None:
    head, proposal = CONFLICTS[case]
    for one, other in ((head, proposal), (proposal, head)):
        found = judged(one, other)
        assert isinstance(found, Rebase)
        [conflict] = found.conflicts
        assert conflict.head != conflict.proposal


def test_a_conflict_shows_what_each_made_of_the_same_blocks() -> None:
    found = judged(split(1, "Il le règle"), replace(1, "mars", "avril"))
    assert isinstance(found, Rebase)
    [conflict] = found.conflicts
    assert [says(doc(*blocks)) for blocks in (conflict.base, conflict.head, conflict.proposal)] == [
        ["Le Département finance le transport. Il le règle en mars."],
        ["Le Département finance le transport. ", "Il le règle en mars."],
        ["Le Département finance le transport. Il le règle en avril."],
    ]


def test_another_paragraph_may_have_changed() -> None:
    found = judged(replace(2, "juin", "mai"), PLACES)
    assert isinstance(found, Clean)
    assert says(found.merged)[:3] == [
        "Le gestionnaire accompagne 50 personnes.",
        "Le Département finance le transport. Il le règle en mars.",
        "Les parties se revoient en mai.",
    ]


def test_a_text_that_did_not_move_becomes_the_proposal() -> None:
    found = judged(nothing, PLACES)
    assert isinstance(found, Clean)
    assert says(found.merged)[0] == "Le gestionnaire accompagne 50 personnes."


def test_what_the_text_says_already_is_recognised() -> None:
    assert judged(PLACES, PLACES) == Same()


def test_what_the_engine_would_merge_otherwise_is_not_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the block rule had overlooked something: the engine's own text is another, so nobody accepts it."""
    monkeypatch.setattr("server.taking_over.judging.verdict", lambda *_: Clean(doc(par("autre chose"))))
    assert judged(nothing, PLACES) == Rebase(())


def test_blocks_that_read_the_same_are_told_apart_by_their_ids() -> None:
    base = doc(par("Néant.", "a"), par("Néant.", "b"), par("Fin.", "c"))
    assert isinstance(judged(remove(0), replace(0, "Néant", "Rien"), base), Rebase)
    assert isinstance(judged(remove(1), replace(0, "Néant", "Rien"), base), Clean)


def any_edit(draw: random.Random, count: int) -> Edit:
    """One gesture somewhere among the first `count` blocks."""
    place, kind = draw.randrange(count), draw.randrange(10)
    if kind < 6:
        return replace(place, f"mot{place}", f"{draw.randrange(10, 99)}")
    return (insert(place, f"neuf{draw.random()}"), remove(place), split(place, "fin"), insert(count, "z"))[kind - 6]


def changes(before: list[str], after: list[str]) -> list[tuple[list[str], list[str]]]:
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(before[i:j], after[k:n]) for kind, i, j, k, n in found if kind != "equal"]


@pytest.mark.parametrize("seed", range(20 if IS_LONG else 2))
def test_what_is_clean_is_both_changes_and_nothing_else(seed: int) -> None:
    draw = random.Random(seed)
    clean = 0
    for _ in range(150):
        count = draw.randrange(2, 9)
        base = doc(*(par(f"début{place} mot{place} fin.", f"b{place}") for place in range(count)))
        head, proposal = any_edit(draw, count), any_edit(draw, count)
        state = document.first_state(base, text.ROOT, client_id=7)
        now, drafted = fork(state, head, 8), fork(state, proposal, 9)
        found = judge(state, now, (state, drafted))
        if not isinstance(found, Clean):
            continue
        clean += 1
        o, b, p = (says(document.read_state(one, text.ROOT)) for one in (state, now, drafted))
        merged = says(found.merged)
        assert changes(b, merged) == changes(o, p)
        assert changes(p, merged) == changes(o, b)
        mirrored = verdict(base, document.read_state(drafted, text.ROOT), document.read_state(now, text.ROOT))
        assert isinstance(mirrored, Clean)
        assert text.without_ids(mirrored.merged) == text.without_ids(found.merged)
    assert clean > 20


def test_lists_are_one_block_each() -> None:
    base = doc(items("dix places", "un service"), par("Fin.", "z"))
    other = doc(items("douze places", "un service"), par("Fin.", "z"))
    third = doc(items("dix places", "deux services"), par("Fin.", "z"))
    assert isinstance(verdict(base, other, third), Rebase)
    assert isinstance(verdict(base, other, doc(*base["content"], node("paragraph", id="n"))), Clean)
