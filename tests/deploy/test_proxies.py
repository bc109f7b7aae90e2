"""Behind a web server: the address is the one of the settings, whatever a caller or a proxy says of it."""

import asyncio
import os
from pathlib import Path

import httpx2
import pytest
import websockets
from anyio import to_thread

from server import app as application
from tests.collab.stage import hello
from tests.deploy.fronts import UNCHECKED, in_front, is_here
from tests.factories import PH, some_settings
from tests.ports import a_free_port
from tests.web.drafts import FREE, section
from tests.web.over_requests import over_requests
from tests.web.site import running

pytestmark = pytest.mark.anyio
LIES = {"x-forwarded-proto": "http", "x-forwarded-host": "mal.exemple", "forwarded": "proto=http;host=mal.exemple"}


@pytest.mark.parametrize("said", [{}, LIES])
@pytest.mark.parametrize("public_url", ["https://entente.exemple.fr", "http://127.0.0.1:8000"])
async def test_we_send_people_to_the_address_of_the_settings(
    tmp_path: Path, public_url: str, said: dict[str, str]
) -> None:
    app = application.build(some_settings(tmp_path / "entente.sqlite", public_url=public_url))
    host = public_url.partition("://")[2]
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"http://{host}") as proxy:
        answer = await proxy.get("/sign-in/", headers=said)
        assert (answer.status_code, answer.headers["location"]) == (307, f"{public_url}/sign-in")
        refused = await proxy.get("/sign-in", headers={**said, "host": "mal.exemple", "x-forwarded-host": host})
        assert refused.status_code == 421
    await app.state.parts.store.close()


@pytest.mark.parametrize("name", ["nginx", "caddy"])
async def test_the_web_servers_of_the_page_pass_pages_files_and_live_texts_on(tmp_path: Path, name: str) -> None:
    if not is_here(name):
        how = f"{name} is not on this machine: apt-get install {name}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(how)
    with a_free_port() as free:
        port: int = free.getsockname()[1]
    public_url = f"https://127.0.0.1:{port}"
    async with running(tmp_path / "site.sqlite", public_url=public_url) as site:
        front = in_front(name, tmp_path, port=port, behind=site.settings.port)
        await to_thread.run_sync(front.__enter__)
        try:
            browser = await site.signed_in("camille-authier")
            page = await browser.get(f"/contracts/{PH}")
            assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
            script = await browser.ask("GET", "/static/app.js", headers={"accept-encoding": "gzip"})
            assert (script.status_code, script.headers["content-encoding"]) == (200, "gzip")
            into = f"/contracts/{PH}/reading/{(await section(site, FREE)).document}"
            document = await browser.ask("POST", into, content=bytes(site.settings.document_mib * 1024 * 1024))
            assert document.status_code == 422  # as large as may be, it came through: it is only no document
            address = f"wss://127.0.0.1:{port}/contracts/{PH}/live"
            headers = {"Cookie": browser.cookie}
            ours, theirs = ({**headers, "Origin": origin} for origin in (public_url, "https://mal.exemple"))
            async with websockets.connect(address, additional_headers=ours, ssl=UNCHECKED, proxy=None) as socket:
                assert await asyncio.wait_for(socket.ping(), 10)
            async with over_requests(browser, PH) as line:  # what a page does where websockets are blocked
                await line.send(hello(f"contract:{PH}"))
                assert b"readonly" in await asyncio.wait_for(line.recv(), 20)
            with pytest.raises(websockets.InvalidStatus):
                await websockets.connect(address, additional_headers=theirs, ssl=UNCHECKED, proxy=None)
        finally:
            front.__exit__(None, None, None)
