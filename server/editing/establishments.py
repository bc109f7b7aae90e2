"""Add, change and take out the establishments and services of a contract."""

from typing import Any

from sqlalchemy import func
from sqlmodel import col, delete, select

from server.domain.contract.ceilings import MOST_ESTABLISHMENTS, check_room
from server.domain.contract.contract import Establishment, PartyKind
from server.domain.contract.perimeter import EstablishmentFacts, read_establishment
from server.domain.refusals import NotFound
from server.domain.sheets import Sheet, changes
from server.editing.acting import Deed, Who, acting
from server.editing.new_keys import new_key
from server.editing.taking_out import check_unnamed
from server.store import contracts
from server.store.engine import Store
from server.store.tables import EstablishmentRow, FundingRow


def facts_of(one: Establishment) -> EstablishmentFacts:
    """An establishment as a form shows it."""
    return EstablishmentFacts(
        name=one.name,
        category=one.category,
        finess=one.finess,
        siret=one.siret,
        capacity=one.capacity,
        capacity_unit=one.capacity_unit,
        city=one.city,
        department_code=one.department_code,
        competence=one.competence,
    )


async def add_establishment(store: Store, who: Who, sheet: Sheet) -> str:
    """Add an establishment or service; its key.

    Raises:
        NotFound: this person may not manage the contract.
        ContractClosed: it is past writing.
        TooMany, SheetRefused: what was typed is not an establishment.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        deed.check_open()
        key, others = new_key("esms", sheet), await contracts.establishments(deed.session, who.contract_id)
        if any(one.key == key for one in others):
            return key
        check_room(len(others), MOST_ESTABLISHMENTS)
        wanted = read_establishment(sheet, await authorities(deed))
        last = select(func.max(EstablishmentRow.position)).where(col(EstablishmentRow.contract_id) == who.contract_id)
        position = ((await deed.session.execute(last)).scalar_one() or 0) + 1
        deed.session.add(EstablishmentRow(contract_id=who.contract_id, position=position, key=key, **_columns(wanted)))
        await deed.keep("establishment_added", key=key, name=wanted.name)
    return key


async def edit_establishment(store: Store, who: Who, key: str, sheet: Sheet) -> bool:
    """Keep an establishment as a form gives it; whether anything changed. What it is paid stays.

    Raises:
        NotFound: no such establishment, or this person may not manage the contract.
        ContractClosed: it is past writing.
        ChangedMeanwhile, SheetRefused.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        deed.check_open()
        one = await _establishment(deed, key)
        before = facts_of(one)
        sheet.check_unchanged(before.values)
        known = {party: party for party in before.competence}  # a file may name a consulted party: it may stay
        after = read_establishment(sheet, await authorities(deed) | known)
        changed = changes(before.values, after.values)
        if changed:
            (await deed.session.get_one(EstablishmentRow, one.id)).sqlmodel_update(_columns(after))
            await deed.keep("establishment_edited", key=key, name=after.name, **changed)
    return bool(changed)


async def remove_establishment(store: Store, who: Who, key: str, sheet: Sheet) -> str:
    """Take an establishment out of the contract; its name.

    Raises:
        NotFound: no such establishment, or this person may not manage the contract.
        ContractClosed: it is past writing.
        ChangedMeanwhile: it is not what the person saw any more.
        StillInUse: something of the contract names it.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        deed.check_open()
        one = await _establishment(deed, key)
        sheet.check_unchanged(facts_of(one).values)
        await deed.session.execute(delete(FundingRow).where(col(FundingRow.establishment_id) == one.id))
        await deed.session.execute(delete(EstablishmentRow).where(col(EstablishmentRow.id) == one.id))
        await check_unnamed(deed, one.name)
        await deed.keep("establishment_removed", key=key, name=one.name)
    return one.name


async def authorities(deed: Deed) -> dict[str, str]:
    """The parties that may be competent for an establishment: short names by key."""
    found = await contracts.parties(deed.session, deed.contract.id)
    return {one.key: one.short_name for one in found if one.kind is PartyKind.AUTHORITY}


async def _establishment(deed: Deed, key: str) -> Establishment:
    for one in await contracts.establishments(deed.session, deed.contract.id):
        if one.key == key:
            return one
    raise NotFound


def _columns(facts: EstablishmentFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__slots__} | {"competence": " ".join(facts.competence)}
