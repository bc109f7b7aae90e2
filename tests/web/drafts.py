"""Words somebody wrote without a network in a text that is closed now, as their browser keeps them."""

from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from server.domain.contract.sections import Section
from server.domain.texts import text
from server.store import contracts
from tests.factories import PH
from tests.web.site import Site

CLOSED, FREE = "s-preambule", "s-4-3"  # agreed, and free to write in


def address(key: str = CLOSED, contract_id: str = PH) -> str:
    return f"/contracts/{contract_id}/sections/{key}/proposals"


async def section(site: Site, key: str = CLOSED) -> Section:
    async with site.parts.store.reading() as session:
        return next(one for one in await contracts.sections(session, PH) if one.key == key)


async def offline(site: Site, words: str, key: str = CLOSED, *, client: int | None = None) -> bytes:
    """One more paragraph after the committed text, as one Yjs update."""
    room = await site.parts.rooms.room((await section(site, key)).document)
    doc: Doc[Any] = Doc() if client is None else Doc(client_id=client)
    doc.apply_update(await room.whole())
    before = doc.get_state()
    fragment: XmlFragment = doc.get(text.ROOT, type=XmlFragment)
    with doc.transaction():
        paragraph = fragment.children.insert(len(fragment.children), XmlElement("paragraph"))
        paragraph.children.insert(0, XmlText()).insert(0, words)
    return doc.get_update(before)
