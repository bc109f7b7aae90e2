"""Contracts in the database: rows in, domain values out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select

from server.domain.contract.contract import (
    Contract,
    ContractState,
    Establishment,
    Funding,
    Member,
    Party,
    PartyKind,
)
from server.domain.contract.money import Cents
from server.domain.contract.sections import AnnexType, Section, SectionKind, SectionMode, SectionStatus
from server.domain.refusals import NotFound
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

Row = TypeVar("Row", bound=SQLModel)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def contract(session: AsyncSession, contract_id: str) -> Contract | None:
    """One contract, None when there is none of that id."""
    row = await session.get(ContractRow, contract_id)
    return None if row is None else _contract(row)


async def contracts(session: AsyncSession, person_id: int) -> list[Contract]:
    """The contracts a person has a seat in, by title."""
    theirs = (
        select(ContractRow)
        .where(col(ContractRow.id).in_(select(MemberRow.contract_id).where(col(MemberRow.person_id) == person_id)))
        .order_by(col(ContractRow.title))
    )
    return [_contract(row) for row in (await session.execute(theirs)).scalars()]


async def ids(session: AsyncSession) -> list[str]:
    """The id of every contract kept."""
    return list((await session.execute(select(ContractRow.id).order_by(col(ContractRow.id)))).scalars())


def _contract(row: ContractRow) -> Contract:
    state = ContractState(row.state)
    return Contract(row.id, row.title, row.family, state, row.start_date, row.end_date)


async def source(session: AsyncSession, contract_id: str) -> str | None:
    """The file the contract came from, as JSON text; internal notes included: for exports only."""
    row = await session.get(ContractFileRow, contract_id)
    return None if row is None else row.source


async def _of(session: AsyncSession, table: type[Row], contract_id: str) -> Sequence[Row]:
    rows = select(table).where(table.contract_id == contract_id).order_by(table.position)  # type: ignore[attr-defined]
    return (await session.execute(rows)).scalars().all()


async def parties(session: AsyncSession, contract_id: str) -> list[Party]:
    """The parties of a contract in the order of its file."""
    return [
        Party(
            id=row.id or 0,
            key=row.key,
            kind=PartyKind(row.kind),
            name=row.name,
            short_name=row.short_name,
            is_signing=row.is_signing,
            sign=row.sign,
            hue=row.hue,
            authority_type=row.authority_type,
            department_code=row.department_code,
            finess_ej=row.finess_ej,
            siret=row.siret,
        )
        for row in await _of(session, PartyRow, contract_id)
    ]


async def members(session: AsyncSession, contract_id: str) -> list[Member]:
    """The seats of a contract in the order of its file."""
    return [
        Member(
            id=row.id or 0,
            key=row.key,
            party_id=row.party_id,
            name=row.name,
            function=row.function,
            role=row.role,
            is_held=row.person_id is not None,
            is_facilitator=row.is_facilitator,
        )
        for row in await _of(session, MemberRow, contract_id)
    ]


async def establishments(session: AsyncSession, contract_id: str) -> list[Establishment]:
    """The establishments and services of a contract, with their funding."""
    rows = await _of(session, EstablishmentRow, contract_id)
    wanted = (
        select(FundingRow)
        .where(col(FundingRow.establishment_id).in_([row.id for row in rows]))
        .order_by(col(FundingRow.position))
    )
    funding = (await session.execute(wanted)).scalars().all()
    return [_establishment(row, [f for f in funding if f.establishment_id == row.id]) for row in rows]


def _establishment(row: EstablishmentRow, funding: Sequence[FundingRow]) -> Establishment:
    return Establishment(
        id=row.id or 0,
        key=row.key,
        name=row.name,
        category=row.category,
        finess=row.finess,
        siret=row.siret,
        capacity=row.capacity,
        capacity_unit=row.capacity_unit,
        city=row.city,
        department_code=row.department_code,
        competence=tuple(row.competence.split()),
        funding_year=row.funding_year,
        funding=tuple(Funding(f.tariff_section, f.funder, Cents(f.amount_cents)) for f in funding),
    )


async def sections(session: AsyncSession, contract_id: str) -> list[Section]:
    """The plan of a contract as a list in reading order, each section with its depth from 0."""
    rows = [row for row in await _of(session, SectionRow, contract_id) if row.removed_at is None]
    depths: dict[str, int] = {}
    found = []
    for row in rows:
        depths[row.id] = depths[row.parent_id] + 1 if row.parent_id else 0
        found.append(_section(row, depths[row.id]))
    return found


async def depths(store: Store, contract_id: str) -> dict[str, int]:
    """The live documents of a contract's plan, each with its depth."""
    async with store.reading() as session:
        return {one.document: one.depth for one in await sections(session, contract_id)}


async def removed_sections(session: AsyncSession, contract_id: str) -> list[Section]:
    """The sections taken out of the plan, the last one first; each would be put back at depth 0."""
    rows = [row for row in await _of(session, SectionRow, contract_id) if row.removed_at is not None]
    return [_section(row, 0) for row in sorted(rows, key=lambda row: row.removed_at or _LONG_AGO, reverse=True)]


async def any_section(session: AsyncSession, contract_id: str, section_id: str | None) -> Section:
    """A section of a contract, also one taken out of the plan.

    Raises:
        NotFound: there is none, for what asks is not about a section.
    """
    every = [*await sections(session, contract_id), *await removed_sections(session, contract_id)]
    found = next((one for one in every if one.id == section_id), None)
    if found is None:
        raise NotFound
    return found


async def keep_plan(session: AsyncSession, contract_id: str, plan: Sequence[Section], at: datetime) -> None:
    """Make the plan of a contract what `plan` says; a section it leaves out keeps its row and its log."""
    rows = {row.id: row for row in await _of(session, SectionRow, contract_id)}
    for row in rows.values():
        row.removed_at = row.removed_at or at
    for position, one in enumerate(plan):
        row = rows.get(one.id) or _new_row(contract_id, one)
        row.position, row.parent_id, row.removed_at = position, one.parent_id, None
        row.number, row.title, row.status = one.number, one.title, one.status.value
        session.add(row)


def _new_row(contract_id: str, one: Section) -> SectionRow:
    kept = {name: getattr(one, name) for name in ("id", "key", "annex_type", "is_required", "revision", "hint")}
    return SectionRow(contract_id=contract_id, kind=one.kind, mode=one.mode, **kept)


def _section(row: SectionRow, depth: int) -> Section:
    return Section(
        id=row.id,
        key=row.key,
        parent_id=row.parent_id,
        depth=depth,
        number=row.number,
        title=row.title,
        kind=SectionKind(row.kind),
        annex_type=AnnexType(row.annex_type) if row.annex_type else None,
        is_required=row.is_required,
        status=SectionStatus(row.status),
        mode=SectionMode(row.mode),
        revision=row.revision,
        hint=row.hint,
    )
