"""The demo provider: the whole flow through our own sign-in, its picker, what it publishes."""

import re

import pytest

from auth.oidc import Provider, Refusal, SignInRefused
from server.demo.pages import COOKIE
from server.demo.people import by_party
from server.demo.provider import PREFIX
from tests.web.demo_stage import ISSUER, PEOPLE, PUBLIC, START, Stage, chosen, query_of, word_in

pytestmark = pytest.mark.anyio


# --- the whole flow


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_somebody_signs_in_as_anne(method: str) -> None:
    stage = Stage()
    stage.row = Provider(**{**vars(stage.row), "token_method": method})
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        answer = await chosen(browser, address)
    assert answer["iss"] == ISSUER
    identity = await stage.finish(attempt, answer)
    assert (identity.issuer, identity.subject, identity.name) == (ISSUER, "anne", "Anne Le Goff")
    assert identity.auth_time == START


async def test_two_tabs_of_one_browser_are_two_people() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        (first, one), (second, two) = await stage.begin(), await stage.begin()
        pages = [await browser.get(first), await browser.get(second)]
        for page, attempt, subject in zip(pages, (one, two), ("anne", "ines"), strict=True):
            form = {"request": word_in(page.text), "subject": subject}
            back = await browser.post(f"{PREFIX}/choose", data=form)
            assert (await stage.finish(attempt, query_of(back.headers["Location"]))).subject == subject


async def test_the_same_answer_twice_is_refused() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        answer = await chosen(browser, address)
    await stage.finish(attempt, answer)
    with pytest.raises(SignInRefused) as caught:
        await stage.finish(attempt, answer)
    assert (caught.value.reason, caught.value.detail) == (Refusal.CODE, "token endpoint: invalid_grant")


async def test_the_answer_made_for_one_attempt_does_not_finish_another() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        (address, _), (_, other) = await stage.begin(), await stage.begin()
        answer = await chosen(browser, address)
    with pytest.raises(SignInRefused) as caught:
        await stage.finish(other, {**answer, "state": other.state})
    assert caught.value.reason is Refusal.CODE


# --- the picker


async def test_the_page_says_demonstration_and_lists_people_by_party() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, _ = await stage.begin()
        page = await browser.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert "Démonstration\u00a0: qui voulez-vous être\u00a0?" in page.text
    assert re.findall(r"</span> ([^<]+)</h2>", page.text) == ["ARS Bretagne", "Grand Large", "Hors partie"]
    assert re.findall(r'name="subject" value="(\w+)"', page.text) == ["anne", "yann", "ines"]
    assert "Yann &lt;b&gt;Kerbrat&lt;/b&gt;" in page.text
    assert "choix-personne--propose" not in page.text


async def test_nothing_of_the_request_comes_out_on_the_page() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, attempt = await stage.begin()
        page = await browser.get(f"{address}&login_hint=%3Cscript%3E&ui_locales=zz-marker")
    assert page.status_code == 200
    for word in ("<script>", "zz-marker", attempt.state, attempt.nonce):
        assert word not in page.text


async def test_a_hint_highlights_and_does_not_skip() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        address, _ = await stage.begin()
        page = await browser.get(f"{address}&login_hint=yann")
    assert re.findall(r'choix-personne--propose" name="subject" value="(\w+)"', page.text) == ["yann"]


async def test_the_cookie_is_the_providers_own() -> None:
    stage = Stage()
    async with stage.browser() as browser:
        page = await browser.get((await stage.begin())[0])
    name, _, rest = page.headers["Set-Cookie"].partition("=")
    assert name == COOKIE
    assert rest.split("; ", 1)[1] == "HttpOnly; Max-Age=600; Path=/demo; SameSite=lax"


def test_people_are_grouped_once_under_their_first_seat() -> None:
    assert [(p.name, [m.subject for m in p.people]) for p in by_party(PEOPLE)] == [
        ("ARS Bretagne", ["anne"]),
        ("Grand Large", ["yann"]),
        ("Hors partie", ["ines"]),
    ]


# --- what it publishes, and leaving


async def test_only_the_public_half_of_the_key_is_published() -> None:
    async with Stage().browser() as browser:
        (key,) = (await browser.get(f"{PREFIX}/jwks")).json()["keys"]
    assert sorted(key) == ["alg", "crv", "kid", "kty", "use", "x", "y"]


async def test_an_issuer_has_no_port_and_the_addresses_do() -> None:
    async with Stage().browser() as browser:
        said = (await browser.get(f"{PREFIX}/.well-known/openid-configuration")).json()
    assert said["issuer"] == ISSUER
    assert said["authorization_endpoint"] == "http://127.0.0.1:8000/demo/authorize"


async def test_leaving_goes_back_to_the_registered_address_only() -> None:
    async with Stage().browser() as browser:
        there = f"{PREFIX}/end?post_logout_redirect_uri={PUBLIC}"
        back = await browser.get(f"{there}/bye&state=s")
        lost = await browser.get(f"{there}/elsewhere")
        posted = await browser.post(f"{PREFIX}/end", data={"post_logout_redirect_uri": f"{PUBLIC}/bye"})
    assert (back.status_code, back.headers["Location"]) == (303, f"{PUBLIC}/bye?state=s")
    assert (lost.status_code, "vous êtes déconnecté" in lost.text) == (200, True)
    assert (posted.status_code, posted.headers["Location"]) == (303, f"{PUBLIC}/bye")
