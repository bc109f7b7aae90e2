"""The pages on which a proposal about the plan is prepared: the form that begins it, and the plan as it would be."""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.people import Seat
from auth.policy import Action
from server.contract.plan_pages import BLANK, addition_of, place_of, read_form
from server.contract.plan_pages import Form as Fields
from server.contract.plan_rows import places, rows
from server.contract.settings_pages import who
from server.domain.contract.sections import Section
from server.domain.plan import plan_changes as rules
from server.domain.plan.numbering import duplicates
from server.domain.plan.plan_changes import Place, Plan, Step, Where
from server.domain.plan.seen import order_seen
from server.domain.plan.structure import Change, Gesture
from server.domain.proposals.covers import may_share
from server.domain.proposals.proposal import Proposal
from server.domain.refusals import N_, NoSuchPlace, NotADraft, NotFound, ParentRemoved, PlanMoved, Refusal
from server.domain.sheets import Sheet
from server.drafts import restructuring
from server.drafts.draft_pages import FORM, address, counter_page
from server.editing.changing_plan import new_section
from server.store import contracts, proposals, proposed_plans
from server.web import errors, forms
from server.web.forms import Form
from server.web.frames import frame
from server.web.parts import Parts, parts
from server.web.views import page

LONGEST_NUMBER = 6  # digits: Python itself refuses to read some thousands of them
DONE = {"change": N_("Changement ajouté à la proposition."), "drop": N_("Changement annulé.")}


async def new_plan_proposal(request: Request) -> Response:
    """The form that begins a draft about the plan; `article` is the section whose forms it opens with then."""
    return await _new(request, forms.blank({"article": request.query_params.get("article", "")}), 200)


async def _new(request: Request, form: Form, status: int) -> Response:
    seat: Seat = request.state.seat
    async with parts(request).store.reading() as session:
        around = await frame(session, request)
    facts = {
        **around,
        "section": None,
        "form": form,
        "sharable": may_share(seat.party_id, around["parties"]),
        "is_new": True,
        "parent": None,
        "action": request.url.path,
        "back": f"/contracts/{around['contract'].id}/plan",
    }
    return page(request, FORM, facts, status_code=status)


async def begin_plan_proposal(request: Request) -> Response:
    """Begin a draft about the plan, then open its plan."""
    own = parts(request)
    sheet = await forms.read(request)
    opened = sheet.values.get("article", "")

    async def do(sheet: Sheet) -> Proposal:
        return await restructuring.begin(own.store, who(request), sheet)

    return await forms.took(request, sheet, do, _new, partial(_begun, request, opened))


async def _begun(request: Request, opened: str, made: Proposal) -> str:
    _tell(parts(request), made)
    where = f"?article={opened}#plan-{opened}" if opened.isalnum() else ""
    return f"{address(made)}/plan{where}"


def _tell(own: Parts, one: Proposal) -> None:
    own.floor.parties_changed(one.contract_id, {one.party_id, *one.shared_with})


async def counter_proposal(request: Request) -> Response:
    """Begin a counter-proposal about the plan with the changes of another, then open its plan."""
    own, proposal_id = parts(request), request.path_params["proposal_id"]

    async def do(sheet: Sheet) -> Proposal:
        return await restructuring.counter(own.store, who(request), proposal_id, sheet)

    return await forms.take(request, do, counter_page, partial(_begun, request, ""))


async def take_up(request: Request) -> Response:
    """Begin a draft on today's plan with the changes of a proposal of one's own, then open its plan."""
    made = await restructuring.take_up(parts(request).store, who(request), request.path_params["proposal_id"])
    return RedirectResponse(await _begun(request, "", made), 303)


async def proposed_plan(request: Request) -> Response:
    """The plan as a draft would have it, with a form for each change; `article` is the section whose forms are open."""
    query = request.query_params
    return await _page(request, open_id=query.get("article", ""), done=DONE.get(query.get("fait", ""), ""))


