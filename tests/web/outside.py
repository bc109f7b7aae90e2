"""A provider of the tests' own, which lies on demand, and somebody who has a session here through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any

from joserfc import jwt

from auth.logout import EVENT
from auth.session import COOKIE, new_token
from server.demo import demonstration
from server.store import people, providers, sessions
from tests.auth.oidc_fakes import EC_KEY, ISSUER, LyingProvider, a_provider, changed
from tests.factories import PH
from tests.web.site import Browser, Site

BACK = "/sign-in/ars/back-channel-logout"
LOGOUTS = ("redirect", "back-channel", "front-channel")


class Outside:
    """A provider of the tests' own, of which Camille has a session here, called `their-sid` there."""

    def __init__(self, site: Site, liar: LyingProvider) -> None:
        self.site = site
        self.liar = liar
        self.browser = Browser(site.url)

    async def keep(self, **row: Any) -> None:
        own = self.site.parts
        async with own.store.writing() as session:
            await providers.keep(session, a_provider(logout=LOGOUTS, **row), own.sealer)

    async def open_session(self) -> None:
        await self._open("ars", "person-1", self.browser, sid="their-sid")

    async def another(self) -> Browser:
        """Somebody signed in through another provider, which calls its session the same."""
        browser = Browser(self.site.url)
        await self._open(demonstration.KEY, "person-2", browser, sid="their-sid")
        return browser

    async def _open(self, provider: str, subject: str, browser: Browser, *, sid: str) -> None:
        token, now, own = new_token(), datetime.now(UTC), self.site.parts
        proof = sessions.Proof(sid=sid, id_token=own.sealer.seal("the.id.token"))
        async with own.store.writing() as session:
            person = await people.person(session, ISSUER, subject, "Camille Authier", now)
            if provider == "ars":
                await people.bind(session, PH, "p-referent-ars", person)
            await sessions.open_session(session, token, person, provider, now, proof=proof)
        browser.cookies[COOKIE] = token

    async def is_signed_in(self) -> bool:
        return (await self.browser.ask("GET", "/")).status_code == 200

    def token(self, header: dict[str, Any] | None = None, key: Any = EC_KEY, **claims: Any) -> str:
        """A logout token that is right but for what is said."""
        at = int(datetime.now(UTC).timestamp())
        right = {
            "iss": ISSUER,
            "aud": "entente",
            "iat": at,
            "exp": at + 120,
            "jti": token_urlsafe(8),
            "events": {EVENT: {}},
            "sid": "their-sid",
        }
        head = changed({"alg": "ES256", "kid": "ec-1", "typ": "logout+jwt"}, header or {})
        return jwt.encode(head, changed(right, claims), key, default_type=None)

    async def tells(self, token: str) -> int:
        """The status of a call such as a provider makes: no cookie, no `Origin`."""
        program = Browser(self.site.url)
        answer = await program.ask("POST", BACK, data={"logout_token": token}, headers={"origin": ""})
        assert answer.headers["cache-control"] == "no-store"
        return answer.status_code


@asynccontextmanager
async def outside_of(site: Site) -> AsyncIterator[Outside]:
    """Its calls answered by the liar, until the end of the test."""
    liar = LyingProvider()
    own = site.parts
    site.app.state.parts = replace(own, discovery=liar.discovery())
    made = Outside(site, liar)
    await made.keep()
    await made.open_session()
    yield made
    site.app.state.parts = own
