"""`entente admin invite | list | remove`: who administers the platform. They read no contract by it."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from server import settings
from server.administration import appointing
from server.administration.appointing import Made
from server.commands.terminal import show, tell, with_store
from server.domain.people.invitations import USUAL_DAYS
from server.domain.people.mail_addresses import is_address
from server.domain.refusals import NotFound
from server.domain.refusals_of_people import LastAdministrator
from server.domain.sheets import Sheet
from server.providers import providing
from server.providers.providing import ProviderRefused
from server.store.administrators import Appointed
from server.store.engine import Store

commands = typer.Typer(no_args_is_help=True, help="The administrators of the platform.")


@commands.command()
def invite(
    email: Annotated[str, typer.Option(help="Where the link will be sent; it joins nobody.")],
    provider: Annotated[str, typer.Option(help="The provider to sign in with (entente provider list).")],
    days: Annotated[int, typer.Option(min=1, max=30, help="How long the link may be used.")] = USUAL_DAYS,
) -> None:
    """Print a link that serves once: whoever follows it and signs in with the provider administers the platform."""
    chosen = settings.read(os.environ)
    if not is_address(email):
        raise typer.BadParameter(f"{email!r} is no e-mail address", param_hint="--email")

    async def work(store: Store) -> Made:
        await store.check()
        through = await providing.find(store, provider)
        if not through.is_enabled:
            raise ProviderRefused(f"provider {provider!r} is disabled: nobody signs in with it")
        sheet = Sheet({"email": email, "days": str(days), "provider": provider}, "")
        return await appointing.invite(store, None, sheet, [provider], datetime.now(UTC))

    made = with_store(work)
    tell(f"Send this link to {made.email}; it serves once, until {made.expires_at:%Y-%m-%d %H:%M} UTC:")
    sys.stdout.write(f"{chosen.public_url}/invitations/{made.token}\n")


@commands.command(name="list")
def list_command() -> None:
    """The administrators of the platform, the first appointed first."""

    async def work(store: Store) -> list[Appointed]:
        await store.check()
        return await appointing.everyone(store)

    columns = ("Person", "Name", "Since", "Issuer", "Subject")
    show(columns, (_row(one) for one in with_store(work)))


def _row(one: Appointed) -> tuple[str, ...]:
    return str(one.person_id), one.name, f"{one.since:%Y-%m-%d}", one.issuer, one.subject


@commands.command()
def remove(
    person: Annotated[int, typer.Argument(metavar="PERSON", help="Their number (entente admin list).")],
) -> None:
    """Take the administration of the platform from somebody; never from the last one."""

    async def work(store: Store) -> None:
        await store.check()
        await appointing.remove(store, None, person, datetime.now(UTC))

    try:
        with_store(work)
    except NotFound:
        raise typer.BadParameter("they do not administer the platform; see `entente admin list`") from None
    except LastAdministrator:
        raise typer.BadParameter("nobody else does: `entente admin invite` somebody first") from None
    tell(f"Person {person} administers the platform no more.")
