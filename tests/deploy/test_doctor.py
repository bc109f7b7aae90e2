"""`entente doctor`: a sound deployment is called sound, and each thing broken in turn is named with its remedy."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio
import pytest

from auth.oidc import Discovery, Http, Provider
from auth.sealing import DEMO_KEY, new_key
from server.doctor import database, examining, live, machine, notices, partners, proxy, site, tls
from server.doctor.bench import Bench, Looking
from server.doctor.findings import Finding, Level
from server.providers import providing
from server.running.secret_keys import sealer
from server.settings import Settings
from server.store import administrators, people
from server.store.engine import Store
from tests.certificates import Authority
from tests.deploy.fronts import Other, in_front, is_here
from tests.mailbox import Mailbox, listening
from tests.missing import lacks
from tests.ports import a_free_port
from tests.postgres import OWNER, Cluster
from tests.test_docs import rows
from tests.waiting import comes, is_up
from tests.web.published import published
from tests.web.test_provider_commands import entente

pytestmark = pytest.mark.anyio
PASSWORD = "m0t-de-passe"


@dataclass
class Deployment:
    """A server, a web server with TLS in front of it, a provider, a mail server, and what a doctor is given."""

    folder: Path
    settings: Settings
    plain_port: int
    authority: Authority
    issuer: str
    box: Mailbox

    def front(self, *mistake: str, host: str = "127.0.0.1", days: int = 30, by: Authority | None = None) -> Any:
        """The web server of the page, with one mistake in its file or another certificate."""
        folder = self.folder / f"front{time.monotonic_ns()}"
        folder.mkdir()
        certificate = (by or self.authority).sign(host, days=days)
        other = Other(certificate, self.plain_port, (mistake[0], mistake[1]) if mistake else ("", ""))
        port = int(self.settings.public_url.rpartition(":")[2])
        return in_front("nginx", folder, port=port, behind=self.settings.port, other=other)

    def bench(self, **changes: Any) -> Bench:
        """What the doctor is given, with other settings."""
        settings = replace(self.settings, **changes)
        path = settings.sqlite_path
        store = Store(settings) if path is None or path.exists() else None
        return Bench(settings, store, Discovery(Http(loopback_http=True)), self.plain_port)


def environment(settings: Settings) -> dict[str, str]:
    """The settings that are not the usual ones, as a shell says them."""
    usual = Settings()
    given = {name: getattr(settings, name) for name in vars(usual) if getattr(settings, name) != getattr(usual, name)}
    return {f"ENTENTE_{name.upper()}": str(value) for name, value in given.items()}


@contextmanager
def serving(settings: Settings) -> Iterator[None]:
    """`entente serve`, as its own process."""
    given = {**os.environ, **environment(settings)}
    command = [sys.executable, "-m", "server", "serve"]
    with subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            assert comes(lambda: is_up(f"http://127.0.0.1:{settings.port}/readyz"), within_s=120)
            yield
        finally:
            process.terminate()


def a_port() -> int:
    with a_free_port() as free:
        port: int = free.getsockname()[1]
        return port


def a_provider(issuer: str, **changes: Any) -> Provider:
    given = {"key": "ars", "label": "ARS", "client_id": "entente", "client_secret": "s3cret", **changes}
    return Provider(issuer=issuer, discovery_url=f"{issuer}/.well-known/openid-configuration", **given)


async def keep(settings: Settings, provider: Provider) -> None:
    store = Store(settings)
    await store.migrate()
    now = datetime.now(UTC)
    await providing.keep(store, provider, sealer(settings), None, now, is_to_replace=True)
    async with store.writing() as session:
        person = await people.person(session, provider.issuer, "administrator", "Alex Martin", now)
        await administrators.appoint(session, person, now, None)
    await store.close()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment as docs/howto/deploy.md says it, on this machine, without the web server in front."""
    if not is_here("nginx"):
        lacks("nginx is not on this machine: apt-get install nginx")
    folder = tmp_path_factory.mktemp("doctor")
    folder.chmod(0o700)
    authority = Authority(folder)
    secrets = {name: folder / name for name in ("keys", "mail.secret", "backup.stamp")}
    notice = folder / "notice.txt"
    notice.write_text("# Données personnelles\n\nCe que l’exploitant en dit.\n", encoding="utf-8")
    for file, said in zip(secrets.values(), (new_key(), PASSWORD, ""), strict=True):
        file.write_text(said, encoding="utf-8")
        file.chmod(0o600)
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("SSL_CERT_FILE", str(authority.file))
        issuer = stack.enter_context(published())
        box = Mailbox(context=authority.served("localhost"), account=("entente", PASSWORD))
        stack.enter_context(listening(box))
        settings = Settings(
            public_url=f"https://127.0.0.1:{a_port()}",
            port=a_port(),
            database_url=f"sqlite:///{folder}/entente.sqlite",
            secret_keys_file=str(secrets["keys"]),
            mail_host="localhost",
            mail_port=box.port,
            mail_sender="entente@exemple.fr",
            mail_user="entente",
            mail_password_file=str(secrets["mail.secret"]),
            backup_stamp=str(secrets["backup.stamp"]),
            privacy_file=str(notice),
            accessibility_file=str(notice),
            security_contact="mailto:securite@exemple.fr",
        )
        anyio.run(keep, settings, a_provider(issuer))
        stack.enter_context(serving(settings))
        yield Deployment(folder, settings, a_port(), authority, issuer, box)


