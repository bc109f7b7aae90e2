"""Every setting, read once from the environment: its unit, its default, its remedy."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.domain.people.mail_addresses import is_address
from server.setting_words import are_networks, has_port_number, is_zone, normal

PREFIX = "ENTENTE_"
CONFORMITY = ("none", "partial", "full")
FORMATS = ("text", "json")  # of the log
MAIL_TLS = ("starttls", "tls", "none")
Judged = tuple[str, bool, str]  # a setting, whether it is as it has to be, what is wrong otherwise


class SettingsRefused(Exception):
    """Settings that make no sense; `problems` says each one with its remedy."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _setting(default: Any, unit: str, remedy: str) -> Any:
    return field(default=default, repr=unit != "secret", metadata={"unit": unit, "remedy": remedy})


def _number(default: int, low: int, high: int, unit: str, more: str = "") -> Any:
    """A whole number from `low` to `high`; `more` is what its remedy says besides."""
    remedy = f"a whole number from {low} to {high}{more}"
    return field(default=default, metadata={"unit": unit, "remedy": remedy, "range": (low, high)})


@dataclass(frozen=True)
class Settings:
    """How this server runs; `docs/reference/settings.md` is the same list, and a test compares them."""

    public_url: str = _setting(
        "http://127.0.0.1:8000",
        "address",
        "set it to the address people type, such as https://entente.exemple.fr, without a path",
    )
    database_url: str = _setting(
        "sqlite:///var/entente.sqlite",
        "address",
        "use sqlite:///PATH (four slashes for an absolute path) or postgresql://user:password@host/name",
    )
    host: str = _setting("127.0.0.1", "address", "the address to listen on: 127.0.0.1 behind a proxy")
    port: int = _number(8000, 1, 65535, "port")
    development: bool = _setting(False, "yes/no", "yes allows http on this machine only; leave it out in production")
    session_idle_minutes: int = _number(30, 1, 240, "minutes", "; a provider may ask for less")
    session_hours: int = _number(12, 1, 12, "hours", "; a provider may ask for less")
    message_kib: int = _number(1024, 64, 16384, "KiB", ": the largest websocket message")
    queue_kib: int = _number(1024, 256, 65536, "KiB", ": what may wait for a slow browser")
    recheck_seconds: int = _number(20, 1, 60, "seconds", ": how often an open page's rights are read again")
    time_zone: str = _setting(
        "Europe/Paris", "name", "an IANA name, such as Europe/Paris or Indian/Reunion: the hours that pages show"
    )
    section_kib: int = _number(1024, 64, 4096, "KiB", ": the largest text of an article, as Yjs keeps it")
    document_mib: int = _number(10, 1, 50, "MiB", ": the largest document that may be brought into a text")
    page_documents: int = _number(400, 2, 1000, "documents", ": open at once in one page")
    documents: int = _number(4000, 10, 100000, "documents", ": open at once, of everybody")
    connections: int = _number(4000, 10, 50000, "connections", ": open pages, of everybody")
    person_connections: int = _number(100, 2, 10000, "connections", ": open pages of one person, in all contracts")
    pace_messages: int = _number(200, 20, 10000, "messages/s", ": of one page; 20 s of it may come at once")
    pace_kib: int = _number(512, 64, 65536, "KiB/s", ": of one page; 20 s of it may come at once")
    pace_person: int = _number(4, 1, 100, "times", ": the pace of a person over all their pages, in paces of one page")
    patience_seconds: int = _number(
        30, 1, 600, "seconds", ": how long a page that sends too fast is slowed down, then hung up on"
    )
    silent_seconds: int = _number(30, 2, 600, "seconds", ": a page that answers no ping for so long is hung up on")
    opening_seconds: int = _number(30, 2, 600, "seconds", ": a page that opens no document for so long is hung up on")
    request_seconds: int = _number(
        60, 1, 600, "seconds", ": a request that has not come whole after that is hung up on"
    )
    openings: int = _number(600, 20, 100000, "a minute", ": live channels opened from one network address")
    sign_ins: int = _number(120, 5, 100000, "a minute", ": sign-ins begun or ended from one network address")
    reports: int = _number(60, 1, 100000, "a minute", ": browsers' reports from one network address")
    address_connections: int = _number(1000, 10, 50000, "connections", ": open pages of one network address")
    forms: int = _number(240, 10, 100000, "a minute", ": forms sent by one person")
    proposals: int = _number(30, 1, 100000, "a minute", ": proposals made by one person")
    readings: int = _number(
        300, 10, 100000, "a minute", ": histories, past texts, comparisons, drafts, authors; by one person"
    )
    document_readings: int = _number(12, 1, 100000, "a minute", ": documents brought into a text by one person")
    trusted_proxies: str = _setting(
        "127.0.0.0/8, ::1",
        "networks",
        "addresses or networks, separated by commas, whose X-Forwarded-For says where a request comes from",
    )
    metrics_token: str = _setting(
        "", "secret", "20 characters or more that nobody guesses: whoever says them may read /metrics; empty, nobody"
    )
    security_months: int = _number(12, 6, 12, "months", ": how long security events are kept")
    invitation_days: int = _number(
        30, 1, 365, "days", ": how long an invitation that is over is kept, its address included"
    )
    session_days: int = _number(180, 1, 365, "days", ": how long a session that is over is kept, with its last visit")
    secret_keys: str = _setting(
        "",
        "secret",
        "keys made by entente secret-key, separated by commas: the first seals what is kept of secrets, all open it",
    )
    secret_keys_file: str = _setting("", "path", "a file with those keys, one a line, in place of or beside them")
    security_contact: str = _setting(
        "",
        "address",
        "mailto: or https: address to tell of a fault, for /.well-known/security.txt; empty, no such page",
    )
    privacy_file: str = _setting("", "file", "plain text, see docs/howto/notices.md; empty, a notice to be filled in")
    accessibility_file: str = _setting(
        "", "file", "plain text, see docs/howto/notices.md; empty, a statement to be filled in"
    )
    accessibility: str = _setting("none", "word", "none, partial or full: what an audit of this installation found")
    log_format: str = _setting(
        "text", "word", "text (fields a person reads too) or json: how events are written to the log"
    )
    mail_host: str = _setting("", "name", "the mail server that takes our messages; empty, none is sent")
    mail_port: int = _number(587, 1, 65535, "port", "; 465 is usual with ENTENTE_MAIL_TLS=tls")
    mail_tls: str = _setting(
        "starttls", "word", "starttls, tls, or none, which sends no password but to a mail server of this machine"
    )
    mail_sender: str = _setting("", "e-mail", "the address our messages come from, such as entente@exemple.fr")
    mail_user: str = _setting("", "name", "the account at the mail server; empty, we do not sign in there")
    mail_password: str = _setting("", "secret", "of that account; or its file, not both")
    mail_password_file: str = _setting("", "path", "a file with the password of that account, read at each message")
    backup_stamp: str = _setting(
        "", "path", "a file that every good backup touches, or the folder of the copies: `entente doctor` says how old"
    )
    backup_hours: int = _number(26, 1, 8760, "hours", ": how old the last backup may be")
    commit_delay_ms: int = _number(0, 0, 10000, "milliseconds", ": waits before each commit; only for tests")

    @property
    def is_https(self) -> bool:
        """Whether people reach it over TLS."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """Host and port as a browser's Host header says them."""
        return urlsplit(self.public_url).netloc

    @property
    def sqlite_path(self) -> Path | None:
        """The database file, None when the database is a server."""
        prefix = "sqlite:///"
        return Path(self.database_url.removeprefix(prefix)) if self.database_url.startswith(prefix) else None


