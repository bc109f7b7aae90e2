"""How a plan changes: examples of each act and refusal, and any sequence of acts keeps a sound tree."""

import doctest
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.contract.contract import ContractState
from server.domain.contract.sections import Section, SectionKind, SectionMode, SectionStatus
from server.domain.plan import numbering
from server.domain.plan import plan_changes as rules
from server.domain.plan.numbering import duplicates, proposed
from server.domain.plan.plan_changes import PLAN_DEPTH, Place, Plan, Step, Where
from server.domain.plan.seen import order_seen, section_seen
from server.domain.refusals import (
    BadTitle,
    HasSections,
    NoSuchPlace,
    NotFound,
    ParentRemoved,
    PlanAgreed,
    PlanClosed,
    PlanMoved,
    Refusal,
    SectionFixed,
    SectionRequired,
)
from server.domain.refusals_of_proposals import TextFrozen

OPEN = ContractState.NEGOTIATION


def node(
    name: str, parent: str | None = None, depth: int = 0, number: str = "", kind: SectionKind = SectionKind.CLAUSE
) -> Section:
    """A section that may be removed, free to change, called by its own id."""
    free = (SectionStatus.DRAFT, SectionMode.FREE, 1)
    return Section(name, f"s-{name}", parent, depth, number, name.upper(), kind, None, False, *free)


def a_plan() -> Plan:
    """Title 1 (articles 1 and 2, 2 with 2.1 and 2.2), Title 2 (article 3), annexes (annex 1)."""
    return [
        node("t1", number="Titre 1", kind=SectionKind.PART),
        node("a1", "t1", 1, "Article 1"),
        node("a2", "t1", 1, "Article 2"),
        node("a21", "a2", 2, "2.1"),
        node("a22", "a2", 2, "2.2"),
        node("t2", number="Titre 2", kind=SectionKind.PART),
        node("a3", "t2", 1, "Article 3"),
        node("ann", number="Annexes", kind=SectionKind.ANNEX_GROUP),
        node("x1", "ann", 1, "Annexe 1", SectionKind.ANNEX),
    ]


def drawn(plan: Plan) -> str:
    """A plan on one line, a dot for each level."""
    return " ".join("." * one.depth + one.id for one in plan)


def at(plan: Plan, name: str) -> Section:
    return rules.find(plan, name)


def changed(plan: Plan, name: str, **fields: object) -> Plan:
    return [replace(one, **fields) if one.id == name else one for one in plan]  # type: ignore[arg-type]


MOVES = [
    ("a2", Place(Where.BEFORE, "a1"), "t1 .a2 ..a21 ..a22 .a1 t2 .a3 ann .x1"),
    ("a1", Place(Where.AFTER, "a2"), "t1 .a2 ..a21 ..a22 .a1 t2 .a3 ann .x1"),
    ("a2", Place(Where.INSIDE, "a3"), "t1 .a1 t2 .a3 ..a2 ...a21 ...a22 ann .x1"),
    ("a21", Place(Where.AFTER, "t2"), "t1 .a1 .a2 ..a22 t2 .a3 a21 ann .x1"),
    ("t2", Place(Where.BEFORE, "t1"), "t2 .a3 t1 .a1 .a2 ..a21 ..a22 ann .x1"),
    ("a3", Place(Where.INSIDE, None), "t1 .a1 .a2 ..a21 ..a22 t2 ann .x1 a3"),
    ("x1", Place(Where.INSIDE, "a3"), "t1 .a1 .a2 ..a21 ..a22 t2 .a3 ..x1 ann"),
]


@pytest.mark.parametrize(("name", "place", "after"), MOVES)
def test_a_section_moves_with_all_it_holds(name: str, place: Place, after: str) -> None:
    plan = a_plan()
    assert drawn(rules.moved(plan, at(plan, name), place, OPEN)) == after


STEPS = [
    ("a2", Step.UP, "t1 .a2 ..a21 ..a22 .a1 t2 .a3 ann .x1"),
    ("a21", Step.DOWN, "t1 .a1 .a2 ..a22 ..a21 t2 .a3 ann .x1"),
    ("a2", Step.IN, "t1 .a1 ..a2 ...a21 ...a22 t2 .a3 ann .x1"),
    ("a22", Step.OUT, "t1 .a1 .a2 ..a21 .a22 t2 .a3 ann .x1"),
]


