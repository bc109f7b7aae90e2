"""Begin a draft of a change to any text, and say what it is about; both are its parties' own affair.

Nothing is told to anybody else: no act, no news, no line in the section's log.
"""

from dataclasses import replace
from hashlib import sha256

from sqlalchemy.ext.asyncio import AsyncSession

from auth.policy import Action
from collab import canonical
from collab.log import Author, Line
from collab.rooms import Rooms
from server.domain.contract.sections import Section
from server.domain.proposals.covers import may_share, read_cover, values_of
from server.domain.proposals.modes import check_takes_proposals
from server.domain.proposals.proposal import MOST_OF_A_PERSON, Proposal, ProposalStatus
from server.domain.refusals import NotADraft, NotFound, TooManyProposals
from server.domain.sheets import Sheet
from server.editing.acting import Deed, Who, acting
from server.editing.new_keys import fingerprint
from server.store import contracts, proposals
from server.store.engine import Store
from server.store.updates import UpdateLog


async def begin(store: Store, log: UpdateLog, rooms: Rooms, who: Who, section_key: str, sheet: Sheet) -> Proposal:
    """Begin a draft with the text of a section as it is committed; the same form twice is one draft.

    Raises:
        NotFound: no such section, it has no text, or this person may not propose.
        ContractClosed: the contract is past writing.
        TextFrozen, TextOutOfUse: its text changes by no proposal.
        SheetRefused, TooManyProposals: see there.
    """
    async with store.reading() as session:
        document = (await text_section(session, who.contract_id, section_key)).document
    async with rooms.still(document) as room:
        base = room.text.snapshot(await log.last(document))
        base_hash = room.text.made(canonical.digest)
        async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
            deed.check_open()
            section = await text_section(deed.session, who.contract_id, section_key)
            check_takes_proposals(section)
            parties = await contracts.parties(deed.session, who.contract_id)
            read = read_cover(sheet, may_share(deed.seat.party_id, parties))
            made = new_draft(deed, draft_id(deed, sheet), section.id, base_hash, base.line)
            made = replace(made, cover=read.cover, shared_with=read.shared_with)
            if (before := await begun_before(deed, made)) is not None:
                return before
            first = Line(made.document, base.state, Author(), who.at)
            await proposals.keep(deed.session, made, base_hash, [first], base)
            return made


async def check_changeable(session: AsyncSession, one: Proposal) -> None:
    """Let a proposal be made or tabled about a text that a proposal may change now.

    Raises:
        TextFrozen, TextOutOfUse: its text changes by no proposal.
    """
    plan = await contracts.sections(session, one.contract_id)
    check_takes_proposals(next((section for section in plan if section.id == one.section_id), None))


def new_draft(deed: Deed, number: str, section_id: str | None, base_hash: str, base_line: int) -> Proposal:
    """A draft of the party of whoever acts, not kept yet: of a section's text or, without one, of the plan."""
    return Proposal(
        id=number,
        contract_id=deed.contract.id,
        section_id=section_id,
        party_id=deed.seat.party_id,
        person_id=deed.person_id,
        status=ProposalStatus.DRAFT,
        base_hash=base_hash,
        base_line=base_line,
        created_at=deed.at,
    )


async def begun_before(deed: Deed, made: Proposal) -> Proposal | None:
    """The draft of that id, when what begins it was asked for already; None: it is to be kept now.

    Raises:
        TooManyProposals: this person has made as many as they may.
    """
    before = await proposals.proposal(deed.session, made.contract_id, made.id, deed.seat)
    if before is None:
        await check_few(deed, made)
    return before


async def check_few(deed: Deed, made: Proposal) -> None:
    """Let a draft be kept of a person who may still make one of the same text, or of the plan.

    Raises:
        TooManyProposals: they have made as many as they may.
    """
    if await proposals.count(deed.session, made) >= MOST_OF_A_PERSON:
        raise TooManyProposals(most=MOST_OF_A_PERSON)


async def text_section(session: AsyncSession, contract_id: str, key: str) -> Section:
    """A section of the plan that has a text of its own.

    Raises:
        NotFound: there is none of that key.
    """
    found = next((one for one in await contracts.sections(session, contract_id) if one.key == key), None)
    if found is None or found.is_table:
        raise NotFound
    return found


def draft_id(deed: Deed, sheet: Sheet) -> str:
    """The id of the draft that a form begins: the same for the same form of one person's seat, and for no other."""
    mine = f"{deed.contract.id} {deed.person_id} {deed.seat.party_id} ".encode()
    return sha256(mine + fingerprint(sheet)).hexdigest()[:16]


async def taken_up_id(deed: Deed, parent: Proposal, today: str) -> str:
    """The id of the draft that takes a proposal up on the text or plan of `today`: the same until that draft ended."""
    mine, times = f"{parent.id} {deed.person_id} {today}", 0
    while True:
        number = sha256(f"{mine} {times}".encode()).hexdigest()[:16]
        before = await proposals.proposal(deed.session, parent.contract_id, number, deed.seat)
        if before is None or before.ended_at is None:
            return number
        times += 1


async def edit_cover(store: Store, who: Who, proposal_id: str, sheet: Sheet) -> bool:
    """Keep what is said of a draft, and with whom it is shared; whether anything changed.

    Raises:
        NotFound: no such draft of this person's own party.
        NotADraft: it was tabled or withdrawn meanwhile.
        ChangedMeanwhile, SheetRefused.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        found = await own_draft(deed, proposal_id)
        parties = await contracts.parties(deed.session, who.contract_id)
        sheet.check_unchanged(values_of(found, parties))
        read = read_cover(sheet, may_share(deed.seat.party_id, parties))
        if replace(found, cover=read.cover, shared_with=read.shared_with) == found:
            return False
        await proposals.keep_cover(deed.session, found, read.cover, read.shared_with)
        return True


async def own_draft(deed: Deed, proposal_id: str) -> Proposal:
    """A draft of the party of whoever acts.

    Raises:
        NotFound: no such proposal of this party.
        NotADraft: it is no draft any more.
    """
    found = await proposals.proposal(deed.session, deed.contract.id, proposal_id, deed.seat)
    if found is None or found.party_id != deed.seat.party_id:
        raise NotFound
    if not found.is_draft:
        raise NotADraft
    return found


def author_of(one: Proposal) -> Author:
    """Who wrote what a tabled proposal says."""
    return Author(one.person_id, one.party_id, others=one.others)
