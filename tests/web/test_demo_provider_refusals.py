"""What the demo provider refuses: it is as strict as a real one, or the demo would prove nothing."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from server.demo.provider import PREFIX
from tests.web.demo_stage import CALLBACK, ISSUER, Stage, chosen, exchanged, query_of, word_in

pytestmark = pytest.mark.anyio


# --- what the picker refuses


async def test_a_form_serves_once() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        page = await browser.get((await stage.begin())[0])
        form = {"request": word_in(page.text), "subject": "anne"}
        statuses = [(await browser.post(f"{PREFIX}/choose", data=form)).status_code for _ in range(2)]
    assert statuses == [303, 400]


async def test_a_form_lives_ten_minutes_in_its_own_browser_for_people_there_are() -> None:
    stage = Stage()

    async def answered(subject: str, minutes: int, *, other_browser: bool) -> int:
        async with stage.browser() as browser:
            page = await browser.get((await stage.begin())[0])
            stage.now += timedelta(minutes=minutes)
            if other_browser:
                browser.cookies.clear()
            form = {"request": word_in(page.text), "subject": subject}
            return (await browser.post(f"{PREFIX}/choose", data=form)).status_code

    assert await answered("anne", 9, other_browser=False) == 303
    assert await answered("anne", 10, other_browser=False) == 400
    assert await answered("anne", 0, other_browser=True) == 400
    assert await answered("nobody", 0, other_browser=False) == 400


@pytest.mark.parametrize("changes", [{"client_id": "other"}, {"redirect_uri": f"{CALLBACK}/"}, {"client_id": None}])
async def test_an_unknown_client_or_return_address_is_sent_nowhere(changes: dict[str, str | None]) -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, _ = await stage.begin()
        asked = {k: v for k, v in {**query_of(address), **changes}.items() if v is not None}
        page = await browser.get(f"{PREFIX}/authorize?{urlencode(asked)}")
        twice = await browser.get(f"{address}&redirect_uri=https://evil.example/")
    assert (page.status_code, twice.status_code) == (400, 400)
    assert "demande de connexion refusée" in page.text
    assert "Location" not in page.headers


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_a_request_less_strict_than_ours_goes_back_with_an_error(
    changes: dict[str, str | None], error: str
) -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        asked = {k: v for k, v in {**query_of(address), **changes}.items() if v is not None}
        back = await browser.get(f"{PREFIX}/authorize?{urlencode(asked)}")
    assert back.status_code == 302
    assert query_of(back.headers["Location"]) == {"error": error, "state": attempt.state, "iss": ISSUER}


# --- what the token endpoint refuses


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code_verifier": "v" * 43}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"redirect_uri": f"{CALLBACK}/"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"code": ["a", "b"]}, 401, "invalid_client"),
    ],
)
async def test_a_wrong_exchange_gives_no_token(changes: dict[str, Any], status: int, error: str) -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        code = (await chosen(browser, address))["code"]
        response = await exchanged(browser, code, attempt, changes)
    assert (response.status_code, response.json()) == (status, {"error": error})
    assert response.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in response.headers) == (status == 401)


async def test_a_code_serves_once_and_for_a_minute() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        code = (await chosen(browser, address))["code"]
        assert (await exchanged(browser, code, attempt)).status_code == 200
        assert (await exchanged(browser, code, attempt)).json() == {"error": "invalid_grant"}
        code = (await chosen(browser, address))["code"]
        stage.now += timedelta(seconds=60)
        assert (await exchanged(browser, code, attempt)).json() == {"error": "invalid_grant"}


async def test_a_wrong_verifier_uses_the_code_up() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        code = (await chosen(browser, address))["code"]
        await exchanged(browser, code, attempt, {"code_verifier": "v" * 43})
        assert (await exchanged(browser, code, attempt)).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("header", ["Basic !", "Basic AAAA", "Bearer x", "", "Basic YTpi"])
async def test_a_header_that_is_not_ours_is_no_client(header: str) -> None:
    stage = Stage()
    async with stage.browser() as browser:
        form = {"grant_type": "authorization_code", "code": "c"}
        response = await browser.post(f"{PREFIX}/token", data=form, headers={"Authorization": header})
    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})


async def test_two_ways_of_naming_the_client_at_once_are_refused() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        form = {"client_id": "entente", "client_secret": "secret+/="}
        response = await browser.post(f"{PREFIX}/token", data=form, headers={"Authorization": "Basic x"})
    assert (response.status_code, response.json()) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize("header", ["", "Bearer made-up", "Basic made-up"])
async def test_userinfo_wants_a_token(header: str) -> None:
    stage = Stage()
    async with stage.browser() as browser:
        response = await browser.get(f"{PREFIX}/userinfo", headers={"Authorization": header})
    assert (response.status_code, response.json()) == (401, {"error": "invalid_token"})


async def test_an_access_token_lives_five_minutes() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        code = (await chosen(browser, address))["code"]
        token = (await exchanged(browser, code, attempt)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert (await browser.get(f"{PREFIX}/userinfo", headers=headers)).json()["sub"] == "anne"
        stage.now += timedelta(minutes=5)
        assert (await browser.get(f"{PREFIX}/userinfo", headers=headers)).status_code == 401
