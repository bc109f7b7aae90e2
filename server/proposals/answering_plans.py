"""Answer a proposal that changes the plan; the last agreement of all changes the plan, in one transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from auth.policy import Action
from collab.room import Room
from collab.rooms import Rooms
from server.domain.contract.ceilings import MOST_SECTIONS, check_room
from server.domain.contract.contract import ContractState
from server.domain.contract.sections import Section, why_closed
from server.domain.plan.structure import Gesture, written
from server.domain.proposals.answers import Answer, Event, EventKind, read_answer
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import N_, PlanMoved
from server.domain.refusals_of_proposals import NothingToAccept, TextFrozen
from server.domain.sheets import Sheet
from server.domain.texts import text
from server.editing.acting import Deed, Who, acting
from server.editing.lapsing import lapse
from server.live import first_text
from server.proposals.answering import Answered, conclude, missing, opened
from server.store import contracts, proposals, proposed_plans
from server.store.engine import Store
from server.taking_over import plan_fitting
from server.taking_over.fitting import FitKind
from server.taking_over.plan_fitting import PlanFit

ACT = "plan_proposal_accepted"  # the kind of act that an acceptance is written down as
# Kept in French, as what the parties write is.
REMOVED = N_("L’article ne figure plus au plan : il en a été retiré par la proposition « {title} ».")
ASIDE = N_("L’article est sans objet depuis l’acceptation de la proposition « {title} ».")
OF_TEXTS = frozenset({Gesture.SET_ASIDE, Gesture.TAKE_UP, Gesture.REMOVE, Gesture.PUT_BACK})  # close or open a text


async def answer(store: Store, rooms: Rooms, who: Who, proposal_id: str, sheet: Sheet) -> Answered:
    """Keep an answer and, when every signing party has agreed to the very plan shown, make it the contract's.

    The plan is locked with the contract's row: two answers come one after the other, and the second sees what the
    first has done. Texts that close or open by it are held still meanwhile.

    Raises:
        NotFound: no such proposal that this person may know of, or they do not speak for a party.
        SheetRefused: the answer lacks something.
        ProposalEnded: it was withdrawn, accepted or refused meanwhile.
        PlanMoved: what the plan would be is not what the person saw.
        NothingToAccept: the plan is that one already.
        TextFrozen: it would change an article that is frozen.
        ContractClosed, TooMany: the plan may not change now, or not grow.
    """
    async with _held(store, rooms, who, proposal_id) as held:
        async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
            found = await opened(deed, proposal_id)
            wanted = read_answer(sheet)
            fit = await fit_now(deed, found)
            _check(deed, wanted, fit)
            event = Event(wanted.kind, who.person_id, deed.seat.party_id, who.at, fit.hash, wanted.words, wanted.due)
            await proposals.keep_event(deed.session, found.id, event)
            is_accepted = False
            if wanted.kind is EventKind.REFUSED:
                await proposals.end(deed.session, found, ProposalStatus.REFUSED, who.at)
            elif not await missing(deed, found, fit.hash):
                is_accepted = True
                await _accept(deed, found, fit)
            state = ContractState(deed.contract.state)
        if is_accepted:
            _open_and_close(held, fit.after, state)
    return Answered(found, is_accepted)


async def fit_now(deed: Deed, one: Proposal) -> PlanFit:
    """How a tabled proposal stands beside the plan as it is in this transaction."""
    base, changes = await proposed_plans.read(deed.session, one.id)
    return plan_fitting.fit(base, changes, await contracts.sections(deed.session, one.contract_id))


@asynccontextmanager
async def _held(store: Store, rooms: Rooms, who: Who, proposal_id: str) -> AsyncIterator[Mapping[str, Room]]:
    """The texts that a proposal closes or opens, held still, by the ids of their sections."""
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
        found = await opened(deed, proposal_id)
        _, changes = await proposed_plans.read(deed.session, found.id)
        every = await contracts.sections(deed.session, who.contract_id)
        every += await contracts.removed_sections(deed.session, who.contract_id)
    about = {one.section_id for one in changes if one.gesture in OF_TEXTS}
    async with AsyncExitStack() as held:
        documents = sorted((one.document, one.id) for one in every if one.id in about)
        yield {key: await held.enter_async_context(rooms.still(document)) for document, key in documents}


def _check(deed: Deed, wanted: Answer, fit: PlanFit) -> None:
    is_refusal = wanted.kind is EventKind.REFUSED
    if fit.kind is FitKind.SAME and not is_refusal:
        raise NothingToAccept
    if wanted.seen != fit.hash:
        raise PlanMoved
    if is_refusal:
        return
    deed.check_open()
    if fit.is_waiting:
        raise TextFrozen
    if not fit.is_possible:
        raise PlanMoved


async def _accept(deed: Deed, one: Proposal, fit: PlanFit) -> None:
    """Make the plan all have agreed to the contract's, with everything else that says so."""
    session, contract_id = deed.session, one.contract_id
    out = await contracts.removed_sections(session, contract_id)
    known = {section.id for section in (*fit.before, *out)}
    new = [section for section in fit.after if section.id not in known]
    if new:
        check_room(len(known) + len(new) - 1, MOST_SECTIONS)
    await contracts.keep_plan(session, contract_id, fit.after, deed.at)
    await session.flush()
    state = first_text.first_state(text.from_body(""))
    session.add_all([first_text.first_line(section.id, state, deed.at) for section in new])
    await conclude(deed, one, fit.hash)
    await lapse(deed, fit.removed, REMOVED.format(title=one.cover.title))
    await lapse(deed, fit.set_aside, ASIDE.format(title=one.cover.title))
    told = [written(change) for change in fit.changes]
    await deed.keep(ACT, label=one.cover.title, proposal=one.id, hash=fit.hash, changes=told)


def _open_and_close(held: Mapping[str, Room], plan: Sequence[Section], state: ContractState) -> None:
    stands = {section.id: section for section in plan}
    for section_id, room in held.items():
        section = stands.get(section_id)
        room.freeze(is_closed=section is None or why_closed(section, state) is not None)
