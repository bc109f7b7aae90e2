"""A stage for the demo provider: an app with nothing else, a browser before it, a clock to move."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import jinja2
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.templating import Jinja2Templates

from auth.oidc import Attempt, Discovery, Http, Identity, Provider, begin, finish
from server.demo.pages import routes
from server.demo.people import DemoAffiliation, DemoPerson
from server.demo.provider import PREFIX, DemoProvider

ISSUER = "https://demonstration.entente.invalid"
PUBLIC = "http://127.0.0.1:8000"
CALLBACK = f"{PUBLIC}/sign-in/demo/callback"
BASE = "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

ARS = DemoAffiliation("ARS Bretagne", "négociatrice principale", "CPOM 2026–2030", 1, "◆")
GRAND_LARGE = DemoAffiliation("Grand Large", "signataire", "CPOM 2026–2030", 2, "●")
PEOPLE = (
    DemoPerson("anne", "Anne Le Goff", "Directrice de l’autonomie", (ARS,)),
    DemoPerson("yann", "Yann <b>Kerbrat</b>", "Directeur général", (GRAND_LARGE, ARS)),
    DemoPerson("ines", "Inès Roux", "Administratrice", ()),
)


class Stage:
    """An app with nothing but the demo provider, a browser before it, and a clock to move."""

    def __init__(self) -> None:
        self.now = START
        self.demo = DemoProvider(
            issuer=ISSUER,
            public_url=PUBLIC,
            client_id="entente",
            client_secret="secret+/=",
            redirect_uri=CALLBACK,
            people=PEOPLE,
            logout_uri=f"{PUBLIC}/bye",
            clock=lambda: self.now,
        )
        base = jinja2.DictLoader(
            {"base.html": "<title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"}
        )
        loader = jinja2.ChoiceLoader([base, jinja2.FileSystemLoader("server/templates")])
        env = jinja2.Environment(loader=loader, autoescape=True, extensions=["jinja2.ext.i18n"])
        env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
        self.app = Starlette(routes=[Mount(PREFIX, routes=routes(self.demo, Jinja2Templates(env=env)))])
        self.discovery = Discovery(Http(loopback_http=True, wire=lambda: httpx2.ASGITransport(app=self.app)))
        self.row = Provider(
            key="demo",
            label="Démonstration",
            issuer=ISSUER,
            discovery_url=f"{PUBLIC}{PREFIX}/.well-known/openid-configuration",
            client_id="entente",
            client_secret="secret+/=",
        )

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx2.AsyncClient]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), base_url=PUBLIC) as browser:
            yield browser

    async def begin(self) -> tuple[str, Attempt]:
        return await begin(self.row, callback_url=CALLBACK, next_path="/", now=self.now, discovery=self.discovery)

    async def finish(self, attempt: Attempt, answer: dict[str, str]) -> Identity:
        return await finish(self.row, attempt, answer, callback_url=CALLBACK, now=self.now, discovery=self.discovery)


def word_in(page: str) -> str:
    found = re.search(r'name="request" value="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))


async def chosen(browser: httpx2.AsyncClient, address: str, subject: str = "anne") -> dict[str, str]:
    """What comes back to the callback once `subject` is chosen at `address`."""
    page = await browser.get(address)
    form = {"request": word_in(page.text), "subject": subject}
    back = await browser.post(f"{PREFIX}/choose", data=form)
    assert (back.status_code, back.headers["Cache-Control"]) == (303, "no-store")
    assert back.headers["Location"].startswith(f"{CALLBACK}?")
    return query_of(back.headers["Location"])


async def exchanged(
    browser: httpx2.AsyncClient, code: str, attempt: Attempt, changes: dict[str, Any] | None = None
) -> httpx2.Response:
    right = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": attempt.verifier,
        "client_id": "entente",
        "client_secret": "secret+/=",
    }
    return await browser.post(f"{PREFIX}/token", data={**right, **(changes or {})})
