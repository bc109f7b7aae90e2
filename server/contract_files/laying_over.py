"""What is kept in rows of a contract's facts, parties, seats and establishments, laid over the file it came from.

What differs from the file is changed in it and nothing else: unknown fields, parts not built yet and the order of keys
stay; what was taken out leaves, what was added comes last.
"""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from server.contract_files import contract_file
from server.domain.contract.contract import Contract, Establishment, Member, Party
from server.domain.contract.facts import Facts
from server.domain.contract.perimeter import CATEGORIES
from server.domain.refusals import NotFound
from server.store import contracts

Json = dict[str, Any]


async def laid_over(session: AsyncSession, contract_id: str) -> Json:
    """The file a contract came from, with its facts, parties, seats and establishments as they are now.

    Raises:
        NotFound: no contract of that id.
    """
    head, kept = await contracts.contract(session, contract_id), await contracts.source(session, contract_id)
    if head is None or kept is None:
        raise NotFound
    source: Json = json.loads(kept)
    parties = await contracts.parties(session, contract_id)
    keys = {one.id: one.key for one in parties}
    seats = await contracts.members(session, contract_id)
    establishments = await contracts.establishments(session, contract_id)
    _head(source["contract"], head)
    before = {one["id"]: one for one in source["parties"]}
    source["parties"] = [_party(before.get(one.key, {}), one) for one in parties]
    _looks(source, parties)
    before = {one["id"]: one for one in source["people"]}
    source["people"] = [_seat(before.get(one.key, {}), one, keys[one.party_id]) for one in seats]
    before = {one["id"]: one for one in source["establishments"]}
    source["establishments"] = [_establishment(before.get(one.key, {}), one) for one in establishments]
    return source


UNSAID: tuple[object, ...] = ("", None, [])


def _set(node: Json, now: Json) -> Json:
    """Write into `node` what it does not say already; what says nothing is taken out, not written."""
    for name, value in now.items():
        if value in UNSAID:
            if node.get(name) not in UNSAID:
                del node[name]
        elif node.get(name) != value:
            node[name] = value
    return node


def _head(node: Json, head: Contract) -> None:
    """The years and the length of a file that gives them follow its days when those have changed."""
    moved = (node["start_date"], node["end_date"]) != (head.start_date.isoformat(), head.end_date.isoformat())
    facts = Facts(head.title, head.start_date, head.end_date)
    now = {
        "title": head.title,
        "state": head.state.value,
        "start_date": head.start_date.isoformat(),
        "end_date": head.end_date.isoformat(),
    }
    follows = {"years": facts.years, "duration_years": facts.duration} if moved else {}
    _set(node, now | {name: value for name, value in follows.items() if name in node})


def _party(node: Json, party: Party) -> Json:
    now = {
        "id": party.key,
        "kind": party.kind.value,
        "authority_type": party.authority_type,
        "name": party.name,
        "short_name": party.short_name,
        "department_code": party.department_code,
        "finess_ej": party.finess_ej,
        "siret": party.siret,
        "signatory": party.is_signing,
    }
    if "siren" in node and node.get("siret", "") != party.siret:
        now["siren"] = party.siret[:9]  # a SIRET begins with the SIREN of its body
    return _set(node, now)


def _looks(source: Json, parties: list[Party]) -> None:
    """Name signs and hues only where another server would choose others for the same parties."""
    found = contract_file.looks_of(source)
    if any(found[one.key] != (one.sign, one.hue) for one in parties):
        for node, party in zip(source["parties"], parties, strict=True):
            node |= {"sign": party.sign, "hue": party.hue}


def _seat(node: Json, seat: Member, party: str) -> Json:
    now = {"id": seat.key, "party_id": party, "name": seat.name, "function": seat.function, "role": seat.role}
    is_said = seat.role == "facilitator" and "facilitator" not in node
    return _set(node, now if is_said else {**now, "facilitator": seat.is_facilitator or None})


def _establishment(node: Json, one: Establishment) -> Json:
    now = asdict(one)
    now = {name: now[name] for name in ("name", "category", "siret", "capacity", "capacity_unit", "city")}
    now |= {"finess_et": one.finess, "department_code": one.department_code, "competence": list(one.competence)}
    if node and node["category"] != one.category:
        now["finess_category_code"] = CATEGORIES.get(one.category, "")  # the old code would say another category
    return _set(node, {"id": one.key, **now})
