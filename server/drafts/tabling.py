"""Table a draft before the signing parties, or withdraw a proposal: what was prepared is frozen, and stays readable."""

from dataclasses import replace

from auth.policy import Action
from collab import document
from collab.rooms import Rooms
from server.domain.proposals.answers import Event, EventKind
from server.domain.proposals.covers import cover_seen, read_answer_by
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import NotFound, NoTitle, NotYourProposal, TextMoved, TextUnchanged
from server.domain.sheets import Sheet
from server.domain.texts import text
from server.drafts.drafting import check_changeable, own_draft
from server.editing.acting import Deed, Who, acting
from server.live.authors import people_in
from server.store import proposals
from server.store.engine import Store
from server.taking_over.judging import looks


async def table(store: Store, rooms: Rooms, who: Who, proposal_id: str, sheet: Sheet) -> Proposal:
    """Show a draft to every signing party, as it was shown to whoever tables it; nobody writes in it any more.

    What is kept is its whole state without the words deleted while it was prepared; the log of those is dropped.

    Raises:
        NotFound: no such draft of this person's party, or they may not speak for it.
        TextMoved: somebody wrote in it since, or changed what is said of it.
        SheetRefused: the day before which answers are hoped for is none, or past.
        ContractClosed, TextFrozen, TextOutOfUse, NotADraft, NoTitle, TextUnchanged: see there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
        name = (await own_draft(deed, proposal_id)).document  # nobody else may as much as open it
    async with rooms.still(name) as room:
        text_hash = room.text.made(looks)
        wrote = await people_in(store, name)
        async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
            found = await own_draft(deed, proposal_id)
            deed.check_open()
            await check_changeable(deed.session, found)
            if (sheet.values.get("seen"), sheet.values.get("cover")) != (text_hash, cover_seen(found)):
                raise TextMoved
            if not found.cover.title:
                raise NoTitle
            base = (await proposals.tabled(deed.session, found)).base
            if text_hash == looks(document.read_state(base, text.ROOT)):  # the same words, whatever was retyped
                raise TextUnchanged
            made = replace(
                found,
                status=ProposalStatus.TABLED,
                tabled_at=who.at,
                tabled_hash=text_hash,
                answer_by=read_answer_by(sheet, who.at.date()),
                others=tuple(one for one in wrote if one != (found.person_id, found.party_id)),
            )
            await proposals.freeze(deed.session, made, room.text.whole(), room.text.writers)
            await keep_event(deed, found, EventKind.TABLED, text_hash)
            await replace_own(deed, found)
        room.freeze()
    return made


async def replace_own(deed: Deed, one: Proposal) -> None:
    """What a party takes up again takes the place of its own proposal before."""
    if one.parent_id is None:
        return
    parent = await proposals.proposal(deed.session, one.contract_id, one.parent_id, deed.seat)
    if parent is not None and parent.party_id == one.party_id:
        await supersede(deed, parent)


async def supersede(deed: Deed, one: Proposal) -> None:
    """End a proposal that still lies before the parties, because another stands in its place."""
    if one.status is ProposalStatus.TABLED:
        await proposals.end(deed.session, one, ProposalStatus.SUPERSEDED, deed.at)
        await keep_event(deed, one, EventKind.SUPERSEDED, one.tabled_hash or "")


async def withdraw(store: Store, who: Who, proposal_id: str) -> Proposal:
    """Withdraw a proposal; it stays readable for who could read it. Again changes nothing.

    Raises:
        NotFound: no such proposal that this person may know of.
        NotYourProposal: another party's; or somebody else prepared it, and this person does not speak for the party.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        found = await proposals.proposal(deed.session, who.contract_id, proposal_id, deed.seat)
        if found is None:
            raise NotFound
        is_authors = found.is_draft and found.person_id == who.person_id
        if found.party_id != deed.seat.party_id or not (is_authors or deed.seat.may(Action.ANSWER)):
            raise NotYourProposal
        if found.is_draft or found.status is ProposalStatus.TABLED:
            await proposals.end(deed.session, found, ProposalStatus.WITHDRAWN, who.at)
            if found.tabled_hash is not None:
                await keep_event(deed, found, EventKind.WITHDRAWN, found.tabled_hash)
    return found


async def keep_event(deed: Deed, one: Proposal, kind: EventKind, text_hash: str) -> None:
    """Write a line of a proposal's record."""
    event = Event(kind, deed.person_id, deed.seat.party_id, deed.at, text_hash)
    await proposals.keep_event(deed.session, one.id, event)
