"""A real PostgreSQL of the tests' own: made in a temporary folder, as nobody in particular, gone at the end.

It runs with `fsync=off`: every test that a killed program or a killed server loses nothing stays a true one
(the page cache is the kernel's), and only a power cut, which no test makes, could lose a commit.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import a_free_port

HOW = (
    "no PostgreSQL found: apt-get install postgresql, or set POSTGRES_BIN to the folder of initdb and pg_ctl;"
    " the tests on PostgreSQL did not run"
)
OWNER = "tests"  # a plain role: the program must never need more
_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "60",
}
_INITDB = ("--encoding=UTF8", "--no-locale", "--no-sync", "--username=postgres", "--auth=scram-sha-256")


def find() -> Path | None:
    """The folder of PostgreSQL's programs: POSTGRES_BIN, the newest of Debian's, or the PATH's."""
    named = os.environ.get("POSTGRES_BIN")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("pg_ctl")
    wanted = [Path(named)] if named else [*reversed(versions), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in wanted if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


class Cluster:
    """A running PostgreSQL server; `address` says how to reach one of its databases as the plain role."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._ctl = ("-w", "-s", "-D", str(self._data), "-l", str(folder / "log"))
        self._password = secrets.token_hex(8)
        self.templates: set[str] = set()  # databases that are filled, to be copied
        self._made = 0
        self.port = 0

    def address(self, database: str) -> str:
        return f"postgresql://{OWNER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster and start it on a free port of loopback."""
        word = self._folder / "password"
        word.write_text(self._password)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            for path in (self._folder, word):
                os.chown(path, _account().pw_uid, _account().pw_gid)
        self._run("initdb", *_INITDB, f"--pwfile={word}", "-D", str(self._data))
        with a_free_port() as free:
            self.port = free.getsockname()[1]
        settings = {**_FAST, "port": str(self.port), "unix_socket_directories": f"'{self._folder}'"}
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        self._run("pg_ctl", *self._ctl, "start")
        self.say(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{self._password}'")

    def stop(self) -> None:
        """Stop at once, as a crash would: nothing flushed, no goodbye to who is connected."""
        self._run("pg_ctl", *self._ctl, "-m", "immediate", "stop")

    def crash(self) -> None:
        """Die and come back."""
        self.stop()
        self._run("pg_ctl", *self._ctl, "start")

    def say(self, statement: str, database: str = "postgres") -> str:
        """One statement of the superuser, and what it answers."""
        command = ("psql", "-XqAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database)
        return self._run(*command, "-v", "ON_ERROR_STOP=1", "-c", statement)

    def create(self, name: str = "", like: str = "template0") -> str:
        """The address of a new database of the plain role, empty or as the database `like` is."""
        self._made += 1
        name = name or f"t{self._made}"
        self.say(f"CREATE DATABASE {name} TEMPLATE {like} OWNER {OWNER}")
        return self.address(name)

    def drop(self, address: str) -> None:
        """Drop a database, whoever still holds it."""
        self.say(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")

    def _run(self, program: str, *words: str) -> str:
        account = _account().pw_name if os.geteuid() == 0 else None
        with (self._folder.parent / f"{self._folder.name}.out").open("w+") as said:  # a pipe would wait for the server
            done = subprocess.run(
                [str(self._programs / program), *words],
                env={**os.environ, "PGPASSWORD": self._password, "LC_ALL": "C.UTF-8"},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                user=account,
                group=account and _account().pw_gid,
                extra_groups=[] if account else None,
            )
            said.seek(0)
            answer = said.read()
        assert done.returncode == 0, f"{program}: {answer}"
        return answer.strip()


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


_UNTIL_THE_END = """
cat
server=$(head -n 1 "$0/cluster/data/postmaster.pid") && kill -QUIT "$server"
for _ in $(seq 100); do kill -0 "$server" || break; sleep 0.1; done
rm -rf "$0"
"""


@contextmanager
def running(programs: Path) -> Iterator[Cluster]:
    """A cluster from start to stop, its folder removed, also when the tests are killed: a watcher outlives them."""
    folder = Path(tempfile.mkdtemp(prefix="entente-postgres-"))
    folder.chmod(0o755)
    (folder / "cluster").mkdir(mode=0o700)
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", _UNTIL_THE_END, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        cluster = Cluster(programs, folder / "cluster")
        cluster.start()
        yield cluster
    finally:
        watcher.communicate()
