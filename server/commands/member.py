"""`entente member list | waiting | bind | unbind`: who sits where in a contract."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from server.commands.terminal import show, tell, with_store
from server.people import seating
from server.providers import providing
from server.store.engine import Store
from server.store.seats import HeldSeat, Holder

commands = typer.Typer(no_args_is_help=True, help="The seats of a contract and the people in them.")
ContractId = Annotated[str, typer.Argument(metavar="CONTRACT", help="A contract's id (entente list).")]
SeatKey = Annotated[str, typer.Argument(metavar="SEAT", help="A seat's id (entente member list).")]


@commands.command(name="list")
def list_command(contract: ContractId) -> None:
    """The seats of a contract: party, role, and the person in it or "free"."""

    async def work(store: Store) -> list[HeldSeat]:
        await store.check()
        return await seating.seats_of(store, contract)

    show(
        ("Seat", "Name", "Party", "Role", "Person", "Issuer", "Subject"),
        ((one.key, one.name, one.party, one.role, *_held(one)) for one in with_store(work)),
    )


def _held(one: HeldSeat) -> tuple[str, str, str]:
    return ("free", "", "") if one.holder is None else (one.holder.name, one.holder.issuer, one.holder.subject)


@commands.command()
def waiting() -> None:
    """People who have signed in and sit in no contract, the newest first; the names are those their providers give."""

    async def work(store: Store) -> list[Holder]:
        await store.check()
        return await seating.seatless_people(store)

    show(("Name", "Issuer", "Subject"), ((one.name, one.issuer, one.subject) for one in with_store(work)))


@commands.command()
def bind(
    contract: ContractId,
    seat: SeatKey,
    provider: Annotated[str, typer.Option(help="The provider they sign in with (entente provider list).")],
    subject: Annotated[str, typer.Option(help="Their `sub` at that provider, letter for letter.")],
    replace: Annotated[bool, typer.Option("--replace", help="Take the seat from whoever holds it.")] = False,
) -> None:
    """Give a seat to a person. A server sees it at once; who lost the seat loses open pages within moments."""

    async def work(store: Store) -> HeldSeat:
        await store.check()
        through = await providing.find(store, provider)
        return await seating.seat(store, contract, seat, through, subject, datetime.now(UTC), is_to_replace=replace)

    before = with_store(work)
    tell(f"{subject} sits in {contract} as {before.name} ({before.party})")


@commands.command()
def unbind(contract: ContractId, seat: SeatKey) -> None:
    """Free a seat. What its holder wrote stays theirs."""

    async def work(store: Store) -> HeldSeat:
        await store.check()
        return await seating.free(store, contract, seat, datetime.now(UTC))

    before = with_store(work)
    tell(f"The seat of {before.name} ({before.party}) in {contract} is free")
