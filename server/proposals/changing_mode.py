"""Close a text to writing in the name of one's party, or open it again once every signing party wants it."""

from auth.policy import Action
from collab.rooms import Rooms
from server.domain.contract.contract import ContractState
from server.domain.contract.sections import Section, SectionMode, SectionStatus, why_closed
from server.domain.proposals.modes import Wish, check_wish, still_missing, values_of
from server.domain.refusals import NotFound
from server.domain.sheets import Sheet
from server.drafts.drafting import text_section
from server.editing.acting import Deed, Who, acting
from server.store import contracts, reopening
from server.store.engine import Store
from server.store.tables import SectionRow

ACTS = {Wish.CLOSE: "section_closed", Wish.OPEN: "section_opening_wanted", Wish.STAY_CLOSED: "section_opening_unwanted"}
OPENED = "section_opened"  # the kind of the act of the last wish, which opens it


async def change(store: Store, rooms: Rooms, who: Who, section_key: str, sheet: Sheet) -> SectionMode:
    """Keep what a party wants of the mode of a text, and change it when that decides it; the mode it is in now.

    The text is held still: what was acknowledged before is in it, and not a word slips in once it is closed.

    Raises:
        NotFound: no such text, or this person does not speak for a party.
        ChangedMeanwhile: its mode, or who wants it open, is not what the page showed.
        ContractClosed: the contract is past writing.
        TextFrozen: see `server.domain.proposals.modes`.
    """
    try:
        wish = Wish(sheet.values.get("wish", ""))
    except ValueError:
        raise NotFound from None  # a form of ours never says that
    async with store.reading() as session:
        document = (await text_section(session, who.contract_id, section_key)).document
    async with rooms.still(document) as room:
        async with acting(store, who.contract_id, who.person_id, who.at, action=Action.ANSWER) as deed:
            section = await text_section(deed.session, who.contract_id, section_key)
            sheet.check_unchanged(values_of(section, await reopening.wanted_by(deed.session, section.id)))
            deed.check_open()
            check_wish(section, wish)
            await _decide(deed, section, wish)
            now = await text_section(deed.session, who.contract_id, section_key)
            state = ContractState(deed.contract.state)
        room.freeze(is_closed=why_closed(now, state) is not None)
    return now.mode


async def _decide(deed: Deed, section: Section, wish: Wish) -> None:
    told = {"section": section.id, "label": section.label, "title": section.title}
    if wish is not Wish.OPEN:
        await reopening.take_back(deed.session, section.id, None if wish is Wish.CLOSE else deed.seat.party_id)
        await _set(deed, section, SectionMode.PROPOSALS_ONLY)
        await deed.keep(ACTS[wish], **told)
        return
    await reopening.want(deed.session, section.id, deed.seat.party_id, deed.person_id, deed.at)
    opening = await reopening.wanted_by(deed.session, section.id)
    if still_missing(await contracts.parties(deed.session, deed.contract.id), opening):
        await deed.keep(ACTS[wish], **told)
        return
    await reopening.take_back(deed.session, section.id)
    await _set(deed, section, SectionMode.FREE)
    await deed.keep(OPENED, **told)


async def _set(deed: Deed, section: Section, mode: SectionMode) -> None:
    """Put a text in a mode; one that is opened to writing is approved no longer."""
    row = await deed.session.get_one(SectionRow, section.id)
    row.mode = mode.value
    if mode is SectionMode.FREE and section.status is SectionStatus.AGREED:
        row.status = SectionStatus.UNDER_DISCUSSION.value
    await deed.session.flush()