async def _page(
    request: Request, *, open_id: str, done: str = "", refusal: Refusal | None = None, typed: Fields | None = None
) -> Response:
    own, seat = parts(request), request.state.seat
    async with own.store.reading() as session:
        around = await frame(session, request)
        found = await proposals.proposal(session, around["contract"].id, request.path_params["proposal_id"], seat)
        if found is None or not found.is_of_plan or not found.is_prepared_by(seat.party_id):
            raise NotFound
        if not found.is_draft:
            raise NotADraft
        _, changes = await proposed_plans.read(session, found.id)
        now = restructuring.beside(await contracts.sections(session, found.contract_id), changes)
        out = await contracts.removed_sections(session, found.contract_id)
    plan = now.tried.plan
    here = {one.id for one in plan}
    facts = around | {
        "proposal": found,
        "rows": rows(plan, None, duplicates(plan), open_id),
        "out": [(one, (await own.text_of(one)).html) for one in out if one.id not in here],
        "end_places": places(plan, None, by_proposal=True),
        "order": order_seen(plan),
        "known": {one.id for one in now.head},
        "changes": [
            (one, _named(one, (*now.head, *out)), now.tried.problems.get(at)) for at, one in enumerate(changes)
        ],
        "seen": now.hash,
        "said": done,
        "done": None,
        "refusal": refusal,
        "typed": BLANK | dict(typed or {}),
        "at": request.url.path,
        "is_editable": seat.may(Action.PROPOSE) and around["contract"].state.is_open_to_writing,
        "may_propose": False,
        "proposes_each": False,
    }
    return page(request, "proposed_plan.html", facts, status_code=errors.STATUS[type(refusal)] if refusal else 200)


def _named(one: Change, known: tuple[Section, ...]) -> Section | None:
    """The section that a change is about, as it is called before; None for one that the same draft adds."""
    return one.section or next((other for other in known if other.id == one.section_id), None)


async def change_proposed_plan(request: Request) -> Response:
    """Add a change to a draft, or take one out; refused, the page shows the draft as it stands."""
    form = await read_form(request)
    own, proposal_id = parts(request), request.path_params["proposal_id"]
    act, opened = form.get("act", ""), form.get("open", "")
    try:
        if act == "drop":
            seen, number = form.get("seen", ""), form.get("number", "")
            is_one = number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER
            made = await restructuring.drop(own.store, who(request), proposal_id, seen, int(number) if is_one else -1)
        else:
            make = partial(_change, act, form.get("article", ""), form)
            made = await restructuring.change(own.store, who(request), proposal_id, form.get("seen", ""), make)
    except (NotFound, NotADraft):
        raise
    except Refusal as refusal:
        return await _page(request, open_id=opened, refusal=refusal, typed=form)
    _tell(own, made)
    said = "drop" if act == "drop" else "change"
    kept = f"&article={opened}" if opened.isalnum() and act != Gesture.REMOVE else ""
    return RedirectResponse(f"{address(made)}/plan?fait={said}{kept}#fait", 303)


def _change(act: str, section_id: str, form: Fields, plan: Plan, out: list[Section]) -> Change:
    """The change that a form asks for."""
    make = _MAKES.get(act)
    if make is None:
        raise NotFound
    return make(section_id, form, plan, out)


def _add(_: str, form: Fields, plan: Plan, out: list[Section]) -> Change:
    wanted, place = addition_of(form)
    section = new_section(wanted)
    return Change(Gesture.ADD, section.id, place=place, section=section)


def _retitle(section_id: str, form: Fields, plan: Plan, out: list[Section]) -> Change:
    number, title = rules.named(form.get("number", ""), form.get("title", ""))
    return Change(Gesture.RETITLE, _of(plan, section_id).id, number=number, title=title)


def _move(section_id: str, form: Fields, plan: Plan, out: list[Section]) -> Change:
    return Change(Gesture.MOVE, _of(plan, section_id).id, place=place_of(form))


def _step(way: Step) -> "_Make":
    def make(section_id: str, form: Fields, plan: Plan, out: list[Section]) -> Change:
        place = rules.step(plan, _of(plan, section_id), way)
        if place is None:
            raise NoSuchPlace
        return Change(Gesture.MOVE, section_id, place=place)

    return make


def _plain(gesture: Gesture) -> "_Make":
    return lambda section_id, form, plan, out: Change(gesture, _of(plan, section_id).id)


def _put_back(section_id: str, form: Fields, plan: Plan, out: list[Section]) -> Change:
    section = _of(out, section_id)
    if section.parent_id is not None and all(one.id != section.parent_id for one in plan):
        raise ParentRemoved
    return Change(Gesture.PUT_BACK, section_id, place=Place(Where.INSIDE, section.parent_id), section=section)


def _of(plan: list[Section], section_id: str) -> Section:
    try:
        return rules.find(plan, section_id)
    except NotFound:
        raise PlanMoved from None


_Make = Callable[[str, Fields, Plan, list[Section]], Change]
_MAKES: dict[str, _Make] = {
    "add": _add,
    "retitle": _retitle,
    "move": _move,
    **{way.value: _step(way) for way in Step},
    "set_aside": _plain(Gesture.SET_ASIDE),
    "take_up": _plain(Gesture.TAKE_UP),
    "remove": _plain(Gesture.REMOVE),
    "put_back": _put_back,
}
