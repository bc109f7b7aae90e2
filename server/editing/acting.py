"""May this person change the contract now? One transaction that asks again, changes, and writes the act down."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth.people import Seat
from auth.policy import Action
from server.domain.contract.contract import ContractState
from server.domain.people.security import SecurityKind
from server.domain.refusals import ContractClosed, NotFound
from server.store import acts, people, security
from server.store.engine import Store
from server.store.tables import ContractRow

TOLD_APART = {  # acts that change who may do what
    "seat_added": SecurityKind.RIGHTS_CHANGED,
    "seat_edited": SecurityKind.RIGHTS_CHANGED,
    "seat_removed": SecurityKind.RIGHTS_CHANGED,
    "party_added": SecurityKind.RIGHTS_CHANGED,
    "party_edited": SecurityKind.RIGHTS_CHANGED,
    "party_provider": SecurityKind.RIGHTS_CHANGED,
    "party_removed": SecurityKind.RIGHTS_CHANGED,
    "seat_freed": SecurityKind.SEAT_FREED,
    "seat_joined": SecurityKind.SEAT_BOUND,
    "seat_moved": SecurityKind.PERSON_REATTACHED,
    "invited": SecurityKind.INVITATION_MADE,
    "invitation_revoked": SecurityKind.INVITATION_WITHDRAWN,
    "mandate_recorded": SecurityKind.MANDATE_CHANGED,
    "mandate_ended": SecurityKind.MANDATE_CHANGED,
    "mandate_paper_added": SecurityKind.MANDATE_CHANGED,
    "facilitator_given": SecurityKind.RIGHTS_CHANGED,
    "facilitator_taken": SecurityKind.RIGHTS_CHANGED,
}


@dataclass(frozen=True, slots=True)
class Who:
    """Who wants to change which contract, and when."""

    contract_id: str
    person_id: int
    at: datetime


@dataclass(frozen=True)
class Deed:
    """A change under way: its transaction, the contract's row (locked until the end), who makes it, and when."""

    session: AsyncSession
    contract: ContractRow
    person_id: int
    seat: Seat
    at: datetime

    def check_open(self) -> None:
        """Let a change of what the contract says pass while it is open to writing.

        Raises:
            ContractClosed: it is past writing.
        """
        if not ContractState(self.contract.state).is_open_to_writing:
            raise ContractClosed

    async def keep(self, kind: str, **details: Any) -> None:
        """Write down what was done, in the same transaction; the record is shared by every party.

        What changes somebody's rights stands in the security journal too.
        """
        contract_id = self.contract.id
        await acts.keep(self.session, contract_id, self.person_id, self.seat.party_id, kind, details, self.at)
        if kind in TOLD_APART:
            await security.note(
                self.session,
                TOLD_APART[kind],
                at=self.at,
                person_id=self.person_id,
                contract_id=contract_id,
                act=kind,
                key=details["key"],
            )


@asynccontextmanager
async def acting(
    store: Store, contract_id: str, person_id: int, at: datetime, *, action: Action = Action.MANAGE
) -> AsyncIterator[Deed]:
    """One person's change to a contract: all of it with its act, or nothing. Changes of one contract come one by one.

    Raises:
        NotFound: no such contract, or this person may not do `action` to it any more.
    """
    async with store.writing() as session:
        row = await session.get(ContractRow, contract_id, with_for_update=True)
        seat = await people.seat(session, contract_id, person_id)
        if row is None or seat is None or not seat.may(action):
            raise NotFound
        yield Deed(session, row, person_id, seat, at)
