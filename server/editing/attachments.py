"""Move a seat to the account of somebody who told their reference: a new colleague, or a provider's new name for one.

What the account before did stays that account's.
"""

from dataclasses import dataclass

from auth import reference
from auth.policy import Action
from server.domain.refusals_of_people import AlreadySeated, NoSuchReference
from server.domain.sheets import Sheet
from server.editing.acting import Deed, Who, acting
from server.editing.seats import Place, place_of
from server.store import invitations, people
from server.store.engine import Store
from server.store.sitting import Newcomer, newcomer
from server.store.tables import MemberRow


@dataclass(frozen=True, slots=True)
class Meant:
    """A seat and the account that is meant, shown before anything moves."""

    seat: str
    newcomer: Newcomer


async def who_is_meant(store: Store, who: Who, key: str, sheet: Sheet) -> Meant:
    """Whose reference was typed, for a seat that one may change; nothing moves.

    Raises:
        NotFound, NotYourParty, OwnSeat, ChangedMeanwhile: it is no seat this person may change, or not as they saw it.
        NoSuchReference, AlreadySeated.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        place, found = await _meant(deed, key, sheet)
        return Meant(place.seat.name, found)


async def move_seat(store: Store, who: Who, key: str, sheet: Sheet) -> str:
    """Give a seat to the account whose reference was typed; its name.

    The holder's mandates stay: they name a person, and the party says that it is the same one.

    Raises:
        NotFound, NotYourParty, OwnSeat, ChangedMeanwhile: as for `who_is_meant`.
        NoSuchReference, AlreadySeated.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        place, found = await _meant(deed, key, sheet)
        row = await deed.session.get_one(MemberRow, place.seat.id)
        before = row.person_id
        await people.bind(deed.session, who.contract_id, key, found.person_id, who.at)
        await invitations.revoke(deed.session, who.contract_id, key, who.at)
        told = {"key": key, "name": place.seat.name, "party": place.party.short_name}
        await deed.keep("seat_moved", **told, before=before, after=found.person_id)
    return place.seat.name


async def _meant(deed: Deed, key: str, sheet: Sheet) -> tuple[Place, Newcomer]:
    place = await place_of(deed, key, sheet)
    typed = reference.read(sheet.values.get("reference", ""))
    found = await newcomer(deed.session, typed) if typed else None
    if found is None:
        raise NoSuchReference
    if await people.seat(deed.session, deed.contract.id, found.person_id) is not None:
        raise AlreadySeated
    return place, found
