"""A text is read from its snapshot; the record of who wrote what stays whole."""

import pytest

from collab import wire
from server.domain.texts import text
from server.live.remembering import Past
from tests.factories import PH
from tests.waiting import until
from tests.web.site import Site
from tests.web.test_live import FREE, Tab, section

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]


async def test_a_compacted_text_opens_from_its_snapshot_as_it_was_and_keeps_its_record_and_its_owners(
    site: Site,
) -> None:
    name, rooms, log = await section(site, FREE), site.parts.rooms, site.parts.log
    nadege, camille = await site.signed_in("nadege-fournier"), await site.signed_in("camille-authier")
    async with nadege.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        for words in ("Un. ", "Deux. ", "Trois. "):
            assert await tab.heard_back(wire.update(name, tab.edit(words)))
    shown, lines = await rooms.made(name, text.to_body), await log.lines(name)
    room = await rooms.room(name)
    await until(lambda: not room.attendances)  # the server has no event for a browser that left
    await rooms.compact(lines=0)
    rooms.close_idle(idle_s=-1)
    kept = await log.read(name)
    assert (list(kept.lines), await log.lines(name)) == ([], lines)
    assert kept.snapshot is not None
    assert await rooms.made(name, text.to_body) == shown
    assert await rooms.room(name) is not room

    first = (await log.marks(name))[0].number
    assert "Trois." not in await Past(log).html(name, first)
    async with camille.socket(PH) as connection:
        thief = Tab(connection)
        await thief.open(name)
        thief.doc = type(thief.doc)(client_id=tab.doc.client_id)  # somebody else's number
        thief.doc.apply_update(kept.snapshot.state)
        thief.fragment = thief.doc.get(text.ROOT, type=type(thief.fragment))
        assert not await thief.heard_back(wire.update(name, thief.edit("Volé. ")))
    assert await rooms.made(name, text.to_body) == shown
    async with nadege.socket(PH) as connection:  # and who comes back writes on
        tab = Tab(connection)
        await tab.open(name)
        assert await tab.heard_back(wire.update(name, tab.edit("Quatre. ")))
    assert len((await log.read(name)).lines) == 1
