"""Import a contract file: one transaction that keeps all of it, or nothing."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from collab.guard import Refused
from server.contract_files import contract_file, doubts
from server.contract_files.problems import problems
from server.domain.contract.money import cents
from server.domain.contract.sections import SectionMode, SectionStatus, mode_of
from server.domain.identifiers import Doubt
from server.domain.refusals import AlreadyImported, FileRefused
from server.domain.texts import text
from server.live import first_text
from server.store.engine import Store
from server.store.tables import (
    ContractFileRow,
    ContractRow,
    EstablishmentRow,
    FundingRow,
    MemberRow,
    PartyRow,
    SectionRow,
)

Json = dict[str, Any]
FUNDING = re.compile(r"funding_[0-9]{4}")  # an establishment's funding of a year
_TOTALS = ("total", "total_paid_by_department")


@dataclass(frozen=True)
class Imported:
    """What an import kept; `unknown` are fields the format does not know, kept and exported as they are.

    `doubts` are what looks wrong all the same, each with the path of its field.
    """

    contract_id: str
    title: str
    sections: int
    unknown: list[str]
    doubts: list[tuple[str, Doubt]]


@dataclass(frozen=True)
class Prepared:
    """A sound contract file, and the live text each of its sections begins with."""

    source: Json
    states: list[bytes]


def prepare(source: Json) -> Prepared:
    """Check a contract file and make what is long to make, while nobody waits for it.

    Raises:
        FileRefused: the file is not sound, or a text cannot be a live one.
    """
    return Prepared(source, _first_states(source))


async def import_contract(source: Json, store: Store, at: datetime | None = None) -> Imported:
    """Keep a contract file as a contract.

    Raises:
        FileRefused: the file is not sound; nothing was written.
        AlreadyImported: a contract of that id is kept; nothing was changed.
    """
    prepared = prepare(source)
    async with store.writing() as session:
        return await keep(session, prepared, at or datetime.now(UTC))


async def keep(session: AsyncSession, prepared: Prepared, at: datetime) -> Imported:
    """Keep a prepared file in a transaction that is under way.

    Raises:
        AlreadyImported: a contract of that id is kept; nothing was changed.
    """
    source = prepared.source
    head = source["contract"]
    session.add(_contract(head, at))
    try:
        await session.flush()
    except IntegrityError as taken:  # also when another import of it ends at this very moment
        raise AlreadyImported(id=head["id"]) from taken
    session.add(ContractFileRow(contract_id=head["id"], source=json.dumps(source, ensure_ascii=False)))
    await _add_people(session, source)
    await _add_establishments(session, source)
    count = await _add_plan(session, source, prepared.states, at)
    return Imported(head["id"], head["title"], count, doubts.unknown_fields(source), doubts.doubts(source))


def _contract(head: Json, at: datetime) -> ContractRow:
    return ContractRow(
        id=head["id"],
        title=head["title"],
        family=head["family"],
        state=head["state"],
        start_date=date.fromisoformat(head["start_date"]),
        end_date=date.fromisoformat(head["end_date"]),
        amounts_unit=head["amounts_unit"],
        imported_at=at,
    )


async def _add_people(session: AsyncSession, source: Json) -> None:
    contract_id = source["contract"]["id"]
    looks = contract_file.looks_of(source)
    rows = {
        party["id"]: PartyRow(
            contract_id=contract_id,
            position=number,
            key=party["id"],
            kind=party["kind"],
            name=party["name"],
            short_name=party["short_name"],
            is_signing=party["signatory"],
            sign=looks[party["id"]][0],
            hue=looks[party["id"]][1],
            **{name: party.get(name, "") for name in ("authority_type", "department_code", "finess_ej", "siret")},
        )
        for number, party in enumerate(source["parties"])
    }
    session.add_all(rows.values())
    await session.flush()
    session.add_all(
        MemberRow(
            contract_id=contract_id,
            party_id=rows[person["party_id"]].id or 0,
            position=number,
            key=person["id"],
            name=person["name"],
            function=person.get("function", ""),
            role=person["role"],
            is_facilitator=person["role"] == "facilitator" or person.get("facilitator", False),
        )
        for number, person in enumerate(source["people"])
    )


async def _add_establishments(session: AsyncSession, source: Json) -> None:
    head = source["contract"]
    for number, one in enumerate(source["establishments"]):
        year = max((int(name[8:]) for name in one if FUNDING.fullmatch(name)), default=None)
        row = EstablishmentRow(
            contract_id=head["id"],
            position=number,
            key=one["id"],
            name=one["name"],
            category=one["category"],
            finess=one.get("finess_et"),
            siret=one.get("siret", ""),
            capacity=_whole(one.get("capacity")),
            capacity_unit=one.get("capacity_unit", ""),
            city=one.get("city", ""),
            department_code=one.get("department_code", ""),
            competence=" ".join(one.get("competence", [])),
            funding_year=year,
        )
        session.add(row)
        await session.flush()
        paid = one.get(f"funding_{year}", {})
        session.add_all(
            FundingRow(
                establishment_id=row.id or 0,
                position=place,
                tariff_section=section,
                funder=terms["funder_id"],
                amount_cents=cents(int(next(terms[name] for name in _TOTALS if name in terms)), head["amounts_unit"]),
            )
            for place, (section, terms) in enumerate(paid.items())
        )


def _whole(number: float | None) -> int | None:
    """What JSON Schema takes for a whole number, 60.0 included, as one."""
    return None if number is None else int(number)


async def _add_plan(session: AsyncSession, source: Json, states: list[bytes], at: datetime) -> int:
    rows: dict[str, SectionRow] = {}
    for number, (_, section, parent) in enumerate(contract_file.sections(source)):
        row = _section(section, source["contract"]["id"], number)
        row.parent_id = rows[parent["id"]].id if parent else None
        rows[section["id"]] = row
        session.add(row)
        await session.flush()
        session.add(first_text.first_line(row.id, states[number], at))
    return len(rows)


def _first_states(source: Json) -> list[bytes]:
    """The live text each section begins with.

    Raises:
        FileRefused: the file is not sound, or a text cannot be a live one.
    """
    wrong = problems(source)
    told = [path for path, _ in wrong]
    states: list[bytes] = []
    for path, section, _ in contract_file.sections(source) if not {"(file)", "plan"} & set(told) else ():
        if not any(one.startswith((f"{path}.content", f"{path}.body")) for one in told):
            try:
                content = section.get("content") or text.from_body(section.get("body", ""))
                states.append(first_text.first_state(content))
            except Refused as refused:
                what = "content" if section.get("content") else "body"
                wrong.append((f"{path}.{what}", f"cannot be a live text: {refused}; make it simpler or shorter"))
    if wrong:
        raise FileRefused(wrong)
    return states


def _section(section: Json, contract_id: str, position: int) -> SectionRow:
    status = SectionStatus(section.get("status", "draft"))
    mode = SectionMode(section["mode"]) if "mode" in section else mode_of(status)
    return SectionRow(
        id=first_text.new_section_id(),
        contract_id=contract_id,
        position=position,
        key=section["id"],
        number=section.get("number", ""),
        title=section["title"],
        kind=section["kind"],
        annex_type=section.get("annex_type"),
        is_required=section.get("required", True),
        status=status,
        mode=mode,
        revision=int(section.get("revision", 1)),
        hint=section.get("content_hint", ""),
    )
