"""Where a contract stands in its life, and taking it from one step to another."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from collab.rooms import Rooms
from server.domain.contract.contract import ContractState
from server.domain.contract.life import Move, Standing, check_move
from server.domain.contract.sections import Section, why_closed
from server.domain.people.seats import LEAD
from server.domain.refusals import ChangedMeanwhile, NotFound
from server.editing.acting import Who, acting
from server.store import acts, contracts
from server.store.engine import Store
from server.wording.rendering import Read

ACT = "step"  # the kind of act that a move is written down as
TextOf = Callable[[Section], Awaitable[Read]]


@dataclass(frozen=True)
class Wanted:
    """The move a person wants; `seen` is the step the page showed, `confirmed` what they say is so."""

    move: Move
    to: ContractState
    seen: ContractState
    reason: str
    confirmed: Collection[str]


@dataclass(frozen=True)
class Passage:
    """One move as the record tells it."""

    move: Move
    before: ContractState
    after: ContractState
    reason: str
    person: str
    party_id: int
    at: datetime


async def passages(session: AsyncSession, contract_id: str) -> list[Passage]:
    """The moves of a contract, newest first."""
    return [
        Passage(
            Move(act.details["move"]),
            ContractState(act.details["before"]),
            ContractState(act.details["after"]),
            act.details["reason"],
            act.person,
            act.party_id,
            act.at,
        )
        for act in await acts.acts(session, contract_id, kind=ACT)
    ]


async def empty_sections(store: Store, contract_id: str, text_of: TextOf) -> frozenset[str]:
    """The ids of the sections without a word. Read before any transaction: a turn under way may wait for it."""
    async with store.reading() as session:
        sections = await contracts.sections(session, contract_id)
    return frozenset([one.id for one in sections if (await text_of(one)).is_empty])


async def standing(session: AsyncSession, contract_id: str, empty: frozenset[str], at: datetime) -> Standing:
    """What the rules of a contract's life look at, as it is in this session.

    Raises:
        NotFound: no such contract.
    """
    found = await contracts.contract(session, contract_id)
    if found is None:
        raise NotFound
    done = await passages(session, contract_id)
    seats = await contracts.members(session, contract_id)
    return Standing(
        family=found.family,
        state=found.state,
        start=found.start_date,
        end=found.end_date,
        today=at.date(),
        parties=await contracts.parties(session, contract_id),
        led=frozenset(one.party_id for one in seats if one.role == LEAD),
        establishments=len(await contracts.establishments(session, contract_id)),
        sections=await contracts.sections(session, contract_id),
        empty=empty,
        suspended_from=done[0].before if done and done[0].after is ContractState.SUSPENDED else None,
    )


async def move_on(store: Store, rooms: Rooms, who: Who, wanted: Wanted, text_of: TextOf) -> None:
    """Take a contract to another step. Its texts are held still: not a word slips in once it is closed to writing.

    Raises:
        NotFound: this person may not manage the contract.
        ChangedMeanwhile: it stands at another step than the page showed, or its plan has just grown.
        CannotMove, SheetRefused: see `server.domain.contract.life.check_move`.
    """
    empty = await empty_sections(store, who.contract_id, text_of)
    async with store.reading() as session:
        documents = sorted(one.document for one in await contracts.sections(session, who.contract_id))
    async with AsyncExitStack() as held:
        still = {name: await held.enter_async_context(rooms.still(name)) for name in documents}
        async with acting(store, who.contract_id, who.person_id, who.at) as deed:
            now = await standing(deed.session, who.contract_id, empty, who.at)
            if now.state is not wanted.seen or any(one.document not in still for one in now.sections):
                raise ChangedMeanwhile({"state": now.state.value})
            check_move(now, wanted.move, wanted.to, reason=wanted.reason, confirmed=wanted.confirmed)
            deed.contract.state = wanted.to.value
            await deed.keep(ACT, **_told(wanted))
        for section in now.sections:
            still[section.document].freeze(is_closed=why_closed(section, wanted.to) is not None)


def _told(wanted: Wanted) -> Mapping[str, str]:
    return {"move": wanted.move, "before": wanted.seen, "after": wanted.to, "reason": wanted.reason}