@pytest.mark.parametrize(("name", "way", "after"), STEPS)
def test_a_move_by_one_place(name: str, way: Step, after: str) -> None:
    plan = a_plan()
    place = rules.step(plan, at(plan, name), way)
    assert place is not None
    assert drawn(rules.moved(plan, at(plan, name), place, OPEN)) == after


@pytest.mark.parametrize(("name", "way"), [("t1", Step.UP), ("ann", Step.DOWN), ("t1", Step.OUT), ("a1", Step.IN)])
def test_the_first_goes_no_higher_and_the_last_no_lower(name: str, way: Step) -> None:
    plan = a_plan()
    assert rules.step(plan, at(plan, name), way) is None


WRONG_MOVES = [
    ("a2", Place(Where.INSIDE, "a21")),  # inside itself
    ("a2", Place(Where.AFTER, "a2")),
    ("a3", Place(Where.INSIDE, "x1")),  # an annex holds nothing
    ("a3", Place(Where.AFTER, "x1")),  # a group of annexes holds annexes
    ("t2", Place(Where.INSIDE, "a1")),  # an article holds no title
]


@pytest.mark.parametrize(("name", "place"), WRONG_MOVES)
def test_a_section_cannot_stand_anywhere(name: str, place: Place) -> None:
    plan = a_plan()
    with pytest.raises(NoSuchPlace):
        rules.moved(plan, at(plan, name), place, OPEN)


def test_what_a_file_put_in_an_odd_place_may_still_change_its_order() -> None:
    plan = [*a_plan(), node("x2", "ann", 1, "Article 9")]  # an article among annexes
    place = rules.step(plan, at(plan, "x2"), Step.UP)
    assert place is not None
    assert drawn(rules.moved(plan, at(plan, "x2"), place, OPEN)).endswith("ann .x2 .x1")


def test_a_plan_has_at_most_twelve_levels() -> None:
    deep = [node(f"n{level}", f"n{level - 1}" if level else None, level) for level in range(PLAN_DEPTH)]
    with pytest.raises(NoSuchPlace):
        rules.added(deep, node("more"), Place(Where.INSIDE, f"n{PLAN_DEPTH - 1}"), OPEN)
    pair = [*deep[:-1], node("p"), node("q", "p", 1)]
    with pytest.raises(NoSuchPlace):
        rules.moved(pair, at(pair, "p"), Place(Where.INSIDE, f"n{PLAN_DEPTH - 2}"), OPEN)


def test_a_name_is_on_one_line_and_has_a_title() -> None:
    assert rules.named("  Article\t1 ", " Un\n titre\0 ici ") == ("Article 1", "Un titre ici")
    assert rules.named("", "100\u00a0%") == ("", "100\u00a0%")
    assert rules.named("\u202e1.4", "Objet\u2028\u200b(fin)") == (
        "1.4",
        "Objet (fin)",
    )  # nothing turns the others round
    for number, title in (("1", " \n"), ("1", "\u00a0\u200b"), ("1", "x" * 501), ("n" * 61, "x")):
        with pytest.raises(BadTitle):
            rules.named(number, title)
    plan = a_plan()
    assert at(rules.retitled(plan, at(plan, "a1"), "III.1.a", "Neuf", OPEN), "a1").number == "III.1.a"


def test_without_object_keeps_the_section_and_can_be_taken_back() -> None:
    plan = a_plan()
    aside = rules.set_aside(plan, at(plan, "a1"), OPEN)
    assert drawn(aside) == drawn(plan)
    assert at(aside, "a1").status is SectionStatus.NOT_APPLICABLE
    assert rules.taken_up(aside, at(aside, "a1"), OPEN) == plan
    with pytest.raises(PlanMoved):
        rules.taken_up(plan, at(plan, "a1"), OPEN)
    with pytest.raises(HasSections):
        rules.set_aside(plan, at(plan, "a2"), OPEN)
    with pytest.raises(NoSuchPlace):
        rules.moved(aside, at(aside, "a21"), Place(Where.INSIDE, "a1"), OPEN)