async def looked(bench: Bench, looking: Looking | None = None) -> list[Finding]:
    try:
        return await (looking.look(bench) if looking else examining.examine(bench))
    finally:
        if bench.database is not None:
            await bench.database.close()


def wrong(found: list[Finding]) -> set[tuple[str, str]]:
    """The check and the problem of each finding that is not right."""
    return {(one.check, one.found.partition(":")[0]) for one in found if one.level is not Level.OK}


ROOT = {("account", "runs as root")} if os.geteuid() == 0 else set()


async def test_a_sound_deployment_is_called_sound_and_no_secret_is_told(sound: Deployment) -> None:
    with sound.front():
        found = await looked(sound.bench())
        assert wrong(found) == ROOT, found
        assert {one.check for one in found} | {"settings", "any check"} == {one.name for one in examining.checks()}
        given = {**environment(sound.settings), "ENTENTE_DEVELOPMENT": "yes"}  # for the provider on this machine
        database_url = given.pop("ENTENTE_DATABASE_URL")
        typed = partial(entente, database_url, "doctor", **given)
        done = await anyio.to_thread.run_sync(typed)
        told = await anyio.to_thread.run_sync(partial(entente, database_url, "doctor", "--json", **given))
    assert (done.returncode, "0 to mend" in done.stderr) == (0, True), done.stderr
    assert "ok      tls: 127.0.0.1, TLSv1.3, 29 days left" in done.stderr
    said = json.loads(told.stdout)
    assert (told.returncode, said["sound"], len(said["findings"])) == (0, True, len(found) + len(ROOT))
    assert [word in done.stderr + told.stdout for word in (PASSWORD, "s3cret")] == [False, False]
    assert not [line for line in sound.box.said if line.lower().startswith(("mail ", "rcpt ", "data"))]


