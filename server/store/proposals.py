"""Proposals in the database: rows in, domain values out; whoever asks says for whose seat."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from auth.people import Seat
from collab.log import Author, Line, Snapshot
from server.domain.proposals.answers import Event, EventKind
from server.domain.proposals.proposal import Cover, Proposal, ProposalStatus
from server.store.tables import ProposalEventRow, ProposalRow, SnapshotRow, UpdateRow
from server.store.updates import others_of, others_told, row_of, snapshot_row


async def proposal(session: AsyncSession, contract_id: str, proposal_id: str, seat: Seat) -> Proposal | None:
    """One proposal that a seat may know of; None when there is none, or it is not for them: nobody can tell which."""
    if not proposal_id.isprintable():  # a database may refuse to be asked for a NUL
        return None
    row = await session.get(ProposalRow, proposal_id)
    found = _proposal(row) if row is not None and row.contract_id == contract_id else None
    return found if found is not None and _may_read(found, seat) else None


def _may_read(one: Proposal, seat: Seat) -> bool:
    return one.is_read_by(seat.party_id, is_signing=seat.is_signing)


async def drafts(session: AsyncSession, contract_id: str) -> list[Proposal]:
    """Every draft in a contract, whoever prepares it: to decide who comes in, never to be shown."""
    return await _some(session, contract_id, col(ProposalRow.status) == ProposalStatus.DRAFT.value)


async def drafts_of(session: AsyncSession, contract_id: str, party_id: int) -> list[Proposal]:
    """The drafts that a party prepares, alone or with another, the oldest first."""
    return [one for one in await drafts(session, contract_id) if one.is_prepared_by(party_id)]


async def _some(session: AsyncSession, contract_id: str, *which: ColumnElement[bool]) -> list[Proposal]:
    wanted = (
        select(ProposalRow)
        .where(col(ProposalRow.contract_id) == contract_id, *which)
        .order_by(col(ProposalRow.created_at), col(ProposalRow.id))
    )
    return [_proposal(row) for row in (await session.execute(wanted)).scalars()]


async def count(session: AsyncSession, one: Proposal) -> int:
    """How many proposals the person who makes one has ever made of the same section, or of the same plan."""
    theirs = (
        col(ProposalRow.contract_id) == one.contract_id,
        col(ProposalRow.section_id) == one.section_id,
        col(ProposalRow.person_id) == one.person_id,
    )
    return (await session.execute(select(func.count()).select_from(ProposalRow).where(*theirs))).scalar_one()


async def same(session: AsyncSession, one: Proposal, first_hash: str) -> Proposal | None:
    """The draft that said the same when it began: of this person and party, the same text made from the same text."""
    wanted = select(ProposalRow).where(
        col(ProposalRow.section_id) == one.section_id,
        col(ProposalRow.party_id) == one.party_id,
        col(ProposalRow.person_id) == one.person_id,
        col(ProposalRow.status) == ProposalStatus.DRAFT.value,  # in what it became the words may stand no more
        col(ProposalRow.base_hash) == one.base_hash,
        col(ProposalRow.first_hash) == first_hash,
    )
    row = (await session.execute(wanted)).scalars().first()
    return None if row is None else _proposal(row)


async def keep(session: AsyncSession, one: Proposal, first_hash: str, lines: Sequence[Line], base: Snapshot) -> None:
    """Keep a new proposal: its row, and its text, of which the first line is the `base` it was made from."""
    keep_row(session, one, first_hash)
    rows = [row_of(line) for line in lines]
    for row in rows:  # one after the other: their numbers are their order
        session.add(row)
        await session.flush()
    session.add(snapshot_row(one.document, Snapshot(base.state, base.writers, rows[0].id or 0), one.created_at))


def keep_row(session: AsyncSession, one: Proposal, first_hash: str) -> None:
    """Keep the row of a new proposal."""
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
            title=one.cover.title,
            reason=one.cover.reason,
            target=one.cover.target,
            meeting_on=one.cover.on,
            shared_with=_told(one.shared_with),
            parent_id=one.parent_id,
        )
    )


async def end(session: AsyncSession, one: Proposal, status: ProposalStatus, at: datetime) -> None:
    """Say what became of a proposal; its text stays."""
    row = await session.get_one(ProposalRow, one.id)
    row.status, row.ended_at = status.value, at


async def freeze(session: AsyncSession, one: Proposal, state: bytes, writers: Mapping[int, str]) -> None:
    """Keep a draft as it was tabled, and of its text what it was made from and what it says: not how it came to be."""
    await keep_tabled(session, one)
    at = one.tabled_at or one.created_at
    lines = select(UpdateRow).where(col(UpdateRow.document) == one.document).order_by(col(UpdateRow.id))
    first = (await session.execute(lines.limit(1))).scalar_one()
    theirs = col(UpdateRow.document) == one.document
    await session.execute(delete(UpdateRow).where(theirs, col(UpdateRow.id) > first.id))
    tabled = row_of(Line(one.document, state, Author(one.person_id, one.party_id), at))
    session.add(tabled)
    await session.flush()
    await session.merge(snapshot_row(one.document, Snapshot(state, writers, tabled.id or 0), at))


async def keep_tabled(session: AsyncSession, one: Proposal) -> None:
    """Keep in the row of a draft that it was tabled: when, and the digest of what."""
    row = await session.get_one(ProposalRow, one.id)
    row.status, row.tabled_at, row.tabled_hash = one.status.value, one.tabled_at, one.tabled_hash
    row.base_hash, row.answer_by, row.others = one.base_hash, one.answer_by, others_told(one.others)


@dataclass(frozen=True)
class Tabled:
    """The texts of a proposal as states of the engine: what it was made from, what it says, and who wrote what."""

    base: bytes
    state: bytes
    writers: Mapping[int, str]


async def tabled(session: AsyncSession, one: Proposal) -> Tabled:
    """The texts of a proposal; of a draft, `state` may lack what was written since its last snapshot."""
    lines = select(UpdateRow.delta).where(col(UpdateRow.document) == one.document).order_by(col(UpdateRow.id))
    snapshot = await session.get_one(SnapshotRow, one.document)
    return _texts((await session.execute(lines.limit(1))).scalar_one(), snapshot)


async def every_tabled(session: AsyncSession, every: Sequence[Proposal]) -> dict[str, Tabled]:
    """The texts of proposals that were tabled, by their ids, in two questions however many there are."""
    names = [one.document for one in every]
    firsts = select(func.min(UpdateRow.id)).where(col(UpdateRow.document).in_(names)).group_by(UpdateRow.document)
    lines = select(UpdateRow.document, UpdateRow.delta).where(col(UpdateRow.id).in_(firsts))
    bases = {row.document: row.delta for row in await session.execute(lines)}
    rows = await session.execute(select(SnapshotRow).where(col(SnapshotRow.document).in_(names)))
    kept = {row.document: row for row in rows.scalars()}
    return {one.id: _texts(bases[one.document], kept[one.document]) for one in every}


def _texts(base: bytes, snapshot: SnapshotRow) -> Tabled:
    return Tabled(base, snapshot.state, {int(client): one for client, one in json.loads(snapshot.writers).items()})


async def keep_event(session: AsyncSession, proposal_id: str, event: Event) -> None:
    """Write a line of a proposal's record, in the transaction that does what it says."""
    session.add(
        ProposalEventRow(
            proposal_id=proposal_id,
            person_id=event.person_id,
            party_id=event.party_id,
            at=event.at,
            kind=event.kind.value,
            hash=event.hash,
            words=event.words,
            due=event.due,
        )
    )
    await session.flush()


