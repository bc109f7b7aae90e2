"""One's own sessions, and the fresh sign-in that confirms their end: each condition broken in turn is refused."""

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import text as sql

from auth.sealing import DEMO_KEY, Sealer, new_key
from auth.session import COOKIE
from collab.canonical import canonical
from collab.peer import HangUp
from server.providers import providing
from server.store.tables_of_sessions import IntentRow
from tests.auth.oidc_fakes import ABSENT
from tests.factories import PH
from tests.web.outside import Outside, outside_of
from tests.web.site import Browser, Site
from tests.web.test_live import Tab

pytestmark = pytest.mark.anyio
ARS, OTHER = "camille-authier", "nadege-fournier"
HERE = "/account/sessions"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def sessions_of(browser: Browser) -> list[str]:
    """The numbers of the sessions that the page offers to end."""
    page = (await browser.get(HERE)).text
    return [one.split('"')[0] for one in page.split('name="session" value="')[1:]]


async def rows(site: Site, table: str, columns: str) -> list[tuple[Any, ...]]:
    async with site.parts.store.reading() as session:
        return [tuple(one) for one in await session.execute(sql(f"SELECT {columns} FROM {table} ORDER BY id"))]


async def test_a_person_sees_where_they_are_signed_in_and_ends_another_session_once_they_confirmed(site: Site) -> None:
    here, there = await site.signed_in(ARS), Browser(site.url)
    assert "Vous n’avez pas d’autre connexion ouverte." in (await here.get(HERE)).text
    picker = await there.reach_provider()
    callback = (await there.choose(picker, ARS)).headers["location"]
    await there.ask("GET", callback, headers={"user-agent": FIREFOX})
    other = await site.signed_in(OTHER)
    shown = (await here.get(HERE)).text
    assert "Firefox sur Windows" in shown
    assert shown.count("Cette connexion") == 1
    (number,) = set(await sessions_of(here))
    old = here.cookies[COOKIE]
    async with there.socket(PH) as connection, here.socket(PH) as mine:
        tab, own = Tab(connection), Tab(mine)
        await tab.open(f"contract:{PH}")
        await own.open(f"contract:{PH}")
        gone = await here.ask("POST", f"{HERE}/end", data={"session": number})
        asked = parse_qs(urlsplit(gone.headers["location"]).query)
        assert (asked["prompt"], asked["max_age"], len(asked["nonce"][0])) == (["login"], ["0"], 43)
        done = await here.follow(await here.choose(await here.follow(gone), ARS))
        assert "les connexions choisies sont fermées" in done.text
        await tab.until(lambda: connection.close_code is not None)
        assert connection.close_code == HangUp.SESSION_OVER
        await own.answered()  # it goes on: it is the session that asked
        assert mine.close_code is None
    assert (await there.ask("GET", "/")).headers["location"] == "/sign-in"
    assert (await other.ask("GET", "/")).status_code == 200
    assert here.cookies[COOKIE] != old
    ghost = Browser(site.url)
    ghost.cookies[COOKIE] = old  # the id of before the step-up
    assert (await ghost.ask("GET", "/")).headers["location"] == "/sign-in"
    assert await rows(site, "session", "ended_why") == [("",), ("ended-by-owner",), ("",)]


async def test_nobody_ends_sessions_that_are_not_theirs_or_the_one_they_ask_from(site: Site) -> None:
    here, there = await site.signed_in(ARS), await site.signed_in(OTHER)
    for number in ("1", "2", "99", "", "x", "9" * 20):  # one's own, somebody else's, nobody's
        assert (await here.ask("POST", f"{HERE}/end", data={"session": number})).status_code == 404
    assert (await there.ask("GET", "/")).status_code == 200
    assert (await Browser(site.url).ask("POST", f"{HERE}/end", data={"session": "1"})).status_code == 401
    assert await rows(site, "intent", "id") == []


