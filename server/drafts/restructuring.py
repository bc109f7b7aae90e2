"""Prepare a proposal about the plan in private: begin it, change what it would change, answer one by another.

Nothing is told to anybody else: no act, no news.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from auth.policy import Action
from server.domain.contract.ceilings import MOST_SECTIONS, check_room
from server.domain.contract.sections import Section
from server.domain.plan import plan_changes as rules
from server.domain.plan.outlines import outline
from server.domain.plan.plan_changes import Plan
from server.domain.plan.seen import order_seen, section_seen
from server.domain.plan.structure import MOST_CHANGES, Change, Gesture, Tried, tidied, tried
from server.domain.proposals.answers import EventKind
from server.domain.proposals.covers import cover_seen, may_share, read_answer_by, read_cover
from server.domain.proposals.proposal import Cover, Proposal, ProposalStatus
from server.domain.refusals import (
    ChangeOutdated,
    NotADraft,
    NotFound,
    NoTitle,
    PlanMoved,
    PlanUnchanged,
    ProposalEnded,
    TooMany,
)
from server.domain.refusals_of_proposals import TextFrozen
from server.domain.sheets import Sheet
from server.drafts.drafting import begun_before, draft_id, new_draft, own_draft, taken_up_id
from server.drafts.tabling import keep_event, replace_own
from server.editing.acting import Deed, Who, acting
from server.store import contracts, proposals, proposed_plans
from server.store.engine import Store
from server.taking_over.plan_fitting import digest, plan_digest

ON_ORDER = frozenset({Gesture.ADD, Gesture.MOVE})  # changes for which one has to have seen where everything stands


@dataclass(frozen=True)
class Prepared:
    """A draft as it stands beside the plan of today: what it would change, and what that leads to."""

    head: Plan
    changes: list[Change]
    tried: Tried

    @property
    def hash(self) -> str:
        """The digest of what would be tabled."""
        return digest(self.head, self.changes, self.tried.plan)


async def begin(store: Store, who: Who, sheet: Sheet) -> Proposal:
    """Begin a draft that changes nothing of the plan yet; the same form twice is one draft.

    Raises:
        NotFound: this person may not propose.
        ContractClosed, SheetRefused, TooManyProposals: see there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        return await _keep(deed, draft_id(deed, sheet), [], sheet=sheet)


async def counter(store: Store, who: Who, proposal_id: str, sheet: Sheet) -> Proposal:
    """Begin a draft with the changes of a tabled proposal.

    Raises:
        NotFound: no such proposal that this person may know of, or they may not propose.
        ProposalEnded: it does not lie before the parties any more.
        ContractClosed, SheetRefused, TooManyProposals: see there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        parent, changes = await _tabled(deed, proposal_id)
        if parent.status is not ProposalStatus.TABLED:
            raise ProposalEnded
        return await _keep(deed, draft_id(deed, sheet), changes, sheet=sheet, parent=parent)


async def take_up(store: Store, who: Who, proposal_id: str) -> Proposal:
    """Begin a draft on the plan as it is now with the changes of a proposal of one's own party, in its place.

    Raises:
        NotFound: no such proposal of this person's party, or they may not propose.
        ContractClosed, TooManyProposals: see there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        parent, changes = await _tabled(deed, proposal_id)
        if parent.party_id != deed.seat.party_id or parent.status is ProposalStatus.ACCEPTED:
            raise NotFound
        today = plan_digest(await contracts.sections(deed.session, who.contract_id))
        return await _keep(deed, await taken_up_id(deed, parent, today), changes, parent=parent, cover=parent.cover)


async def _tabled(deed: Deed, proposal_id: str) -> tuple[Proposal, list[Change]]:
    found = await proposals.proposal(deed.session, deed.contract.id, proposal_id, deed.seat)
    if found is None or found.tabled_at is None:
        raise NotFound
    return found, (await proposed_plans.read(deed.session, found.id))[1]


async def _keep(
    deed: Deed,
    number: str,
    changes: list[Change],
    *,
    sheet: Sheet | None = None,
    parent: Proposal | None = None,
    cover: Cover | None = None,
) -> Proposal:
    """Keep a new draft; asked for again, it is the one there is. What is said of it is in `sheet`, or is `cover`."""
    deed.check_open()
    contract_id = deed.contract.id
    plan = await contracts.sections(deed.session, contract_id)
    parties = await contracts.parties(deed.session, contract_id)
    read = read_cover(sheet, may_share(deed.seat.party_id, parties)) if sheet else None
    made = replace(
        new_draft(deed, number, None, plan_digest(plan), 0),
        cover=read.cover if read else cover or Cover(),
        shared_with=read.shared_with if read else frozenset(),
        parent_id=parent.id if parent else None,
    )
    if (before := await begun_before(deed, made)) is not None:
        return before
    proposals.keep_row(deed.session, made, made.base_hash)
    await proposed_plans.keep(deed.session, made.id, plan, changes)
    return made


