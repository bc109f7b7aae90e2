"""The routes of the plan and of proposals, as `server.app` lists the others."""

from starlette.routing import BaseRoute

from server.contract import plan_pages
from server.drafts import draft_pages, plan_draft_pages, take_up_pages
from server.proposals import (
    answer_pages,
    compare_pages,
    compare_plan_pages,
    inbox_pages,
    plan_proposal_pages,
    proposal_pages,
)
from server.proposals.either_pages import either
from server.web.doors import guarded

SECTION = "/contracts/{contract_id}/sections/{section_key}"
PLAN = "/contracts/{contract_id}/plan"
EVERY = "/contracts/{contract_id}/proposals"
ONE = f"{EVERY}/{{proposal_id}}"
shown = either(proposal_pages.proposal, plan_proposal_pages.proposal)
countered = either(draft_pages.counter_proposal, plan_draft_pages.counter_proposal)
taken_up = either(take_up_pages.take_up, plan_draft_pages.take_up)
read_again = either(answer_pages.tabling_page, plan_proposal_pages.tabling_page)
tabled = either(answer_pages.table_proposal, plan_proposal_pages.table_proposal)
compared = either(compare_pages.compare_proposal, compare_plan_pages.compare_proposal)
answered = either(answer_pages.answer_proposal, plan_proposal_pages.answer_proposal)
PROPOSALS: list[BaseRoute] = [
    guarded(
        f"{SECTION}/proposals",
        proposal_pages.propose,
        name="propose",
        methods=("POST",),
        body_limit=proposal_pages.BODY_LIMIT,
    ),
    guarded(f"{SECTION}/new-proposal", draft_pages.new_proposal, name="new_proposal"),
    guarded(f"{SECTION}/new-proposal", draft_pages.begin_proposal, name="begin_proposal", methods=("POST",)),
    guarded(EVERY, inbox_pages.inbox, name="proposals"),
    guarded(ONE, shown, name="proposal"),
    guarded(f"{ONE}/compare", compared, name="compare_proposal"),
    guarded(f"{ONE}/cover", draft_pages.proposal_cover, name="proposal_cover"),
    guarded(f"{ONE}/cover", draft_pages.save_proposal_cover, name="save_proposal_cover", methods=("POST",)),
    guarded(f"{ONE}/plan", plan_draft_pages.proposed_plan, name="proposed_plan"),
    guarded(f"{ONE}/plan", plan_draft_pages.change_proposed_plan, name="change_proposed_plan", methods=("POST",)),
    guarded(f"{ONE}/withdraw", answer_pages.withdraw_proposal, name="withdraw_proposal", methods=("POST",)),
    guarded(f"{ONE}/counter", draft_pages.counter_form, name="counter_form"),
    guarded(f"{ONE}/counter", countered, name="counter_proposal", methods=("POST",)),
    guarded(f"{ONE}/take-up", take_up_pages.take_up_form, name="take_up_form"),
    guarded(f"{ONE}/take-up", taken_up, name="take_up_proposal", methods=("POST",)),
    guarded(f"{ONE}/table", read_again, name="tabling"),
    guarded(f"{ONE}/table", tabled, name="table_proposal", methods=("POST",)),
    guarded(f"{ONE}/answer", answered, name="answer_proposal", methods=("POST",)),
    guarded(f"{ONE}/lift", answer_pages.lift_reservation, name="lift_reservation", methods=("POST",)),
    guarded(PLAN, plan_pages.plan, name="plan"),
    guarded(PLAN, plan_pages.change_plan, name="change_plan", methods=("POST",)),
    guarded(f"{PLAN}/propose", plan_draft_pages.new_plan_proposal, name="new_plan_proposal"),
    guarded(f"{PLAN}/propose", plan_draft_pages.begin_plan_proposal, name="begin_plan_proposal", methods=("POST",)),
]
