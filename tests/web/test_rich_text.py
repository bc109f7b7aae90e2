"""What comes in as rich text goes out as known nodes, by whatever way it came: a file, a live edit, a proposal."""

import copy
from typing import Any

import pytest
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import wire
from server.contract_files.importing import import_contract
from server.domain.refusals import FileRefused
from server.domain.texts import text
from server.store.engine import Store
from tests.factories import PH, a_file, dump
from tests.web.drafts import CLOSED, FREE, address, section
from tests.web.site import Site
from tests.web.test_live import Tab

pytestmark = pytest.mark.anyio
EVIL = "javascript:alert(1)"
LINK = {"type": "text", "text": "ici", "marks": [{"type": "link", "attrs": {"href": EVIL}}]}
ACTING = {"type": "paragraph", "attrs": {"onclick": "alert(1)"}, "content": [{"type": "text", "text": "x"}]}


@pytest.mark.parametrize(
    "node",
    [
        {"type": "script", "content": [{"type": "text", "text": "alert(1)"}]},
        {"type": "image", "attrs": {"src": "https://evil.example/pixel.png"}},
        {"type": "iframe", "attrs": {"src": "https://evil.example"}},
        {"type": "html", "attrs": {"html": "<script>alert(1)</script>"}},
        {"type": "paragraph", "content": [LINK]},
        ACTING,
    ],
    ids=["script", "remote image", "frame", "raw HTML", "link that runs", "attribute that runs"],
)
async def test_a_file_with_what_is_no_text_of_ours_is_refused_whole(store: Store, node: dict[str, Any]) -> None:
    file = copy.deepcopy(a_file())
    file["plan"][0]["content"] = {"type": "doc", "content": [node]}
    before = await dump(store)
    with pytest.raises(FileRefused) as refused:
        await import_contract(file, store)
    assert any("content" in path for path, _ in refused.value.problems)
    assert await dump(store) == before


def hostile(doc: Doc[Any], tag: str, attributes: dict[str, str], link: str = "") -> bytes:
    """One more element after a text, as one update of a client that obeys no schema."""
    before = doc.get_state()
    fragment: XmlFragment = doc.get(text.ROOT, type=XmlFragment)
    with doc.transaction():
        element = fragment.children.insert(len(fragment.children), XmlElement(tag))
        for name, value in attributes.items():
            element.attributes[name] = value
        words = element.children.insert(0, XmlText())
        words.insert(0, "cliquez", {"link": {"href": link}} if link else None)
    return doc.get_update(before)


SENT = [
    ("script", {}, ""),
    ("image", {"src": "https://evil.example/pixel.png"}, ""),
    ("iframe", {"src": "https://evil.example"}, ""),
    ("paragraph", {"onclick": "alert(1)"}, ""),
    ("paragraph", {"style": "position:fixed;inset:0"}, ""),
    ("paragraph", {}, EVIL),
    ("paragraph", {}, "data:text/html,<script>alert(1)</script>"),
]


@pytest.mark.parametrize(("tag", "attributes", "link"), SENT, ids=[f"{one[0]} {one[1]} {one[2][:4]}" for one in SENT])
async def test_no_client_puts_into_a_page_what_runs_or_calls_elsewhere(
    site: Site, tag: str, attributes: dict[str, str], link: str
) -> None:
    ars = await site.signed_in("camille-authier")
    name = (await section(site, FREE)).document
    async with ars.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        copy_of_it: Doc[Any] = Doc()
        copy_of_it.apply_update(tab.doc.get_update())
        await connection.send(wire.update(name, hostile(copy_of_it, tag, attributes, link)))
        heard = len(tab.saved)
        await tab.until(lambda: len(tab.saved) > heard or connection.close_code is not None)
    room = await site.parts.rooms.room((await section(site, CLOSED)).document)
    closed: Doc[Any] = Doc()
    closed.apply_update(await room.whole())
    made = await ars.ask("POST", address(), content=hostile(closed, tag, attributes, link), headers={"accept": "*/*"})
    pages = [f"/contracts/{PH}", f"/contracts/{PH}/sections/{FREE}/history"]
    pages += [made.json()["at"]] if made.status_code == 201 else []
    for page in pages:
        shown = (await ars.get(page)).text
        for word in ("evil.example", "alert(1)", "onclick", "position:fixed", "javascript:", "data:text", "<iframe"):
            assert word not in shown, (page, word)
