"""Who may do what in a contract now: read once for all of its open pages, and not again for a moment."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from auth.people import Seat, Visitor
from auth.policy import Action
from auth.session import Session
from collab.conversation import Access
from server.domain.contract.contract import Contract, Party
from server.domain.contract.sections import Section, why_closed
from server.domain.proposals.proposal import Proposal
from server.store import contracts, people, proposals, sessions
from server.store.engine import Store

FRESH_S = 1.0  # what another process has just changed (a seat freed by a command) counts after that


@dataclass(frozen=True)
class Standing:
    """What decides about every page of a contract, all of one committed state of the database."""

    contract: Contract | None
    sections: Mapping[str, Section]  # by document
    drafts: Mapping[str, Proposal]  # by document
    parties: Mapping[int, Party]
    seats: Mapping[int, Seat]  # by person
    sessions: Mapping[int, Session]  # of its people, those young enough to live

    @property
    def depths(self) -> dict[str, int]:
        """The live documents of the plan, each with its depth."""
        return {document: section.depth for document, section in self.sections.items()}

    def is_over(self, visitor: Visitor, now: datetime) -> bool:
        """Whether the session of a visitor has ended; one opened since this was read has not."""
        session = self.sessions.get(visitor.session_id)
        return now >= visitor.until if session is None else session.is_over(now)

    def access(self, document: str, seat: Seat) -> Access | None:
        """What a seat may do with a document; None when it is none of this contract's."""
        if document in self.drafts:
            return _to_draft(self.drafts[document], seat)
        section = self.sections.get(document)
        if self.contract is None or section is None:
            return None
        is_closed = why_closed(section, self.contract.state) is not None
        return Access.READ if is_closed or not seat.may(Action.WRITE) else Access.WRITE


def _to_draft(draft: Proposal, seat: Seat) -> Access | None:
    """What a seat may do with the draft of a proposal: for who does not prepare it, it is no document at all."""
    if not draft.is_prepared_by(seat.party_id):
        return None
    return Access.WRITE if seat.may(Action.PROPOSE) else Access.READ


@dataclass(eq=False)
class _Reading:
    task: asyncio.Task[Standing]
    at: float
    is_void: bool = False  # something was changed since it began


class Standings:
    """The standing of each contract, asked of the database once however many ask at the same time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._readings: dict[str, _Reading] = {}

    async def of(self, contract_id: str, *, is_now: bool = False) -> Standing:
        """How a contract stands, as of `FRESH_S` ago at most, and after everything this process has changed.

        With `is_now` no older than this call, whoever changed it: those who ask together share the next reading.
        """
        asked = time.monotonic()
        while True:
            reading, oldest = self._readings.get(contract_id), asked if is_now else time.monotonic() - FRESH_S
            if reading is None or (reading.at < oldest and reading.task.done()):
                reading = self._begin(contract_id)
            elif reading.at < oldest:
                await asyncio.wait([reading.task])
                continue
            standing = await asyncio.shield(reading.task)
            if not reading.is_void:
                return standing

    def changed(self, contract_id: str) -> None:
        """This process has changed something of it: nothing read before counts."""
        reading = self._readings.pop(contract_id, None)
        if reading is not None:
            reading.is_void = True

    def all_changed(self) -> None:
        """A session has ended, which is of no one contract: nothing read before counts."""
        for contract_id in list(self._readings):
            self.changed(contract_id)

    def _begin(self, contract_id: str) -> _Reading:
        now = time.monotonic()
        for old in [key for key, one in self._readings.items() if now - one.at >= FRESH_S]:
            del self._readings[old]
        reading = _Reading(asyncio.create_task(self._read(contract_id), name="a contract's standing"), now)
        self._readings[contract_id] = reading
        return reading

    async def _read(self, contract_id: str) -> Standing:
        async with self._store.reading() as session:
            return Standing(
                contract=await contracts.contract(session, contract_id),
                sections={one.document: one for one in await contracts.sections(session, contract_id)},
                drafts={
                    one.document: one for one in await proposals.drafts(session, contract_id) if not one.is_of_plan
                },
                parties={one.id: one for one in await contracts.parties(session, contract_id)},
                seats=await people.seats_of(session, contract_id),
                sessions=await sessions.sessions_of(session, contract_id, datetime.now(UTC)),
            )