SHORTEST_TOKEN = 20
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def read(environment: Mapping[str, str], **given: Any) -> Settings:
    """The settings the environment asks for; `given` ones (the command line) come first.

    Raises:
        SettingsRefused: a value that cannot be, or an ENTENTE_ name that is not a setting.
    """
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    problems = [
        f"{name} is not a setting; see docs/reference/settings.md"
        for name in environment
        if name.startswith(PREFIX) and name not in known
    ]
    values: dict[str, Any] = {}
    for name, one in known.items():
        if name in environment and one.name not in given:
            try:
                values[one.name] = _typed(one.type, environment[name])
            except ValueError:
                problems.append(f"{name}={environment[name]!r} cannot be read: {one.metadata['remedy']}")
    values |= given
    values["public_url"] = normal(values.get("public_url", Settings.public_url))
    settings = Settings(**values)
    problems += check(settings)
    if problems:
        raise SettingsRefused(problems)
    return settings


def _typed(kind: object, text: str) -> Any:
    if kind is bool:
        if text.lower() not in _YES_NO:
            raise ValueError(text)
        return _YES_NO[text.lower()]
    return int(text) if kind is int else text.strip()


def check(settings: Settings) -> list[str]:
    """What makes no sense in `settings`: one sentence each, with its remedy."""
    known = {one.name: one.metadata for one in fields(Settings)}
    judged = [*_numbers(settings), *_site(settings), *_words(settings), *_mail(settings)]
    return [
        f"{PREFIX}{name.upper()} {wrong}: {known[name]['remedy']}" for name, is_sound, wrong in judged if not is_sound
    ]


