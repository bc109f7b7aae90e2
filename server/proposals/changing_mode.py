"""Close, open or freeze a text in the name of one's party: at once, or once every signing party wants it."""

from typing import Any

from auth.policy import Action
from collab.rooms import Rooms
from server.domain.contract.contract import ContractState
from server.domain.contract.sections import Section, SectionMode, SectionStatus, why_closed
from server.domain.proposals.modes import LEADS_TO, OF_ALL, Wish, check_wish, still_missing, values_of
from server.domain.refusals import NotFound
from server.domain.sheets import Sheet
from server.drafts.drafting import text_section
from server.editing.acting import Deed, Who, acting
from server.store import contracts, mode_wishes
from server.store.engine import Store
from server.store.tables import SectionRow

WANTED = {Wish.OPEN: "section_opening_wanted", Wish.FREEZE: "section_freeze_wanted"}  # kinds of acts
UNWANTED = {Wish.OPEN: "section_opening_unwanted", Wish.FREEZE: "section_freeze_unwanted"}
DONE = {
    Wish.CLOSE: "section_closed",
    Wish.OPEN: "section_opened",
    Wish.FREEZE: "section_frozen",
    Wish.THAW: "section_thawed",
}


async def change(store: Store, rooms: Rooms, who: Who, section_key: str, sheet: Sheet) -> SectionMode:
    """Keep what a party wants of the mode of a text, and change it when that decides it; the mode it is in now.

    The text is held still: what was acknowledged before is in it, and not a word slips in once it is closed.

    Raises:
        NotFound: no such text, or this person does not speak for a party.
        ChangedMeanwhile: its mode, or who wants what, is not what the page showed.
        ContractClosed: the contract is past writing.
        TextFrozen, TextOutOfUse: see `server.domain.proposals.modes`.
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
            sheet.check_unchanged(values_of(section, await mode_wishes.kept(deed.session, section.id)))
            deed.check_open()
            check_wish(section, wish)
            await _decide(deed, section, wish)
            now = await text_section(deed.session, who.contract_id, section_key)
            state = ContractState(deed.contract.state)
        room.freeze(is_closed=why_closed(now, state) is not None)
    return now.mode


async def _decide(deed: Deed, section: Section, wish: Wish) -> None:
    told = {"section": section.id, "label": section.label, "title": section.title}
    if wish is Wish.STAY_CLOSED:
        await _take_back(deed, section, told)
        return
    if wish in OF_ALL:
        await mode_wishes.want(deed.session, section.id, deed.seat.party_id, wish, deed.person_id, deed.at)
        wishes = await mode_wishes.kept(deed.session, section.id)
        if still_missing(await contracts.parties(deed.session, deed.contract.id), wishes, wish):
            await deed.keep(WANTED[wish], **told)
            return
    await mode_wishes.forget(deed.session, section.id)
    await _set(deed, section, LEADS_TO[wish])
    await deed.keep(DONE[wish], **told)


async def _take_back(deed: Deed, section: Section, told: dict[str, Any]) -> None:
    wanted = (await mode_wishes.kept(deed.session, section.id)).get(deed.seat.party_id)
    if wanted is None:
        raise NotFound  # a form of ours never asks for that
    await mode_wishes.forget(deed.session, section.id, deed.seat.party_id)
    await deed.keep(UNWANTED[wanted], **told)


async def _set(deed: Deed, section: Section, mode: SectionMode) -> None:
    """Put a text in a mode; one that is opened to writing is approved no longer."""
    row = await deed.session.get_one(SectionRow, section.id)
    row.mode = mode.value
    if mode is SectionMode.FREE and section.status is SectionStatus.AGREED:
        row.status = SectionStatus.UNDER_DISCUSSION.value
    await deed.session.flush()
