"""Is the database there, this program's, safe from others, and does it keep what it says it kept?"""

import os
import sqlite3
import stat
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anyio import to_thread
from sqlalchemy import text

from server.doctor.bench import Bench, Looking
from server.doctor.findings import BAD, WARNING, Check, Finding
from server.settings import LOOPBACK
from server.store import tables
from server.store.engine import NotMigrated, Unreachable

OLDEST_POSTGRESQL: Final = 13
STEPS: Final = 10_000  # of SQLite between two looks at the clock
INTEGRITY_S: Final = 15.0  # a longer reading is left to the operator
DATABASE: Final = Check(
    "database",
    "whether it answers, its version, its schema",
    {
        "no file": (BAD, "check ENTENTE_DATABASE_URL (four slashes for an absolute path); `entente migrate` makes it"),
        "does not answer": (BAD, "start the database, and check ENTENTE_DATABASE_URL"),
        "another schema": (BAD, "make a copy, stop the server, run `entente migrate`, start it"),
        "too old": (BAD, "move to PostgreSQL 13 or newer"),
    },
)
RIGHTS: Final = Check(
    "database rights",
    "what the account of the program may do in it, and who else may read its file",
    {
        "superuser": (BAD, "ALTER ROLE … NOSUPERUSER NOCREATEROLE NOCREATEDB: it only has to own its database"),
        "cannot write": (BAD, "give the account of the program its tables or its file and folder back"),
        "others may read it": (BAD, "chmod 0600 the file and 0750 its folder, owned by the account of the program"),
        "in the clear": (
            BAD,
            "another machine's database is reached over TLS: add ?sslmode=verify-full to its address",
        ),
    },
)
KEPT: Final = Check(
    "database safety",
    "whether a commit survives a power cut, and the file is whole",
    {
        "may lose commits": (BAD, "switch on in postgresql.conf what is named, then restart it"),
        "damaged": (BAD, "stop the server, keep the file, and go back to the last copy (docs/howto/deploy.md)"),
        "not read whole": (WARNING, "run `PRAGMA integrity_check` on a copy: it takes longer than the doctor waits"),
    },
)


async def _look(bench: Bench) -> list[Finding]:
    path = bench.settings.sqlite_path
    if bench.database is None:
        return [DATABASE.wrong("no file", str(path))]
    try:
        await bench.store.check()
    except NotMigrated as wrong:
        return [DATABASE.wrong("another schema", str(wrong).partition(":")[0])]
    except Unreachable as wrong:
        return [DATABASE.wrong("does not answer", str(wrong).partition("(")[2].partition("):")[0])]
    return await _postgresql(bench) if path is None else await to_thread.run_sync(_sqlite, path, abandon_on_cancel=True)


def _sqlite(path: Path) -> list[Finding]:
    found = [DATABASE.ok(f"SQLite {sqlite3.sqlite_version}, {path}")]
    open_to = [one for one in (path, path.parent) if one.stat().st_mode & stat.S_IWOTH]
    open_to += [path] if path.stat().st_mode & stat.S_IROTH and path.parent.stat().st_mode & stat.S_IXOTH else []
    if open_to:
        found.append(RIGHTS.wrong("others may read it", ", ".join(sorted({str(one) for one in open_to}))))
    elif not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        found.append(RIGHTS.wrong("cannot write", str(path)))
    else:
        found.append(RIGHTS.ok("its own account's, and nobody else's"))
    return [*found, _whole(path)]


def _whole(path: Path) -> Finding:
    with closing(sqlite3.connect(path, timeout=2.0)) as connection:
        end = time.monotonic() + INTEGRITY_S
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.OperationalError as failed:
            return KEPT.wrong("not read whole", str(failed))
        except sqlite3.DatabaseError as failed:
            return KEPT.wrong("damaged", str(failed))
    if said != "ok" or dangling:
        return KEPT.wrong("damaged", ascii(said)[:120] if said != "ok" else f"a row of {dangling[0]} refers to nothing")
    return KEPT.ok("read whole")


@dataclass(frozen=True)
class Served:
    """What a PostgreSQL server says of itself and of our account."""

    version: str
    number: int
    is_mighty: bool
    address: str
    is_tls: bool
    off: tuple[str, ...]
    shut: tuple[str, ...]


async def _postgresql(bench: Bench) -> list[Finding]:
    async with bench.store.reading() as session:
        names = sorted(tables.ContractRow.metadata.tables)
        row = (await session.execute(text(_ASKED), {"names": names})).one()
    version, number, is_mighty, address, is_tls, off, shut = row
    return judged(Served(version, number, is_mighty, address, is_tls, tuple(off), tuple(shut)))


def judged(served: Served) -> list[Finding]:
    """What is to be said of a PostgreSQL server."""
    said = f"PostgreSQL {served.version}"
    is_old = served.number < OLDEST_POSTGRESQL * 10_000
    found = [DATABASE.wrong("too old", said) if is_old else DATABASE.ok(said)]
    is_open = served.address not in ("", *LOOPBACK) and not served.is_tls
    rights = [RIGHTS.wrong("superuser", "its account may more than its own database needs")] if served.is_mighty else []
    rights += [RIGHTS.wrong("cannot write", ", ".join(served.shut))] if served.shut else []
    rights += [RIGHTS.wrong("in the clear", served.address)] if is_open else []
    found += rights or [RIGHTS.ok("a plain account, which may write what it must")]
    off = ", ".join(served.off)
    return [*found, KEPT.wrong("may lose commits", off) if off else KEPT.ok("commits are on the disk")]


_ASKED: Final = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int,
  rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,
  coalesce(host(inet_server_addr()), ''),
  coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
  ARRAY(SELECT name::text FROM pg_settings
        WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'
           OR name = 'synchronous_commit' AND setting IN ('off', 'local') ORDER BY name),
  ARRAY(SELECT name FROM unnest(CAST(:names AS text[])) AS name
        WHERE NOT coalesce(has_table_privilege(to_regclass(quote_ident(name)), 'INSERT'), false) ORDER BY name)
FROM pg_roles WHERE rolname = current_user
"""
LOOKING: Final = Looking((DATABASE, RIGHTS, KEPT), _look)