def test_a_required_section_is_never_removed_and_one_that_holds_others_not_yet() -> None:
    plan = a_plan()
    assert drawn(rules.removed(plan, at(plan, "a21"), OPEN)) == "t1 .a1 .a2 ..a22 t2 .a3 ann .x1"
    with pytest.raises(HasSections):
        rules.removed(plan, at(plan, "a2"), OPEN)
    required = changed(plan, "a1", is_required=True)
    with pytest.raises(SectionRequired):
        rules.removed(required, at(required, "a1"), OPEN)


def test_a_removed_section_comes_back_as_the_last_of_its_parent() -> None:
    plan = a_plan()
    without = rules.removed(plan, at(plan, "a21"), OPEN)
    assert drawn(rules.put_back(without, replace(at(plan, "a21"), depth=0), OPEN)) == (
        "t1 .a1 .a2 ..a22 ..a21 t2 .a3 ann .x1"
    )
    with pytest.raises(ParentRemoved):
        rules.put_back([at(plan, "t1")], at(plan, "a21"), OPEN)


ACTS: list[Callable[[Plan, Section, ContractState], Plan]] = [
    lambda plan, one, state: rules.retitled(plan, one, "1", "x", state),
    rules.set_aside,
    rules.removed,
    lambda plan, one, state: rules.moved(plan, one, Place(Where.AFTER, "t2"), state),
    lambda plan, one, state: rules.added(plan, node("new"), Place(Where.INSIDE, one.id), state),
]


@pytest.mark.parametrize("act", ACTS)
def test_an_agreed_or_closed_section_changes_by_proposal_only_and_a_frozen_one_not_at_all(
    act: Callable[[Plan, Section, ContractState], Plan],
) -> None:
    for fields, refusal in (
        ({"status": SectionStatus.AGREED}, SectionFixed),
        ({"mode": SectionMode.PROPOSALS_ONLY}, SectionFixed),
        ({"mode": SectionMode.FROZEN}, TextFrozen),
    ):
        plan = changed(a_plan(), "a1", **fields)
        with pytest.raises(refusal):
            act(plan, at(plan, "a1"), OPEN)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", [one for one in ContractState if not one.is_open_to_writing])
def test_a_contract_past_writing_keeps_its_plan(
    act: Callable[[Plan, Section, ContractState], Plan], state: ContractState
) -> None:
    plan = a_plan()
    with pytest.raises(PlanClosed):
        act(plan, at(plan, "a1"), state)


@pytest.mark.parametrize("act", ACTS)
def test_a_plan_sent_out_for_opinions_changes_by_proposal(act: Callable[[Plan, Section, ContractState], Plan]) -> None:
    plan = a_plan()
    with pytest.raises(PlanAgreed):
        act(plan, at(plan, "a1"), ContractState.CONSULTATION)


def test_what_one_has_seen() -> None:
    plan = a_plan()
    renamed = rules.retitled(plan, at(plan, "a1"), "1", "x", OPEN)
    assert order_seen(renamed) == order_seen(plan)
    assert section_seen(at(renamed, "a1")) != section_seen(at(plan, "a1"))
    moved = rules.moved(plan, at(plan, "a1"), Place(Where.AFTER, "a2"), OPEN)
    assert order_seen(moved) != order_seen(plan)
    assert section_seen(at(moved, "a1")) == section_seen(at(plan, "a1"))
    with pytest.raises(NotFound):
        rules.find(plan, "nowhere")


def test_the_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(numbering).failed == 0


PROPOSED = [
    (Place(Where.AFTER, "a21"), SectionKind.CLAUSE, "2.3"),
    (Place(Where.INSIDE, "a2"), SectionKind.CLAUSE, "2.3"),
    (Place(Where.INSIDE, "a1"), SectionKind.CLAUSE, "1.1"),
    (Place(Where.AFTER, "a1"), SectionKind.CLAUSE, "Article 4"),
    (Place(Where.INSIDE, "ann"), SectionKind.ANNEX, "Annexe 2"),
    (Place(Where.INSIDE, None), SectionKind.PART, "Titre 3"),
    (Place(Where.INSIDE, None), SectionKind.CLAUSE, ""),
]


