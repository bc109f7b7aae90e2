"""The update log in the database: what every live document is made of."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select

from collab.log import Author, Line
from server.domain.history import Mark, Writer
from server.store.engine import Store
from server.store.tables import UpdateRow


def row_of(line: Line) -> UpdateRow:
    """The row that keeps a line."""
    author = line.author
    return UpdateRow(
        document=line.document,
        delta=line.delta,
        person_id=author.person,
        party_id=author.party,
        session_id=author.session,
        at=line.at,
    )


class UpdateLog:
    """The log of every document, in the `document_update` table."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def append(self, lines: Sequence[Line]) -> None:
        """Keep `lines` in one transaction; they are on the disk when this returns."""
        async with self._store.writing() as session:
            session.add_all([row_of(line) for line in lines])

    async def read(self, document: str) -> list[Line]:
        """Every line of a document, oldest first."""
        wanted = select(UpdateRow).where(col(UpdateRow.document) == document).order_by(col(UpdateRow.id))
        async with self._store.reading() as session:
            rows = (await session.execute(wanted)).scalars().all()
        return [
            Line(row.document, row.delta, Author(row.person_id, row.party_id, row.session_id), row.at) for row in rows
        ]

    async def marks(self, document: str) -> list[Mark]:
        """Every line of a document without its words, oldest first."""
        wanted = (
            select(UpdateRow.id, UpdateRow.person_id, UpdateRow.party_id, UpdateRow.at)
            .where(col(UpdateRow.document) == document)
            .order_by(col(UpdateRow.id))
        )
        async with self._store.reading() as session:
            rows = (await session.execute(wanted)).all()
        return [Mark(number or 0, Writer(person, party), at) for number, person, party, at in rows]

    async def deltas(self, document: str, until: int) -> list[tuple[int, bytes]]:
        """The numbered deltas of a document up to line `until`, that one included, oldest first."""
        wanted = (
            select(UpdateRow.id, UpdateRow.delta)
            .where(col(UpdateRow.document) == document, col(UpdateRow.id) <= until)
            .order_by(col(UpdateRow.id))
        )
        async with self._store.reading() as session:
            return [(number or 0, delta) for number, delta in (await session.execute(wanted)).all()]

    async def last(self) -> int:
        """The number of the newest line of all, 0 when there is none."""
        async with self._store.reading() as session:
            return (await session.execute(select(func.max(UpdateRow.id)))).scalar_one() or 0

    async def changed_since(self, seen: int, documents: Sequence[str]) -> set[str]:
        """Which of `documents` have a line newer than `seen`."""
        newer = (
            select(UpdateRow.document)
            .where(col(UpdateRow.id) > seen, col(UpdateRow.document).in_(documents))
            .distinct()
        )
        async with self._store.reading() as session:
            return set((await session.execute(newer)).scalars())
