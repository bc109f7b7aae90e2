"""The page of a contract's plan: read by every member, changed by plain forms, one act each."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from auth.people import Seat
from auth.policy import Action
from server.contract.plan_rows import places, rows
from server.domain.contract.sections import AnnexType, Section, SectionKind
from server.domain.plan.numbering import duplicates
from server.domain.plan.plan_changes import Place, Step, Where
from server.domain.plan.seen import ending_seen, order_seen
from server.domain.proposals.proposal import Proposal
from server.domain.refusals import N_, NotFound, Refusal
from server.editing import changing_plan
from server.editing.changing_plan import Wanted, Wish
from server.store import contracts, proposals
from server.web import errors
from server.web.frames import frame
from server.web.parts import Parts, parts
from server.web.views import page

FIELDS, FIELD_BYTES = 12, 8192  # of a form of ours, and of each field
DONE = {
    **dict.fromkeys((*Step, "move"), N_("Déplacement enregistré")),
    "retitle": N_("Numéro et titre enregistrés"),
    "set_aside": N_("Mention « Sans objet » enregistrée"),
    "take_up": N_("Retour en brouillon enregistré"),
    "remove": N_("Retrait enregistré"),
    "put_back": N_("Remise au plan enregistrée"),
    "add": N_("Ajout enregistré"),
}
Form = Mapping[str, str]
BLANK = dict.fromkeys(("act", "article", "open", "place", "number", "title", "annex_type"), "")


@dataclass(frozen=True)
class Given:
    """What somebody asked for: whose wish, on which section, with which fields."""

    own: Parts
    wish: Wish
    section_id: str
    form: Form


async def plan(request: Request) -> Response:
    """The plan as it stands; `article` is the section whose forms are open."""
    query = request.query_params
    return await _page(request, open_id=query.get("article", ""), done=query.get("fait", ""))


async def _page(
    request: Request, *, open_id: str, done: str = "", refusal: Refusal | None = None, typed: Form | None = None
) -> Response:
    own, contract_id = parts(request), request.path_params["contract_id"]
    async with own.store.reading() as session:
        around = await frame(session, request)
        sections = await contracts.sections(session, contract_id)
        out = await contracts.removed_sections(session, contract_id)
        under_way = await _under_way(session, contract_id, request.state.seat)
        ending = await proposals.tabled_about(session, contract_id, {open_id}) if around["may_change"] else []
    state, twice = around["contract"].state, duplicates(sections)
    is_editable = around["may_change"] and not state.has_agreed_plan
    may_propose = request.state.seat.may(Action.PROPOSE) and state.is_open_to_writing
    facts = around | {
        "rows": rows(sections, state, twice, open_id if is_editable else ""),
        "out": [(one, (await own.text_of(one)).html) for one in out],
        "end_places": places(sections, None),
        "order": order_seen(sections),
        "known": {one.id for one in sections},
        "done": _done(done, [*sections, *out]),
        "refusal": refusal,
        "typed": BLANK | dict(typed or {}),
        "proposal": None,
        "at": request.url.path,
        "is_editable": is_editable,
        "may_propose": may_propose,
        "proposes_each": may_propose and state.has_agreed_plan,
        "under_way": under_way,
        "ending": ending,
        "ending_seen": ending_seen(one.id for one in ending),
    }
    status = errors.STATUS[type(refusal)] if refusal else 200
    return page(request, "plan.html", facts, status_code=status)


async def _under_way(session: AsyncSession, contract_id: str, seat: Seat) -> list[Proposal]:
    """The proposals about the plan that a seat may know of and that are not decided."""
    found = await proposals.all_for(session, contract_id, seat)
    return [one for one in found if one.is_of_plan and one.ended_at is None]


def _done(said: str, known: list[Section]) -> tuple[str, Section] | None:
    """What was just done, and to which section: from the address, so only what we know is said."""
    act, _, section_id = said.partition(":")
    section = next((one for one in known if one.id == section_id), None)
    return (DONE[act], section) if act in DONE and section else None


async def read_form(request: Request) -> Form:
    """The fields of a form about a plan."""
    async with request.form(max_files=0, max_fields=FIELDS, max_part_size=FIELD_BYTES) as sent:
        return {name: value for name, value in sent.items() if isinstance(value, str)}


async def change_plan(request: Request) -> Response:
    """One change of the plan; refused, the page shows the plan as it stands, with what was typed."""
    form = await read_form(request)
    own, contract_id = parts(request), request.path_params["contract_id"]
    act, section_id = form.get("act", ""), form.get("article", "")
    if act not in DONE:
        raise NotFound
    wish = Wish(
        contract_id, request.state.visitor.person_id, form.get("seen", ""), datetime.now(UTC), form.get("ending", "")
    )
    try:
        section = await _ACTS[act](Given(own, wish, section_id, form))
    except NotFound:
        raise
    except Refusal as refusal:
        return await _page(request, open_id=form.get("open", ""), refusal=refusal, typed=form)
    await own.floor.review(contract_id)
    own.floor.contract_changed(contract_id)
    return RedirectResponse(_back(contract_id, act, section, form), 303)


def _back(contract_id: str, act: str, section: Section, form: Form) -> str:
    """The page again, where the person was: on the same button after a move, else on the section or what was said."""
    opened = f"&article={section.id}" if form.get("open") and act != "remove" else ""
    place = "fait" if act == "remove" else f"{act}-{section.id}" if act in [*Step] else f"plan-{section.id}"
    return f"/contracts/{contract_id}/plan?fait={act}:{section.id}{opened}#{place}"


async def _step(given: Given) -> Section:
    return await changing_plan.move(given.own.store, given.wish, given.section_id, Step(given.form["act"]))


async def _move(given: Given) -> Section:
    return await changing_plan.move(given.own.store, given.wish, given.section_id, place_of(given.form))


async def _retitle(given: Given) -> Section:
    form = given.form
    return await changing_plan.retitle(
        given.own.store, given.wish, given.section_id, form.get("number", ""), form.get("title", "")
    )


async def _add(given: Given) -> Section:
    return await changing_plan.add(given.own.store, given.wish, *addition_of(given.form))


def place_of(form: Form) -> Place:
    """Where a form moves a section to."""
    where, _, target = form.get("place", "").partition(":")
    return Place(_where(where), target or None)


def addition_of(form: Form) -> tuple[Wanted, Place]:
    """What a form adds, and where."""
    where, kind, target = [*form.get("place", "").split(":"), "", ""][:3]
    annex = form.get("annex_type", "")
    wanted = Wanted(
        kind=SectionKind(kind) if kind in [*SectionKind] else _unknown(),
        annex_type=AnnexType(annex) if annex in [*AnnexType] else None,
        number=form.get("number", ""),
        title=form.get("title", ""),
    )
    return wanted, Place(_where(where), target or None)


def _where(said: str) -> Where:
    return Where(said) if said in [*Where] else _unknown()


def _unknown() -> Any:
    """A form of ours never says that."""
    raise NotFound


def _on_text(do: Callable[..., Awaitable[Section]]) -> Callable[[Given], Awaitable[Section]]:
    async def act(given: Given) -> Section:
        return await do(given.own.store, given.own.rooms, given.wish, given.section_id)

    return act


_ACTS: dict[str, Callable[[Given], Awaitable[Section]]] = {
    **dict.fromkeys(Step, _step),
    "move": _move,
    "retitle": _retitle,
    "add": _add,
    "set_aside": _on_text(changing_plan.set_aside),
    "take_up": _on_text(changing_plan.take_up),
    "remove": _on_text(changing_plan.remove),
    "put_back": _on_text(changing_plan.put_back),
}