@pytest.mark.parametrize(("place", "kind", "number"), PROPOSED)
def test_the_next_number_is_proposed(place: Place, kind: SectionKind, number: str) -> None:
    assert proposed(a_plan(), place, kind) == number


def test_a_title_follows_those_that_a_contract_file_told_as_clauses() -> None:
    titles = [replace(one, kind=SectionKind.CLAUSE, number="Titre II") for one in a_plan()[:1]]
    assert proposed(titles, Place(Where.INSIDE, None), SectionKind.PART) == "Titre III"


def test_a_number_that_is_there_twice_is_pointed_out() -> None:
    assert duplicates(a_plan()) == set()
    twice = changed(a_plan(), "a3", number="Article 1")
    assert duplicates(twice) == {"a1", "a3"}
    local = [node("l1", kind=SectionKind.LOCAL_CONTRACT), node("l2", kind=SectionKind.LOCAL_CONTRACT)]
    apart = [local[0], node("p", "l1", 1, "Article 1"), local[1], node("q", "l2", 1, "Article 1")]
    assert duplicates(apart) == set()
    assert duplicates([node("i", number="1"), node("j", number="1"), node("k", "j", 1, "1")]) == {"i", "j"}


NAMES = [one.id for one in a_plan()] + [f"new{number}" for number in range(6)]
PLACES = st.builds(Place, st.sampled_from(Where), st.sampled_from(NAMES) | st.none())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["move", "step", "add", "remove", "put back", "aside", "take up", "name"]),
            st.sampled_from(NAMES),
            PLACES,
            st.sampled_from(Step),
            st.sampled_from(SectionKind),
        ),
        max_size=25,
    )
)
def test_any_sequence_of_changes_keeps_a_sound_tree(acts: list[tuple[str, str, Place, Step, SectionKind]]) -> None:
    plan = changed(a_plan(), "a3", is_required=True)
    out: dict[str, Section] = {}
    for act, name, place, way, kind in acts:
        with suppress(Refusal):
            plan = play(plan, out, act, name, place, way, kind)
        assert_sound(plan)
        assert at(plan, "a3").is_required


def play(plan: Plan, out: dict[str, Section], act: str, name: str, place: Place, way: Step, kind: SectionKind) -> Plan:
    """One act of a sequence, as its use case does it."""
    if act == "add":
        is_known = name in out or any(one.id == name for one in plan)
        return plan if is_known else rules.added(plan, node(name, kind=kind), place, OPEN)
    if act == "put back":
        after = rules.put_back(plan, out[name], OPEN) if name in out else plan
        out.pop(name, None)
        return after
    return play_on(plan, out, act, at(plan, name), place, way)


def play_on(plan: Plan, out: dict[str, Section], act: str, one: Section, place: Place, way: Step) -> Plan:
    """An act on a section of the plan."""
    if act == "remove":
        after = rules.removed(plan, one, OPEN)
        out[one.id] = replace(one, depth=0)
        return after
    doing: dict[str, Callable[[], Plan]] = {
        "move": lambda: rules.moved(plan, one, place, OPEN),
        "step": lambda: rules.moved(plan, one, to, OPEN) if (to := rules.step(plan, one, way)) else plan,
        "aside": lambda: rules.set_aside(plan, one, OPEN),
        "take up": lambda: rules.taken_up(plan, one, OPEN),
        "name": lambda: rules.retitled(plan, one, one.id, one.id, OPEN),
    }
    return doing[act]()


def assert_sound(plan: Plan) -> None:
    """Every section once, after its parent, its depth one more, and each branch in one piece."""
    assert len({one.id for one in plan}) == len(plan)
    path: list[str] = []
    for one in plan:
        assert 0 <= one.depth < PLAN_DEPTH
        assert one.depth <= len(path)
        path = [*path[: one.depth], one.id]
        assert one.parent_id == (path[-2] if one.depth else None)
