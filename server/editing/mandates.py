"""Record what lets somebody bind their party, the documents that show it, and its end."""

from dataclasses import dataclass

from auth.policy import Action
from server.domain.contract.ceilings import check_room
from server.domain.contract.contract import Member, Party
from server.domain.people.mandates import MOST_MANDATES, Mandate, read_mandate
from server.domain.people.papers import MOST_PAPERS, kind_of, safe_name
from server.domain.refusals import NotFound
from server.domain.refusals_of_people import MandateOver, NotYourParty
from server.domain.sheets import Sheet
from server.editing.acting import Deed, Who, acting
from server.store import contracts, mandates
from server.store.engine import Store


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: its name is its sender's word."""

    name: str
    content: bytes


async def record_mandate(store: Store, who: Who, seat_key: str, sheet: Sheet) -> str:
    """Record a mandate of the holder of a seat of one's own party; its id.

    Raises:
        NotFound: no such seat, or this person may not change the people of the party.
        NotYourParty: of another party, or one that does not sign.
        TooMany, SheetRefused: what was typed is no mandate.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        seat, party = await seat_of_ones_own(deed, seat_key)
        facts = read_mandate(sheet)
        kept = await mandates.of_contract(deed.session, who.contract_id)
        check_room(sum(one.party_id == party.id for one in kept), MOST_MANDATES)
        mandate_id = await mandates.keep(
            deed.session,
            facts,
            contract_id=who.contract_id,
            party_id=party.id,
            seat_key=seat_key,
            holder=seat.name,
            by=who.person_id,
            at=who.at,
        )
        told = {"basis": facts.basis.value, "reference": facts.reference, "dated": facts.dated.isoformat()}
        await deed.keep("mandate_recorded", key=mandate_id, name=seat.name, party=party.short_name, **told)
    return mandate_id


async def end_mandate(store: Store, who: Who, mandate_id: str) -> str:
    """End a mandate of one's own party now; the name of its holder.

    Raises:
        NotFound, NotYourParty: no such mandate, or not of this person's party.
        MandateOver: it was ended already.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        kept, party = await _kept(deed, mandate_id)
        await mandates.end(deed.session, mandate_id, who.person_id, who.at)
        await deed.keep("mandate_ended", key=mandate_id, name=kept.holder, party=party.short_name)
    return kept.holder


async def add_paper(store: Store, who: Who, mandate_id: str, sent: Sent) -> str:
    """Keep a document beside a mandate of one's own party; its id.

    Raises:
        NotFound, NotYourParty: no such mandate, or not of this person's party.
        MandateOver: it was ended already.
        TooMany, SheetRefused: no more are kept, or not of this kind.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        kept, party = await _kept(deed, mandate_id)
        media_type, ending = kind_of(sent.content)
        check_room(await mandates.count_papers(deed.session, mandate_id), MOST_PAPERS)
        name = safe_name(sent.name, ending)
        paper_id = await mandates.add_paper(
            deed.session, mandate_id, name, media_type, sent.content, who.person_id, who.at
        )
        await deed.keep("mandate_paper_added", key=mandate_id, name=kept.holder, party=party.short_name, paper=paper_id)
    return paper_id


async def seat_of_ones_own(deed: Deed, seat_key: str) -> tuple[Member, Party]:
    """A seat of the actor's own party, which signs.

    Raises:
        NotFound: no such seat.
        NotYourParty: of another party, or one that does not sign.
    """
    seat = next((one for one in await contracts.members(deed.session, deed.contract.id) if one.key == seat_key), None)
    if seat is None:
        raise NotFound
    return seat, await _own_party(deed, seat.party_id)


async def _own_party(deed: Deed, party_id: int) -> Party:
    party = next(one for one in await contracts.parties(deed.session, deed.contract.id) if one.id == party_id)
    if party_id == deed.seat.party_id and party.is_signing:
        return party
    if deed.seat.may(Action.READ):
        raise NotYourParty(party=party.short_name)
    raise NotFound


async def _kept(deed: Deed, mandate_id: str) -> tuple[Mandate, Party]:
    kept = next(
        (one for one in await mandates.of_contract(deed.session, deed.contract.id) if one.id == mandate_id), None
    )
    if kept is None:
        raise NotFound
    party = await _own_party(deed, kept.party_id)
    if kept.ended_at is not None:
        raise MandateOver
    return kept, party
