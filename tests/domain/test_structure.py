"""Changes of a plan as a proposal holds them: what each does, what is shown of it, and beside what it still applies."""

import json
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.contract.sections import SectionMode, SectionStatus
from server.domain.plan.outlines import outline, plan_of
from server.domain.plan.plan_changes import Place, Plan, Where
from server.domain.plan.plan_redline import What, lines
from server.domain.plan.structure import Change, Gesture, applied, change_of, tidied, tried, written
from server.domain.refusals import HasSections, PlanMoved, Refusal, SectionRequired
from server.domain.refusals_of_proposals import TextFrozen
from server.taking_over import plan_fitting
from server.taking_over.fitting import FitKind
from tests.domain.test_plan_changes import NAMES, PLACES, a_plan, assert_sound, at, changed, drawn, node
from tests.steps import steps

G = Gesture


def add(name: str, where: Where, target: str | None) -> Change:
    return Change(G.ADD, name, place=Place(where, target), section=node(name))


def move(name: str, where: Where, target: str | None) -> Change:
    return Change(G.MOVE, name, place=Place(where, target))


def name(section: str, number: str, title: str) -> Change:
    return Change(G.RETITLE, section, number=number, title=title)


def said(before: Plan, after: Plan, *named: str) -> str:
    """What differs, on one line: each section that is not as it was, with what became of it."""
    found = [line for line in lines(before, after, named) if line.what]
    return " ".join(f"{line.section.id}:{'+'.join(line.what)}" for line in found)


CHANGES = [
    (add("n", Where.AFTER, "a1"), "t1 .a1 .n .a2 ..a21 ..a22 t2 .a3 ann .x1", "n:added"),
    (name("a1", "Article 9", "A1"), "t1 .a1 .a2 ..a21 ..a22 t2 .a3 ann .x1", "a1:renumbered"),
    (name("a1", "Article 9", "B"), "t1 .a1 .a2 ..a21 ..a22 t2 .a3 ann .x1", "a1:renumbered+retitled"),
    (move("a2", Where.INSIDE, "t2"), "t1 .a1 t2 .a3 .a2 ..a21 ..a22 ann .x1", "a2:left a2:moved"),
    (move("a2", Where.BEFORE, "a1"), "t1 .a2 ..a21 ..a22 .a1 t2 .a3 ann .x1", "a2:moved a2:left"),
    (Change(G.REMOVE, "a3"), "t1 .a1 .a2 ..a21 ..a22 t2 ann .x1", "a3:removed"),
    (Change(G.SET_ASIDE, "a3"), "t1 .a1 .a2 ..a21 ..a22 t2 .a3 ann .x1", "a3:set_aside"),
]


@pytest.mark.parametrize(("change", "plan", "redline"), CHANGES)
def test_each_change_is_made_and_shown(change: Change, plan: str, redline: str) -> None:
    after = applied(a_plan(), [change])
    assert drawn(after) == plan
    assert said(a_plan(), after, change.section_id) == redline


def test_what_was_removed_is_put_back_and_what_was_set_aside_is_taken_up() -> None:
    before = [one for one in a_plan() if one.id != "a3"]
    back = Change(G.PUT_BACK, "a3", place=Place(Where.INSIDE, "t2"), section=at(a_plan(), "a3"))
    assert drawn(applied(before, [back])) == drawn(a_plan())
    aside = changed(a_plan(), "a3", status=SectionStatus.NOT_APPLICABLE)
    assert said(aside, applied(aside, [Change(G.TAKE_UP, "a3")])) == "a3:taken_up"


def test_by_proposal_what_is_approved_changes_and_what_is_frozen_stays() -> None:
    agreed = changed(a_plan(), "a1", status=SectionStatus.AGREED, mode=SectionMode.PROPOSALS_ONLY)
    assert at(applied(agreed, [name("a1", "1", "Autre")]), "a1").title == "Autre"
    frozen = changed(a_plan(), "a1", mode=SectionMode.FROZEN)
    with pytest.raises(TextFrozen):
        applied(frozen, [name("a1", "1", "Autre")])


