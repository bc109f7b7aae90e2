"""Leaving: ours first, then the provider's; a provider that says who left is obeyed only when its token is right."""

import logging
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text as sql

from auth.logout import EVENT
from auth.session import COOKIE
from collab.peer import HangUp
from tests.auth.oidc_fakes import ABSENT, ISSUER, OTHER_EC_KEY
from tests.factories import PH
from tests.web.outside import BACK, Outside, outside_of
from tests.web.site import Browser, Site
from tests.web.test_live import Tab

pytestmark = pytest.mark.anyio
FRONT = "/sign-in/ars/front-channel-logout"


@pytest.fixture
async def outside(site: Site) -> AsyncIterator[Outside]:
    async with outside_of(site) as made:
        yield made


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
    for query in (
        "",
        ours,
        "sid=their-sid",
        f"{ours}&sid=other",
        f"{ours}&sid=%00",
        "iss=https://evil.example&sid=their-sid",
    ):
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
    assert "Vous restez connecté chez votre fournisseur d’identité\u00a0: ARS Bretagne" in shown
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
