"""Make a proposal of words that a closed text does not take: one's party's own affair.

Nothing of a draft is told: no act, no news, no line in the section's log. Other parties cannot know that it is there.
"""

import logging
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from auth.policy import Action
from collab import canonical
from collab.guard import Refused
from collab.log import Author, Line, Snapshot
from collab.room import Room
from collab.rooms import Rooms
from server.domain.contract.sections import Section, why_closed
from server.domain.proposals.proposal import Proposal
from server.domain.refusals import NotFound, NothingProposed, ProposalRefused, TextOpen
from server.drafts.drafting import check_few, new_draft
from server.editing.acting import Who, acting
from server.live.first_text import new_section_id
from server.store import contracts, proposals
from server.store.engine import Store
from server.store.updates import UpdateLog

live_log = logging.getLogger("entente.live")


@dataclass(frozen=True)
class Drafted:
    """A text made from a committed one: both with their digests, and what was added to the first."""

    base: Snapshot
    base_hash: str
    delta: bytes
    text_hash: str


async def propose(
    store: Store, log: UpdateLog, rooms: Rooms, who: Who, author: Author, section_key: str, update: bytes
) -> tuple[Proposal, bool]:
    """Keep words for a closed text as a draft proposal; the same words again are the same draft, and False.

    The section is held still: what the words are judged against is what is committed, and one request comes after
    the other.

    Raises:
        NotFound: no such section, or this person may not propose.
        TextOpen, NothingProposed, ProposalRefused, TooManyProposals: see there.
    """
    async with store.reading() as session:
        section = await _closed_section(session, who.contract_id, section_key)
    async with rooms.still(section.document) as room:
        drafted = await _drafted(room, update, author, await log.last(section.document), rooms)
        async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PROPOSE) as deed:
            await _closed_section(deed.session, who.contract_id, section_key)  # it may have been opened meanwhile
            made = new_draft(deed, new_section_id(), section.id, drafted.base_hash, drafted.base.line)
            before = await proposals.same(deed.session, made, drafted.text_hash)
            if before is not None:
                return before, False
            await check_few(deed, made)
            await _keep(deed.session, made, drafted, replace(author, party=deed.seat.party_id))
            return made, True


async def _closed_section(session: AsyncSession, contract_id: str, key: str) -> Section:
    """A section whose text is closed to writing, for now or for good.

    Raises:
        NotFound: no such section, or it has no text.
        TextOpen: one may write in it.
    """
    contract = await contracts.contract(session, contract_id)
    found = next((one for one in await contracts.sections(session, contract_id) if one.key == key), None)
    if contract is None or found is None or found.is_table:
        raise NotFound
    if why_closed(found, contract.state) is None:
        raise TextOpen
    return found


async def _drafted(room: Room, update: bytes, author: Author, line: int, rooms: Rooms) -> Drafted:
    """What a fork of the committed text becomes with `update`, which its guard judges like any edit.

    Raises:
        ProposalRefused: the guard says no.
        NothingProposed: the text says it all already.
    """
    base, fork = rooms.fork(room, line)
    try:
        await fork.judge()
        base_hash = fork.made(canonical.digest)
        delta = fork.take(update, author)
        text_hash = fork.made(canonical.digest)
    except Refused as refused:
        rooms.counting.refused[refused.reason] += 1
        live_log.warning(
            "proposal refused in %(document)s, person %(person)s: %(reason)s",
            {"document": room.name, "person": author.person, "reason": refused.reason.value},
        )
        raise ProposalRefused from refused
    finally:
        fork.close()
    if delta is None or text_hash == base_hash:
        raise NothingProposed
    return Drafted(base, base_hash, delta, text_hash)


async def _keep(session: AsyncSession, made: Proposal, drafted: Drafted, author: Author) -> None:
    lines = [
        Line(made.document, drafted.base.state, Author(), made.created_at),
        Line(made.document, drafted.delta, author, made.created_at),
    ]
    await proposals.keep(session, made, drafted.text_hash, lines, drafted.base)
