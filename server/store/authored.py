"""The lines of the log with who wrote them and when, for whoever asks who wrote a word."""

from collections.abc import Sequence

from sqlmodel import col, select

from server.domain.texts.history import Mark, Writer
from server.store.engine import Store
from server.store.tables import UpdateRow
from server.store.updates import others_of


async def lines(store: Store, document: str, after: int) -> Sequence[tuple[Mark, bytes]]:
    """Every line of a document after line `after`, oldest first, with its delta."""
    wanted = (
        select(UpdateRow)
        .where(col(UpdateRow.document) == document, col(UpdateRow.id) > after)
        .order_by(col(UpdateRow.id))
    )
    async with store.reading() as session:
        rows = (await session.execute(wanted)).scalars().all()
    return [
        (Mark(row.id or 0, Writer(row.person_id, row.party_id, others_of(row.others)), row.at), row.delta)
        for row in rows
    ]
