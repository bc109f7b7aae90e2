"""Answer a tabled proposal in the name of one's party; the last agreement of all changes the text, whole or not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from auth.policy import Action
from collab.log import Line, Snapshot
from collab.room import Room
from collab.rooms import Rooms
from server.domain.contract.sections import Section
from server.domain.proposals.answers import Answer, Event, EventKind, outstanding, read_answer
from server.domain.proposals.modes import check_takes_proposals
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import NotFound, ProposalEnded, Refusal, TextMoved
from server.domain.refusals_of_proposals import NothingToAccept
from server.domain.sheets import Sheet
from server.drafts.drafting import author_of
from server.drafts.tabling import keep_event, supersede
from server.editing.acting import Deed, Who, acting
from server.store import contracts, proposals
from server.store.engine import Store
from server.store.tables import SectionRow
from server.store.updates import row_of, snapshot_row
from server.taking_over import fitting
from server.taking_over.fitting import Fit, FitKind

ACT = "proposal_accepted"  # the kind of act that an acceptance is written down as


@dataclass(frozen=True)
class Answered:
    """What an answer led to: the proposal, and whether the contract changed by it."""

    proposal: Proposal
    is_accepted: bool


async def answer(store: Store, rooms: Rooms, who: Who, proposal_id: str, sheet: Sheet) -> Answered:
    """Keep an answer and, when every signing party has agreed to the very text shown, put that text in the section.

    The section is held still from the moment its text is looked at until everyone in it has been told: two answers
    come one after the other, and no edit slips in between. All of it is one transaction.

    Raises:
        NotFound: no such proposal that this person may know of, or they do not speak for a party.
        SheetRefused: the answer lacks something.
        ProposalEnded: it was withdrawn, accepted or refused meanwhile.
        TextMoved: what the section would say is not what the person saw.
        NothingToAccept: the text says it already.
        ContractClosed, TextFrozen, TextOutOfUse: its text may not change now.
    """
    found, section, tabled = await _known(store, who, proposal_id)
    async with rooms.still(section.document) as room:
        fit = await fitting.fit(tabled, room.text.whole())
        async with _all_or_nothing(rooms, room):
            async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
                found = await opened(deed, proposal_id)
                wanted = read_answer(sheet)
                plan = await contracts.sections(deed.session, who.contract_id)
                _check(deed, next((one for one in plan if one.id == section.id), None), wanted, fit)
                event = Event(
                    wanted.kind, who.person_id, deed.seat.party_id, who.at, fit.hash, wanted.words, wanted.due
                )
                await proposals.keep_event(deed.session, found.id, event)
                is_accepted = False
                if wanted.kind is EventKind.REFUSED:
                    await proposals.end(deed.session, found, ProposalStatus.REFUSED, who.at)
                elif not await missing(deed, found, fit.hash):
                    is_accepted = True
                    writers = {**tabled.writers, **room.text.writers}
                    await _accept(deed, found, section, fit, writers)
            if is_accepted:
                rooms.take_in(room, fit.delta or b"", writers, author_of(found))
    return Answered(found, is_accepted)


async def _known(store: Store, who: Who, proposal_id: str) -> tuple[Proposal, Section, proposals.Tabled]:
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
        found = await opened(deed, proposal_id)
        section = await contracts.any_section(deed.session, who.contract_id, found.section_id)
        return found, section, await proposals.tabled(deed.session, found)


async def opened(deed: Deed, proposal_id: str) -> Proposal:
    """A proposal that lies before the parties.

    Raises:
        NotFound: none that this seat may know of, or a draft.
        ProposalEnded: it does not lie before them any more.
    """
    found = await proposals.proposal(deed.session, deed.contract.id, proposal_id, deed.seat)
    if found is None or found.tabled_at is None:
        raise NotFound
    if found.status is not ProposalStatus.TABLED:
        raise ProposalEnded
    return found


def _check(deed: Deed, section: Section | None, wanted: Answer, fit: Fit) -> None:
    is_refusal = wanted.kind is EventKind.REFUSED
    if fit.kind is FitKind.SAME and not is_refusal:
        raise NothingToAccept
    if wanted.seen != fit.hash:
        raise TextMoved
    if is_refusal:
        return
    deed.check_open()
    check_takes_proposals(section)
    if not fit.is_possible:
        raise TextMoved


async def missing(deed: Deed, one: Proposal, shown: str) -> list[int]:
    """The signing parties that have not agreed to what has the digest `shown`."""
    concerned = [party.id for party in await contracts.parties(deed.session, deed.contract.id) if party.is_signing]
    return outstanding(await proposals.events(deed.session, one.id), concerned, shown)


async def _accept(deed: Deed, one: Proposal, section: Section, fit: Fit, writers: dict[int, str]) -> None:
    """Put the text all have agreed to in the section's log, with everything else that says so."""
    line = row_of(Line(section.document, fit.delta or b"", author_of(one), deed.at))
    deed.session.add(line)
    await deed.session.flush()
    await deed.session.merge(snapshot_row(section.document, Snapshot(fit.state, writers, line.id or 0), deed.at))
    row = await deed.session.get_one(SectionRow, section.id)
    row.revision += 1
    await conclude(deed, one, fit.hash)
    told = {"section": section.id, "label": section.label, "title": section.title}
    await deed.keep(ACT, **told, revision=row.revision, proposal=one.id, hash=fit.hash)


async def conclude(deed: Deed, one: Proposal, shown: str) -> None:
    """Write down that all have agreed to a proposal, and end those that it answers."""
    await proposals.end(deed.session, one, ProposalStatus.ACCEPTED, deed.at)
    above = one
    while above.parent_id and (
        found := await proposals.proposal(deed.session, one.contract_id, above.parent_id, deed.seat)
    ):
        await supersede(deed, found)
        above = found
    await keep_event(deed, one, EventKind.ACCEPTED, shown)


@asynccontextmanager
async def _all_or_nothing(rooms: Rooms, room: Room) -> AsyncIterator[None]:
    """Where it is not known whether the transaction was kept, the room is read back from its log."""
    try:
        yield
    except Refusal:  # nothing was written
        raise
    except BaseException:
        rooms.shut(room)
        raise
