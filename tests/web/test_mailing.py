"""Messages: they leave over TLS, whole and plain, or whoever asked hears that they did not; nothing else is let in."""

import logging
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import anyio
import pytest

from server import settings
from server.running.mailing import Mail, Outcome
from server.settings import Settings, SettingsRefused
from server.store.engine import Store
from server.store.security import events
from tests.certificates import Authority
from tests.factories import PH, migrate
from tests.mailbox import Mailbox, listening
from tests.web.test_provider_commands import entente

pytestmark = pytest.mark.anyio
TO, PASSWORD = "nadege.fournier@rives-du-layon.exemple.fr", "m0t-de-passe"
DATABASE: list[str] = []
TEXT = "Bonjour,\n\n.Voici le lien :\nhttps://entente.exemple.fr/invitation/a=b\n" + "long " * 300 + "\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    made = Authority(tmp_path_factory.mktemp("mail"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(made.file))
        yield made


@pytest.fixture(autouse=True, scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> None:
    DATABASE[:] = [f"sqlite:///{tmp_path_factory.mktemp('journal')}/entente.sqlite"]
    anyio.run(migrate, DATABASE[0])


@pytest.fixture
def box(authority: Authority) -> Iterator[Mailbox]:
    with listening(Mailbox(context=authority.served("localhost"), account=("entente", PASSWORD))) as made:
        yield made


def through(box: Mailbox, **changes: Any) -> Settings:
    given = {
        "mail_host": "localhost",
        "mail_user": "entente",
        "mail_password": PASSWORD,
        "public_url": "https://entente.exemple.fr",
        **changes,
    }
    return Settings(database_url=DATABASE[0], mail_port=box.port, mail_sender="entente@exemple.fr", **given)


async def sent(
    box: Mailbox, *, to: str = TO, subject: str = "Entente : une invitation de l’ARS", **changes: Any
) -> Outcome:
    """What became of a message, which the journal tells of when it did not leave."""
    settings = through(box, **changes)
    store = Store(settings)
    outcome = await Mail(settings, store).send(to, subject, TEXT, person_id=7, contract_id=PH)
    async with store.reading() as session:
        (*_, last) = [None, *(await events(session))]
    await store.close()
    if outcome not in (Outcome.SENT, Outcome.NOT_CONFIGURED):
        assert last is not None
        assert (last.kind, last.person_id, last.contract_id) == ("mail_failed", 7, PH)
        assert not {TO, to, subject} & {str(value) for value in last.details.values()}
    return outcome


async def test_a_message_arrives_plain_and_whole_and_its_words_travel_over_tls(box: Mailbox) -> None:
    assert await sent(box) == Outcome.SENT
    (message,) = box.messages
    head = {name: message[name] for name in ("From", "To", "Subject", "Auto-Submitted")}
    assert head == {
        "From": "Entente <entente@exemple.fr>",
        "To": TO,
        "Subject": "Entente : une invitation de l’ARS",
        "Auto-Submitted": "auto-generated",
    }
    assert (message.get_content_type(), message.get_content().replace("\r\n", "\n")) == ("text/plain", TEXT)
    assert (message["Message-ID"].endswith("@entente.exemple.fr>"), bool(parsedate_to_datetime(message["Date"]))) == (
        True,
        True,
    )
    assert [line.split(" ")[0] for line in box.said] == [
        "ehlo",
        "STARTTLS",
        "ehlo",
        "AUTH",
        "mail",
        "rcpt",
        "data",
        "quit",
    ]
    assert box.said[0] == "ehlo entente.exemple.fr"


async def test_tls_may_begin_at_once_and_a_relay_of_this_machine_needs_none(authority: Authority) -> None:
    with listening(Mailbox(context=authority.served("localhost"), is_tls_at_once=True)) as box:
        assert await sent(box, mail_tls="tls", mail_user="", mail_password="") == Outcome.SENT
    with listening(Mailbox()) as box:
        assert await sent(box, mail_tls="none", mail_user="", mail_password="") == Outcome.SENT


async def test_the_password_comes_from_a_file_read_at_each_message(box: Mailbox, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    given = {"mail_password": "", "mail_password_file": str(file)}
    assert await sent(box, **given) == Outcome.FAILED
    file.write_text("old\n", encoding="utf-8")
    assert await sent(box, **given) == Outcome.FAILED
    file.write_text("mot-clé\n", encoding="utf-8")
    assert await sent(box, **given) == Outcome.FAILED
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    assert await sent(box, **given) == Outcome.SENT


@pytest.mark.parametrize(
    "to",
    [
        "",
        "nobody",
        "a@b",
        f"{TO}\nBcc: x@y.fr",
        f"{TO}\r\nBcc: x@y.fr",
        f"{TO}, other@exemple.fr",
        "<a@exemple.fr>",
        "a b@exemple.fr",
        "a@exemple.fr>\r\nRCPT TO:<c@exemple.fr",
        "a..b@exemple.fr",
        "a@-exemple.fr",
        "a@exemple.fr\0",
        "é@exemple.fr",
        "a@[127.0.0.1]",
        "a" * 65 + "@exemple.fr",
        f"a@{'b.' * 130}fr",
    ],
)
async def test_what_is_not_one_address_is_refused_before_anything_is_said(box: Mailbox, to: str) -> None:
    assert await sent(box, to=to) == Outcome.UNFIT
    assert box.said == []


@pytest.mark.parametrize("subject", ["a\nBcc: x@y.fr", "a\r\n\r\nb", "a\u2028b", "a\x85b", "a\0", "\ud800"])
async def test_a_subject_is_one_line(box: Mailbox, subject: str) -> None:
    assert await sent(box, subject=subject) == Outcome.UNFIT
    assert box.said == []


async def test_without_a_mail_server_it_is_said_that_nothing_left() -> None:
    assert await sent(Mailbox(), mail_host="") == Outcome.NOT_CONFIGURED


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"": "554 not you"}, Outcome.FAILED),
        ({"STARTTLS": "454 not now"}, Outcome.FAILED),
        ({"AUTH": f"535 {PASSWORD} is wrong"}, Outcome.FAILED),
        ({"MAIL": "550 not your name"}, Outcome.FAILED),
        ({"RCPT": f"550 no {TO} here"}, Outcome.RECIPIENT_REFUSED),
        ({"DATA": "451 full"}, Outcome.FAILED),
        ({".": "554 looks bad"}, Outcome.FAILED),
        ({"EHLO": "rubbish"}, Outcome.FAILED),
        ({"QUIT": "500 stay"}, Outcome.SENT),
    ],
)
async def test_what_the_server_refuses_is_told_and_the_log_names_nobody(
    box: Mailbox, answers: dict[str, str], outcome: Outcome, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    box.answers = answers
    assert await sent(box) == outcome
    assert ("mail not sent" in caplog.text) == (outcome != Outcome.SENT)
    assert [word in caplog.text for word in (TO, PASSWORD, "exemple.fr", "Voici")] == [False] * 4


async def test_no_password_is_said_to_a_server_that_is_not_the_one_meant_or_offers_no_tls(authority: Authority) -> None:
    with listening(Mailbox(context=authority.served("other.exemple.fr"), account=("entente", PASSWORD))) as box:
        assert await sent(box) == Outcome.FAILED
        assert [line.split(" ")[0] for line in box.said] == ["ehlo", "STARTTLS"]
    with listening(Mailbox(account=("entente", PASSWORD))) as box:
        assert await sent(box) == Outcome.FAILED
        assert [line.split(" ")[0] for line in box.said] == ["ehlo", "quit"]
    assert await sent(Mailbox(port=1)) == Outcome.FAILED


async def test_a_server_that_goes_silent_is_given_up(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.running.smtp.ANSWER_S", 0.3)
    box.silent_at = "AUTH"
    assert await sent(box) == Outcome.FAILED
    monkeypatch.setattr("server.running.smtp.ANSWER_S", 2.0)
    monkeypatch.setattr("server.running.mailing.WITHIN_S", 0.1)
    assert await sent(box) == Outcome.FAILED


def test_an_administrator_tries_it(box: Mailbox, tmp_path: Path) -> None:
    given = {
        "ENTENTE_PUBLIC_URL": "https://entente.exemple.fr",
        "ENTENTE_MAIL_HOST": "localhost",
        "ENTENTE_MAIL_PORT": str(box.port),
        "ENTENTE_MAIL_SENDER": "entente@exemple.fr",
        "ENTENTE_MAIL_USER": "entente",
        "ENTENTE_MAIL_PASSWORD": PASSWORD,
    }
    file = tmp_path / "entente.sqlite"
    done = entente(file, "mail", "test", TO, **given)
    assert (done.returncode, f"took the message to {TO}" in done.stderr, len(box.messages)) == (0, True, 1)
    box.answers = {"AUTH": "535 no"}
    refused = entente(file, "mail", "test", TO, **given)
    assert (refused.returncode, "sign-in: status 535: check ENTENTE_MAIL_USER" in refused.stderr) == (1, True)
    assert PASSWORD not in refused.stderr
    none = entente(file, "mail", "test", TO, ENTENTE_PUBLIC_URL="https://entente.exemple.fr")
    assert (none.returncode, "set ENTENTE_MAIL_HOST" in none.stderr) == (1, True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"HOST": "smtp.exemple.fr"}, "ENTENTE_MAIL_SENDER is '', no address"),
        ({"SENDER": "Entente <a@exemple.fr>"}, "no address"),
        ({"TLS": "maybe"}, "ENTENTE_MAIL_TLS is 'maybe'"),
        ({"USER": "entente"}, "ENTENTE_MAIL_USER and its password go together"),
        ({"PASSWORD": "x"}, "ENTENTE_MAIL_USER and its password go together"),
        ({"USER": "u", "PASSWORD": "x", "PASSWORD_FILE": "/x"}, "ENTENTE_MAIL_PASSWORD is said twice"),
        (
            {"HOST": "smtp.exemple.fr", "USER": "u", "PASSWORD": "x", "TLS": "none"},
            "with an account on another machine",
        ),
        ({"PORT": "0"}, "outside 1 to 65535"),
    ],
)
def test_mail_settings_that_make_no_sense_are_refused(given: dict[str, str], says: str) -> None:
    environment = {f"ENTENTE_MAIL_{name}": value for name, value in given.items()}
    with pytest.raises(SettingsRefused) as refused:
        settings.read({"ENTENTE_PUBLIC_URL": "https://entente.exemple.fr", **environment})
    assert says in str(refused.value)


def test_a_secret_is_not_in_what_settings_look_like() -> None:
    assert [
        word in repr(Settings(mail_password=PASSWORD, metrics_token="t" * 20)) for word in (PASSWORD, "t" * 20)
    ] == [
        False,
        False,
    ]
