"""The pages that begin a contract: choose a family and its plan, then say who, what and when."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from starlette.requests import Request
from starlette.responses import Response

from server.contract import creating
from server.contract.creating import Beginning
from server.domain.contract.beginning import AUTHORITY_ROWS, read_beginning
from server.domain.contract.contract import Member, Party, PartyKind
from server.domain.contract.facts import MOST_YEARS
from server.domain.contract.life import REQUIRED
from server.domain.contract.perimeter import AUTHORITIES
from server.domain.plan.plans import Plan
from server.domain.refusals import NotFound
from server.domain.sheets import Sheet
from server.editing.new_keys import fingerprint
from server.editing.parties import facts_of
from server.web import forms
from server.web.forms import Form
from server.web.frames import plans
from server.web.parts import parts
from server.web.views import page


async def new_contract(request: Request) -> Response:
    """The families of contracts, each with its plan."""
    return page(request, "new.html", {"plans": plans().values()})


def _plan(request: Request) -> Plan:
    found = plans().get(request.path_params["family"])
    if found is None:
        raise NotFound
    return found


async def new_contract_of(request: Request) -> Response:
    """The form of a new contract of one family."""
    plan = _plan(request)
    seats = await creating.seats_that_begin(parts(request).store, request.state.visitor.person_id)
    start = date(datetime.now(UTC).year + 1, 1, 1)
    values = {"start": start.isoformat(), "years": str(plan.usual_years), **_usual_authorities(plan, _own_types(seats))}
    return await _form(request, forms.blank(values), 200)


def _own_types(seats: Mapping[str, tuple[Party, Member]]) -> set[str]:
    """The types of authority that one's own party is, whichever seat one takes."""
    types = {party.authority_type for party, _ in seats.values()}
    return types if len(types) == 1 else set()


def _usual_authorities(plan: Plan, own: set[str]) -> dict[str, str]:
    """The types that the rows of the form open with: those the family needs first, one's own last."""
    wanted = sorted([*REQUIRED.get(plan.family, {}), *AUTHORITIES], key=lambda kind: kind in own)
    return {f"authority_{row}_type": kind for row, kind in enumerate(dict.fromkeys(wanted), 1) if row <= AUTHORITY_ROWS}


async def _form(request: Request, form: Form, status: int) -> Response:
    seats = await creating.seats_that_begin(parts(request).store, request.state.visitor.person_id)
    plan = _plan(request)
    shown = {
        "form": form,
        "plan": plan,
        "seats": seats,
        "authority_rows": range(1, AUTHORITY_ROWS + 1),
        "types": AUTHORITIES,
        "most_years": MOST_YEARS,
        "needs": [says for kind, says in REQUIRED.get(plan.family, {}).items() if kind not in _own_types(seats)],
        "needs_operator": any(party.kind is not PartyKind.OPERATOR for party, _ in seats.values()),
    }
    return page(request, "new_form.html", shown, status_code=status)


async def create_contract(request: Request) -> Response:
    """Begin the contract, and go to its settings."""

    async def do(sheet: Sheet) -> str:
        own, person_id, plan = parts(request), request.state.visitor.person_id, _plan(request)
        seats = await creating.seats_that_begin(own.store, person_id)
        seat_key = sheet.values.get("seat") or next(iter(seats), "")
        if seat_key not in seats:
            raise NotFound
        party, member = seats[seat_key]
        begun = read_beginning(sheet, facts_of(party), plan.short_label)
        beginning = Beginning(plan, begun.facts, facts_of(party), member.name, member.function, begun.others)
        return await creating.begin_contract(
            own.store, person_id, seat_key, beginning, datetime.now(UTC), drawn=fingerprint(sheet)
        )

    return await forms.take(request, do, _form, _settings)


async def _settings(contract_id: str) -> str:
    return f"/contracts/{contract_id}/settings?done=created"
