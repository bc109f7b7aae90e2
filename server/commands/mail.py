"""`entente mail test ADDRESS`: does a message leave?"""

import asyncio
import os
from typing import Annotated

import typer

from server import settings
from server.commands.terminal import tell
from server.domain.refusals import N_
from server.running.mailing import deliver, in_every_language
from server.running.smtp import MailFailed

commands = typer.Typer(no_args_is_help=True, help="The messages that Entente sends.")
SUBJECT = N_("Entente : message d’essai")
TEXT = N_(
    "Ce message d’essai a été demandé par l’administrateur d’Entente, à l’adresse {address}. "
    "Il n’appelle aucune réponse."
)


@commands.callback()
def group() -> None:
    """A group of commands, even of one."""


@commands.command()
def test(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom to write to.")]) -> None:
    """Send a message, through what ENTENTE_MAIL_… say; status 1, and the reason, when it does not leave."""
    chosen = settings.read(os.environ)
    if not chosen.mail_host:
        raise MailFailed("settings", "no mail server", "set ENTENTE_MAIL_HOST; docs/howto/deploy.md says what else")
    asyncio.run(deliver(chosen, address, SUBJECT, in_every_language(TEXT, address=chosen.public_url)))
    tell(f"{chosen.mail_host} took the message to {address}: look whether it arrives, and where")
