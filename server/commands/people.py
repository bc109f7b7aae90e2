"""`entente people forget | retention`: personal data that is erased, asked for or old."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from server import settings
from server.commands.terminal import plain, tell, with_store
from server.people import forgetting
from server.people.forgetting import ForgetRefused, Known
from server.running import retention
from server.running.retention import Purged
from server.store.engine import Store

commands = typer.Typer(no_args_is_help=True, help="The personal data of the people who use Entente.")


@commands.command()
def forget(
    issuer: Annotated[str, typer.Argument(metavar="ISSUER|NUMBER", help="Their issuer, or their number here.")],
    subject: Annotated[str | None, typer.Argument(metavar="SUBJECT", help="Their `sub` at that issuer.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
) -> None:
    """Erase a person: name, subject, addresses, sessions; what they did stays under a number. It cannot be undone."""

    async def look(store: Store) -> Known:
        await store.check()
        return await forgetting.known(store, issuer, subject)

    found = with_store(look)
    if found.is_forgotten:
        raise ForgetRefused(f"person {found.number} was forgotten already")
    _say(found)
    if not yes and not (sys.stdin.isatty() and typer.confirm("Erase?")):
        raise ForgetRefused("nothing was erased: say --yes")

    async def work(store: Store) -> str:
        return await forgetting.forget(store, found.number, datetime.now(UTC))

    tell(f"Erased. Person {found.number} is called {with_store(work)} from now on.")


def _say(found: Known) -> None:
    seats = ", ".join(f"{contract} {seat}" for contract, seat in found.seats) or "none"
    tell(f"Person {found.number}: {plain(found.name)} ({found.issuer})")
    tell(f"  seats to be freed and renamed, their mandates ended: {seats}")
    tell(f"  sessions to be ended and erased: {found.sessions}; invitations to be erased: {found.invitations}")
    if found.is_administrator:
        tell("  administers the platform: no more")
    tell("  kept: the number with what it wrote and did, acts and mandates as recorded, proofs, texts, imported files")


@commands.command(name="retention")
def retention_command() -> None:
    """Forget what has been over for as long as the settings say; a server does so every day by itself."""
    chosen = settings.read(os.environ)

    async def work(store: Store) -> Purged:
        await store.check()
        return await retention.purge(store, chosen, datetime.now(UTC))

    purged = with_store(work)
    tell(f"Forgotten: {purged.invitations} invitations, {purged.sessions} sessions")