NGINX = {  # a mistake in the web server's file: what stands there, what stands there instead, and what is wrong then
    "host": (
        "proxy_set_header Host $http_host;",
        "",
        {("public address", "another host"), ("host and origin", "Host is changed")},
    ),
    "upgrade": ("proxy_set_header Upgrade $http_upgrade;", "", {("live channel", "not passed on")}),
    "no websockets": (
        "location / {",
        "location / { if ($http_upgrade) { return 403; }",
        {("live channel", "turned away")},
    ),
    "origin": (
        "proxy_http_version 1.1;",
        "proxy_http_version 1.1; proxy_set_header Origin $scheme://$http_host;",
        {("host and origin", "Origin is changed")},
    ),
    "removed": (
        "server_tokens off;",
        "server_tokens off; proxy_hide_header Strict-Transport-Security;",
        {("headers", "missing")},
    ),
    "twice": (
        "server_tokens off;",
        "server_tokens off; add_header Referrer-Policy no-referrer always;",
        {("headers", "changed")},
    ),
    "talks": ("server_tokens off;", "", {("headers", "tells its version")}),
    "cookie": (
        "server_tokens off;",
        "server_tokens off; proxy_cookie_flags ~ nosecure nohttponly samesite=none;",
        {("cookies", "changed")},
    ),
    "forms": ("server_tokens off;", "if ($request_method = POST) { return 405; }", {("cookies", "not sent")}),
    "believed": ("X-Forwarded-For $remote_addr", "X-Real-IP $remote_addr", {("caller", "believes anybody")}),
    "unsaid": ("X-Forwarded-For $remote_addr", 'X-Forwarded-For ""', {("caller", "not said")}),
    "elsewhere": (
        "location / {",
        "location = /healthz { return 200 hello; } location / {",
        {("public address", "another site")},
    ),
    "failing": ("location / {", "location = /sign-in { return 500; } location / {", {("public address", "no page")}),
    "clear": ("return 301", "return 200 hello; return 301", {("plain http", "answers in the clear")}),
    "astray": ("return 301 https", "return 301 http", {("plain http", "sends people elsewhere")}),
}
OUTSIDE = (*site.LOOKINGS[1:], live.LOOKING, proxy.LOOKING, tls.LOOKING)


async def from_outside(bench: Bench) -> set[tuple[str, str]]:
    found = [one for looking in OUTSIDE for one in await looking.look(bench)]
    if bench.database is not None:
        await bench.database.close()
    assert all(one.remedy for one in found if one.level is not Level.OK)
    return wrong(found)


@pytest.mark.parametrize("mistake", NGINX)
async def test_a_mistake_in_the_web_server_is_named(sound: Deployment, mistake: str) -> None:
    before, after, told = NGINX[mistake]
    front = sound.front(before, after)
    await anyio.to_thread.run_sync(front.__enter__)
    try:
        assert told <= await from_outside(sound.bench())
    finally:
        front.__exit__(None, None, None)


CERTIFICATES: dict[str, tuple[dict[str, Any], str]] = {
    "old": ({"days": -1}, "has expired"),
    "old soon": ({"days": 10}, "expires soon"),
    "of another": ({"host": "entente.invalid"}, "another name"),
}


@pytest.mark.parametrize("which", CERTIFICATES)
async def test_a_certificate_that_browsers_would_not_take_is_named(sound: Deployment, which: str) -> None:
    given, told = CERTIFICATES[which]
    with sound.front(**given):
        assert wrong(await looked(sound.bench(), tls.LOOKING)) == {("tls", told)}


async def test_an_authority_that_nobody_knows_is_named_and_so_is_a_web_server_that_is_not_there(
    sound: Deployment, tmp_path: Path
) -> None:
    with sound.front(by=Authority(tmp_path)):
        assert wrong(await looked(sound.bench(), tls.LOOKING)) == {("tls", "unknown authority")}
    assert await from_outside(sound.bench()) == {
        ("tls", "not reached"),
        ("public address", "not reached"),
        ("live channel", "not reached"),
        ("caller", "no answer"),
    }
    plain = sound.bench(public_url=f"https://127.0.0.1:{sound.settings.port}")
    assert wrong(await looked(plain, tls.LOOKING)) == {("tls", "not accepted")}


async def test_the_server_itself_is_knocked_at(sound: Deployment) -> None:
    looking = site.LOOKINGS[0]
    assert wrong(await looked(sound.bench(port=a_port()), looking)) == {("server", "does not answer")}
    assert wrong(await looked(sound.bench(host="0.0.0.0"), looking)) == {("server", "is open to others")}
    elsewhere = int(sound.issuer.rpartition(":")[2])
    assert wrong(await looked(sound.bench(port=elsewhere), looking)) == {("server", "is something else")}


