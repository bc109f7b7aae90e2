"""Begin a contract from the plan of its family: a contract file made here, kept as an imported one is."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth.people import Seat
from auth.policy import Action
from server.contract_files import importing
from server.contract_files.importing import Prepared
from server.domain.contract.contract import Member, Party
from server.domain.contract.facts import Facts
from server.domain.contract.perimeter import PartyFacts
from server.domain.people.seats import LEAD
from server.domain.plan.plans import Plan
from server.domain.refusals import AlreadyImported, NotFound
from server.store import acts, contracts, people
from server.store.engine import Store

Json = dict[str, Any]
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like something else


@dataclass(frozen=True)
class Beginning:
    """What a new contract begins with: its facts, the party that begins it and its lead, the other parties."""

    plan: Plan
    facts: Facts
    own: PartyFacts
    lead: str
    function: str
    others: Sequence[PartyFacts]


def new_id(drawn: bytes) -> str:
    """The id that a new contract draws: short, and nobody else's."""
    return "cpom-" + "".join(ALPHABET[one % len(ALPHABET)] for one in drawn[:8])


def new_file(beginning: Beginning, contract_id: str) -> Json:
    """The contract file of a new contract: every section of the plan without text, one seat."""
    facts = beginning.facts
    return {
        "schema_version": "1.0",
        "contract": {
            "id": contract_id,
            "title": facts.title,
            "family": beginning.plan.family,
            "legal_basis": [beginning.plan.legal_reference],
            "start_date": facts.start.isoformat(),
            "end_date": facts.end.isoformat(),
            "duration_years": facts.duration,
            "state": "draft",
            "currency": "EUR",
            "amounts_unit": "euro entier",
            "years": facts.years,
        },
        "parties": [
            _party(f"partie-{number}", one) for number, one in enumerate([beginning.own, *beginning.others], 1)
        ],
        "people": [
            {
                "id": "place-1",
                "party_id": "partie-1",
                "name": beginning.lead,
                "function": beginning.function,
                "role": LEAD,
            }
        ],
        "establishments": [],
        "plan": [_section(one) for one in beginning.plan.sections],
    }


def _party(key: str, facts: PartyFacts) -> Json:
    said = {name: value for name, value in asdict(facts).items() if value}
    return {"id": key, **said, "signatory": True}


def _section(one: Mapping[str, Any]) -> Json:
    made = {"id": one["key"], **{name: one[name] for name in one if name not in ("key", "children")}}
    return {**made, "children": [_section(child) for child in one["children"]]} if "children" in one else made


async def create_contract(store: Store, beginning: Beginning, at: datetime) -> str:
    """Keep a new contract whose lead is still to be given their seat (`entente member bind`); its id."""
    done = await importing.import_contract(new_file(beginning, new_id(secrets.token_bytes(8))), store, at)
    return done.contract_id


async def seats_that_begin(store: Store, person_id: int) -> dict[str, tuple[Party, Member]]:
    """The seats from which a person may begin a contract, by "contract/seat": one for each body they lead."""
    found: dict[str, tuple[Party, Member]] = {}
    async with store.reading() as session:
        for contract in await contracts.contracts(session, person_id):
            seat = await people.seat(session, contract.id, person_id)
            if seat is None or not seat.may(Action.MANAGE):
                continue
            party, member = await _where(session, contract.id, seat)
            if all(one.name != party.name for one, _ in found.values()):
                found[f"{contract.id}/{member.key}"] = (party, member)
    return found


async def _where(session: AsyncSession, contract_id: str, seat: Seat) -> tuple[Party, Member]:
    party = next(one for one in await contracts.parties(session, contract_id) if one.id == seat.party_id)
    member = next(one for one in await contracts.members(session, contract_id) if one.id == seat.member_id)
    return party, member


async def begin_contract(
    store: Store, person_id: int, seat_key: str, beginning: Beginning, at: datetime, *, drawn: bytes
) -> str:
    """Begin a contract for the party of one of one's seats, and sit in it as its lead; its id.

    The id is made of `drawn`: what draws it twice, a form sent twice, begins one contract.

    Raises:
        NotFound: this person leads no party there.
    """
    seats = await seats_that_begin(store, person_id)
    if seat_key not in seats:
        raise NotFound
    _, member = seats[seat_key]
    source = new_file(replace(beginning, lead=member.name, function=member.function), new_id(drawn))
    prepared = importing.prepare(source)
    try:
        return await _begin(store, person_id, prepared, beginning, at)
    except AlreadyImported:
        async with store.reading() as session:
            if await people.seat(session, new_id(drawn), person_id) is None:
                raise
    return new_id(drawn)


async def _begin(store: Store, person_id: int, prepared: Prepared, beginning: Beginning, at: datetime) -> str:
    async with store.writing() as session:
        if not any(seat.may(Action.MANAGE) for seat in await people.seats(session, person_id)):
            raise NotFound
        done = await importing.keep(session, prepared, at)
        await people.bind(session, done.contract_id, "place-1", person_id, at)
        await session.flush()
        seat = await people.seat(session, done.contract_id, person_id)
        if seat is None:
            raise RuntimeError("the person who begins a contract has no seat in it")
        details = {"family": beginning.plan.family, "title": beginning.facts.title}
        await acts.keep(session, done.contract_id, person_id, seat.party_id, acts.CREATED, details, at)
    return done.contract_id
