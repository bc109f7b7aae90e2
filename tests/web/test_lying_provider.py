"""A provider that lies, met by the whole application: no account, no session, no 500, the reason only in the log."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from auth.oidc import Http, SignInRefused
from auth.provider import Refusal
from auth.session import COOKIE
from server.store import providers
from tests.auth.lies import LIES, Lie
from tests.auth.oidc_fakes import NOW, LyingProvider, a_provider, changed, query_of, signed_in
from tests.web.site import HTML, Browser, Site

pytestmark = pytest.mark.anyio
CLOSED = {Refusal.LEVEL: "niveau de sécurité", Refusal.DISABLED: "n’est pas ouvert"}
SILENT = (Refusal.PROVIDER_ANSWER, Refusal.PROVIDER_UNREACHABLE, Refusal.DISCOVERY, Refusal.ADDRESS)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
async def test_the_module_refuses_each_lie_for_its_own_reason(lie: Lie) -> None:
    with pytest.raises(SignInRefused) as caught:
        await signed_in(lie.provider(int(NOW.timestamp())), provider=a_provider(**lie.row), answer=lie.answer)
    assert caught.value.reason is lie.reason


async def meet(site: Site, liar: LyingProvider, **row: Any) -> None:
    """Have the site know the provider, and call it."""
    site.parts.discovery.forget()
    object.__setattr__(site.parts.discovery, "http", Http(wire=liar.wire))
    async with site.parts.store.writing() as session:
        await providers.keep(session, a_provider(**row), site.parts.sealer)


async def comes_in(site: Site, liar: LyingProvider, browser: Browser, answer: dict[str, Any]) -> httpx2.Response:
    """A whole sign-in of the site, with what the browser brings back bent; the last answer of the site."""
    start = await browser.ask("POST", "/sign-in/ars", data={"next": "/"})
    if start.status_code != 303:
        return start
    asked = query_of(start.headers["location"])
    liar.nonce = asked["nonce"]
    brought = changed({"state": asked["state"], "code": "code-1"}, answer)
    return await browser.ask("GET", f"/sign-in/ars/callback?{httpx2.QueryParams(brought)}")


async def counted(site: Site) -> tuple[int, int]:
    async with site.parts.store.reading() as session:
        people = (await session.execute(text("SELECT count(*) FROM person"))).scalar_one()
        sessions = (await session.execute(text("SELECT count(*) FROM session"))).scalar_one()
    return people, sessions


def said(page: str) -> str:
    return re.sub(r"référence [0-9a-f]{8}", "référence", re.sub(r"<[^>]*>", " ", page.partition("<main")[2]))


async def test_the_site_refuses_each_lie_without_account_session_or_detail(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    before = await counted(site)
    pages: dict[str, set[str]] = {}
    for lie in LIES:
        caplog.clear()
        now = datetime.now(UTC)
        liar = lie.provider(int(now.timestamp()))
        liar.now = now
        await meet(site, liar, **lie.row)
        browser = site.browser()
        answer = await comes_in(site, liar, browser, lie.answer)
        assert answer.status_code == (502 if lie.reason in SILENT else 403), lie.name
        assert f"provider ars, {lie.reason.value}: " in caplog.text, lie.name
        assert COOKIE not in browser.cookies, lie.name
        number = re.search(r"référence ([0-9a-f]{8})", answer.text)
        assert number is not None, lie.name
        assert f"(reference {number[1]})" in caplog.text, lie.name
        told = "silent" if lie.reason in SILENT else CLOSED.get(lie.reason, "other")
        pages.setdefault(told, set()).add(said(answer.text))
    assert {told: len(kinds) for told, kinds in pages.items()} == {"silent": 1, "other": 1, "niveau de sécurité": 1}
    assert await counted(site) == before


async def test_the_same_provider_without_a_lie_lets_its_person_in_and_a_disabled_one_does_not(site: Site) -> None:
    liar = LyingProvider(now=datetime.now(UTC))
    await meet(site, liar)
    browser = site.browser()
    assert (await comes_in(site, liar, browser, {})).status_code == 303
    assert COOKIE in browser.cookies
    await meet(site, liar, is_enabled=False)
    refused = await comes_in(site, liar, site.browser(), {})
    assert (refused.status_code, "n’est pas ouvert" in refused.text) == (403, True)
    assert "ARS Bretagne" not in (await site.browser().get("/sign-in")).text


async def test_a_provider_disabled_while_somebody_is_there_lets_nobody_in(site: Site) -> None:
    liar = LyingProvider(now=datetime.now(UTC))
    await meet(site, liar)
    browser = site.browser()
    start = await browser.ask("POST", "/sign-in/ars", data={"next": "/"})
    asked = query_of(start.headers["location"])
    await meet(site, liar, is_enabled=False)
    liar.nonce = asked["nonce"]
    answer = await browser.ask("GET", f"/sign-in/ars/callback?state={asked['state']}&code=c", headers=HTML)
    assert (answer.status_code, COOKIE in browser.cookies) == (403, False)


async def test_a_program_gets_the_same_refusal_without_a_page(site: Site) -> None:
    liar = LyingProvider(now=datetime.now(UTC), claims={"nonce": "n" * 43})
    await meet(site, liar)
    browser = site.browser()
    start = await browser.ask("POST", "/sign-in/ars", data={"next": "/"})
    state = query_of(start.headers["location"])["state"]
    answer = await browser.ask("GET", f"/sign-in/ars/callback?state={state}&code=c", headers={"accept": "*/*"})
    assert (answer.status_code, sorted(answer.json()), answer.json()["error"]) == (
        403, ["error", "remedy", "says"], "SignInFailed",
    )  # fmt: skip
