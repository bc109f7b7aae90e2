"""What goes in comes out: across the two databases after edits, and whatever happened to the file."""

import copy
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlFragment
from sqlalchemy import text as sql

from collab import document
from collab.log import Author, Line
from server.contract_files import contract_file
from server.contract_files.exporting import export_contract
from server.contract_files.importing import import_contract
from server.domain.refusals import FileRefused
from server.domain.texts import text
from server.store import contracts
from server.store.engine import Store
from server.store.updates import UpdateLog
from tests import factories
from tests.databases import Databases, Files, Served
from tests.factories import SAMPLES, a_file, a_store, dump
from tests.postgres import Cluster

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
EDITED = "s-preambule"


@pytest.fixture
async def elsewhere(engine: str, cluster: Cluster, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty database of the other engine: another machine's."""
    served = Served(cluster)
    databases: Databases = served if engine == "sqlite" else Files(tmp_path)
    made = a_store(await databases.like("migrated", factories.migrate))
    yield made
    await made.close()
    served.drop()


async def live(store: Store, name: str) -> Doc[Any]:
    """A section's live document, read back from the log."""
    found: Doc[Any] = Doc()
    for line in await UpdateLog(store).lines(name):
        found.apply_update(line.delta)
    return found


async def edit(store: Store, contract_id: str) -> None:
    """Type in a section and change the facts that can change already."""
    async with store.reading() as session:
        sections = {one.key: one for one in await contracts.sections(session, contract_id)}
    doc = await live(store, sections[EDITED].document)
    before = doc.get_state()
    paragraph: Any = doc.get(text.ROOT, type=XmlFragment).children[0]
    paragraph.children[0].insert(0, "Écrit ici, 😀. ")
    delta = doc.get_update(before)
    await UpdateLog(store).append([Line(sections[EDITED].document, delta, Author(), datetime.now(UTC))])
    async with store.writing() as session:
        await session.execute(sql("UPDATE contract SET title = 'Autre titre', state = 'consultation'"))
        await session.execute(sql(f"UPDATE section SET title = 'Préambule revu' WHERE key = '{EDITED}'"))


async def facts(store: Store, contract_id: str) -> list[Any]:
    """The contract, its parties, people, establishments, sections and texts, without the numbers of the database."""
    async with store.reading() as session:
        sections = await contracts.sections(session, contract_id)
        parties = await contracts.parties(session, contract_id)
        return [
            await contracts.contract(session, contract_id),
            [replace(one, id=0) for one in parties],
            [replace(one, id=0, party_id=0) for one in await contracts.members(session, contract_id)],
            [replace(one, id=0) for one in await contracts.establishments(session, contract_id)],
            [replace(one, id="", parent_id=None) for one in sections],
            [text.without_ids(document.read(await live(store, one.document), text.ROOT)) for one in sections],
        ]


@pytest.mark.parametrize("name", SAMPLES)
async def test_edited_and_taken_to_the_other_engine_it_is_the_same_contract(
    store: Store, elsewhere: Store, name: str
) -> None:
    done = await import_contract(a_file(name), store)
    await edit(store, done.contract_id)
    exported = await export_contract(done.contract_id, store)
    assert exported != a_file(name)
    assert exported["plan"][0]["body"].startswith("Écrit ici, 😀. ")
    carried = contract_file.parse(json.dumps(exported, ensure_ascii=False).encode())
    await import_contract(carried, elsewhere)
    assert await export_contract(done.contract_id, elsewhere) == exported
    assert await facts(elsewhere, done.contract_id) == await facts(store, done.contract_id)


Step = tuple[Any, ...]
BUILT = ("contract", "parties", "people", "establishments", "plan", "schema_version")
WORDS = st.sampled_from(["", "a\0b", "\ud800", "é" * 600, "2027-02-30", "s-1", "ars", "ßß", "00 ", " "])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | WORDS, inner, max_size=3),
    max_leaves=6,
)


def _steps(value: Any, path: Step = ()) -> Iterator[Step]:
    if path:
        yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from _steps(value[key], (*path, key))


EVERYWHERE = list(_steps(a_file(SAMPLES[1])))
PLACES = st.sampled_from([path for path in EVERYWHERE if path[0] in BUILT]) | st.sampled_from(EVERYWHERE)
MUTATIONS = st.lists(
    st.tuples(st.sampled_from(["drop", "retype", "round", "duplicate", "swap"]), PLACES, PLACES, ANYTHING),
    min_size=1,
    max_size=3,
)


def _at(source: Any, path: Step) -> Any:
    for step in path:
        source = source[step]
    return source


def _mutate(source: Any, kind: str, path: Step, other: Step, value: Any) -> None:
    """One accident to a file; a place that an accident before took away is left alone."""
    try:
        parent, key = _at(source, path[:-1]), path[-1]
        before = parent[key]
        if kind == "drop":
            del parent[key]
        elif kind == "retype":
            parent[key] = value
        elif kind == "round" and isinstance(before, int | float):
            parent[key] = float(before)
        elif kind == "duplicate" and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(before))
        elif kind == "swap":
            there = _at(source, other[:-1])
            parent[key], there[other[-1]] = copy.deepcopy(there[other[-1]]), copy.deepcopy(before)
    except (KeyError, IndexError, TypeError):
        pass


@pytest.mark.parametrize("many", [60, pytest.param(2000, marks=pytest.mark.long)])
async def test_any_accident_to_a_file_is_refused_whole_or_comes_back_as_it_went_in(store: Store, many: int) -> None:
    files: list[tuple[list[Any], Any]] = []

    @settings(max_examples=many, suppress_health_check=list(HealthCheck))
    @given(MUTATIONS)
    def collect(mutations: list[Any]) -> None:
        source = a_file(SAMPLES[1])
        source["contract"]["id"] = f"M{len(files)}"
        for mutation in mutations:
            _mutate(source, *mutation)
        files.append((mutations, source))

    collect()
    before = await dump(store)
    for mutations, made in files:
        problems: list[tuple[str, str]] = []
        try:
            source = contract_file.parse(json.dumps(made).encode())
            done = await import_contract(source, store)
        except FileRefused as refused:
            problems = refused.problems
        if problems:
            assert all(path and what for path, what in problems), mutations
            assert await dump(store) == before, mutations
        else:
            assert await export_contract(done.contract_id, store) == source, mutations
            before = await dump(store)
