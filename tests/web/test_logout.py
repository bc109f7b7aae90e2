"""Leaving: ours first, then the provider's; a provider that says who left is obeyed only when its token is right."""

import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from sqlalchemy import text as sql

from auth.logout import EVENT
from auth.session import COOKIE, new_token
from collab.peer import HangUp
from server import demo
from server.store import people, providers, sessions
from tests.auth.oidc_fakes import ABSENT, EC_KEY, ISSUER, OTHER_EC_KEY, LyingProvider, a_provider, changed
from tests.factories import PH
from tests.web.site import Browser, Site
from tests.web.test_live import Tab

pytestmark = pytest.mark.anyio
BACK = "/sign-in/ars/back-channel-logout"
FRONT = "/sign-in/ars/front-channel-logout"
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
        await self._open(demo.KEY, "person-2", browser, sid="their-sid")
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


@pytest.fixture
async def outside(site: Site) -> AsyncIterator[Outside]:
    liar = LyingProvider()
    own = site.parts
    site.app.state.parts = replace(own, discovery=liar.discovery())
    made = Outside(site, liar)
    await made.keep()
    await made.open_session()
    yield made
    site.app.state.parts = own


WRONG: dict[str, Callable[[Outside], str]] = {
    "another type": lambda one: one.token({"typ": "JWT"}),
    "no type": lambda one: one.token({"typ": ABSENT}),
    "unsigned": lambda one: one.token().rsplit(".", 1)[0] + ".",
    "another key": lambda one: one.token(key=OTHER_EC_KEY),
    "another audience": lambda one: one.token(aud="somebody-else"),
    "no audience": lambda one: one.token(aud=ABSENT),
    "another issuer": lambda one: one.token(iss="https://evil.example"),
    "no issuer": lambda one: one.token(iss=ABSENT),
    "expired": lambda one: one.token(exp=1_700_000_000),
    "no expiry": lambda one: one.token(exp=ABSENT),
    "of yesterday": lambda one: one.token(iat=int(datetime.now(UTC).timestamp()) - 86_400),
    "no date": lambda one: one.token(iat=ABSENT),
    "a nonce": lambda one: one.token(nonce="n"),
    "a nonce that is null": lambda one: one.token(nonce=None),
    "no event": lambda one: one.token(events=ABSENT),
    "another event": lambda one: one.token(events={"http://schemas.example/other": {}}),
    "an event that is a word": lambda one: one.token(events={EVENT: "yes"}),
    "no number": lambda one: one.token(jti=ABSENT),
    "nobody": lambda one: one.token(sid=ABSENT),
    "a person who is a list": lambda one: one.token(sub=["person-1"]),
    "nothing": lambda one: "",
    "no token": lambda one: "not.a.token",
}


async def test_a_logout_token_that_is_wrong_is_refused_and_ends_nothing(outside: Outside) -> None:
    found = {wrong: await outside.tells(make(outside)) for wrong, make in WRONG.items()}
    assert found == dict.fromkeys(WRONG, 400)
    assert await outside.is_signed_in()


async def test_a_logout_token_signed_otherwise_than_agreed_is_refused(outside: Outside) -> None:
    await outside.keep(algorithm="RS256")
    assert await outside.tells(outside.token()) == 400
    assert await outside.is_signed_in()


@pytest.mark.parametrize("named", [{"sub": ABSENT}, {"sub": "person-1"}, {"sub": "person-1", "sid": ABSENT}])
async def test_a_right_logout_token_ends_the_session_and_its_open_pages_once(
    outside: Outside, named: dict[str, Any]
) -> None:
    async with outside.browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        token = outside.token(**named)
        assert await outside.tells(token) == 200
        await tab.until(lambda: connection.close_code is not None)
        assert connection.close_code == HangUp.SESSION_OVER
    assert not await outside.is_signed_in()
    await outside.open_session()
    assert await outside.tells(token) == 400  # it was obeyed before
    assert await outside.is_signed_in()


async def test_a_logout_names_its_own_providers_sessions_only(outside: Outside) -> None:
    assert await outside.tells(outside.token(sid="another")) == 200
    assert await outside.tells(outside.token(sub="somebody-else")) == 200
    assert await outside.is_signed_in()
    other = await outside.another()
    assert await outside.tells(outside.token()) == 200
    assert (await other.ask("GET", "/")).status_code == 200
    assert not await outside.is_signed_in()


