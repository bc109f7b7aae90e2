"""The gate: which bodies are a form of ours, which posts need no Origin, what a refused websocket is answered."""

import re

import httpx2
import pytest
import websockets
from starlette.responses import PlainTextResponse

from collab.counting import Counting
from server.running.addresses import Addresses
from server.running.watching import Watch
from server.settings import Settings
from server.store.engine import Store
from server.web.gate import Exempt, Gate
from tests.factories import PH
from tests.web.site import Browser, Site
from tests.web.test_doors import dressed

pytestmark = pytest.mark.anyio
KINDS = ["text/plain", "text/plain; charset=utf-8", "multipart/form-data; boundary=b", "application/xml", "text/html"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/sign-out", "/seen", f"/contracts/{PH}/life", f"/contracts/{PH}/live"])
async def test_a_body_that_no_page_of_ours_sends_is_refused(site: Site, path: str, kind: str) -> None:
    browser = await site.signed_in("camille-authier")
    assert (await browser.ask("POST", path, content=b"a=b", headers={"content-type": kind})).status_code == 403
    assert (await browser.ask("GET", "/")).status_code == 200


def a_gate(store: Store, **exempt: str) -> Gate:
    settings = Settings(public_url="https://entente.exemple.fr")
    watch = Watch(store, Addresses(settings, Counting()))
    taking = Exempt(**{name: [re.compile(path)] for name, path in exempt.items()})
    return Gate(PlainTextResponse("taken"), settings, watch, taking)


async def knock(gate: Gate, path: str, **headers: str) -> int:
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=gate), base_url="https://entente.exemple.fr"
    ) as client:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await client.post(path, content=b"x", headers=sent)).status_code


async def test_a_form_with_a_file_is_taken_where_files_are_and_only_from_our_pages(store: Store) -> None:
    gate, ours = a_gate(store, uploads="/mandates/[^/]+"), "https://entente.exemple.fr"
    multipart = "multipart/form-data; boundary=b"
    assert await knock(gate, "/mandates/3", content_type=multipart, origin=ours) == 200
    assert await knock(gate, "/mandates/3", content_type=multipart, origin="https://evil.example") == 403
    assert await knock(gate, "/mandates/3", content_type=f"{multipart}; charset=utf-7", origin=ours) == 403
    assert await knock(gate, "/mandates/3/x", content_type=multipart, origin=ours) == 403


async def test_only_a_providers_own_post_needs_no_origin(store: Store) -> None:
    gate, form = a_gate(store, posts="/sign-in/[^/]+/out"), "application/x-www-form-urlencoded"
    assert await knock(gate, "/sign-in/ars/out", content_type=form) == 200
    assert await knock(gate, "/sign-in/ars/out", content_type="text/plain") == 403
    assert await knock(gate, "/sign-in/ars", content_type=form) == 403


async def test_a_websocket_refused_before_it_opens_leaves_dressed(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    browser = await site.signed_in("camille-authier")
    elsewhere = Browser(site.url.replace("127.0.0.1", "localhost"))  # the same server under another name
    for who, origin, status in (
        (browser, "https://evil.example", 403),
        (site.browser(), "", 403),
        (elsewhere, "", 421),
    ):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with who.socket(PH, Origin=origin or site.url):
                pass
        answer = refused.value.response
        assert answer.status_code == status
        assert dressed({name.lower(): value for name, value in answer.headers.raw_items()})
        assert "Server" not in answer.headers
    assert [one for one in caplog.records if one.name.startswith("uvicorn")] == []