# what somebody wants, of the plan as the draft would have it and of the sections that were taken out of the plan
Make = Callable[[Plan, list[Section]], Change]


async def change(store: Store, who: Who, proposal_id: str, seen: str, make: Make) -> Proposal:
    """Add a change to a draft; those that it makes useless are forgotten.

    Raises:
        NotFound: no such draft that this person prepares.
        NotADraft: it was tabled or withdrawn meanwhile.
        PlanMoved: what the person saw of the draft is not what it says now.
        TooMany, and what `server.domain.plan.structure.applied` raises.
    """

    async def changed(deed: Deed, now: Prepared) -> list[Change]:
        out = await contracts.removed_sections(deed.session, who.contract_id)
        one = make(now.tried.plan, out)
        if seen != _seen(now.tried.plan, one):
            raise PlanMoved
        if len(now.changes) >= MOST_CHANGES:
            raise TooMany(most=MOST_CHANGES)
        if one.gesture is Gesture.ADD:
            check_room(len(now.tried.plan) + len(out), MOST_SECTIONS)
        longer = [*now.changes, one]
        refusal = tried(now.head, longer).problems.get(len(now.changes))
        if refusal is not None:
            raise refusal
        return tidied(now.head, longer)

    return await _rewrite(store, who, proposal_id, changed)


def _seen(plan: Plan, one: Change) -> str:
    """What somebody who makes a change has to have seen; what was taken out of the plan shows nothing of it."""
    if one.gesture in ON_ORDER:
        return order_seen(plan)
    return "" if one.gesture is Gesture.PUT_BACK else section_seen(rules.find(plan, one.section_id))


async def drop(store: Store, who: Who, proposal_id: str, seen: str, number: int) -> Proposal:
    """Take a change out of a draft.

    Raises:
        NotFound, NotADraft: see `change`.
        PlanMoved: what the person saw of the draft is not what it says now.
    """

    async def changed(_: Deed, now: Prepared) -> list[Change]:
        if seen != now.hash or number not in range(len(now.changes)):
            raise PlanMoved
        return now.changes[:number] + now.changes[number + 1 :]

    return await _rewrite(store, who, proposal_id, changed)


async def _rewrite(
    store: Store, who: Who, proposal_id: str, changed: Callable[[Deed, Prepared], Awaitable[list[Change]]]
) -> Proposal:
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        found = await proposals.proposal(deed.session, who.contract_id, proposal_id, deed.seat)
        if found is None or not found.is_of_plan or not found.is_prepared_by(deed.seat.party_id):
            raise NotFound
        if not found.is_draft:
            raise NotADraft
        deed.check_open()
        now = await prepared(deed, found)
        await proposed_plans.keep(deed.session, found.id, now.head, await changed(deed, now))
        return found


async def prepared(deed: Deed, one: Proposal) -> Prepared:
    """A draft beside the plan as it is in this transaction."""
    _, changes = await proposed_plans.read(deed.session, one.id)
    return beside(await contracts.sections(deed.session, one.contract_id), changes)


def beside(head: Plan, changes: list[Change]) -> Prepared:
    """What a draft's changes would make of the plan as it is."""
    return Prepared(head, changes, tried(head, changes))


async def table(store: Store, who: Who, proposal_id: str, sheet: Sheet) -> Proposal:
    """Show a draft to every signing party, as it was shown to whoever tables it; nothing of it changes any more.

    Raises:
        NotFound: no such draft of this person's party, or they may not speak for it.
        PlanMoved: the draft, what is said of it or the plan changed since.
        ChangeOutdated, TextFrozen, PlanUnchanged, NoTitle, SheetRefused, ContractClosed, NotADraft: see there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
        found = await own_draft(deed, proposal_id)
        deed.check_open()
        now = await prepared(deed, found)
        if (sheet.values.get("seen"), sheet.values.get("cover")) != (now.hash, cover_seen(found)):
            raise PlanMoved
        if not found.cover.title:
            raise NoTitle
        if now.tried.problems:
            frozen = [one for one in now.tried.problems.values() if isinstance(one, TextFrozen)]
            raise frozen[0] if frozen else ChangeOutdated
        if outline(now.head) == outline(now.tried.plan):
            raise PlanUnchanged
        made = replace(
            found,
            status=ProposalStatus.TABLED,
            tabled_at=who.at,
            tabled_hash=now.hash,
            base_hash=plan_digest(now.head),
            answer_by=read_answer_by(sheet, who.at.date()),
        )
        await proposals.keep_tabled(deed.session, made)
        await proposed_plans.keep(deed.session, made.id, now.head, now.changes)
        await keep_event(deed, found, EventKind.TABLED, now.hash)
        await replace_own(deed, found)
    return made
