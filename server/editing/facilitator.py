"""Say who runs the meetings: a function beside their role, which gives no right over another party's things."""

from auth.policy import Role
from server.domain.refusals import NotFound
from server.domain.sheets import Sheet
from server.editing.acting import Who, acting
from server.store import contracts
from server.store.engine import Store
from server.store.tables import MemberRow

ADMINISTRATOR = Role.ADMINISTRATOR.value


async def set_facilitator(store: Store, who: Who, sheet: Sheet) -> bool:
    """Give the function to the holder of a seat, or take it back, as a form says; whether anything changed.

    A seat whose only role was to facilitate (a contract file may say so) reads on as before.

    Raises:
        NotFound: no such seat, or this person may not manage the contract.
    """
    is_given = sheet.values.get("is_given") == "yes"
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        seats = {one.key: one for one in await contracts.members(deed.session, who.contract_id)}
        seat = seats.get(sheet.values.get("seat", ""))
        if seat is None or seat.role == ADMINISTRATOR:  # who reads no contract runs none of its meetings
            raise NotFound
        if seat.is_facilitator == is_given:
            return False
        party = next(one for one in await contracts.parties(deed.session, who.contract_id) if one.id == seat.party_id)
        row = await deed.session.get_one(MemberRow, seat.id)
        row.is_facilitator = is_given
        if row.role == "facilitator":
            row.role = "reader"
        kind = "facilitator_given" if is_given else "facilitator_taken"
        await deed.keep(kind, key=seat.key, name=seat.name, party=party.short_name)
    return True