async def test_in_development_plain_http_is_only_something_to_know(sound: Deployment) -> None:
    settings = replace(sound.settings, public_url=f"http://127.0.0.1:{a_port()}", development=True)
    settings = replace(settings, port=int(settings.public_url.rpartition(":")[2]))
    settings = replace(settings, database_url=f"sqlite:///{sound.folder}/development.sqlite")
    await keep(settings, a_provider(sound.issuer))
    with serving(replace(settings, trusted_proxies="192.0.2.1", openings=20)):
        told = wrong(await looked(sound.bench(**vars(settings))))
        assert told == ROOT | {("tls", "plain http"), ("account", "development"), ("caller", "not believed")}
        other_keys = sound.bench(**{**vars(settings), "secret_keys": new_key(), "secret_keys_file": ""})
        assert wrong(await looked(other_keys, proxy.LOOKING)) == {("caller", "no answer")}
        often = [wrong(await looked(sound.bench(**vars(settings)), live.LOOKING)) for _ in range(25)]
        assert (often[0], often[-1]) == (set(), {("live channel", "wait")})
        with sqlite3.connect(sound.folder / "development.sqlite") as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.close()
        assert wrong(await looked(sound.bench(**vars(settings)), site.LOOKINGS[0])) == {("server", "is not ready")}


