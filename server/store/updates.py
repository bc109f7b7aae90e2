"""The update log in the database: what every live document is made of."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from collab.log import Author, Kept, Line, Snapshot
from server.domain.texts.history import Mark, Writer
from server.store.engine import Store
from server.store.tables import SnapshotRow, UpdateRow

DATED_BEFORE = timedelta(minutes=2)  # a line carries the moment it was asked for, and is kept once its turn has come


def row_of(line: Line) -> UpdateRow:
    """The row that keeps a line."""
    return UpdateRow(**_values(line))


def snapshot_row(document: str, snapshot: Snapshot, at: datetime) -> SnapshotRow:
    """The row that keeps a snapshot."""
    writers = json.dumps({str(client): writer for client, writer in snapshot.writers.items()})
    return SnapshotRow(document=document, line=snapshot.line, state=snapshot.state, writers=writers, at=at)


def others_told(others: Sequence[tuple[int, int]]) -> str:
    """Persons and their parties as a column keeps them."""
    return " ".join(f"{person}:{party}" for person, party in others)


def others_of(kept: str) -> tuple[tuple[int, int], ...]:
    """Persons and their parties, as they were kept."""
    pairs = (one.split(":") for one in kept.split())
    return tuple((int(person), int(party)) for person, party in pairs)


def _values(line: Line) -> dict[str, Any]:
    author = line.author
    return {
        "document": line.document,
        "delta": line.delta,
        "person_id": author.person,
        "party_id": author.party,
        "session_id": author.session,
        "meeting_id": author.meeting,
        "others": others_told(author.others),
        "at": line.at,
    }


class UpdateLog:
    """The log of every document, in the `document_update` table."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def append(self, lines: Sequence[Line]) -> None:
        """Keep `lines` in one transaction; they are on the disk when this returns."""
        await self._store.add(UpdateRow, [_values(line) for line in lines])

    async def read(self, document: str) -> Kept:
        """What is kept of a document: its snapshot, and the lines since."""
        async with self._store.reading() as session:
            row = await session.get(SnapshotRow, document)
            since = row.line if row else 0
            wanted = select(UpdateRow).where(col(UpdateRow.document) == document, col(UpdateRow.id) > since)
            rows = (await session.execute(wanted.order_by(col(UpdateRow.id)))).scalars().all()
        return Kept([_line(one) for one in rows], _snapshot(row) if row else None)

    async def compact(self, document: str, snapshot: Snapshot) -> None:
        """Keep a snapshot, from which the document is read from now on; its lines stay for the record.

        One that was made before a use case kept a newer one comes too late, and is not kept.
        """
        async with self._store.writing() as session:
            newer = await session.get(SnapshotRow, document)
            if newer is None or newer.line <= snapshot.line:
                await session.merge(snapshot_row(document, snapshot, datetime.now(UTC)))

    async def lines(self, document: str) -> list[Line]:
        """Every line of a document since its beginning, oldest first."""
        wanted = select(UpdateRow).where(col(UpdateRow.document) == document).order_by(col(UpdateRow.id))
        async with self._store.reading() as session:
            return [_line(row) for row in (await session.execute(wanted)).scalars()]

    async def first(self, document: str) -> bytes:
        """The first line of a document: of a proposal, the text it was made from."""
        wanted = select(UpdateRow.delta).where(col(UpdateRow.document) == document).order_by(col(UpdateRow.id)).limit(1)
        async with self._store.reading() as session:
            return (await session.execute(wanted)).scalar_one()

    async def marks(self, document: str) -> list[Mark]:
        """Every line of a document without its words, oldest first."""
        known = (UpdateRow.id, UpdateRow.person_id, UpdateRow.party_id, UpdateRow.others, UpdateRow.at)
        wanted = select_columns(*map(col, known)).where(col(UpdateRow.document) == document).order_by(col(UpdateRow.id))
        async with self._store.reading() as session:
            rows = (await session.execute(wanted)).all()
        return [Mark(row.id, Writer(row.person_id, row.party_id, others_of(row.others)), row.at) for row in rows]

    async def deltas(self, document: str, until: int) -> list[tuple[int, bytes]]:
        """The numbered deltas of a document up to line `until`, that one included, oldest first."""
        wanted = (
            select(UpdateRow.id, UpdateRow.delta)
            .where(col(UpdateRow.document) == document, col(UpdateRow.id) <= until)
            .order_by(col(UpdateRow.id))
        )
        async with self._store.reading() as session:
            return [(number or 0, delta) for number, delta in (await session.execute(wanted)).all()]

    async def last(self, document: str) -> int:
        """The number of a document's last line, 0 when it has none."""
        wanted = select(func.max(UpdateRow.id)).where(col(UpdateRow.document) == document)
        async with self._store.reading() as session:
            return (await session.execute(wanted)).scalar_one() or 0

    async def changed_since(self, moment: datetime, documents: Sequence[str]) -> set[str]:
        """Which of `documents` have a line that may have been kept after a moment, or shortly before."""
        newer = (
            select(UpdateRow.document)
            .where(col(UpdateRow.at) > moment - DATED_BEFORE, col(UpdateRow.document).in_(documents))
            .distinct()
        )
        async with self._store.reading() as session:
            return set((await session.execute(newer)).scalars())


def _line(row: UpdateRow) -> Line:
    author = Author(row.person_id, row.party_id, row.session_id, row.meeting_id, others_of(row.others))
    return Line(row.document, row.delta, author, row.at)


def _snapshot(row: SnapshotRow) -> Snapshot:
    return Snapshot(row.state, {int(client): writer for client, writer in json.loads(row.writers).items()}, row.line)
