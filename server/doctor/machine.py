"""Does this machine have room, the right time, copies of its data, and secrets that only the program reads?"""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from sqlalchemy import text

from auth.oidc import Provider, SignInRefused
from server.doctor.bench import Bench, Looking, in_a_thread
from server.doctor.findings import BAD, WARNING, Check, Finding
from server.providers import providing
from server.running.secret_keys import sealer
from server.settings import SettingsRefused

MIB: Final = 1024 * 1024
FULL_MIB, SCARCE_MIB = 200, 1024
APART_S: Final = 30.0  # tokens are refused when clocks are a minute apart
CLOCK: Final = Check(
    "clock",
    "the clock of this machine against the providers' and the database's",
    {
        "wrong": (
            BAD,
            "have this machine's clock set from the network (timedatectl set-ntp true); else ask the other side",
        ),
        "nothing to compare with": (WARNING, "see that the clock is set from the network: timedatectl"),
    },
)
DISK: Final = Check(
    "disk",
    "room for the database, or for what this machine writes",
    {
        "full": (BAD, f"make room: under {FULL_MIB} MiB nothing more is kept soon"),
        "scarce": (WARNING, f"make room: there are less than {SCARCE_MIB} MiB"),
    },
)
BACKUPS: Final = Check(
    "backups",
    "the age of ENTENTE_BACKUP_STAMP, or of the newest copy in it",
    {
        "nothing is known": (WARNING, "have the backup touch a file and name it in ENTENTE_BACKUP_STAMP"),
        "none": (BAD, "make a copy now, and see why none is made by itself (docs/howto/deploy.md)"),
        "too old": (BAD, "see why no copy was made since (docs/howto/deploy.md)"),
        "is empty": (BAD, "the newest copy holds nothing: see why, and make one now"),
    },
)
SECRETS: Final = Check(
    "secrets",
    "the keys of ENTENTE_SECRET_KEYS, and the files of secrets: there, and read by the account of the program only",
    {
        "no good key": (BAD, "make one with `entente secret-key`: docs/howto/secrets.md"),
        "cannot be read": (BAD, "check the path, and let the group of the program read it (chgrp entente, chmod 0640)"),
        "others may read it": (BAD, "chmod 0640: everybody on this machine can read it"),
    },
)
ACCOUNT: Final = Check(
    "account",
    "who runs the doctor, and the development flag",
    {
        "runs as root": (WARNING, "run it as the account of the program, or rights are not really tried"),
        "development": (WARNING, "take ENTENTE_DEVELOPMENT out before anybody else comes"),
    },
)


async def _clock(bench: Bench) -> list[Finding]:
    apart: dict[str, float] = {}
    for provider in await providing.known(bench.store):
        told = await _told_by(bench, provider)
        apart |= {} if told is None else {provider.key: told}
    if bench.settings.sqlite_path is None:
        began = time.time()
        async with bench.store.reading() as session:
            said = (await session.execute(text("SELECT extract(epoch FROM clock_timestamp())"))).scalar_one()
        apart["database"] = float(said) - (began + time.time()) / 2
    wrong = {name: seconds for name, seconds in apart.items() if abs(seconds) > APART_S}
    if wrong:
        return [CLOCK.wrong("wrong", _seconds(wrong))]
    return [CLOCK.ok(_seconds(apart)) if apart else CLOCK.wrong("nothing to compare with", "")]


async def _told_by(bench: Bench, provider: Provider) -> float | None:
    """Seconds that a provider's clock is ahead of ours; None when it does not say."""
    began = time.time()
    try:
        answer = await bench.discovery.http.get(provider.discovery_url)
        said = parsedate_to_datetime(answer.headers.get("date", ""))
    except (SignInRefused, ValueError):
        return None
    return (
        said.replace(tzinfo=said.tzinfo or UTC).timestamp() + 0.5 - (began + time.time()) / 2
    )  # it says whole seconds


def _seconds(apart: dict[str, float]) -> str:
    return ", ".join(f"{name} {seconds:+.0f} s" for name, seconds in apart.items())


def _disk(bench: Bench) -> list[Finding]:
    path = bench.settings.sqlite_path
    place = (path.parent if path else Path.cwd()).resolve()
    free = shutil.disk_usage(place).free // MIB
    found = f"{free} MiB free in {place}"
    if free < SCARCE_MIB:
        return [DISK.wrong("full" if free < FULL_MIB else "scarce", found)]
    return [DISK.ok(found)]


def _backups(bench: Bench) -> list[Finding]:
    if not bench.settings.backup_stamp:
        return [BACKUPS.wrong("nothing is known", "")]
    stamp = Path(bench.settings.backup_stamp)
    is_folder = stamp.is_dir()
    copies = [one for one in stamp.iterdir() if one.is_file()] if is_folder else [stamp]
    known = [(one.stat().st_mtime, one) for one in copies if one.exists()]
    if not known:
        return [BACKUPS.wrong("none", str(stamp))]
    at, newest = max(known)
    hours = (time.time() - at) / 3600
    found = f"{newest.name}, {hours:.0f} h old"
    if is_folder and not newest.stat().st_size:
        return [BACKUPS.wrong("is empty", found)]
    return [BACKUPS.ok(found) if hours <= bench.settings.backup_hours else BACKUPS.wrong("too old", found)]


def _secret_files(bench: Bench) -> Iterator[Path]:
    for named in (bench.settings.secret_keys_file, bench.settings.mail_password_file):
        if named:
            yield Path(named)


def _secrets(bench: Bench) -> list[Finding]:
    found = []
    try:
        sealer(bench.settings)
    except SettingsRefused as refused:
        found.append(SECRETS.wrong("no good key", refused.problems[0].partition(";")[0]))
    for file in _secret_files(bench):
        if not os.access(file, os.R_OK):
            found.append(SECRETS.wrong("cannot be read", str(file)))
        elif file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            found.append(SECRETS.wrong("others may read it", str(file)))
    return found or [SECRETS.ok(", ".join(map(str, _secret_files(bench))) or "none in files")]


def _account(bench: Bench) -> list[Finding]:
    found = [ACCOUNT.wrong("runs as root", "")] if os.geteuid() == 0 else []
    found += [ACCOUNT.wrong("development", bench.settings.public_url)] if bench.settings.development else []
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return found or [ACCOUNT.ok(f"number {os.geteuid()}, {at}, log as {bench.settings.log_format}")]


LOOKINGS: Final = (
    Looking((CLOCK,), _clock, reads_database=True),
    Looking((DISK,), in_a_thread(_disk)),
    Looking((BACKUPS,), in_a_thread(_backups)),
    Looking((SECRETS,), in_a_thread(_secrets)),
    Looking((ACCOUNT,), in_a_thread(_account)),
)
