"""A running site to knock at: the demonstration on a free port, browsers without a screen, raw sockets."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import uvicorn
import websockets
from starlette.applications import Starlette

from server import app as application
from server.demo import demonstration
from server.running.serving import Serving
from server.settings import Settings
from server.store.engine import Store
from server.web.parts import Parts
from tests.factories import address, some_settings
from tests.ports import a_free_port
from tests.waiting import PATIENCE_S, until

HTML = {"accept": "text/html"}


class Browser:
    """Cookies and addresses, as a browser keeps them on loopback; every form carries its Origin."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def ask(self, method: str, path: str, **given: Any) -> httpx2.Response:
        """One request, redirects not followed."""
        headers = {**HTML, **({"cookie": self.cookie} if self.cookies else {}), **given.pop("headers", {})}
        if method != "GET":
            headers.setdefault("origin", self.url)
        async with httpx2.AsyncClient(
            trust_env=False, verify=False, timeout=PATIENCE_S
        ) as client:  # plain http: no TLS to set up
            answer = await client.request(method, urljoin(self.url, path), headers=headers, **given)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            if "Max-Age=0" in line or "1970" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def follow(self, answer: httpx2.Response) -> httpx2.Response:
        """The page a chain of redirects ends at."""
        while answer.is_redirect:
            answer = await self.ask("GET", answer.headers["location"])
        return answer

    async def get(self, path: str) -> httpx2.Response:
        """A page, redirects followed."""
        return await self.follow(await self.ask("GET", path))

    async def reach_provider(self, next_path: str = "/") -> httpx2.Response:
        """The provider's picker, after « Se connecter »."""
        start = await self.ask("POST", f"/sign-in/{demonstration.KEY}", data={"next": next_path})
        return await self.follow(start)

    async def choose(self, picker: httpx2.Response, subject: str) -> httpx2.Response:
        """The provider's answer once a person is chosen: a redirect to our callback, not followed."""
        word = unescape(re.search(r'name="request" value="([^"]+)"', picker.text)[1])  # type: ignore[index]
        return await self.ask("POST", "/demo/choose", data={"request": word, "subject": subject})

    async def sign_in(self, subject: str, next_path: str = "/") -> httpx2.Response:
        """The page one lands on, signed in as `subject`."""
        return await self.follow(await self.choose(await self.reach_provider(next_path), subject))

    @asynccontextmanager
    async def socket(self, contract_id: str, **headers: str) -> AsyncIterator[websockets.ClientConnection]:
        """A raw websocket to a contract, under this browser's cookies."""
        address = urlsplit(self.url)._replace(scheme="ws", path=f"/contracts/{contract_id}/live").geturl()
        sent = {"Origin": self.url, "Cookie": self.cookie} | headers
        async with websockets.connect(
            address,
            additional_headers={k: v for k, v in sent.items() if v},
            compression=None,
            proxy=None,
            max_size=None,
            max_queue=None,  # or what is left unread would keep the farewell from being read
        ) as connection:
            yield connection


class Site:
    """The demonstration, running."""

    def __init__(self, settings: Settings, app: Starlette, server: Serving) -> None:
        self._server = server
        self.settings = settings
        self.app = app
        self.url = settings.public_url

    @property
    def parts(self) -> Parts:
        found: Parts = self.app.state.parts
        return found

    def stop(self) -> None:
        """Have it stop, as Ctrl+C does."""
        self._server.should_exit = True

    def browser(self) -> Browser:
        return Browser(self.url)

    async def signed_in(self, subject: str) -> Browser:
        browser = self.browser()
        answer = await browser.sign_in(subject)
        assert answer.status_code == 200, answer.text
        return browser


async def fill_samples(database: str) -> None:
    """Put both sample contracts and their people in an empty database."""
    await fill(some_settings(database))


async def fill(settings: Settings) -> None:
    """Both sample contracts and their people, as far as they are not there yet."""
    store = Store(settings)
    await store.migrate()
    await demonstration.fill(store, settings)
    await store.close()


@asynccontextmanager
async def running(database: Path | str, **changes: Any) -> AsyncIterator[Site]:
    """A site over a database, in this process; the samples are put in where they are missing."""
    listening = a_free_port()
    port = listening.getsockname()[1]
    given: dict[str, Any] = {"public_url": f"http://127.0.0.1:{port}", "port": port, "development": True, **changes}
    settings = Settings(database_url=address(database), **given)
    await fill(settings)
    app = application.build(settings, is_demo=True)
    server = Serving(uvicorn.Config(app, **application.serving(settings), timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await until(lambda: server.started or serving.done())  # uvicorn has no event for it
    try:
        yield Site(settings, app, server)
    finally:
        server.should_exit = True
        await serving
        listening.close()
