"""The steps of a contract: where it may go, what lacks to go on, and that no way leads round a signature."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.contract import life
from server.domain.contract.contract import ContractState, Party, PartyKind
from server.domain.contract.life import RULES, STEPS, Missing, Move, Standing, check_move, missing, moves
from server.domain.contract.sections import AnnexType, Section, SectionKind, SectionMode, SectionStatus
from server.domain.refusals import CannotMove, SheetRefused

S = ContractState
ARS = Party(1, "ars", PartyKind.AUTHORITY, "Agence", "ARS", True, "AR", 1, authority_type="ars")
DEPARTMENT = Party(2, "d", PartyKind.AUTHORITY, "Conseil", "Département", True, "DÉ", 2, authority_type="departement")
OPERATOR = Party(3, "g", PartyKind.OPERATOR, "Association", "Les Rives", True, "LR", 3)
PARTNER = Party(4, "mdph", PartyKind.CONSULTED, "MDPH", "MDPH", False, "MD", 4)


def a_section(key: str, **changes: Any) -> Section:
    made = Section(
        key, key, None, 0, "1", "Objet", SectionKind.CLAUSE, None, True, SectionStatus.DRAFT, SectionMode.FREE, 1
    )
    return replace(made, **changes)


def a_standing(state: ContractState = S.DRAFT, **changes: Any) -> Standing:
    """A contract with nothing missing but what only people know."""
    made = Standing(
        family="ehpad_l313_12",
        state=state,
        start=date(2027, 1, 1),
        end=date(2031, 12, 31),
        today=date(2026, 11, 23),
        parties=(ARS, DEPARTMENT, OPERATOR, PARTNER),
        led=frozenset({1, 2, 3}),
        establishments=2,
        sections=(a_section("s1"),),
        empty=frozenset(),
    )
    return replace(made, **changes)


def said(found: list[Missing], *, is_blocking: bool = True) -> list[str]:
    return [str(one.says) for one in found if one.is_blocking == is_blocking]


@pytest.mark.parametrize("state", ContractState)
def test_every_state_says_what_it_needs_and_where_it_may_go(state: ContractState) -> None:
    assert state in RULES
    assert all(isinstance(one, Missing) for one in missing(a_standing(state)))
    found = moves(state, S.NEGOTIATION if state is S.SUSPENDED else None)
    assert (found == {}) == (state in (S.ENDED, S.TERMINATED))
    assert state not in [to for there in found.values() for to in there]


def test_a_draft_needs_its_parties_their_leads_and_possible_days() -> None:
    assert said(missing(a_standing())) == []
    alone = a_standing(parties=(OPERATOR, replace(OPERATOR, id=5)), led=frozenset(), end=date(2033, 1, 1))
    assert said(missing(alone)) == [
        "Le contrat compte un gestionnaire, et un seul.",
        "Au moins une autorité signe le contrat.",
        "L’ARS signe tout CPOM d’EHPAD (CASF, article L. 313-12, IV ter).",
        "Le Département signe tout CPOM d’EHPAD (CASF, article L. 313-12, IV ter).",
        "Les Rives n’a pas encore de référent.",
        "Les Rives n’a pas encore de référent.",
        "Un contrat dure au plus six ans, prorogation comprise (CASF, article L. 313-11)."
        " Choisissez une date de fin plus proche.",
    ]
    assert said(missing(a_standing(establishments=0)), is_blocking=False) == [
        "Aucun établissement ou service n’est encore inscrit au contrat."
    ]


def test_a_consulted_party_needs_no_lead_and_counts_as_no_authority() -> None:
    consulted = replace(DEPARTMENT, kind=PartyKind.CONSULTED, is_signing=False)
    found = said(missing(a_standing(parties=(ARS, consulted, OPERATOR), led=frozenset({1, 3}))))
    assert found == ["Le Département signe tout CPOM d’EHPAD (CASF, article L. 313-12, IV ter)."]


def test_the_state_signs_for_shelters_under_any_name_a_file_gives_it() -> None:
    prefect = replace(ARS, authority_type="dreets")
    assert said(missing(a_standing(family="ahi_l313_11_2", parties=(prefect, OPERATOR)))) == []
    assert said(missing(a_standing(family="ahi_l313_11_2", parties=(ARS, OPERATOR)))) == [
        "L’État signe le CPOM des CHRS (CASF, article L. 313-11-2)."
    ]


def test_every_family_of_plans_is_known_to_the_rules() -> None:
    from server.contract_files import contract_file

    families = {one["family"] for one in contract_file.read_data("plans.json")["templates"]}
    assert set(life.REQUIRED) <= families


SECTIONS = (
    a_section("head", number="Titre 1", title="Objet"),
    a_section("empty", parent_id="head", number="Article 1", title="Périmètre"),
    a_section("written", parent_id="head"),
    a_section("optional", is_required=False),
    a_section("aside", status=SectionStatus.NOT_APPLICABLE),
    a_section("table", annex_type=AnnexType.MEANS_TABLE),
)


@pytest.mark.parametrize("state", [S.DRAFTING, S.NEGOTIATION])
def test_a_required_article_without_text_is_named(state: ContractState) -> None:
    empty = frozenset(one.id for one in SECTIONS) - {"written"}
    blocking = [one for one in missing(a_standing(state, sections=SECTIONS, empty=empty)) if one.is_blocking]
    assert [(str(one.says), one.section) for one in blocking] == [("Sans texte : Article 1, Périmètre.", SECTIONS[1])]


def test_what_is_not_agreed_is_named_before_the_contract_is_ready_to_sign() -> None:
    sections = (*SECTIONS[:2], a_section("ok", number="", title="Préambule", status=SectionStatus.AGREED), SECTIONS[4])
    found = missing(a_standing(S.CONSULTATION, sections=sections))
    assert said(found) == ["Pas encore approuvé : Article 1, Périmètre."]


def test_a_contract_is_in_force_from_its_first_day_and_over_after_its_last() -> None:
    assert said(missing(a_standing(S.SIGNED))) == ["La date de début du contrat n’est pas atteinte."]
    assert missing(a_standing(S.SIGNED, today=date(2027, 1, 1))) == []
    assert said(missing(a_standing(S.IN_FORCE, today=date(2031, 12, 31))))
    assert missing(a_standing(S.IN_FORCE, today=date(2032, 1, 1))) == []


def keys(standing: Standing) -> list[str]:
    return [one.key for one in missing(standing)]


def test_going_on_needs_what_people_know_to_be_confirmed_point_by_point() -> None:
    standing = a_standing(S.SCOPING)
    with pytest.raises(SheetRefused) as refused:
        check_move(standing, Move.ON, S.DIAGNOSIS)
    assert set(refused.value.problems) == {"confirmed"}
    check_move(standing, Move.ON, S.DIAGNOSIS, confirmed=keys(standing))


def test_what_blocks_cannot_be_confirmed_away() -> None:
    standing = a_standing(parties=(OPERATOR,))
    with pytest.raises(CannotMove) as refused:
        check_move(standing, Move.ON, S.SCOPING, confirmed=keys(standing))
    assert len(refused.value.missing) == 3


@pytest.mark.parametrize("move", [Move.BACK, Move.SUSPEND])
def test_any_other_move_says_why(move: Move) -> None:
    to = S.DRAFT if move is Move.BACK else S.SUSPENDED
    standing = a_standing(S.SCOPING)
    with pytest.raises(SheetRefused) as refused:
        check_move(standing, move, to)
    assert set(refused.value.problems) == {"reason"}
    check_move(standing, move, to, reason="Le périmètre change.")


def test_a_contract_resumes_where_it_was_suspended() -> None:
    assert moves(S.SUSPENDED, S.DRAFTING) == {Move.RESUME: (S.DRAFTING,)}
    assert moves(S.SUSPENDED, S.IN_FORCE) == {Move.RESUME: (S.IN_FORCE,), Move.TERMINATE: (S.TERMINATED,)}
    assert moves(S.SUSPENDED) == {Move.RESUME: STEPS[:-1]}


def test_nothing_is_signed_without_a_signature() -> None:
    standing = a_standing(S.READY_TO_SIGN)
    with pytest.raises(CannotMove):
        check_move(standing, Move.ON, S.SIGNED, confirmed=keys(standing))


NEGOTIATING = {*STEPS, S.SUSPENDED}


@given(st.lists(st.tuples(st.sampled_from(Move), st.sampled_from(ContractState)), max_size=60), st.sampled_from(STEPS))
def test_no_sequence_of_moves_reaches_what_only_a_signature_allows(
    asked: list[tuple[Move, ContractState]], first: ContractState
) -> None:
    state, suspended_from = first, None
    for move, to in asked:
        standing = a_standing(state, suspended_from=suspended_from, today=date(2040, 1, 1))
        try:
            check_move(standing, move, to, reason="Essai.", confirmed=keys(standing))
        except CannotMove:
            continue
        if to is S.SUSPENDED:
            suspended_from = state
        state = to
        assert state in NEGOTIATING
        assert state is not S.SUSPENDED or suspended_from in STEPS


@given(st.data())
def test_every_step_can_be_left_and_come_back_to(data: st.DataObject) -> None:
    state: ContractState = data.draw(st.sampled_from([*STEPS, S.SIGNED, S.IN_FORCE, S.EXTENDED]))
    there: Mapping[Move, Any] = moves(state)
    assert there[Move.SUSPEND] == (S.SUSPENDED,)
    assert moves(S.SUSPENDED, state)[Move.RESUME] == (state,)
    assert all(STEPS.index(to) < STEPS.index(state) for to in there.get(Move.BACK, ()))
