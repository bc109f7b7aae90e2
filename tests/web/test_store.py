"""The database: its schema, its promises, its one owner."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import server.store.tables
import server.store.tables_of_people  # noqa: F401 (both make their tables known to the metadata)
from server.contract_files import contract_file
from server.store import people
from server.store.engine import AlreadyOwned, NotMigrated, Store
from server.store.engine import _alembic as alembic_of
from tests import factories
from tests.databases import Databases
from tests.postgres import Cluster

pytestmark = pytest.mark.anyio
both_databases = pytest.mark.both_databases


@both_databases
async def test_migrations_make_exactly_the_tables(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
        return found

    async with store._reader.connect() as connection:
        assert await connection.run_sync(differences) == []


@both_databases
async def test_every_commit_is_on_the_disk(store: Store, engine: str) -> None:
    promises: dict[str, dict[str, object]] = {
        "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2, "PRAGMA foreign_keys": 1},
        "postgresql": {"SHOW synchronous_commit": "on", "SHOW transaction_isolation": "read committed"},
    }
    wanted = promises[engine]
    async with store.writing() as session:
        assert {ask: (await session.execute(text(ask))).scalar_one() for ask in wanted} == wanted


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_commit_outlives_the_crash_of_the_server_and_the_store_comes_back(
    store: Store, cluster: Cluster
) -> None:
    cluster.say("ALTER SYSTEM SET synchronous_commit = off")  # as an administrator in a hurry may have
    cluster.say("SELECT pg_reload_conf()")
    async with store.writing() as session:
        await session.execute(
            text("INSERT INTO person (issuer, subject, name, created_at) VALUES ('i', 's', 'n', '2026-01-01')")
        )
    cluster.crash()
    cluster.say("ALTER SYSTEM RESET synchronous_commit")
    async with store.reading() as session:
        assert (await session.execute(text("SELECT name FROM person"))).scalar_one() == "n"


@both_databases
async def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    async def half_done() -> None:
        async with store.writing() as session:
            await session.execute(
                text("INSERT INTO person (issuer, subject, name, created_at) VALUES ('i', 's', 'n', '2026-01-01')")
            )
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await half_done()
    async with store.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM person"))).scalar_one() == 0


@both_databases
async def test_an_empty_database_is_not_ready_and_the_remedy_is_named(databases: Databases) -> None:
    empty = factories.a_store(databases.empty())
    with pytest.raises(NotMigrated, match="entente migrate"):
        await empty.check()
    await empty.migrate()
    await empty.check()
    await empty.close()


@both_databases
async def test_one_process_owns_a_database(store: Store, database: str) -> None:
    await store.own()
    other = factories.a_store(database)
    with pytest.raises(AlreadyOwned, match="stop it"):
        await other.own()
    await store.close()
    await other.own()
    await other.close()


@both_databases
async def test_what_earlier_contracts_say_of_their_parties_is_read_again_from_their_files(databases: Databases) -> None:
    made = factories.a_store(databases.empty())
    async with made.writing() as session:
        await session.run_sync(lambda sync: command.upgrade(alembic_of(sync.connection()), "0001"))
    source = json.dumps(contract_file.read_data("exemple-cpom-ehpad.json"))
    rows = (
        "INSERT INTO contract VALUES"
        " ('c', 't', 'ehpad_l313_12', 'draft', '2027-01-01', '2031-12-31', 'centime', '2026-01-01')",
        "INSERT INTO party VALUES (1, 'c', 0, 'gestionnaire', 'operator', 'n', 's', true, 'GE', 3)",
    )
    async with made.writing() as session:
        for row in rows:
            await session.execute(text(row))
        await session.execute(text("INSERT INTO contract_file VALUES ('c', :source)"), {"source": source})
    await made.migrate()
    async with made.reading() as session:
        found = (await session.execute(text("SELECT finess_ej, siret, department_code FROM party"))).one()
    assert tuple(found) == ("499990026", "99999020300013", "")
    await made.close()


@both_databases
async def test_a_proposal_and_its_record_are_kept_when_proposals_may_be_about_the_plan(databases: Databases) -> None:
    made = factories.a_store(databases.empty())
    async with made.writing() as session:
        await session.run_sync(lambda sync: command.upgrade(alembic_of(sync.connection()), "0012"))
    rows = (
        "INSERT INTO contract VALUES"
        " ('c', 't', 'ehpad_l313_12', 'draft', '2027-01-01', '2031-12-31', 'centime', '2026-01-01')",
        "INSERT INTO party (id, contract_id, position, key, kind, name, short_name, is_signing, sign, hue)"
        " VALUES (1, 'c', 0, 'gestionnaire', 'operator', 'n', 's', true, 'GE', 3)",
        "INSERT INTO person (id, issuer, subject, name, created_at) VALUES (1, 'i', 's', 'n', '2026-01-01')",
        "INSERT INTO section (id, contract_id, position, key, number, title, kind, is_required, status, mode, revision)"
        " VALUES ('s', 'c', 0, 'k', '1', 't', 'clause', false, 'draft', 'free', 1)",
        "INSERT INTO proposal (id, contract_id, section_id, party_id, person_id, status, base_hash, base_line,"
        " first_hash, created_at) VALUES ('p', 'c', 's', 1, 1, 'tabled', 'h', 0, 'h', '2026-01-01')",
        "INSERT INTO proposal_event (id, proposal_id, person_id, party_id, at, kind, hash, words)"
        " VALUES (7, 'p', 1, 1, '2026-01-01', 'tabled', 'h', '')",
    )
    async with made.writing() as session:
        for row in rows:
            await session.execute(text(row))
    await made.migrate()
    async with made.writing() as session:
        await session.execute(text("INSERT INTO proposed_plan VALUES ('p', '[]', '[]')"))
        await session.execute(text("UPDATE proposal SET section_id = NULL"))
        found = (await session.execute(text("SELECT id, proposal_id FROM proposal_event"))).one()
    assert tuple(found) == (7, "p")
    await made.close()


@both_databases
async def test_a_person_met_twice_at_the_same_instant_is_one_person(store: Store, database: str) -> None:
    other = factories.a_store(database)
    at = datetime.now(UTC)

    async def meet(where: Store) -> int:
        async with where.writing() as session:
            found = await people.person(session, "https://issuer", "sub", "Nadège Fournier", at)
            await asyncio.sleep(0.05)  # not committed yet while the other one looks
            return found

    assert len(set(await asyncio.gather(meet(store), meet(other)))) == 1
    async with store.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM person"))).scalar_one() == 1
    await other.close()
