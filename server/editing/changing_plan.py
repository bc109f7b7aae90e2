"""Change a contract's plan: one act, one transaction, on what the person has seen."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collab.rooms import Rooms
from server.domain.contract.ceilings import MOST_SECTIONS, check_room
from server.domain.contract.contract import ContractState
from server.domain.contract.sections import AnnexType, Section, SectionKind, SectionMode, SectionStatus, why_closed
from server.domain.plan import plan_changes as rules
from server.domain.plan.plan_changes import Place, Step
from server.domain.plan.seen import ending_seen, order_seen, section_seen
from server.domain.refusals import N_, NoSuchPlace, NotFound, PlanMoved
from server.domain.texts import text
from server.editing.acting import Deed, acting
from server.editing.lapsing import lapse
from server.live import first_text
from server.store import contracts, proposals
from server.store.engine import Store

# Why proposals end, kept in French, as what the parties write is.
REMOVED = N_("L’article a été retiré du plan du contrat.")
ASIDE = N_("L’article a été marqué « Sans objet » au plan du contrat.")
# the plan after a change of one section
_Rule = Callable[[Sequence[Section], Section, ContractState], Sequence[Section]]


@dataclass(frozen=True)
class Wish:
    """Who wants to change the plan of which contract; `seen` is the fingerprint of what they had in front of them, and
    `ending` that of the proposals they were told would end."""

    contract_id: str
    person_id: int
    seen: str
    at: datetime
    ending: str = ""


@dataclass(frozen=True)
class Wanted:
    """A section one wants to add."""

    kind: SectionKind
    annex_type: AnnexType | None
    number: str
    title: str


@dataclass
class _Change:
    """A change under way: the plan as it stands in its transaction, locked until the end."""

    deed: Deed
    plan: list[Section]
    made: Sequence[Section] = ()

    @property
    def state(self) -> ContractState:
        return ContractState(self.deed.contract.state)

    async def section(self, section_id: str) -> Section:
        """The section one wants to change.

        Raises:
            PlanMoved: it was taken out of the plan meanwhile.
            NotFound: it is not of this contract.
        """
        try:
            return rules.find(self.plan, section_id)
        except NotFound:
            if any(one.id == section_id for one in await self.out()):
                raise PlanMoved from None
            raise

    async def out(self) -> list[Section]:
        return await contracts.removed_sections(self.deed.session, self.deed.contract.id)

    async def keep(self, kind: str, plan: Sequence[Section], section: Section, **details: Any) -> None:
        """Keep a new plan with its line of the record."""
        self.made = plan
        await contracts.keep_plan(self.deed.session, self.deed.contract.id, plan, self.deed.at)
        await self.deed.keep(f"section_{kind}", section=section.id, label=section.label, title=section.title, **details)


@asynccontextmanager
async def _changing(store: Store, wish: Wish) -> AsyncIterator[_Change]:
    async with acting(store, wish.contract_id, wish.person_id, wish.at) as deed:
        yield _Change(deed, await contracts.sections(deed.session, wish.contract_id))


def _seen(wish: Wish, now: str) -> None:
    if wish.seen != now:
        raise PlanMoved


async def retitle(store: Store, wish: Wish, section_id: str, number: str, title: str) -> Section:
    """Give a section another number or title.

    Raises:
        PlanMoved: its name or status is not what was seen.
        BadTitle, PlanClosed, SectionFixed, NotFound.
    """
    async with _changing(store, wish) as change:
        before = await change.section(section_id)
        _seen(wish, section_seen(before))
        plan = rules.retitled(change.plan, before, number, title, change.state)
        after = rules.find(plan, section_id)
        if after != before:
            was = {"number": before.number, "title": before.title}
            await change.keep("retitled", plan, after, number=after.number, before=was)
    return after


async def move(store: Store, wish: Wish, section_id: str, to: Place | Step) -> Section:
    """Put a section, and what it holds, at another place.

    Raises:
        PlanMoved: the order is not what was seen.
        NoSuchPlace, PlanClosed, SectionFixed, NotFound.
    """
    async with _changing(store, wish) as change:
        section = await change.section(section_id)
        _seen(wish, order_seen(change.plan))
        place = to if isinstance(to, Place) else rules.step(change.plan, section, to)
        if place is None:
            raise NoSuchPlace
        plan = rules.moved(change.plan, section, place, change.state)
        after = rules.find(plan, section_id)
        before = change.plan.index(section)
        await change.keep("moved", plan, after, before=before, after=plan.index(after), parent=after.parent_id)
    return after


async def add(store: Store, wish: Wish, wanted: Wanted, place: Place) -> Section:
    """Add a section, open to writing at once.

    Raises:
        PlanMoved: the order is not what was seen.
        TooMany, BadTitle, NoSuchPlace, PlanClosed, SectionFixed, NotFound.
    """
    state = first_text.first_state(text.from_body(""))
    async with _changing(store, wish) as change:
        _seen(wish, order_seen(change.plan))
        check_room(len(change.plan) + len(await change.out()), MOST_SECTIONS)
        section = new_section(wanted)
        plan = rules.added(change.plan, section, place, change.state)
        await change.keep("added", plan, section, number=section.number, annex_type=section.annex_type)
        await change.deed.session.flush()
        change.deed.session.add(first_text.first_line(section.id, state, wish.at))
    return rules.find(plan, section.id)


def new_section(wanted: Wanted) -> Section:
    """A section as one wants it, nowhere yet.

    Raises:
        BadTitle: see `server.domain.plan.plan_changes.named`.
    """
    number, title = rules.named(wanted.number, wanted.title)
    section_id = first_text.new_section_id()
    annex_type = (wanted.annex_type or AnnexType.TEXT) if wanted.kind is SectionKind.ANNEX else None
    return Section(
        id=section_id,
        key=f"s-{section_id}",
        parent_id=None,
        depth=0,
        number=number,
        title=title,
        kind=wanted.kind,
        annex_type=annex_type,
        is_required=False,
        status=SectionStatus.DRAFT,
        mode=SectionMode.FREE,
        revision=1,
    )


async def set_aside(store: Store, rooms: Rooms, wish: Wish, section_id: str) -> Section:
    """Mark a section « sans objet »: nobody types in it any more, its text stays.

    Raises:
        PlanMoved, HasSections, PlanClosed, SectionFixed, NotFound.
    """
    async with _holding(store, rooms, wish, section_id) as change:
        section = await _as_ruled(change, wish, section_id, "set_aside", rules.set_aside)
        await _end_proposals(change, wish, section, ASIDE)
    return section


async def take_up(store: Store, rooms: Rooms, wish: Wish, section_id: str) -> Section:
    """Make a section that was « sans objet » a draft again.

    Raises:
        PlanMoved, PlanClosed, SectionFixed, NotFound.
    """
    async with _holding(store, rooms, wish, section_id) as change:
        return await _as_ruled(change, wish, section_id, "taken_up", rules.taken_up)


async def remove(store: Store, rooms: Rooms, wish: Wish, section_id: str) -> Section:
    """Take a section out of the plan; its row and its log stay.

    Raises:
        PlanMoved, SectionRequired, HasSections, PlanClosed, SectionFixed, NotFound.
    """
    async with _holding(store, rooms, wish, section_id) as change:
        section = await _as_ruled(change, wish, section_id, "removed", rules.removed)
        await _end_proposals(change, wish, section, REMOVED)
    return section


async def _as_ruled(change: _Change, wish: Wish, section_id: str, kind: str, rule: _Rule) -> Section:
    section = await change.section(section_id)
    _seen(wish, section_seen(section))
    await change.keep(kind, rule(change.plan, section, change.state), section)
    return section


async def _end_proposals(change: _Change, wish: Wish, section: Section, why: str) -> None:
    """End what is proposed on a text that goes out of use, if its proposals are those the person was told of.

    Raises:
        PlanMoved: they are not.
    """
    tabled = await proposals.tabled_about(change.deed.session, wish.contract_id, {section.id})
    _seen(replace(wish, seen=wish.ending), ending_seen(one.id for one in tabled))
    await lapse(change.deed, {section.id}, why)


async def put_back(store: Store, rooms: Rooms, wish: Wish, section_id: str) -> Section:
    """Put a removed section back, the last of those its parent holds.

    Raises:
        PlanMoved: it is in the plan already.
        ParentRemoved, NoSuchPlace, PlanClosed, SectionFixed, NotFound.
    """
    async with _holding(store, rooms, wish, section_id) as change:
        section = next((one for one in await change.out() if one.id == section_id), None)
        if section is None:
            raise PlanMoved
        plan = rules.put_back(change.plan, section, change.state)
        await change.keep("put_back", plan, section)
    return rules.find(plan, section_id)


@asynccontextmanager
async def _holding(store: Store, rooms: Rooms, wish: Wish, section_id: str) -> AsyncIterator[_Change]:
    """A change that closes a section's text to writing or opens it: no edit slips in between."""
    async with store.reading() as session:
        known = await contracts.sections(session, wish.contract_id)
        known += await contracts.removed_sections(session, wish.contract_id)
    async with rooms.still(rules.find(known, section_id).document) as room:
        async with _changing(store, wish) as change:
            yield change
        now = next((one for one in change.made if one.id == section_id), None)
        room.freeze(is_closed=now is None or why_closed(now, change.state) is not None)