class Confirming:
    """Camille, twice signed in through a provider that lies on demand, about to end the other session."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.liar = outside.liar
        self.browser = outside.browser
        self.asked: dict[str, list[str]] = {}

    async def begin(self) -> None:
        (number,) = set(await sessions_of(self.browser))
        gone = await self.browser.ask("POST", f"{HERE}/end", data={"session": number})
        assert gone.status_code == 303, gone.text
        self.asked = parse_qs(urlsplit(gone.headers["location"]).query)
        at = int(datetime.now(UTC).timestamp())
        self.liar.nonce = self.asked["nonce"][0]
        self.liar.claims = {"iat": at, "exp": at + 60, "auth_time": at, "acr": "eidas2", **self.liar.claims}

    async def come_back(self, browser: Browser | None = None) -> httpx2.Response:
        query = f"state={self.asked['state'][0]}&code=code-1"
        return await (browser or self.browser).ask("GET", f"/sign-in/ars/callback?{query}")

    async def ended(self) -> int:
        found = await rows(self.outside.site, "session", "ended_why")
        return sum(why == "ended-by-owner" for (why,) in found)


@pytest.fixture
async def confirming(site: Site) -> AsyncIterator[Confirming]:
    async with outside_of(site) as outside:
        await outside.keep(visa_acr=("eidas2", "eidas3"))
        await outside.open_session()
        yield Confirming(outside)


async def test_the_proof_names_the_intent_and_is_kept_sealed_with_the_key_that_signed_it(
    confirming: Confirming, site: Site
) -> None:
    await confirming.begin()
    assert (await confirming.come_back()).headers["location"] == f"{HERE}?done=ended"
    assert await confirming.ended() == 1
    async with site.parts.store.reading() as session:
        kept = await session.get_one(IntentRow, 1)
    facts = {
        "kind": "end_sessions",
        "contract": None,
        "section": None,
        "meeting": None,
        "party": None,
        "person": kept.person_id,
        "digest": sha256(canonical(json.loads(kept.details)).encode()).hexdigest(),
        "random": kept.random,
    }
    assert len(bytes.fromhex(kept.random)) == 16
    nonce = urlsafe_b64encode(sha256(canonical(facts).encode()).digest()).decode().rstrip("=")
    assert confirming.asked["nonce"] == [nonce]
    token = site.parts.sealer.open(kept.id_token)
    assert token not in (kept.id_token, kept.keys)
    claims = jwt.decode(token, KeySet.import_key_set(json.loads(kept.keys)), algorithms=["ES256"]).claims
    assert (claims["nonce"], claims["sub"], kept.acr) == (nonce, "person-1", "eidas2")
    assert kept.confirmed_at is not None


async def test_a_proof_outlives_the_key_it_was_sealed_by(confirming: Confirming, site: Site) -> None:
    await confirming.begin()
    await confirming.come_back()
    key = new_key()
    await providing.reseal(site.parts.store, Sealer([key, DEMO_KEY]))
    ((sealed,),) = await rows(site, "intent", "id_token")
    assert Sealer([key]).open(sealed).count(".") == 2


REFUSED = {
    "another person": ({"sub": "person-2"}, "person", "Une autre personne s’est identifiée."),
    "no date": ({"auth_time": ABSENT}, "stale", "ne vous a pas demandé de vous identifier à nouveau"),
    "a sign-in of before": ({"auth_time": 1_700_000_000}, "stale", "ne vous a pas demandé de vous identifier"),
    "a lower level": ({"acr": "eidas1"}, "level", "n’a pas donné le niveau de sécurité demandé"),
    "no level": ({"acr": ABSENT}, "level", "n’a pas donné le niveau de sécurité demandé"),
    "an unknown level": ({"acr": "gold"}, "level", "n’a pas donné le niveau de sécurité demandé"),
    "another intent": ({"nonce": "n" * 43}, "nonce", "Recommencez."),
}


async def test_each_condition_broken_in_turn_is_refused_says_which_and_ends_nothing(
    confirming: Confirming, site: Site
) -> None:
    before = confirming.browser.cookies[COOKIE]
    confirming.liar.userinfo = {"sub": ABSENT}
    confirming.liar.metadata = {"userinfo_endpoint": ABSENT}
    for claims, _, says in REFUSED.values():
        confirming.liar.claims = dict(claims)
        await confirming.begin()
        answer = await confirming.come_back()
        assert (answer.status_code, says in answer.text) == (403, True), answer.text
        assert (await confirming.come_back()).status_code == 403  # the attempt and the intent are spent
        assert confirming.browser.cookies[COOKIE] == before
    assert await confirming.ended() == 0
    kinds = await rows(site, "security_event", "kind, details")
    reasons = [json.loads(said)["reason"] for kind, said in kinds if kind == "step_up_refused"]
    assert reasons == [reason for _, reason, _ in REFUSED.values()]
    assert {one for (one,) in await rows(site, "intent", "confirmed_at")} == {None}


async def test_an_intent_is_the_sessions_own_is_used_once_and_lasts_ten_minutes(
    confirming: Confirming, site: Site
) -> None:
    await confirming.begin()
    stranger = await confirming.outside.another()
    stranger.cookies |= {name: one for name, one in confirming.browser.cookies.items() if name != COOKIE}
    assert "La demande a expiré ou a déjà servi" in (await confirming.come_back(stranger)).text
    await confirming.begin()
    async with site.parts.store.writing() as session:
        at = datetime.now(UTC) - timedelta(minutes=11)
        await session.execute(sql("UPDATE intent SET made_at = :at"), {"at": at.replace(tzinfo=None)})
    assert "La demande a expiré ou a déjà servi" in (await confirming.come_back()).text
    await confirming.begin()
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE intent SET used_at = made_at"))
    assert "La demande a expiré ou a déjà servi" in (await confirming.come_back()).text
    assert await confirming.ended() == 0
    await confirming.begin()
    assert (await confirming.come_back()).status_code == 303
    assert await confirming.ended() == 1


async def test_a_provider_like_proconnect_is_asked_for_a_level_and_for_nothing_it_refuses(
    confirming: Confirming,
) -> None:
    await confirming.outside.keep(visa_acr=("eidas2",), fresh_login="acr", parameters=(("acr_values", "eidas1"),))
    confirming.liar.claims = {"auth_time": ABSENT}  # it says when the code was exchanged, which proves nothing
    await confirming.begin()
    assert json.loads(confirming.asked["claims"][0]) == {"id_token": {"acr": {"essential": True, "values": ["eidas2"]}}}
    assert not {"prompt", "max_age", "acr_values"} & set(confirming.asked)
    assert (await confirming.come_back()).status_code == 303
    assert await confirming.ended() == 1


async def test_without_a_level_a_fresh_sign_in_alone_confirms_and_the_proof_says_so(
    confirming: Confirming, site: Site
) -> None:
    await confirming.outside.keep()
    for claims in ({"auth_time": ABSENT}, {"auth_time": 1_700_000_000}):
        confirming.liar.claims = dict(claims)
        await confirming.begin()
        assert "ne vous a pas demandé de vous identifier à nouveau" in (await confirming.come_back()).text
    confirming.liar.claims = {}
    await confirming.begin()  # the provider says a level, which nobody wanted
    assert (confirming.asked["prompt"], confirming.asked["max_age"]) == (["login"], ["0"])
    assert not {"acr_values", "claims"} & set(confirming.asked)
    assert (await confirming.come_back()).status_code == 303
    assert await confirming.ended() == 1
    kept = await rows(site, "intent", "confirmed_at IS NOT NULL, acr, auth_time IS NOT NULL")
    assert kept == [(0, None, 0), (0, None, 0), (1, None, 1)]
    told = await rows(site, "security_event", "kind, details")
    assert [json.loads(said)["proof"] for kind, said in told if kind == "step_up_accepted"] == ["auth_time"]


async def test_where_only_a_level_asks_for_a_fresh_sign_in_nothing_is_confirmed_without_one(
    confirming: Confirming,
) -> None:
    await confirming.outside.keep(fresh_login="acr")
    (number,) = set(await sessions_of(confirming.browser))
    answer = await confirming.browser.ask("POST", f"{HERE}/end", data={"session": number})
    assert (answer.status_code, "niveau de sécurité demandé" in answer.text) == (403, True)
    await confirming.outside.keep(visa_acr=("eidas2",), fresh_login="acr")
    await confirming.begin()
    await confirming.outside.keep(fresh_login="acr")  # the level is taken out of the row meanwhile
    assert "niveau de sécurité demandé" in (await confirming.come_back()).text
    assert await confirming.ended() == 0