REFUSED = [
    (Change(G.REMOVE, "a2"), HasSections),
    (Change(G.REMOVE, "x1"), SectionRequired),
    (Change(G.REMOVE, "gone"), PlanMoved),
    (move("a1", Where.AFTER, "gone"), PlanMoved),
    (add("a1", Where.AFTER, "a2"), PlanMoved),
    (Change(G.TAKE_UP, "a1"), PlanMoved),
]


@pytest.mark.parametrize(("change", "refusal"), REFUSED)
def test_what_a_plan_does_not_take_is_refused_and_the_rest_is_made(change: Change, refusal: type[Refusal]) -> None:
    plan = changed(a_plan(), "x1", is_required=True)
    with pytest.raises(refusal):
        applied(plan, [change])
    made = tried(plan, [change, name("a3", "3", "Autre")])
    assert [type(one) for one in made.problems.values()] == [refusal]
    assert at(made.plan, "a3").title == "Autre"


TIDY = [
    ([name("a1", "1", "x"), name("a1", "1", "y")], 1),
    ([name("a1", "1", "x"), name("a1", "Article 1", "A1")], 0),
    ([move("a1", Where.AFTER, "a2"), move("a1", Where.BEFORE, "a2")], 0),
    ([Change(G.SET_ASIDE, "a3"), Change(G.TAKE_UP, "a3")], 0),
    ([add("n", Where.AFTER, "a1"), Change(G.REMOVE, "n")], 0),
    ([add("n", Where.AFTER, "a1"), name("n", "4", "N")], 2),
    ([move("a1", Where.INSIDE, "t2"), name("a1", "4", "A1")], 2),
]


@pytest.mark.parametrize(("changes", "left"), TIDY)
def test_changes_that_undo_one_another_are_forgotten(changes: list[Change], left: int) -> None:
    assert len(tidied(a_plan(), changes)) == left


def to_and_fro(count: int) -> list[Change]:
    """So many changes of one section of a plan of sixty, none of which makes another useless."""
    pairs = ((move("s0", Where.AFTER, f"s{at}"), move(f"s{30 + at}", Where.AFTER, "s0")) for at in range(1, 30))
    return [one for pair in pairs for one in pair][: count + 1]


def test_a_change_after_many_of_the_same_section_costs_little_more_than_after_few() -> None:
    plan = [node(f"s{at}") for at in range(60)]
    few, many = (steps(partial(tidied, plan, to_and_fro(count))) for count in (20, 40))
    assert many < 3 * few


BESIDE = [
    (name("a1", "1", "x"), name("a3", "3", "y"), FitKind.MERGED),
    (name("a1", "1", "x"), name("a1", "1", "y"), FitKind.STALE),
    (name("a1", "1", "x"), name("a1", "1", "x"), FitKind.SAME),
    (Change(G.REMOVE, "a3"), name("a3", "3", "y"), FitKind.STALE),
    (Change(G.REMOVE, "a3"), add("n", Where.INSIDE, "a3"), FitKind.STALE),
    (Change(G.REMOVE, "a3"), Change(G.REMOVE, "a3"), FitKind.SAME),
    (add("n", Where.AFTER, "a1"), add("m", Where.AFTER, "a1"), FitKind.STALE),
    (add("n", Where.AFTER, "a1"), add("m", Where.AFTER, "a2"), FitKind.MERGED),
    (add("n", Where.AFTER, "a1"), Change(G.SET_ASIDE, "a1"), FitKind.STALE),
    (move("a1", Where.INSIDE, "t2"), name("a22", "2", "y"), FitKind.MERGED),
    (move("a1", Where.INSIDE, "t2"), move("a1", Where.INSIDE, "a3"), FitKind.STALE),
    (move("a2", Where.INSIDE, "t2"), name("a21", "2", "y"), FitKind.MERGED),
]


