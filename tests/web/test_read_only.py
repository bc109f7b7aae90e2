"""A database that takes no more: nobody is told saved, everybody reads; what was typed is kept once it does again."""

import pytest

from collab import wire
from collab.peer import HangUp
from server.store.engine import Store
from tests.factories import PH
from tests.web.site import Site
from tests.web.test_live import FREE, Tab, log_size, section

pytestmark = pytest.mark.anyio


def say(store: Store, pragma: str) -> None:
    """Say something to the connection that adds rows, in its thread."""
    adder = store._adder
    assert adder is not None
    adder._thread.submit(adder._drop).result()  # back to the pool of one
    adder._thread.submit(lambda: adder._engine.raw_connection().cursor().execute(f"PRAGMA {pragma}")).result()


async def test_a_database_that_becomes_read_only_is_read_and_loses_nothing(site: Site) -> None:
    name = await section(site, FREE)
    ars, partner = await site.signed_in("camille-authier"), await site.signed_in("elodie-maugin")
    async with ars.socket(PH) as a:
        tab = Tab(a)
        await tab.open(name)
        say(site.parts.store, "query_only=ON")
        lines, told = await log_size(site), len(tab.saved)
        await a.send(wire.update(name, tab.edit("Perdu ? ")))
        await tab.until(lambda: a.close_code is not None)
        assert (a.close_code, tab.saved[told:]) == (HangUp.RESTARTING, [])
    assert await log_size(site) == lines
    assert "Lorsque" in (await partner.get(f"/contracts/{PH}")).text
    async with partner.socket(PH) as r:
        reader = Tab(r)
        await reader.open(name)
        assert reader.words.startswith("Lorsque")
    say(site.parts.store, "query_only=OFF")
    async with ars.socket(PH) as again:
        tab.connection = again
        await tab.open(name)
        await tab.until(lambda: len(tab.saved) > told and tab.saved[-1])
    assert "Perdu ? Lorsque" in (await partner.get(f"/contracts/{PH}")).text