def _numbers(settings: Settings) -> Iterator[Judged]:
    for one in fields(settings):
        low, high = one.metadata.get("range", (0, 0))
        if high:
            value = getattr(settings, one.name)
            yield one.name, low <= value <= high, f"is {value}, outside {low} to {high}"


def _site(settings: Settings) -> list[Judged]:
    """What the address people type has to be: the first thing that it is not."""
    url, address = settings.public_url, urlsplit(settings.public_url)
    is_site = address.hostname and "@" not in address.netloc and has_port_number(address)
    conditions = (
        (is_site and f"{address.scheme}://{address.netloc}" == url, f"is {url!r}, not an address of a site"),
        (address.scheme in ("http", "https"), f"is {url!r}, neither http nor https"),
        (settings.is_https or settings.development, "is http, which only ENTENTE_DEVELOPMENT=yes allows"),
        (settings.is_https or address.hostname in LOOPBACK, "is http on another machine than this one"),
    )
    return [("public_url", False, wrong) for holds, wrong in conditions if not holds][:1]


def _words(settings: Settings) -> list[Judged]:
    """What the other settings that are words have to be."""
    is_database = re.match(r"sqlite:///.+|postgresql://.+", settings.database_url)
    is_open = settings.development and settings.host not in LOOPBACK
    is_long = len(settings.metrics_token) >= SHORTEST_TOKEN or not settings.metrics_token
    is_contact = re.match(r"(mailto:|https://)\S+\Z|\Z", settings.security_contact)
    return [
        ("database_url", bool(is_database), "is not an address of a database"),
        ("host", not is_open, f"is {settings.host!r} with ENTENTE_DEVELOPMENT=yes, open to others"),
        ("metrics_token", is_long, f"has fewer than {SHORTEST_TOKEN} characters"),
        ("trusted_proxies", are_networks(settings.trusted_proxies), f"is {settings.trusted_proxies!r}"),
        ("security_contact", bool(is_contact), "is no such address"),
        ("accessibility", settings.accessibility in CONFORMITY, f"is {settings.accessibility!r}"),
        ("log_format", settings.log_format in FORMATS, f"is {settings.log_format!r}"),
        ("time_zone", is_zone(settings.time_zone), f"is {settings.time_zone!r}, a zone this machine does not know"),
    ]


def _mail(settings: Settings) -> list[Judged]:
    """What a mail server's settings have to be."""
    is_told = bool(settings.mail_password or settings.mail_password_file)
    in_the_open = bool(settings.mail_user) and settings.mail_tls == "none" and settings.mail_host not in LOOPBACK
    sender = settings.mail_sender
    return [
        ("mail_tls", settings.mail_tls in MAIL_TLS, f"is {settings.mail_tls!r}"),
        ("mail_tls", not in_the_open, "is none, with an account on another machine"),
        ("mail_sender", is_address(sender) or not (sender or settings.mail_host), f"is {sender!r}, no address"),
        ("mail_user", bool(settings.mail_user) == is_told, "and its password go together"),
        ("mail_password", not (settings.mail_password and settings.mail_password_file), "is said twice"),
    ]
