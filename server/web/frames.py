"""What every page about one contract says first: which contract, its parties, and who is asking."""

from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from auth.people import Seat
from auth.policy import Action
from server.contract_files import contract_file
from server.domain.contract.contract import Contract, Party, PartyKind
from server.domain.plan.plans import Plan, read_plans, short_label
from server.domain.refusals import NotFound
from server.store import contracts


async def frame(session: AsyncSession, request: Request) -> dict[str, Any]:
    """The contract in the address as its pages show it around what they are about.

    Raises:
        NotFound: no such contract.
    """
    found = await contracts.contract(session, request.path_params["contract_id"])
    if found is None:
        raise NotFound
    parties = await contracts.parties(session, found.id)
    seat: Seat = request.state.seat
    return {
        "contract": found,
        "family": family_of(found),
        "parties": parties,
        "operator": operator_of(parties),
        "seat": seat_shown(seat, parties),
        "manages": seat.may(Action.MANAGE),
        "reads": seat.may(Action.READ),
        "has_people": seat.may(Action.PEOPLE),
        "may_change": seat.may(Action.MANAGE) and found.state.is_open_to_writing,
    }


def seat_shown(seat: Seat, parties: list[Party]) -> dict[str, Any]:
    """A seat as a page says it: its party, its role, whether it writes."""
    party = next(one for one in parties if one.id == seat.party_id)
    return {"party": party, "role": seat.role, "function": seat.function, "writes": seat.may(Action.WRITE)}


def operator_of(parties: list[Party]) -> Party | None:
    """The gestionnaire, whose short name stands for the contract."""
    return next((party for party in parties if party.kind is PartyKind.OPERATOR), None)


@cache
def plans() -> dict[str, Plan]:
    """The plan of each family."""
    return read_plans(contract_file.read_data("plans.json")["templates"])


def family_of(contract: Contract) -> str:
    """A contract's family in a few words."""
    return short_label(plans()[contract.family].label)
