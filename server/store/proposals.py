"""Proposals in the database: rows in, domain values out; whoever asks names the party it is for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from collab.log import Line, Snapshot
from server.domain.proposals import Proposal, ProposalStatus
from server.store.tables import ProposalRow
from server.store.updates import row_of, snapshot_row


async def proposal(session: AsyncSession, contract_id: str, proposal_id: str, party_id: int) -> Proposal | None:
    """One proposal of a party; None when there is none, or it is another party's: nobody can tell which."""
    if not proposal_id.isprintable():  # a database may refuse to be asked for a NUL
        return None
    row = await session.get(ProposalRow, proposal_id)
    is_theirs = row is not None and (row.contract_id, row.party_id) == (contract_id, party_id)
    return _proposal(row) if row is not None and is_theirs else None


async def drafts(session: AsyncSession, contract_id: str, party_id: int) -> list[Proposal]:
    """The drafts of a party in a contract, the oldest first."""
    wanted = (
        select(ProposalRow)
        .where(
            col(ProposalRow.contract_id) == contract_id,
            col(ProposalRow.party_id) == party_id,
            col(ProposalRow.status) == ProposalStatus.DRAFT.value,
        )
        .order_by(col(ProposalRow.created_at), col(ProposalRow.id))
    )
    return [_proposal(row) for row in (await session.execute(wanted)).scalars()]


async def count(session: AsyncSession, section_id: str, person_id: int) -> int:
    """How many proposals a person has ever made of a section."""
    theirs = col(ProposalRow.section_id) == section_id, col(ProposalRow.person_id) == person_id
    return (await session.execute(select(func.count()).select_from(ProposalRow).where(*theirs))).scalar_one()


async def same(session: AsyncSession, one: Proposal, first_hash: str) -> Proposal | None:
    """The proposal that says the same already: of this person and party, the same text made from the same text."""
    wanted = select(ProposalRow).where(
        col(ProposalRow.section_id) == one.section_id,
        col(ProposalRow.party_id) == one.party_id,
        col(ProposalRow.person_id) == one.person_id,
        col(ProposalRow.base_hash) == one.base_hash,
        col(ProposalRow.first_hash) == first_hash,
    )
    row = (await session.execute(wanted)).scalars().first()
    return None if row is None else _proposal(row)


async def keep(session: AsyncSession, one: Proposal, first_hash: str, lines: Sequence[Line], base: Snapshot) -> None:
    """Keep a new proposal: its row, and its text, of which the first line is the `base` it was made from."""
    session.add(
        ProposalRow(
            id=one.id,
            contract_id=one.contract_id,
            section_id=one.section_id,
            party_id=one.party_id,
            person_id=one.person_id,
            status=one.status.value,
            base_hash=one.base_hash,
            base_line=one.base_line,
            first_hash=first_hash,
            created_at=one.created_at,
        )
    )
    rows = [row_of(line) for line in lines]
    for row in rows:  # one after the other: their numbers are their order
        session.add(row)
        await session.flush()
    session.add(snapshot_row(one.document, Snapshot(base.state, base.writers, rows[0].id or 0), one.created_at))


async def withdraw(session: AsyncSession, proposal_id: str, at: datetime) -> None:
    """Mark a proposal as withdrawn; its text stays."""
    row = await session.get_one(ProposalRow, proposal_id)
    row.status, row.withdrawn_at = ProposalStatus.WITHDRAWN.value, at


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        id=row.id,
        contract_id=row.contract_id,
        section_id=row.section_id,
        party_id=row.party_id,
        person_id=row.person_id,
        status=ProposalStatus(row.status),
        base_hash=row.base_hash,
        base_line=row.base_line,
        created_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
    )