async def test_a_server_that_still_runs_the_former_version_is_named(
    sound: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.web.witness.installed", lambda: "9.9")
    with sound.front():
        assert wrong(await looked(sound.bench(), proxy.LOOKING)) == {("version", "another runs")}


def copied(sound: Deployment, name: str) -> Path:
    """A copy of the database, in a folder of its own."""
    folder = sound.folder / name
    folder.mkdir(mode=0o700)
    with sqlite3.connect(sound.folder / "entente.sqlite") as connection:
        connection.execute("VACUUM INTO ?", (str(folder / "copy.sqlite"),))
    connection.close()
    (folder / "copy.sqlite").chmod(0o600)
    return folder / "copy.sqlite"


async def of_file(sound: Deployment, path: Path) -> set[tuple[str, str]]:
    return wrong(await looked(sound.bench(database_url=f"sqlite:///{path}"), database.LOOKING))


async def test_what_is_wrong_with_a_database_file_is_named(sound: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    path = copied(sound, "files")
    assert await of_file(sound, path) == set()
    path.chmod(0o644)
    assert await of_file(sound, path) == set(), "its folder is shut"
    path.parent.chmod(0o755)
    assert await of_file(sound, path) == {("database rights", "others may read it")}
    path.parent.chmod(0o700)
    monkeypatch.setattr("server.doctor.database.INTEGRITY_S", -1.0)
    monkeypatch.setattr("server.doctor.database.STEPS", 1)
    assert await of_file(sound, path) == {("database safety", "not read whole")}
    monkeypatch.undo()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO contract_file (contract_id, source) VALUES ('NONE', '{}')")
    connection.close()
    assert await of_file(sound, path) == {("database safety", "damaged")}
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    assert await of_file(sound, path) == {("database", "another schema")}
    path.write_bytes(b"not a database" * 1000)
    assert await of_file(sound, path) == {("database", "does not answer")}
    missing = path.parent / "none" / "entente.sqlite"
    found = await looked(sound.bench(database_url=f"sqlite:///{missing}"))
    assert wrong(found) >= {("database", "no file"), ("any check", "waits for the database")}
    assert not missing.parent.exists(), "a doctor makes nothing"


async def test_a_database_file_that_may_not_be_written_is_named(
    sound: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may write everywhere, so the answer of the system is given here."""
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    assert await of_file(sound, sound.folder / "entente.sqlite") == {("database rights", "cannot write")}


async def test_what_is_wrong_with_a_postgresql_server_is_named(cluster: Cluster, sound: Deployment) -> None:
    address = cluster.create()
    settings = replace(sound.settings, database_url=address)
    await keep(settings, a_provider(sound.issuer))
    unsafe = {("database safety", "may lose commits")}  # the tests' server does without fsync, and it shows

    async def told() -> set[tuple[str, str]]:
        return wrong(await looked(sound.bench(database_url=address), database.LOOKING))

    assert await told() == unsafe
    assert wrong(await looked(sound.bench(database_url=address), machine.LOOKINGS[0])) == set()
    cluster.say(f"ALTER ROLE {OWNER} SUPERUSER")
    try:
        assert await told() == unsafe | {("database rights", "superuser")}
    finally:
        cluster.say(f"ALTER ROLE {OWNER} NOSUPERUSER")
    cluster.say(f"REVOKE INSERT ON person FROM {OWNER}", address.rpartition("/")[2])
    assert await told() == unsafe | {("database rights", "cannot write")}
    cluster.drop(address)
    assert await told() == {("database", "does not answer")}
    far = database.Served("12.4", 120004, False, "192.0.2.7", is_tls=False, off=(), shut=())
    assert wrong(database.judged(far)) == {("database", "too old"), ("database rights", "in the clear")}
    assert wrong(database.judged(replace(far, number=130000, is_tls=True))) == set()


async def test_a_clock_that_is_wrong_is_named_by_whoever_says_another_time(sound: Deployment, tmp_path: Path) -> None:
    given = {"database_url": f"sqlite:///{tmp_path}/clock.sqlite"}
    with published(ahead_s=90.0) as issuer:
        await keep(replace(sound.settings, database_url=given["database_url"]), a_provider(issuer))
        (found,) = await looked(sound.bench(**given), machine.LOOKINGS[0])
    assert wrong([found]) == {("clock", "wrong")}
    assert found.found in ("wrong: ars +89 s", "wrong: ars +90 s", "wrong: ars +91 s")
    assert wrong(await looked(sound.bench(**given), machine.LOOKINGS[0])) == {("clock", "nothing to compare with")}


async def test_copies_that_are_missing_old_or_empty_are_named(sound: Deployment, tmp_path: Path) -> None:
    async def told(stamp: Path | str) -> set[tuple[str, str]]:
        return wrong(await looked(sound.bench(backup_stamp=str(stamp)), machine.LOOKINGS[2]))

    assert await told("") == {("backups", "nothing is known")}
    assert await told(tmp_path / "none") == await told(tmp_path) == {("backups", "none")}
    copy = tmp_path / "copy.sqlite"
    copy.touch()
    assert await told(tmp_path) == {("backups", "is empty")}
    copy.write_bytes(b"a copy")
    assert await told(tmp_path) == await told(copy) == set()
    os.utime(copy, (time.time() - 27 * 3600,) * 2)
    assert await told(tmp_path) == await told(copy) == {("backups", "too old")}


async def test_a_disk_that_fills_up_is_named(sound: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    free = shutil.disk_usage(sound.folder).free // machine.MIB
    for full, scarce, told in (
        (0, 0, set()),
        (0, 2 * free, {("disk", "scarce")}),
        (2 * free, 2 * free, {("disk", "full")}),
    ):
        monkeypatch.setattr("server.doctor.machine.FULL_MIB", full)
        monkeypatch.setattr("server.doctor.machine.SCARCE_MIB", scarce)
        assert wrong(await looked(sound.bench(), machine.LOOKINGS[1])) == told


async def test_secrets_that_others_read_or_nobody_are_named(sound: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "secret"

    async def told() -> set[tuple[str, str]]:
        return wrong(await looked(sound.bench(mail_password_file=str(file)), machine.LOOKINGS[3]))

    assert await told() == {("secrets", "cannot be read")}
    file.write_text(PASSWORD, encoding="utf-8")
    file.chmod(0o640)
    assert await told() == set()
    file.chmod(0o644)
    assert await told() == {("secrets", "others may read it")}
    file.chmod(0o600)
    guessed = sound.bench(secret_keys=DEMO_KEY, mail_password_file=str(file))
    assert wrong(await looked(guessed, machine.LOOKINGS[3])) == {("secrets", "no good key")}


async def test_what_the_operator_has_not_said_is_named(sound: Deployment, tmp_path: Path) -> None:
    async def told(**changes: str) -> set[tuple[str, str]]:
        return wrong(await looked(sound.bench(**changes), notices.LOOKING))

    assert await told() == set()
    assert await told(privacy_file="") == await told(security_contact="") == {("notices", "not filled in")}
    ours = files("server") / "data" / "privacy.fr.txt"  # what comes with the program, kept as it is
    assert await told(privacy_file=str(ours)) == {("notices", "not filled in")}
    assert await told(privacy_file=str(tmp_path / "none")) == {("notices", "cannot be read")}


async def test_a_mail_server_that_does_not_take_us_is_named(sound: Deployment) -> None:
    async def told(**changes: Any) -> set[tuple[str, str]]:
        return wrong(await looked(sound.bench(**changes), partners.LOOKINGS[0]))

    assert await told(mail_host="") == {("mail", "none")}
    assert await told(mail_port=1) == {("mail", "does not take us")}
    sound.box.answers = {"AUTH": "535 no"}
    assert await told() == {("mail", "does not take us")}
    sound.box.answers = {}
    assert await told() == set()
    with listening(Mailbox()) as open_:
        away = {
            "mail_host": "0",
            "mail_tls": "none",
            "mail_user": "",
            "mail_port": open_.port,
        }  # this machine, otherwise said
        assert await told(**away) == {("mail", "in the clear")}


async def test_a_provider_that_would_not_work_is_named(sound: Deployment, tmp_path: Path) -> None:
    given = {"database_url": f"sqlite:///{tmp_path}/providers.sqlite"}
    settings = replace(sound.settings, database_url=given["database_url"])

    async def told(**changes: Any) -> set[tuple[str, str]]:
        return wrong(await looked(sound.bench(**given, **changes), partners.LOOKINGS[1]))

    store = Store(settings)
    await store.migrate()
    await store.close()
    assert await told() == {("provider", "none")}
    assert wrong(await looked(sound.bench(**given), partners.LOOKINGS[2])) == {("administrators", "none")}
    await keep(settings, a_provider(sound.issuer, algorithm="RS256"))
    assert await told() == {("provider", "would not work")}
    await keep(settings, a_provider(sound.issuer, is_enabled=False))
    assert await told() == {("provider", "is switched off")}
    await keep(settings, a_provider(sound.issuer))
    assert await told() == set()
    other = {"secret_keys": new_key(), "secret_keys_file": ""}
    assert await told(**other) == {("provider", "its secret cannot be opened")}


async def test_a_check_that_breaks_or_hangs_leaves_the_others_alone(
    sound: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sound.front():
        broken = replace(sound.bench(), discovery=None)  # type: ignore[arg-type]
        assert wrong(await looked(broken)) == ROOT | {("any check", "could not look")}
        monkeypatch.setattr("server.doctor.examining.WITHIN_S", 3.0)
        sound.box.silent_at = "AUTH"
        began = time.monotonic()
        assert wrong(await looked(sound.bench())) == ROOT | {("any check", "took too long")}
        assert time.monotonic() - began < 8.0
        sound.box.silent_at = ""


def test_settings_that_make_no_sense_are_findings_too(tmp_path: Path) -> None:
    given = {"ENTENTE_PUBLIC_URL": "rien", "ENTENTE_COLOUR": "blue"}
    done = entente(tmp_path / "none.sqlite", "doctor", "--json", **given)
    said = json.loads(done.stdout)
    assert (done.returncode, said["sound"], {one["check"] for one in said["findings"]}) == (1, False, {"settings"})
    assert "set it to the address people type" in done.stdout


def test_every_check_is_documented_with_all_that_can_be_wrong_and_what_to_do() -> None:
    looks = [row for row in rows("doctor.md") if len(row) == 2][1:]
    assert looks == [[one.name, one.looks_at] for one in examining.checks()]
    told = [row for row in rows("doctor.md") if len(row) == 4][1:]
    assert told == [
        [one.name, problem, level.value, remedy]
        for one in examining.checks()
        for problem, (level, remedy) in one.problems.items()
    ]
