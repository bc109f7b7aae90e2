"""How does a message reach a person? In plain text, through the mail server of the settings, or it is said to fail.

Whoever asks hears the outcome and shows it (`SAYS`); nothing may depend on a message alone, so what it holds (the
link of an invitation) is also shown on the page.
"""

import logging
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import anyio
from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from server.domain.people.mail_addresses import is_address, is_one_line
from server.domain.people.security import SecurityKind
from server.domain.refusals import N_
from server.running import smtp
from server.running.smtp import MailFailed
from server.settings import Settings
from server.store import security
from server.store.engine import Store
from server.wording.languages import languages

WITHIN_S: Final = 25.0  # of a person's patience; the thread that goes on is bounded by its own answers
AT_ONCE: Final = 4  # messages on their way at the same time
security_log = logging.getLogger("entente.security")


class Outcome(StrEnum):
    """What became of a message."""

    SENT = "sent"
    NOT_CONFIGURED = "not-configured"
    UNFIT = "unfit"
    RECIPIENT_REFUSED = "recipient-refused"
    FAILED = "failed"


SAYS: Final[dict[Outcome, str]] = {
    Outcome.SENT: N_("Le courriel est parti."),
    Outcome.NOT_CONFIGURED: N_("Aucun courriel n’est parti : cette plateforme n’en envoie pas."),
    Outcome.UNFIT: N_("Aucun courriel n’est parti : l’adresse ou l’objet n’a pas la forme attendue."),
    Outcome.RECIPIENT_REFUSED: N_("Aucun courriel n’est parti : le serveur de messagerie refuse cette adresse."),
    Outcome.FAILED: N_(
        "Le courriel n’a pas pu être envoyé. Si cela se répète, donnez l’heure de l’essai à l’administrateur de la "
        "plateforme."
    ),
}


class Mail:
    """The way out for messages; one for the whole application."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._places = anyio.CapacityLimiter(AT_ONCE)

    @property
    def is_configured(self) -> bool:
        """Whether messages go out at all."""
        return bool(self._settings.mail_host)

    async def send(
        self, to: str, subject: str, text: str, *, person_id: int | None = None, contract_id: str = ""
    ) -> Outcome:
        """Send `text` to one address, and say what became of it; the journal has the step and no address."""
        if not self.is_configured:
            return Outcome.NOT_CONFIGURED
        try:
            await deliver(self._settings, to, subject, text, places=self._places)
        except MailFailed as failed:
            await self._note(failed, person_id, contract_id)
            return {"recipient": Outcome.RECIPIENT_REFUSED, "form": Outcome.UNFIT}.get(failed.step, Outcome.FAILED)
        return Outcome.SENT

    async def _note(self, failed: MailFailed, person_id: int | None, contract_id: str) -> None:
        told = {"step": failed.step, "code": failed.code}
        security_log.warning("mail not sent: step %(step)s, status %(code)s", told)
        try:
            async with self._store.writing() as session:
                await security.note(
                    session,
                    SecurityKind.MAIL_FAILED,
                    at=datetime.now(UTC),
                    person_id=person_id,
                    contract_id=contract_id,
                    step=failed.step,
                    code=failed.code,
                )
        except SQLAlchemyError:
            security_log.warning("mail_failed could not be written to the security journal")


async def deliver(
    settings: Settings, to: str, subject: str, text: str, *, places: anyio.CapacityLimiter | None = None
) -> None:
    """Send `text` to one address.

    Raises:
        MailFailed: it was not taken; step `form` when it was not even tried.
    """
    message = _message(settings, to, subject, text)

    def work() -> None:
        with smtp.opened(settings) as server:
            smtp.give(server, message, settings.mail_sender, to)

    with anyio.move_on_after(WITHIN_S):
        await to_thread.run_sync(work, abandon_on_cancel=True, limiter=places)
        return
    raise MailFailed("time", f"no answer in {WITHIN_S:.0f} s", "see why the mail server is slow")


def in_every_language(sentence: str, /, **fields: Any) -> str:
    """A text for somebody whose language nobody knows: French first."""
    return "\n\n---\n\n".join(language.say(sentence, **fields) for language in languages().values()) + "\n"


def _message(settings: Settings, to: str, subject: str, text: str) -> EmailMessage:
    if not (is_address(to) and is_one_line(subject)):
        raise MailFailed("form", "an address or a subject that is none", "write one address, and a subject of one line")
    message = EmailMessage(SMTP)
    message["From"] = f"Entente <{settings.mail_sender}>"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.public_url).hostname)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers to it
    message.set_content(text, cte="quoted-printable")
    return message