@pytest.mark.parametrize(("mine", "theirs", "kind"), BESIDE)
def test_a_proposal_beside_a_plan_that_moved(mine: Change, theirs: Change, kind: FitKind) -> None:
    base = a_plan()
    head = applied(base, [theirs])
    assert plan_fitting.fit(base, [mine], base).kind is FitKind.AS_TABLED
    found = plan_fitting.fit(base, [mine], head)
    assert found.kind is kind
    assert found.hash != plan_fitting.fit(base, [mine], base).hash or not found.is_possible


def test_the_digest_covers_the_plan_seen_the_changes_and_the_plan_they_lead_to() -> None:
    base, change = a_plan(), name("a1", "1", "x")
    one = plan_fitting.fit(base, [change], base)
    elsewhere = plan_fitting.fit(base, [change], applied(base, [name("a3", "3", "y")]))
    long_way = plan_fitting.fit(base, [name("a1", "1", "z"), change], base)
    assert len({one.hash, elsewhere.hash, long_way.hash}) == 3
    decomposed = plan_fitting.fit(base, [name("a1", "1", "e\u0301")], base)
    assert decomposed.hash == plan_fitting.fit(base, [name("a1", "1", "\u00e9")], base).hash


def test_two_proposals_for_the_same_place_collide() -> None:
    base = a_plan()
    here, there = (plan_fitting.fit(base, [name(one, "1", "x")], base) for one in ("a1", "a3"))
    assert plan_fitting.collide(here, plan_fitting.fit(base, [Change(G.SET_ASIDE, "a1")], base))
    assert not plan_fitting.collide(here, there)


SOME = st.one_of(
    st.builds(add, st.sampled_from(NAMES[-4:]), st.sampled_from(Where), st.sampled_from(NAMES)),
    st.builds(Change, st.sampled_from([G.REMOVE, G.SET_ASIDE, G.TAKE_UP]), st.sampled_from(NAMES)),
    st.builds(name, st.sampled_from(NAMES), st.sampled_from(["1", "2"]), st.sampled_from(["x", "y"])),
    st.builds(lambda one, place: Change(G.MOVE, one, place=place), st.sampled_from(NAMES), PLACES),
)
SEVERAL = st.lists(SOME, max_size=8)


def taken(plan: Plan, changes: list[Change]) -> list[Change]:
    """Those of some changes that a plan takes."""
    kept: list[Change] = []
    for one in changes:
        with suppress(Refusal):
            applied(plan, [*kept, one])
            kept.append(one)
    return kept


@given(SEVERAL, SEVERAL, SEVERAL)
def test_what_is_accepted_is_what_was_shown_whatever_the_plan_became(
    earlier: list[Change], mine: list[Change], theirs: list[Change]
) -> None:
    base = tried(a_plan(), earlier).plan
    changes, head = taken(base, mine), tried(base, theirs).plan
    assert [change_of(json.loads(json.dumps(written(one)))) for one in changes] == changes
    fit = plan_fitting.fit(plan_of(outline(base)), changes, head)
    if fit.is_possible:
        assert_sound(fit.after)
        assert outline(fit.before) == outline(head)
        assert outline(applied(head, changes)) == outline(fit.after)
        assert fit.hash == plan_fitting.digest(head, changes, fit.after)
        ours = {line.section.id for line in lines(base, applied(base, changes)) if line.what}
        for one in head:  # what others did to what this one does not touch stands
            if one.id not in ours:
                assert (one.number, one.title, one.status, one.parent_id) == (
                    (now := at(fit.after, one.id)).number,
                    now.title,
                    now.status,
                    now.parent_id,
                )


@given(SEVERAL, SEVERAL)
def test_a_redline_tells_both_plans(earlier: list[Change], changes: list[Change]) -> None:
    before = tried(a_plan(), earlier).plan
    after = tried(before, changes).plan
    found = lines(before, after)
    assert [line.section for line in found if not line.is_gone] == after
    gone = {line.section.id for line in found if What.REMOVED in line.what}
    assert gone == {one.id for one in before} - {one.id for one in after}
    left = {line.section.id for line in found if What.LEFT in line.what}
    assert left == {line.section.id for line in found if What.MOVED in line.what}
    assert any(line.what for line in found) is (outline(before) != outline(after))
