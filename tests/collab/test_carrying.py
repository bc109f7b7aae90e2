"""A proposal that the text has overtaken, taken up again: what of it stands in today's text, whole and unmixed."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pycrdt import Doc

from collab import canonical, document
from collab.guard import Guard
from collab.rewriting import rewritten
from server.domain.proposals.carrying import By, Carried, carry
from server.domain.proposals.verdict import Clean, verdict
from server.domain.texts import text
from server.live.grammar import GRAMMAR
from server.taking_over.judging import looks
from tests.collab.test_fitting import a_text, changed, figures
from tests.collab.test_judging import BASE, fork, insert, replace, says
from tests.domain.texts import Writer, doc, par, run, table
from tests.factories import IS_LONG
from tests.steps import steps

STORIES = 10_000 if IS_LONG else 300
ROWS = (("Action", "Montant"), ("SESSAD", "60 000 €"), ("IME", "70 000 €"))


def hashes(blocks: Iterable[text.Node]) -> Counter[str]:
    return Counter(canonical.digest(text.without_ids(one)) for one in blocks)


def rows(*changes: tuple[str, str]) -> text.Node:
    found = table(*((name, dict(changes).get(name, amount)) for name, amount in ROWS))
    for row, (name, _) in zip(found["content"], ROWS, strict=True):
        row["attrs"]["id"] = name
    return doc(found)


def cells(carried: Carried) -> list[str]:
    return text.to_body(carried.text).split("\n")


def test_what_is_carried_is_the_proposals_block_for_block_and_all_else_is_todays_text() -> None:
    seen: Counter[By] = Counter()
    for seed in range(STORIES):
        rng = random.Random(seed)
        state = document.first_state(a_text(rng), text.ROOT, client_id=7)
        ours, theirs = changed(state, rng, rng.randrange(1, 5), 100), changed(state, rng, rng.randrange(1, 5), 200)
        base, head, proposal = (document.read_state(one, text.ROOT) for one in (state, theirs, ours))
        chosen = {number for number in range(4) if rng.random() < 0.3}
        carried = carry(base, head, proposal, chosen)
        seen.update(one.by for one in carried.passages)
        wanted = hashes(head["content"])
        for one in carried.passages:
            if one.by is By.PROPOSAL or one.number in chosen:
                wanted = wanted - hashes(one.head) + hashes(one.proposal)
        assert hashes(carried.text["content"]) == wanted, f"seed {seed}"
        assert figures(carried.text) <= figures(head, proposal), f"seed {seed}: a figure nobody wrote"
        clean = verdict(base, head, proposal)
        if isinstance(clean, Clean):
            assert looks(clean.merged) == looks(carried.text), f"seed {seed}"
        live = document.read_states((theirs, rewritten(theirs, carried.text, text.ROOT)), text.ROOT)
        assert looks(live) == looks(carried.text), f"seed {seed}: the draft says something else"
    assert all(seen[one] > STORIES / 10 for one in By), seen


def test_two_figures_in_one_place_stay_todays_until_the_other_is_chosen() -> None:
    state = document.first_state(BASE, text.ROOT, client_id=7)
    base = document.read_state(state, text.ROOT)
    head = document.read_state(fork(state, replace(0, "45", "60"), 8), text.ROOT)
    figure = fork(fork(state, replace(0, "45", "50"), 9), insert(3, "Fin."), 10)
    proposal = document.read_state(figure, text.ROOT)
    taken = carry(base, head, proposal)
    assert [one.by for one in taken.passages] == [By.BOTH, By.PROPOSAL]
    assert says(taken.text)[0] == "Le gestionnaire accompagne 60 personnes."
    assert says(taken.text)[3] == "Fin."
    assert says(carry(base, head, proposal, {0}).text)[0] == "Le gestionnaire accompagne 50 personnes."


def test_rows_of_one_table_are_carried_one_by_one() -> None:
    carried = carry(rows(), rows(("SESSAD", "61 000 €")), rows(("IME", "75 000 €")))
    assert cells(carried) == ["Action\tMontant", "SESSAD\t61 000 €", "IME\t75 000 €"]
    both = carry(rows(), rows(("SESSAD", "61 000 €")), rows(("SESSAD", "62 000 €"), ("IME", "75 000 €")))
    assert cells(both) == ["Action\tMontant", "SESSAD\t61 000 €", "IME\t75 000 €"]
    assert len(both.contested) == 1
    wider = doc(table(*((*row, "Note") for row in ROWS)))
    column = carry(rows(), wider, rows(("IME", "75 000 €")))
    assert cells(column) == text.to_body(wider).split("\n")
    assert len(column.contested) == 1


def test_a_paragraph_that_moved_and_was_rewritten_stands_once() -> None:
    base = doc(*(par(f"Alinéa {name}.", name) for name in "abcd"))
    head = doc(*(par("Alinéa b, réécrit." if name == "b" else f"Alinéa {name}.", name) for name in "abcd"))
    proposal = doc(*(par(f"Alinéa {name}.", name) for name in "acdb"))
    assert says(carry(base, head, proposal).text) == ["Alinéa a.", "Alinéa b, réécrit.", "Alinéa c.", "Alinéa d."]
    assert says(carry(base, head, proposal, {0, 1}).text) == says(proposal)
    ids = [one["attrs"].get("id") for one in carry(base, head, proposal, {1}).text["content"]]
    assert ids == ["a", "b", "c", "d", None]  # it stands twice, as was chosen; the second gets an id of its own


def test_a_text_is_rewritten_where_it_differs_and_nowhere_else() -> None:
    state = document.first_state(doc(par("Un mot gras.", "a"), par("Reste.", "b")), text.ROOT, client_id=7)
    marked = {**par("", "a"), "content": [run("Un "), run("mot", "strong"), run(" léger.")]}
    wanted = doc(marked, par("Reste.", "b"), table(("x", "y")))
    update = rewritten(state, wanted, text.ROOT)
    assert looks(document.read_states((state, update), text.ROOT)) == looks(wanted)
    assert (b"gras" in update, b"Reste" in update) == (False, False)


def broken(count: int, more: str) -> text.Node:
    """One paragraph of so many short lines."""
    lines = [one for at in range(count) for one in (run(f"{at}{more}"), {"type": "hard_break"})]
    return doc({"type": "paragraph", "attrs": {"id": "a"}, "content": lines})


def test_a_paragraph_of_many_lines_is_rewritten_at_no_more_cost_a_line_than_one_of_few() -> None:
    def work(count: int) -> int:
        state, wanted = document.first_state(broken(count, ""), text.ROOT, client_id=7), broken(count - 1, " bis")
        made: list[bytes] = []
        cost = steps(lambda: made.append(rewritten(state, wanted, text.ROOT)))
        assert looks(document.read_states((state, *made), text.ROOT)) == looks(wanted)
        return cost

    assert work(1200) < 3 * work(600)


def test_any_text_is_rewritten_as_any_other_and_the_guard_can_follow() -> None:
    for seed in range(STORIES // 5):
        writer = Writer(seed)
        before = writer.text()
        wanted = writer.edited(before) if seed % 2 else writer.text()
        live: Doc[Any] = Doc()
        live.apply_update(document.first_state(before, text.ROOT, client_id=7))
        live.apply_update(rewritten(live.get_update(), wanted, text.ROOT))
        assert looks(document.read(live, text.ROOT)) == looks(wanted), f"seed {seed}"
        Guard(GRAMMAR).load(live.get_update(), {})


def test_a_text_in_which_every_block_was_changed_costs_no_more_a_block_than_a_short_one() -> None:
    def work(count: int) -> int:
        base, head, proposal = (
            doc(*(par(f"Alinéa {at}{more if at % 2 is odd else ''}", f"b{at}") for at in range(count)))
            for odd, more in ((0, ""), (0, " changé"), (1, " proposé"))
        )
        return steps(lambda: carry(base, head, proposal))

    assert work(600) < 3 * work(300)