async def events(session: AsyncSession, proposal_id: str) -> list[Event]:
    """The record of a proposal since it was tabled, oldest first."""
    return (await every_record(session, [proposal_id]))[proposal_id]


async def every_record(session: AsyncSession, proposal_ids: Sequence[str]) -> dict[str, list[Event]]:
    """The records of proposals, by their ids, in one question however many there are."""
    wanted = select(ProposalEventRow).where(col(ProposalEventRow.proposal_id).in_(proposal_ids))
    found: dict[str, list[Event]] = {one: [] for one in proposal_ids}
    for row in (await session.execute(wanted.order_by(col(ProposalEventRow.id)))).scalars():
        event = Event(EventKind(row.kind), row.person_id, row.party_id, row.at, row.hash, row.words, row.due)
        found[row.proposal_id].append(event)
    return found


async def around(session: AsyncSession, one: Proposal, seat: Seat) -> tuple[Proposal | None, list[Proposal]]:
    """The proposal that one answers, and those that answer it, as far as a seat may know of them."""
    parent = await proposal(session, one.contract_id, one.parent_id, seat) if one.parent_id else None
    answers = await _some(session, one.contract_id, col(ProposalRow.parent_id) == one.id)
    return parent, [each for each in answers if _may_read(each, seat)]


async def all_for(session: AsyncSession, contract_id: str, seat: Seat) -> list[Proposal]:
    """Every proposal of a contract that a seat may know of, the oldest first."""
    return [one for one in await _some(session, contract_id) if _may_read(one, seat)]


async def tabled_in(session: AsyncSession, contract_id: str, seat: Seat) -> list[Proposal]:
    """The proposals that lie before the signing parties, as far as a seat may know of them, the oldest first."""
    found = await _some(session, contract_id, col(ProposalRow.status) == ProposalStatus.TABLED.value)
    return [one for one in found if _may_read(one, seat)]


async def tabled_about(session: AsyncSession, contract_id: str, sections: Collection[str]) -> list[Proposal]:
    """The proposals that lie before the parties about the texts of some sections: every signing party knows of them."""
    which = (col(ProposalRow.status) == ProposalStatus.TABLED.value, col(ProposalRow.section_id).in_(sections))
    return await _some(session, contract_id, *which) if sections else []


async def keep_cover(session: AsyncSession, one: Proposal, cover: Cover, shared_with: frozenset[int]) -> None:
    """Keep what is said of a draft, and with whom it is shared."""
    row = await session.get_one(ProposalRow, one.id)
    row.title, row.reason, row.target, row.meeting_on = cover.title, cover.reason, cover.target, cover.on
    row.shared_with = _told(shared_with)


def _told(parties: frozenset[int]) -> str:
    return " ".join(map(str, sorted(parties)))


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
        cover=Cover(row.title, row.reason, row.target, row.meeting_on),
        shared_with=frozenset(map(int, row.shared_with.split())),
        parent_id=row.parent_id,
        tabled_at=row.tabled_at,
        tabled_hash=row.tabled_hash,
        answer_by=row.answer_by,
        others=others_of(row.others),
        ended_at=row.ended_at,
    )
