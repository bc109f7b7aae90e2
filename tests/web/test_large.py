"""The large contract: sound, imported, read, exported like any other, within the bounds of the live engine."""

from collections.abc import Sequence

import pytest

from collab.rooms import CEILING_BYTES
from server.contract_files.exporting import export_contract
from server.contract_files.importing import import_contract
from server.domain.texts import text
from server.store import contracts
from server.store.engine import Store
from server.store.updates import UpdateLog
from tests import large
from tests.factories import PH

pytestmark = pytest.mark.anyio
SHAPES = (1, large.SECTIONS)


SOURCES = {"examples": large.example_texts(), "real articles": large.real_texts()}


@pytest.mark.parametrize("texts", [pytest.param(found, id=name) for name, found in SOURCES.items() if found])
@pytest.mark.parametrize("sections", SHAPES)
async def test_the_large_contract_has_its_size_and_is_imported_and_exported_whole(
    store: Store, texts: Sequence[str], sections: int
) -> None:
    source = large.a_large_file(sections, texts)
    bodies = [text.to_body(node["content"]) for node in source["plan"]]
    assert 390_000 < sum(len(body.encode()) for body in bodies) < 420_000
    assert len(set(bodies)) == len(source["plan"]) == sections
    await import_contract(source, store)
    async with store.reading() as session:
        kept = await contracts.sections(session, PH)
    log = UpdateLog(store)
    states = [line.delta for one in kept for line in await log.lines(one.document)]
    assert 600_000 < sum(map(len, states)) < 700_000
    assert max(map(len, states)) < CEILING_BYTES
    exported = await export_contract(PH, store)
    assert [node["content"] for node in exported["plan"]] == [node["content"] for node in source["plan"]]
