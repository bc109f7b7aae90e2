"""Give a seat of a contract to a person, or free it: one person, one seat a contract."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.oidc import Provider
from server.domain.people.security import SecurityKind
from server.store import contracts, invitations, mandates, people, security
from server.store.engine import Store
from server.store.seats import HeldSeat, Holder, held_seats, hold_still, name_of, seatless

SUBJECT_LIMIT = 255  # OpenID Connect Core section 2


class SeatRefused(Exception):
    """A seat that cannot be given or freed; the message names the remedy."""


async def seats_of(store: Store, contract_id: str) -> list[HeldSeat]:
    """The seats of a contract and who holds each.

    Raises:
        SeatRefused: there is no such contract.
    """
    async with store.reading() as session:
        found = await held_seats(session, contract_id)
        if not found:
            await _no_such_contract(session, contract_id)
    return found


async def seatless_people(store: Store) -> list[Holder]:
    """People who have signed in and sit in no contract, the newest first: who waits for a seat."""
    async with store.reading() as session:
        return await seatless(session)


async def seat(
    store: Store, contract_id: str, key: str, provider: Provider, subject: str, now: datetime, *, is_to_replace: bool
) -> HeldSeat:
    """Give seat `key` to the person `subject` of `provider`, made when new; the seat as it was before.

    Raises:
        SeatRefused: no such seat; or it is held; or the person sits elsewhere in the contract.
    """
    if not 0 < len(subject) <= SUBJECT_LIMIT or not subject.isprintable():
        raise SeatRefused(f"the subject has 1 to {SUBJECT_LIMIT} printable characters: copy the provider's `sub`")
    async with store.writing() as session:
        before, others = await _seat_and_others(session, contract_id, key)
        _check_free(before, provider, subject, is_to_replace=is_to_replace)
        _check_seatless(contract_id, others, provider, subject)
        name = await name_of(session, provider.issuer, subject) or before.name
        person_id = await people.person(session, provider.issuer, subject, name, now)
        if before.holder is not None:
            await mandates.end_of_seat(session, contract_id, key, None, now)
        await people.bind(session, contract_id, key, person_id, now)
        await invitations.revoke(session, contract_id, key, now)
        bound = SecurityKind.SEAT_BOUND
        await security.note(session, bound, at=now, person_id=person_id, contract_id=contract_id, key=key)
    return before


async def free(store: Store, contract_id: str, key: str, now: datetime) -> HeldSeat:
    """Take a seat from whoever holds it; the seat as it was before.

    Raises:
        SeatRefused: no such seat, or nobody holds it.
    """
    async with store.writing() as session:
        before, _ = await _seat_and_others(session, contract_id, key)
        if before.holder is None:
            raise SeatRefused(f"seat {key!r} is free already; see `entente member list {contract_id}`")
        await people.bind(session, contract_id, key, None)
        await mandates.end_of_seat(session, contract_id, key, None, now)
        await security.note(session, SecurityKind.SEAT_FREED, at=now, contract_id=contract_id, key=key)
    return before


async def _seat_and_others(session: AsyncSession, contract_id: str, key: str) -> tuple[HeldSeat, list[HeldSeat]]:
    if not await hold_still(session, contract_id):
        await _no_such_contract(session, contract_id)
    found = {one.key: one for one in await held_seats(session, contract_id)}
    if key not in found:
        raise SeatRefused(f"contract {contract_id} has no seat {key!r}; its seats are: {', '.join(found)}")
    return found[key], [one for one in found.values() if one.key != key]


async def _no_such_contract(session: AsyncSession, contract_id: str) -> None:
    kept = await contracts.ids(session)
    told = f"there are: {', '.join(kept)}" if kept else "there is none yet; bring one in with `entente import FILE`"
    if contract_id not in kept:
        raise SeatRefused(f"no contract {contract_id!r}; {told}")


def _check_free(before: HeldSeat, provider: Provider, subject: str, *, is_to_replace: bool) -> None:
    held = before.holder
    if held is None or is_to_replace or (held.issuer, held.subject) == (provider.issuer, subject):
        return
    raise SeatRefused(
        f"seat {before.key!r} is held by {held.name} ({held.issuer}, {held.subject}): "
        "--replace gives it to the new person"
    )


def _check_seatless(contract_id: str, others: list[HeldSeat], provider: Provider, subject: str) -> None:
    for one in others:
        if one.holder and (one.holder.issuer, one.holder.subject) == (provider.issuer, subject):
            raise SeatRefused(
                f"{subject} already sits in {contract_id} as {one.key!r} ({one.party}): one person, one seat a "
                f"contract; free that one first with `entente member unbind {contract_id} {one.key}`"
            )
