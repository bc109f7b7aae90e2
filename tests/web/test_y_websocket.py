"""Plain npm `y-websocket` under its own path: the same rights, bounds and order as everybody else."""

from collections.abc import AsyncIterator

import pytest
import websockets

from server.store import contracts
from tests.factories import EHPAD, PH
from tests.web.plain import Clients, plain_clients
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio
FREE, AGREED = "s-4-3", "s-preambule"


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    async with plain_clients() as made:
        yield made


async def section(site: Site, key: str, contract_id: str = PH) -> str:
    async with site.parts.store.reading() as session:
        return next(one.document for one in await contracts.sections(session, contract_id) if one.key == key)


async def lines(site: Site, name: str) -> int:
    return len((await site.parts.log.read(name)).lines)


async def test_two_clients_exchange_words_marks_and_maps(site: Site, clients: Clients) -> None:
    name = await section(site, FREE)
    camille, nadege = await site.signed_in("camille-authier"), await site.signed_in("nadege-fournier")
    [anne] = await clients.connect("y-websocket", camille, PH, name)
    [yann] = await clients.connect("y-websocket", nadege, PH, name)
    for one in (anne, yann):
        assert "Lorsque" in (await one.until(lambda found: found["synced"]))["text"]
    await anne.tell("type", words="Gras 😀 ", marks={"strong": {}})
    await yann.until(lambda found: "Gras 😀 " in found["text"])
    await yann.tell("mark", length=4, marks={"link": {"href": "https://ars.example/é", "title": None}})
    await yann.tell("set", name="id", value="autre")
    found = await anne.until(lambda found: found["attributes"].get("id") == "autre")
    assert found["delta"][0] == {
        "insert": "Gras",
        "attributes": {"strong": {}, "link": {"href": "https://ars.example/é", "title": None}},
    }
    await anne.tell("point")
    assert (await yann.until(lambda found: found["pointers"]))["pointers"] == ["Camille Authier"]
    await yann.tell("point")
    assert (await anne.until(lambda found: found["pointers"]))["pointers"] == ["Nadège Fournier"]
    assert (await anne.look())["text"] == (await yann.look())["text"]
    page = (await camille.get(f"/contracts/{PH}")).text
    assert "https://ars.example/é" in page
    writers = {line.author.person for line in (await site.parts.log.read(name)).lines[1:]}
    assert len(writers) == 2  # who wrote what is in the log, as of any other client


async def test_what_a_reader_types_stays_with_the_reader(site: Site, clients: Clients) -> None:
    name, agreed = await section(site, FREE), await section(site, AGREED)
    camille, elodie = await site.signed_in("camille-authier"), await site.signed_in("elodie-maugin")
    [anne] = await clients.connect("y-websocket", camille, PH, name)
    [reader] = await clients.connect("y-websocket", elodie, PH, name)
    [late] = await clients.connect("y-websocket", camille, PH, agreed)
    for one in (anne, reader, late):
        await one.until(lambda found: found["synced"])
    before = await lines(site, name), await lines(site, agreed)
    for one in (reader, late):
        await one.tell("type", words="Rien ")
        await one.tell("point")
    await anne.tell("type", words="Vrai ")
    await reader.until(lambda found: "Vrai " in found["text"])
    found = await anne.look()
    assert ("Rien" in found["text"], found["pointers"]) == (False, [])
    assert (await lines(site, name), await lines(site, agreed)) == (before[0] + 1, before[1])
    assert [(await one.look())["isConnected"] for one in (reader, late)] == [True, True]


async def test_a_refused_update_closes_its_connection_for_good(site: Site, clients: Clients) -> None:
    name = await section(site, FREE)
    camille = await site.signed_in("camille-authier")
    [anne], [yann] = [await clients.connect("y-websocket", camille, PH, name) for _ in range(2)]
    for one in (anne, yann):
        await one.until(lambda found: found["synced"])
    before = await lines(site, name)
    await anne.tell("elsewhere", words="Ailleurs")
    found = await anne.until(lambda found: found["codes"])
    assert (found["codes"], found["comesBack"]) == ([4422], False)
    await yann.tell("type", words="Toujours là ")
    assert (await yann.look())["isConnected"]
    [again] = await clients.connect("y-websocket", camille, PH, name)  # with a fresh copy
    await again.until(lambda found: "Toujours là" in found["text"])
    assert await lines(site, name) == before + 1


async def test_who_may_no_longer_write_is_hung_up_on(site: Site, clients: Clients) -> None:
    name = await section(site, FREE)
    [anne] = await clients.connect("y-websocket", await site.signed_in("camille-authier"), PH, name)
    await anne.until(lambda found: found["synced"])
    async with site.parts.rooms.still(name) as room:
        room.freeze()
    found = await anne.until(lambda found: found["codes"])
    assert (found["codes"], found["comesBack"]) == ([4403], False)


@pytest.mark.parametrize("key", ["another contract's", "unknown", "channel"])
async def test_no_other_document_opens(site: Site, clients: Clients, key: str) -> None:
    name = {
        "another contract's": await section(site, "s-1", EHPAD),
        "unknown": "section:0000000000000000",
        "channel": f"contract:{EHPAD}",
    }[key]
    [anne] = await clients.connect("y-websocket", await site.signed_in("camille-authier"), PH, name)
    found = await anne.until(lambda found: found["codes"])
    assert (found["codes"], found["comesBack"], found["text"]) == ([4403], False, "")


async def refused(browser: Browser, contract_id: str, document: str, origin: str) -> int:
    """The status that a connection is refused with."""
    url = f"{browser.url.replace('http', 'ws', 1)}/contracts/{contract_id}/y/{document}"
    headers = {"Origin": origin, "Cookie": browser.cookie}
    with pytest.raises(websockets.InvalidStatus) as raised:
        async with websockets.connect(url, additional_headers=headers, proxy=None):
            pass
    return raised.value.response.status_code


async def test_the_door_is_that_of_every_page(site: Site) -> None:
    name = await section(site, FREE)
    camille, stranger = await site.signed_in("camille-authier"), await site.signed_in("alex-martin")
    assert await refused(camille, PH, name, "https://evil.example") == 403
    assert await refused(stranger, PH, name, site.url) == 403
    assert await refused(camille, "NO-SUCH-CONTRACT", name, site.url) == 403
    assert await refused(site.browser(), PH, name, site.url) == 403


@pytest.mark.parametrize(
    "frame", [b"", b"\x02", b"\x05\x02{}", b"\x07\x00", b"\x09", b"\x01\x02\x01", b"\x00\x02\x05ab", "a"]
)
async def test_rubbish_closes_its_own_connection(site: Site, frame: bytes | str) -> None:
    browser = await site.signed_in("camille-authier")
    url = f"{site.url.replace('http', 'ws', 1)}/contracts/{PH}/y/{await section(site, FREE)}"
    headers = {"Origin": site.url, "Cookie": browser.cookie}
    async with websockets.connect(url, additional_headers=headers, proxy=None) as connection:
        await connection.send(frame)
        with pytest.raises(websockets.ConnectionClosed):
            async for _ in connection:
                pass
        assert connection.close_code == 4400
