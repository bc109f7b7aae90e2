"""Add, change and take out the parties of a contract."""

from dataclasses import asdict

from sqlalchemy import ColumnElement, func
from sqlmodel import SQLModel, col, delete, select

from server.domain.contract.ceilings import MOST_PARTIES, check_room
from server.domain.contract.contract import Party, PartyKind, new_hue, new_sign
from server.domain.contract.perimeter import PartyFacts, read_party
from server.domain.identifiers import Doubt
from server.domain.refusals import N_, NotFound, SheetRefused, StillInUse
from server.domain.sheets import Sheet, changes
from server.editing.acting import Deed, Who, acting
from server.editing.new_keys import new_key
from server.editing.taking_out import check_unnamed
from server.store import contracts
from server.store.engine import Store
from server.store.tables import ActRow, MemberRow, PartyRow, ProposalEventRow, ProposalRow, UpdateRow

_HELD = N_("Une personne y est rattachée : retirez d’abord son accès.")
_SPOKE = N_("Elle a déjà écrit dans le contrat ou l’a modifié : l’historique la nomme.")
_KIND_FIXED = N_("La qualité d’une partie ne change plus dès qu’une personne lui est rattachée ou qu’elle a écrit.")


def facts_of(party: Party) -> PartyFacts:
    """A party as a form shows it."""
    rest = (party.authority_type, party.department_code, party.finess_ej, party.siret)
    return PartyFacts(party.kind.value, party.name, party.short_name, *rest)


async def add_party(store: Store, who: Who, sheet: Sheet) -> str:
    """Add a party; its key. It signs unless it is only consulted, and takes a sign and a hue that are free.

    Raises:
        NotFound: this person may not manage the contract.
        ContractClosed: it is past writing.
        TooMany, SheetRefused: what was typed is not a party.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        deed.check_open()
        wanted = read_party(sheet)
        others = await contracts.parties(deed.session, who.contract_id)
        key = new_key("partie", sheet)
        if any(one.key == key for one in others):
            return key
        check_room(len(others), MOST_PARTIES)
        row = PartyRow(
            contract_id=who.contract_id,
            position=await _next_position(deed),
            key=key,
            is_signing=wanted.kind != PartyKind.CONSULTED,
            sign=new_sign(wanted.short_name, {one.sign for one in others}),
            hue=new_hue(wanted.authority_type or wanted.kind, [one.hue for one in others]),
            **asdict(wanted),
        )
        deed.session.add(row)
        await deed.keep("party_added", key=key, name=wanted.short_name)
    return key


async def _next_position(deed: Deed) -> int:
    last = select(func.max(PartyRow.position)).where(col(PartyRow.contract_id) == deed.contract.id)
    return ((await deed.session.execute(last)).scalar_one() or 0) + 1


async def edit_party(store: Store, who: Who, key: str, sheet: Sheet) -> bool:
    """Keep a party as a form gives it; whether anything changed. Its sign and its hue stay.

    Raises:
        NotFound: no such party, or this person may not manage the contract.
        ContractClosed: it is past writing.
        ChangedMeanwhile, SheetRefused.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        deed.check_open()
        party = await _party(deed, key)
        before = facts_of(party)
        sheet.check_unchanged(before.values)
        after = read_party(sheet, known_type=party.authority_type)
        if after.kind != before.kind and await _ties(deed, party):
            raise SheetRefused({"kind": Doubt(_KIND_FIXED)})
        changed = changes(before.values, after.values)
        if changed:
            row = await deed.session.get_one(PartyRow, party.id)
            row.sqlmodel_update(dict(after.values))
            if after.kind != before.kind:
                row.is_signing = after.kind != PartyKind.CONSULTED
            await deed.keep("party_edited", key=key, name=after.short_name, **changed)
    return bool(changed)


async def remove_party(store: Store, who: Who, key: str, sheet: Sheet) -> str:
    """Take a party out, with the seats nobody holds in it; its short name.

    Raises:
        NotFound: no such party, or this person may not manage the contract.
        ContractClosed: it is past writing.
        ChangedMeanwhile: it is not what the person saw any more.
        StillInUse: somebody sits there, it has written, or something names it.
    """
    async with acting(store, who.contract_id, who.person_id, who.at) as deed:
        deed.check_open()
        party = await _party(deed, key)
        sheet.check_unchanged(facts_of(party).values)
        ties = await _ties(deed, party)
        if ties:
            raise StillInUse(party.short_name, ties)
        await deed.session.execute(delete(MemberRow).where(col(MemberRow.party_id) == party.id))
        await deed.session.execute(delete(PartyRow).where(col(PartyRow.id) == party.id))
        await check_unnamed(deed, party.short_name)
        await deed.keep("party_removed", key=key, name=party.short_name)
    return party.short_name


async def _party(deed: Deed, key: str) -> Party:
    for one in await contracts.parties(deed.session, deed.contract.id):
        if one.key == key:
            return one
    raise NotFound


async def _ties(deed: Deed, party: Party) -> list[Doubt]:
    """What ties a party to the contract for good, as sentences."""
    held = await _any(deed, MemberRow, col(MemberRow.party_id) == party.id, col(MemberRow.person_id).is_not(None))
    wrote = await _any(deed, UpdateRow, col(UpdateRow.party_id) == party.id)
    acted = await _any(deed, ActRow, col(ActRow.party_id) == party.id)
    acted = acted or await _any(deed, ProposalRow, col(ProposalRow.party_id) == party.id)
    acted = acted or await _any(deed, ProposalEventRow, col(ProposalEventRow.party_id) == party.id)
    return [Doubt(says) for says, is_so in ((_HELD, held), (_SPOKE, wrote or acted)) if is_so]


async def _any(deed: Deed, table: type[SQLModel], *where: ColumnElement[bool]) -> bool:
    return (await deed.session.execute(select(table).where(*where).limit(1))).first() is not None
