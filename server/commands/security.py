"""`entente security list`: who came in, who was turned away, whose rights changed."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from server.commands.terminal import show, with_store
from server.domain.people.security import SecurityEvent, SecurityKind
from server.store import security
from server.store.engine import Store

commands = typer.Typer(no_args_is_help=True, help="The security journal.")


@commands.callback()
def journal() -> None:
    """The security journal."""


@commands.command(name="list")
def list_command(
    since: Annotated[datetime | None, typer.Option(help="Only what happened from then on (UTC).")] = None,
    kind: Annotated[SecurityKind | None, typer.Option(help="Only events of that kind.")] = None,
    most: Annotated[int, typer.Option(min=1, help="At most so many, the last ones.")] = 1000,
) -> None:
    """The events of the security journal, the oldest first: when (UTC), what, who (a number), where, and how."""

    async def work(store: Store) -> list[SecurityEvent]:
        await store.check()
        async with store.reading() as session:
            after = since.replace(tzinfo=UTC) if since else None
            return await security.events(session, since=after, kind=kind, most=most)

    show(("At", "Kind", "Person", "Provider", "Contract", "Details"), (_row(one) for one in with_store(work)))


def _row(one: SecurityEvent) -> tuple[str, ...]:
    person = "" if one.person_id is None else str(one.person_id)
    details = " ".join(f"{name}={value}" for name, value in one.details.items())
    return one.at.isoformat(timespec="seconds"), one.kind, person, one.provider, one.contract_id, details