async def test_a_provider_without_back_channel_logout_is_not_obeyed(outside: Outside) -> None:
    async with outside.site.parts.store.writing() as session:
        await session.execute(sql("UPDATE provider SET logout = 'redirect' WHERE key = 'ars'"))
    assert await outside.tells(outside.token()) == 400
    assert (await outside.browser.ask("GET", f"{FRONT}?iss={ISSUER}&sid=their-sid")).status_code == 200
    assert await outside.is_signed_in()


async def test_no_other_form_than_the_back_channel_may_come_from_elsewhere(site: Site) -> None:
    for path in ("/sign-in/ars/back-channel-logout/x", "/sign-in/ars", "/sign-out", "/sign-in/../sign-out"):
        answer = await Browser(site.url).ask("POST", path, headers={"origin": "https://evil.example"})
        assert answer.status_code == 403
    answer = await Browser(site.url).ask("POST", BACK, headers={"origin": "https://evil.example"})
    assert answer.status_code == 404  # there is no such provider


async def test_a_frame_that_does_not_name_the_very_session_ends_nothing(outside: Outside) -> None:
    ours = f"iss={ISSUER}"
    for query in ("", ours, "sid=their-sid", f"{ours}&sid=other", "iss=https://evil.example&sid=their-sid"):
        assert (await outside.browser.ask("GET", f"{FRONT}?{query}")).status_code == 200
    assert await outside.is_signed_in()


async def test_a_frame_ends_the_session_of_its_own_browser_and_of_no_other(outside: Outside) -> None:
    named = f"{FRONT}?iss={ISSUER}&sid=their-sid"
    assert (await Browser(outside.site.url).ask("GET", named)).status_code == 200
    stranger = await outside.another()
    await stranger.ask("GET", named)
    assert (await stranger.ask("GET", "/")).status_code == 200
    assert await outside.is_signed_in()
    assert (await outside.browser.ask("GET", named)).status_code == 200
    assert COOKIE not in outside.browser.cookies


async def test_signing_out_leads_to_the_providers_own_way_out_and_back(outside: Outside) -> None:
    outside.liar.metadata["end_session_endpoint"] = f"{ISSUER}/end?theme=dark"
    page = await outside.browser.ask("POST", "/sign-out")
    assert (page.status_code, COOKIE in outside.browser.cookies) == (200, False)
    address = urlsplit(unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)[1]))  # type: ignore[index]
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{ISSUER}/end"
    assert len(asked.pop("state")[0]) >= 32
    assert asked == {
        "theme": ["dark"],
        "id_token_hint": ["the.id.token"],
        "client_id": ["entente"],
        "post_logout_redirect_uri": [f"{outside.site.url}/signed-out"],
    }
    back = await outside.browser.ask("GET", "/signed-out?state=x")
    assert "Vous êtes déconnecté" in back.text
    assert "reste ouverte" not in back.text


async def test_a_provider_without_a_way_out_leaves_its_session_open_and_the_page_says_so(outside: Outside) -> None:
    answer = await outside.browser.ask("POST", "/sign-out")
    assert answer.headers["location"] == "/signed-out?open=ars"
    shown = (await outside.browser.get(answer.headers["location"])).text
    assert "Votre session reste ouverte chez votre fournisseur d’identité : ARS Bretagne" in shown
    assert "reste ouverte" not in (await outside.browser.get("/signed-out?open=nobody")).text


async def test_a_seal_that_nobody_opens_any_more_keeps_nobody_from_leaving(outside: Outside) -> None:
    outside.liar.metadata["end_session_endpoint"] = f"{ISSUER}/end"
    async with outside.site.parts.store.writing() as session:
        await session.execute(sql("UPDATE session SET id_token = 'broken'"))
    page = await outside.browser.ask("POST", "/sign-out")
    assert "client_id=entente" in page.text
    assert "id_token_hint" not in page.text


async def test_what_providers_say_is_logged_without_their_tokens(
    outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "entente"):
        token = outside.token(nonce="n")
        await outside.tells(token)
        await outside.tells(outside.token())
    assert [one.getMessage() for one in caplog.records if "logout" in one.getMessage()] == [
        "logout refused: provider ars, nonce",
        "logout told: provider ars, 1",
    ]
    assert token not in caplog.text
