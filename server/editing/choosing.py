"""Whom the people of a party sign in with: chosen by its leads for their own, or by the platform's administrators."""

from sqlalchemy.ext.asyncio import AsyncSession

from server.domain.refusals import NotFound
from server.domain.refusals_of_people import NotYourParty
from server.domain.sheets import Reading, Sheet
from server.editing.acting import Who, acting
from server.store import providers
from server.store.engine import Store
from server.store.sitting import party_row
from server.store.tables import PartyRow


def values_of(party: PartyRow) -> dict[str, str]:
    """The choice as a form shows it; nothing: any provider that is open."""
    return {"provider": party.provider or ""}


async def choose(session: AsyncSession, party: PartyRow, sheet: Sheet) -> bool:
    """Keep the choice of a form; whether it is another one. It counts for invitations to come.

    Raises:
        ChangedMeanwhile, SheetRefused.
    """
    before = values_of(party)
    sheet.check_unchanged(before)
    offered = {one.key for one in await providers.enabled(session)} | {"", before["provider"]}
    reading = Reading(sheet.values)
    wanted = reading.choice("provider", offered)
    party.provider = reading.done(lambda: wanted) or None
    return values_of(party) != before


async def choose_provider(store: Store, who: Who, key: str, sheet: Sheet) -> bool:
    """Choose for one's own party; whether anything changed.

    Raises:
        NotFound: no such party, or this person may not manage the contract.
        NotYourParty: the party is another one's.
        ChangedMeanwhile, SheetRefused.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        party = await party_row(deed.session, who.contract_id, key, is_to_change=True)
        if party is None:
            raise NotFound
        if party.id != deed.seat.party_id:
            raise NotYourParty(party=party.short_name)
        changed = await choose(deed.session, party, sheet)
        if changed:
            await deed.keep("party_provider", key=key, name=party.short_name)
    return changed
