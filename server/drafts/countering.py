"""Answer a proposal by another: a counter-proposal is a fork of the fork; a stale one is taken up on today's text."""

import asyncio
from collections.abc import Collection
from dataclasses import replace

from auth.policy import Action
from collab import canonical, document
from collab.log import Author, Line, Snapshot
from collab.rewriting import rewritten
from collab.rooms import Rooms
from server.domain.proposals.carrying import By, Carried, carry
from server.domain.proposals.covers import may_share, read_cover
from server.domain.proposals.proposal import Proposal, ProposalStatus
from server.domain.refusals import NotFound, ProposalEnded, TextMoved
from server.domain.sheets import Sheet
from server.domain.texts import text
from server.drafts.drafting import author_of, begun_before, check_changeable, draft_id, new_draft, taken_up_id
from server.editing.acting import Deed, Who, acting
from server.store import contracts, proposals
from server.store.engine import Store
from server.store.proposals import Tabled
from server.store.updates import UpdateLog


async def counter(store: Store, who: Who, proposal_id: str, sheet: Sheet) -> Proposal:
    """Begin a draft with what a tabled proposal says; it changes the same text of the section.

    Raises:
        NotFound: no such proposal that this person may know of, or they may not propose.
        ProposalEnded: it does not lie before the parties any more.
        ContractClosed, TextFrozen, TextOutOfUse, SheetRefused, TooManyProposals: see there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        parent = await _tabled(deed, proposal_id)
        deed.check_open()
        if parent.status is not ProposalStatus.TABLED:
            raise ProposalEnded
        await check_changeable(deed.session, parent)
        read = read_cover(sheet, may_share(deed.seat.party_id, await contracts.parties(deed.session, who.contract_id)))
        texts = await proposals.tabled(deed.session, parent)
        made = replace(_draft_of(deed, parent, draft_id(deed, sheet)), cover=read.cover, shared_with=read.shared_with)
        lines = [
            Line(made.document, texts.base, Author(), who.at),
            Line(made.document, texts.state, author_of(parent), who.at),
        ]
        base = Snapshot(texts.base, texts.writers, parent.base_line)
        return await _keep(deed, made, parent.tabled_hash or "", lines, base)


async def take_up(store: Store, log: UpdateLog, rooms: Rooms, who: Who, proposal_id: str, sheet: Sheet) -> Proposal:
    """Begin a draft with the text as it is now, in the place of a proposal of one's own party that was tabled.

    What the proposal changed where the text did not is in it already; where both did, only the words that were chosen.

    Raises:
        NotFound: no such proposal of this person's party, or they may not propose.
        TextMoved: words were chosen beside a text that is not the one of now.
        ContractClosed, TextFrozen, TextOutOfUse, TooManyProposals: see there.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
        known = await _own(deed, proposal_id)
        document_name = (await contracts.any_section(deed.session, who.contract_id, known.section_id)).document
        texts = await proposals.tabled(deed.session, known)
    chosen = sheet.values.get("take", "")
    async with rooms.still(document_name) as room:
        base = room.text.snapshot(await log.last(document_name))
        base_hash = room.text.made(canonical.digest)
        if chosen and sheet.values.get("seen") != base_hash:
            raise TextMoved
        delta, first_hash = await asyncio.to_thread(_taken_up, texts, base.state, numbers(chosen))
        async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
            deed.check_open()
            parent = await _own(deed, proposal_id)
            await check_changeable(deed.session, parent)
            made = _draft_of(deed, parent, await taken_up_id(deed, parent, f"{base_hash} {chosen}"))
            made = replace(made, base_hash=base_hash, base_line=base.line, cover=parent.cover)
            lines = [Line(made.document, base.state, Author(), who.at)]
            if delta:
                lines.append(Line(made.document, delta, author_of(parent), who.at))
            return await _keep(deed, made, first_hash, lines, base)


def numbers(chosen: str) -> frozenset[int]:
    """The passages of which a form chooses the proposal's words."""
    return frozenset(int(one) for one in chosen.split() if one.isascii() and one.isdecimal() and len(one) < 6)


def carried(texts: Tabled, head: bytes, chosen: Collection[int] = ()) -> Carried:
    """A tabled proposal taken over into the text as it is now, as far as that did not change the same passages."""
    base, now, proposed = (document.read_state(one, text.ROOT) for one in (texts.base, head, texts.state))
    return carry(base, now, proposed, chosen)


def _taken_up(texts: Tabled, head: bytes, chosen: Collection[int]) -> tuple[bytes | None, str]:
    """What makes of today's text the one a draft begins with, None when it is the same; and the digest of that."""
    found = carried(texts, head, chosen)
    is_other = chosen or any(one.by is By.PROPOSAL for one in found.passages)
    return rewritten(head, found.text, text.ROOT) if is_other else None, canonical.digest(found.text)


def _draft_of(deed: Deed, parent: Proposal, number: str) -> Proposal:
    """A draft of one's party that follows `parent`."""
    made = new_draft(deed, number, parent.section_id, parent.base_hash, parent.base_line)
    return replace(made, parent_id=parent.id)


async def _tabled(deed: Deed, proposal_id: str) -> Proposal:
    found = await proposals.proposal(deed.session, deed.contract.id, proposal_id, deed.seat)
    if found is None or found.tabled_at is None:
        raise NotFound
    return found


async def _own(deed: Deed, proposal_id: str) -> Proposal:
    found = await _tabled(deed, proposal_id)
    if found.party_id != deed.seat.party_id or found.status is ProposalStatus.ACCEPTED:
        raise NotFound
    return found


async def _keep(deed: Deed, made: Proposal, first_hash: str, lines: list[Line], base: Snapshot) -> Proposal:
    """Keep a new draft; asked for again, it is the one there is."""
    if (before := await begun_before(deed, made)) is not None:
        return before
    await proposals.keep(deed.session, made, first_hash, lines, base)
    return made
