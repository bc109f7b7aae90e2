"""Signing in: bound to one browser and one attempt, one session under a new token, out for good."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from auth.session import BROWSER_COOKIE, COOKIE, hashed
from server.contract_files.importing import import_contract
from server.demo import demonstration
from server.running.daily import forget_tokens
from server.store import people
from tests.factories import PH, a_file
from tests.web.site import Browser, Site

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
ARS = "camille-authier"


async def test_a_person_signs_in_and_lands_where_they_were_going(site: Site) -> None:
    page = await site.browser().sign_in(ARS, next_path=f"/contracts/{PH}")
    assert page.status_code == 200
    assert urlsplit(str(page.url)).path == f"/contracts/{PH}"
    assert "Camille Authier" in page.text


async def test_a_stranger_is_sent_to_sign_in_and_back(site: Site) -> None:
    answer = await site.browser().ask("GET", f"/contracts/{PH}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=/contracts/{PH}")


async def test_the_cookie_is_a_host_cookie_and_the_database_opens_nothing(site: Site) -> None:
    browser = site.browser()
    callback = await browser.choose(await browser.reach_provider(), ARS)
    answer = await browser.ask("GET", callback.headers["location"])
    line = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}="))
    assert {part.strip().lower() for part in line.split(";")[1:]} == {"httponly", "path=/", "samesite=lax", "secure"}
    token = browser.cookies[COOKIE]
    assert len(token) >= 43
    async with site.parts.store.reading() as session:
        kept = (await session.execute(text("SELECT token_hash FROM session"))).scalar_one()
    assert kept == hashed(token)
    thief = Browser(site.url)
    thief.cookies[COOKIE] = kept
    assert (await thief.ask("GET", "/")).headers["location"] == "/sign-in"


async def test_an_answer_plays_once_and_only_in_its_browser(site: Site) -> None:
    browser, other = site.browser(), site.browser()
    callback = (await browser.choose(await browser.reach_provider(), ARS)).headers["location"]
    other.cookies[BROWSER_COOKIE] = "x" * 43
    assert (await other.ask("GET", callback)).status_code == 403
    assert COOKIE not in other.cookies
    assert (await browser.ask("GET", callback)).status_code == 403  # the attempt is spent, whoever asked
    callback = (await browser.choose(await browser.reach_provider(), ARS)).headers["location"]
    assert (await browser.ask("GET", callback)).status_code == 303
    assert (await browser.ask("GET", callback)).status_code == 403


@pytest.mark.parametrize("query", ["", "?state=made-up&code=x", "?error=access_denied", "?state=&code="])
async def test_a_made_up_answer_is_refused_without_a_session(site: Site, query: str) -> None:
    browser = site.browser()
    await browser.reach_provider()
    answer = await browser.ask("GET", f"/sign-in/{demonstration.KEY}/callback{query}")
    assert answer.status_code == 403
    assert COOKIE not in browser.cookies


async def test_two_tabs_started_at_once_both_succeed(site: Site) -> None:
    browser = site.browser()
    first, second = await browser.reach_provider(), await browser.reach_provider()
    for picker in (first, second):
        callback = (await browser.choose(picker, ARS)).headers["location"]
        assert (await browser.ask("GET", callback)).status_code == 303


async def test_ten_attempts_share_nothing(site: Site) -> None:
    seen: dict[str, set[str]] = {"state": set(), "nonce": set(), "code_challenge": set()}
    browser = site.browser()
    for _ in range(10):
        start = await browser.ask("POST", f"/sign-in/{demonstration.KEY}", data={"next": "/"})
        asked = parse_qs(urlsplit(start.headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        for name, values in seen.items():
            assert len(asked[name][0]) >= 32
            values.add(asked[name][0])
    assert [len(values) for values in seen.values()] == [10, 10, 10]


async def test_a_new_sign_in_has_a_new_token_and_ends_the_old_session(site: Site) -> None:
    browser = await site.signed_in(ARS)
    old = browser.cookies[COOKIE]
    await browser.sign_in("nadege-fournier")
    assert browser.cookies[COOKIE] != old
    ghost = Browser(site.url)
    ghost.cookies[COOKIE] = old
    assert (await ghost.ask("GET", "/")).headers["location"] == "/sign-in"


async def test_a_planted_token_is_never_adopted(site: Site) -> None:
    browser = site.browser()
    browser.cookies[COOKIE] = "planted" * 7
    await browser.sign_in(ARS)
    assert browser.cookies[COOKIE] != "planted" * 7


async def test_a_session_near_its_end_is_followed_by_a_new_one_of_the_same_person(site: Site) -> None:
    browser = await site.signed_in(ARS)
    before = browser.cookies[COOKIE]
    assert (await browser.ask("GET", f"/sign-in?next=/contracts/{PH}")).headers["location"] == f"/contracts/{PH}"
    again = await browser.ask("GET", f"/sign-in?again=yes&next=/contracts/{PH}")
    assert again.status_code == 200
    page = await browser.sign_in(ARS, f"/contracts/{PH}")
    assert page.status_code == 200
    assert browser.cookies[COOKIE] != before


async def test_a_page_knows_whose_it_is_and_when_its_session_ends(site: Site) -> None:
    browser, other = await site.signed_in(ARS), await site.signed_in("marc-lebreton")
    page = (await browser.get("/")).text
    person, idle, ends = (re.search(f'data-{name}="([0-9]+)"', page)[1] for name in ("person", "idle", "ends"))  # type: ignore[index]
    assert idle == "1800"
    assert 12 * 3600 - 60 <= int(ends) <= 12 * 3600
    seen = [(await one.ask("POST", "/seen")).headers["Entente-Person"] for one in (browser, other)]
    assert seen[0] == person != seen[1]
    assert "data-person" not in (await site.browser().get("/sign-in")).text


async def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    browser = await site.signed_in(ARS)
    token = browser.cookies[COOKIE]
    answer = await browser.ask("POST", "/sign-out")
    assert (answer.status_code, f"{site.url}/demo/end?" in answer.text) == (200, True)
    assert COOKIE not in browser.cookies
    assert (await browser.ask("POST", "/sign-out")).headers["location"] == "/signed-out"
    ghost = Browser(site.url)
    ghost.cookies[COOKIE] = token
    assert (await ghost.ask("GET", f"/contracts/{PH}")).status_code == 303


@pytest.mark.parametrize("column", ["seen_at", "created_at"])
async def test_a_session_ends_by_itself(site: Site, column: str) -> None:
    browser = await site.signed_in(ARS)
    long_ago = datetime.now(UTC) - timedelta(hours=13 if column == "created_at" else 0, minutes=31)
    async with site.parts.store.writing() as session:
        await session.execute(text(f"UPDATE session SET {column} = :at"), {"at": long_ago.replace(tzinfo=None)})
    assert (await browser.ask("GET", "/")).headers["location"] == "/sign-in"


async def test_each_provider_sets_how_long_its_sessions_live_and_the_settings_how_long_at_most(site: Site) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(text("UPDATE provider SET idle_minutes = 5, session_hours = 4"))
    short = await site.signed_in(ARS)
    async with site.parts.store.writing() as session:
        await session.execute(text("UPDATE provider SET idle_minutes = 240, session_hours = 12"))
    long = await site.signed_in(ARS)
    limits = []
    for browser in (short, long):  # each as it was when its person signed in
        page = (await browser.get("/")).text
        limits.append([int(re.search(f'data-{name}="([0-9]+)"', page)[1]) for name in ("idle", "ends")])  # type: ignore[index]
    assert [idle for idle, _ in limits] == [300, 1800]
    assert [round(ends / 3600) for _, ends in limits] == [4, 12]
    six_minutes_ago = datetime.now(UTC) - timedelta(minutes=6)
    async with site.parts.store.writing() as session:
        await session.execute(text("UPDATE session SET seen_at = :at"), {"at": six_minutes_ago.replace(tzinfo=None)})
    assert (await short.ask("GET", "/")).headers["location"] == "/sign-in"
    assert (await long.ask("GET", "/")).status_code == 200


async def test_what_a_session_kept_for_signing_out_is_forgotten_once_it_is_long_over(site: Site) -> None:
    await site.signed_in(ARS)
    for days, kept in ((0, 1), (2, 0)):
        await forget_tokens(site.parts.store, datetime.now(UTC) + timedelta(days=days))
        async with site.parts.store.reading() as session:
            found = await session.execute(text("SELECT count(*) FROM session WHERE id_token <> ''"))
            assert found.scalar_one() == kept


async def test_a_person_is_issuer_and_subject(site: Site) -> None:
    await site.signed_in(ARS)
    await site.signed_in(ARS)
    async with site.parts.store.reading() as session:
        found = await session.execute(text("SELECT issuer, subject FROM person WHERE subject = :s"), {"s": ARS})
        assert found.all() == [(demonstration.ISSUER, ARS)]
    async with site.parts.store.writing() as session:  # another provider that calls somebody the same
        namesake = await people.person(session, "https://autre.example", ARS, "Autre", datetime.now(UTC))
        assert await people.identity_of(session, namesake) == ("https://autre.example", ARS)
        assert await people.seat(session, PH, namesake) is None
        kept = await session.execute(text("SELECT name FROM person WHERE subject = :s ORDER BY id"), {"s": ARS})
        assert kept.scalars().all() == ["Camille Authier", "Autre"]


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil", "%2F%2Fevil", "javascript:x"])
async def test_after_sign_in_only_to_ourselves(site: Site, target: str) -> None:
    page = await site.browser().sign_in(ARS, next_path=target)
    assert str(page.url).startswith(f"{site.url}/")
    assert page.status_code in (200, 404)
    assert not re.search(r"evil", urlsplit(str(page.url)).netloc)


async def test_someone_without_a_seat_sees_an_empty_list_that_says_what_to_do(site: Site) -> None:
    page = await site.browser().sign_in("alex-martin")
    assert "Votre accès n’est pas encore ouvert" in page.text
    assert PH not in page.text


async def test_the_demonstration_refuses_a_database_with_real_providers(site: Site) -> None:
    real = demonstration.configuration(site.settings)
    async with site.parts.store.writing() as session:
        await session.execute(text("UPDATE provider SET key = 'ars', label = 'ProConnect'"))
    with pytest.raises(demonstration.NotForDemo, match="ProConnect"):
        await demonstration.fill(site.parts.store, site.settings)
    assert real.key == demonstration.KEY


async def test_the_demonstration_refuses_a_database_with_a_real_contract(site: Site) -> None:
    source = a_file()
    source["contract"]["id"] = "CPOM-VRAI"
    await import_contract(source, site.parts.store)
    with pytest.raises(demonstration.NotForDemo, match="CPOM-VRAI"):
        await demonstration.fill(site.parts.store, site.settings)


async def test_a_real_server_refuses_the_demonstrations_database(site: Site) -> None:
    with pytest.raises(demonstration.NotForDemo, match="was the demonstration"):
        await demonstration.check_absent(site.parts.store)


async def test_a_form_too_large_to_be_one_is_refused_before_it_is_read(site: Site) -> None:
    answer = await site.browser().ask("POST", f"/sign-in/{demonstration.KEY}", content=b"&" * 6_000_000)
    assert answer.status_code == 413
