"""How does one speak to the mail server of the settings? Step by step, each failure with its remedy; blocking."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from server.settings import Settings

ANSWER_S = 10.0  # for each answer of the mail server
SHOWN = 120  # characters of the mail server's own words


class MailFailed(Exception):
    """The mail server did not do what was asked: at which step, what was met (never a secret), what to do."""

    def __init__(self, step: str, met: str, remedy: str, code: int = 0) -> None:
        super().__init__(f"{step}: {met}: {remedy}")
        self.step, self.met, self.remedy, self.code = step, met, remedy, code


@contextmanager
def opened(settings: Settings) -> Iterator[smtplib.SMTP]:
    """The mail server, ready to take messages.

    Raises:
        MailFailed: it is not.
    """
    server = connected(settings)
    try:
        secured(server, settings)
        signed_in(server, settings)
        yield server
    finally:
        left(server)


def connected(settings: Settings) -> smtplib.SMTP:
    """The mail server, once it has greeted us.

    Raises:
        MailFailed: nobody answers there, or not as a mail server does.
    """
    where, own = (settings.mail_host, settings.mail_port), _own_name(settings)
    try:
        if settings.mail_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                *where, local_hostname=own, timeout=ANSWER_S, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(*where, local_hostname=own, timeout=ANSWER_S)
        server.ehlo_or_helo_if_needed()
    except ssl.SSLError as failed:
        raise _tls_failed(failed) from failed
    except (OSError, smtplib.SMTPException) as failed:
        remedy = "check ENTENTE_MAIL_HOST, ENTENTE_MAIL_PORT and ENTENTE_MAIL_TLS, and that this machine may call it"
        raise _failed("connection", failed, remedy) from failed
    return server


def secured(server: smtplib.SMTP, settings: Settings) -> None:
    """Have the rest said over TLS, where that begins in the middle.

    Raises:
        MailFailed: the server offers none, or its certificate is not good.
    """
    if settings.mail_tls != "starttls":
        return
    try:
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    except ssl.SSLError as failed:
        raise _tls_failed(failed) from failed
    except (OSError, smtplib.SMTPException) as failed:
        raise _failed("tls", failed, "the server has to offer STARTTLS; ENTENTE_MAIL_TLS=tls is port 465") from failed


def signed_in(server: smtplib.SMTP, settings: Settings) -> None:
    """Say who we are, where the settings name an account.

    Raises:
        MailFailed: the password cannot be read, or the server does not take it.
    """
    if not settings.mail_user:
        return
    remedy = "check ENTENTE_MAIL_USER and its password with the administrator of the mail server"
    try:
        server.login(settings.mail_user, password(settings))
    except smtplib.SMTPResponseException as failed:
        raise MailFailed("sign-in", f"status {failed.smtp_code}", remedy, failed.smtp_code) from None  # it may echo
    except UnicodeError:
        raise MailFailed("sign-in", "a name or password beyond ASCII", "choose another with that server") from None
    except (OSError, smtplib.SMTPException) as failed:
        raise MailFailed("sign-in", type(failed).__name__, remedy) from None


def password(settings: Settings) -> str:
    """The password of the mail account, read now: a changed file counts at the next message.

    Raises:
        MailFailed: its file cannot be read.
    """
    if not settings.mail_password_file:
        return settings.mail_password
    try:
        return Path(settings.mail_password_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as failed:
        remedy = "check ENTENTE_MAIL_PASSWORD_FILE and who may read that file"
        raise MailFailed("password", type(failed).__name__, remedy) from failed


def give(server: smtplib.SMTP, message: EmailMessage, sender: str, to: str) -> None:
    """Have the server take a message.

    Raises:
        MailFailed: it does not take it; step `recipient` when that is about whom it goes to.
    """
    try:
        server.send_message(message, sender, [to])
    except smtplib.SMTPRecipientsRefused as failed:
        code, said = failed.recipients[to]
        raise MailFailed("recipient", f"status {code} {_shown(said)}", "check the address", code) from failed
    except smtplib.SMTPSenderRefused as failed:
        raise _failed("sender", failed, "the account has to be allowed to send as ENTENTE_MAIL_SENDER") from failed
    except (OSError, smtplib.SMTPException) as failed:
        raise _failed("message", failed, "ask the administrator of the mail server why") from failed


def left(server: smtplib.SMTP) -> None:
    """Say goodbye; what was taken stays taken, whatever the answer."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _own_name(settings: Settings) -> str:
    """What we call ourselves: the name people type, without asking the network for another."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    return f"[{host}]" if host.replace(".", "").isdigit() else host


def _tls_failed(failed: ssl.SSLError) -> MailFailed:
    why = getattr(failed, "verify_message", "") or failed.reason or type(failed).__name__
    remedy = "the server needs a certificate of that name from an authority this machine knows; check ENTENTE_MAIL_TLS"
    return MailFailed("tls", why, remedy)


def _failed(step: str, failed: Exception, remedy: str) -> MailFailed:
    if isinstance(failed, smtplib.SMTPResponseException):
        return MailFailed(step, f"status {failed.smtp_code} {_shown(failed.smtp_error)}", remedy, failed.smtp_code)
    return MailFailed(step, f"{type(failed).__name__} {_shown(str(failed))}", remedy)


def _shown(said: str | bytes) -> str:
    """The server's own words, cut, without what a terminal would obey."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return ascii(text)[:SHOWN]
