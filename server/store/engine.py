"""The way in to the database: one door to read, one to write, one transaction each time."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, insert, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlmodel import SQLModel

from server.settings import Settings
from server.store.adding import Adder

MIGRATIONS = Path(__file__).parent / "migrations"


class NotMigrated(Exception):
    """The database is not at the program's schema; the remedy is `entente migrate`."""


class AlreadyOwned(Exception):
    """Another process serves this database: a contract lives in one process at a time (decision 0004)."""


class Unreachable(Exception):
    """The database does not answer."""


_DURABLE = {"synchronous_commit": "on"}  # on the disk before it is said, whatever the server's own default
LEASE = 0x456E74656E7465  # "Entente": the number of our advisory lock in a PostgreSQL database


@contextmanager
def _worded() -> Iterator[None]:
    """A connection that cannot be made says what to look at, and not the driver's trace."""
    try:
        yield
    except (OSError, DBAPIError, InvalidRequestError) as failed:
        says = str(getattr(failed, "orig", failed)).splitlines()[0][:200]
        raise Unreachable(f"the database does not answer ({says}): check ENTENTE_DATABASE_URL") from failed


class Store:
    """The database of one process.

    SQLite has a single writer at a time, whose transactions begin by taking the write lock, and reads beside it
    (WAL). In SQLite (`synchronous=FULL`) as in PostgreSQL
    (`synchronous_commit=on`), every commit is on the disk before it is said.
    """

    def __init__(self, settings: Settings) -> None:
        self._sqlite = settings.sqlite_path
        self._lock: TextIOWrapper | None = None
        self._lease: AsyncConnection | None = None
        self._writing = asyncio.Lock()
        self._adder: Adder | None = None
        if self._sqlite is None:
            address = settings.database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
            self._writer = create_async_engine(
                address.replace("sslmode=", "ssl="),
                pool_pre_ping=True,
                connect_args={"server_settings": _DURABLE},
                hide_parameters=True,
            )
            self._reader = self._writer.execution_options(isolation_level="REPEATABLE READ")
        else:
            self._sqlite.parent.mkdir(parents=True, exist_ok=True)
            self._reader = _sqlite(self._sqlite, begin="BEGIN", pool_size=4)
            self._writer = _sqlite(self._sqlite, begin="BEGIN IMMEDIATE", pool_size=1)
            adding = create_engine(f"sqlite:///{self._sqlite}", pool_size=1, max_overflow=0, hide_parameters=True)
            _speak_sqlite(adding, begin="BEGIN IMMEDIATE")
            self._adder = Adder(adding)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that sees one committed state of the database."""
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, forgotten when it raises."""
        async with AsyncExitStack() as stack:
            if self._adder is not None:
                await stack.enter_async_context(self._writing)
            session = await stack.enter_async_context(AsyncSession(self._writer, expire_on_commit=False))
            async with session.begin():
                yield session

    async def add(self, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows in one transaction of their own: what every edit waits for, so with as little as it takes."""
        if self._adder is None:
            async with self._writer.begin() as connection:
                await connection.execute(insert(table), rows)
            return
        async with self._writing:
            await self._adder.add(table, rows)

    async def migrate(self) -> None:
        """Bring the schema to this program's version; does nothing when it is there already.

        Raises:
            Unreachable: the database does not answer.
        """
        with _worded():
            async with self._writer.begin() as connection:
                await connection.run_sync(lambda sync: command.upgrade(_alembic(sync), "head"))

    async def check(self) -> None:
        """Answer whether the database can serve.

        Raises:
            NotMigrated: its schema is not this program's.
            Unreachable: it does not answer.
        """
        with _worded():
            async with self._reader.connect() as connection:
                at = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
        wanted = _newest()
        if at != wanted:
            raise NotMigrated(f"the database is at schema {at}, this program needs {wanted}: run `entente migrate`")

    async def own(self) -> None:
        """Take the database for this process until `close`.

        Raises:
            AlreadyOwned: another process has it.
            Unreachable: it does not answer.
        """
        taken = self._lock_file(self._sqlite) if self._sqlite else await self._lock_server()
        if not taken:
            where = self._sqlite or "this database"
            raise AlreadyOwned(f"another entente already serves {where}: stop it, or give this one its own database")

    def _lock_file(self, path: Path) -> bool:
        lock = path.with_name(path.name + ".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    async def _lock_server(self) -> bool:
        """An advisory lock of PostgreSQL lasts as long as the connection that took it."""
        with _worded():
            lease = await self._writer.connect()
            asked = await lease.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEASE})
            await lease.commit()
        if not asked.scalar_one():
            await lease.close()
            return False
        self._lease = lease
        return True

    async def close(self) -> None:
        """Close every connection and let another process own the database."""
        if self._lease is not None:
            await self._lease.close()
        await self._reader.dispose()
        await self._writer.dispose()
        if self._adder is not None:
            self._adder.close()
        if self._lock is not None:
            self._lock.close()


@cache
def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _sqlite(path: Path, *, begin: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", pool_size=pool_size, max_overflow=0, pool_timeout=60, hide_parameters=True
    )
    _speak_sqlite(engine.sync_engine, begin=begin)
    return engine


def _speak_sqlite(engine: Engine, *, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _alembic(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
