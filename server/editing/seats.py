"""Add, change, free and take out the seats of the parties of a contract."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func
from sqlmodel import col, delete, select

from auth.people import Seat
from auth.policy import Action
from auth.session import Ending, Which
from server.domain.contract.ceilings import MOST_SEATS, check_room
from server.domain.contract.contract import Member, Party
from server.domain.people.seats import Actor, check_may_change, check_still_led, read_seat, roles_of
from server.domain.people.security import SecurityKind
from server.domain.refusals import NotFound
from server.domain.refusals_of_people import NotYourParty
from server.domain.sheets import Sheet, Values, changes
from server.editing.acting import Deed, Who, acting
from server.editing.new_keys import new_key
from server.editing.taking_out import check_unnamed
from server.store import contracts, invitations, mandates, rights, security, sessions
from server.store.engine import Store
from server.store.tables import MemberRow


def facts_of(seat: Member) -> Values:
    """A seat as a form shows it; whether somebody holds it counts for what a person has seen."""
    return {"name": seat.name, "function": seat.function, "role": seat.role, "held": str(seat.is_held)}


def actor_of(seat: Seat) -> Actor:
    """Who would change seats, as the rules know them."""
    return Actor(seat.member_id, seat.party_id, seat.may(Action.MANAGE))


async def add_seat(store: Store, who: Who, party_key: str, sheet: Sheet) -> str:
    """Add a seat to a party, to be given to a person by an invitation; its key.

    Raises:
        NotFound: no such party, or this person may not manage the contract.
        NotYourParty: the party answers for its own seats.
        TooMany, SheetRefused: what was typed is not a seat.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        parties = await contracts.parties(deed.session, who.contract_id)
        party = next((one for one in parties if one.key == party_key), None)
        if party is None:
            raise NotFound
        seats = await _seats(deed)
        check_may_change(actor_of(deed.seat), party, seats)
        seat_key = new_key("place", sheet)
        if any(one.key == seat_key for one in seats):
            return seat_key
        check_room(len(seats), MOST_SEATS)
        name, function, role = read_seat(sheet, roles_of(party))
        last = select(func.max(MemberRow.position)).where(col(MemberRow.contract_id) == who.contract_id)
        position = ((await deed.session.execute(last)).scalar_one() or 0) + 1
        row = MemberRow(
            contract_id=who.contract_id,
            party_id=party.id,
            position=position,
            key=seat_key,
            name=name,
            function=function,
            role=role,
        )
        deed.session.add(row)
        await deed.keep("seat_added", key=seat_key, name=name, role=role, party=party.short_name)
    return seat_key


@dataclass(frozen=True)
class Place:
    """A seat a person may change, its party, and every seat of the contract."""

    seat: Member
    party: Party
    seats: Sequence[Member]

    def check_still_led(self, after: Member | None) -> None:
        """Refuse what would leave the party without a lead."""
        rest = [one for one in self.seats if one.id != self.seat.id]
        check_still_led(self.party, self.seats, [*rest, after] if after else rest)


async def edit_seat(store: Store, who: Who, key: str, sheet: Sheet) -> bool:
    """Keep a seat as a form gives it; whether anything changed.

    Raises:
        NotFound: no such seat, or this person may not change seats.
        NotYourParty, OwnSeat, LastLead, ChangedMeanwhile, SheetRefused.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        place = await place_of(deed, key, sheet)
        before = facts_of(place.seat)
        name, function, role = read_seat(sheet, {*roles_of(place.party), place.seat.role})
        after = replace(place.seat, name=name, function=function, role=role)
        place.check_still_led(after)
        changed = changes(before, facts_of(after))
        if changed:
            row = await deed.session.get_one(MemberRow, place.seat.id)
            row.name, row.function, row.role = name, function, role
            await deed.keep("seat_edited", key=key, name=name, party=place.party.short_name, **changed)
    return bool(changed)


async def free_seat(store: Store, who: Who, key: str, sheet: Sheet) -> str:
    """Take its access from whoever holds a seat; the seat stays, for somebody else. Its name.

    Raises:
        NotFound: no such seat, nobody holds it, or this person may not change seats.
        NotYourParty, OwnSeat, LastLead, ChangedMeanwhile.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        place = await place_of(deed, key, sheet)
        if not place.seat.is_held:
            raise NotFound
        place.check_still_led(replace(place.seat, is_held=False))
        row = await deed.session.get_one(MemberRow, place.seat.id)
        row.person_id = row.seated_at = None
        await rights.changed(deed.session)
        await mandates.end_of_seat(deed.session, who.contract_id, key, who.person_id, who.at)
        await deed.keep("seat_freed", key=key, name=place.seat.name, party=place.party.short_name)
    return place.seat.name


async def remove_seat(store: Store, who: Who, key: str, sheet: Sheet) -> str:
    """Take a seat out of the contract; its name.

    Raises:
        NotFound: no such seat, or this person may not change seats.
        NotYourParty, OwnSeat, LastLead, ChangedMeanwhile.
        StillInUse: something of the contract names it.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        place = await place_of(deed, key, sheet)
        place.check_still_led(None)
        await mandates.end_of_seat(deed.session, who.contract_id, key, who.person_id, who.at)
        await invitations.revoke(deed.session, who.contract_id, key, who.at)
        await deed.session.execute(delete(MemberRow).where(col(MemberRow.id) == place.seat.id))
        await check_unnamed(deed, place.seat.name)
        await deed.keep("seat_removed", key=key, name=place.seat.name, party=place.party.short_name)
    return place.seat.name


async def end_sessions(store: Store, who: Who, key: str) -> Collection[int]:
    """End every session of who sits in a seat of one's own party; those whose pages are still to be closed.

    Only of that party, whoever else one prepares seats for.

    Raises:
        NotFound: no such seat, nobody holds it, or this person may not change seats.
        NotYourParty, OwnSeat: it is not theirs to look after.
    """
    async with acting(store, who.contract_id, who.person_id, who.at, action=Action.PEOPLE) as deed:
        seats = await _seats(deed)
        seat = next((one for one in seats if one.key == key and one.is_held), None)
        if seat is None:
            raise NotFound
        party = next(one for one in await contracts.parties(deed.session, deed.contract.id) if one.id == seat.party_id)
        check_may_change(actor_of(deed.seat), party, seats, seat)
        if party.id != deed.seat.party_id:
            raise NotYourParty(party=party.short_name)
        held = Which(person_id=(await deed.session.get_one(MemberRow, seat.id)).person_id)
        ended = await sessions.end(deed.session, held, Ending.ENDED_BY_PARTY, who.at)
        for person_id in sorted(ended.values()):
            kind, where = SecurityKind.SESSION_ENDED, who.contract_id
            await security.note(deed.session, kind, at=who.at, person_id=person_id, contract_id=where, by="party")
        return ended


async def place_of(deed: Deed, key: str, sheet: Sheet) -> Place:
    """The seat of that key, which is as the person saw it and which they may change.

    Raises:
        NotFound: no such seat.
        NotYourParty, OwnSeat, ChangedMeanwhile.
    """
    seats = await _seats(deed)
    seat = next((one for one in seats if one.key == key), None)
    if seat is None:
        raise NotFound
    party = next(one for one in await contracts.parties(deed.session, deed.contract.id) if one.id == seat.party_id)
    check_may_change(actor_of(deed.seat), party, seats, seat)
    sheet.check_unchanged(facts_of(seat))
    return Place(seat, party, seats)


async def _seats(deed: Deed) -> list[Member]:
    return await contracts.members(deed.session, deed.contract.id)
