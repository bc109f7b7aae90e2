"""The administrators' pages about providers: add from a profile, change, open, close, try; nobody else comes in."""

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from starlette.routing import Route

from auth.policy import ROUTES, Door
from auth.provider import Provider, Refusal
from auth.sealing import Sealed
from auth.session import COOKIE
from server.app import ROUTED
from server.demo import demonstration
from server.providers.profiles import PROFILES
from server.providers.trying import REMEDIES, STEPS
from server.store import providers
from tests.auth.lies import LIES
from tests.auth.oidc_fakes import ISSUER, LyingProvider, a_provider, query_of
from tests.factories import PH
from tests.web.administrators import administrator
from tests.web.forms import fields, send
from tests.web.site import Browser, Site
from tests.web.test_lying_provider import comes_in, counted, meet

pytestmark = pytest.mark.anyio
LIST = "/administration/providers"
NEW = f"{LIST}/new/keycloak"
TYPED = {"key": "dep", "label": "Département", "issuer": ISSUER, "client_id": "entente", "client_secret": "s3cret+/=%"}


async def kept(site: Site, key: str = "dep") -> Provider:
    async with site.parts.store.reading() as session:
        return next(one for one in await providers.known(session) if one.key == key)


async def journal(site: Site, kind: str) -> list[dict[str, Any]]:
    async with site.parts.store.reading() as session:
        asked = text("SELECT person_id, provider, details FROM security_event WHERE kind = :kind ORDER BY id")
        return [dict(row) for row in (await session.execute(asked, {"kind": kind})).mappings()]


def behind() -> list[Route]:
    return [one for one in ROUTED if isinstance(one, Route) and ROUTES[one.name][0] is Door.ADMINISTRATOR]


async def test_only_administrators_come_in_and_they_read_no_contract_by_it(site: Site) -> None:
    lead, stranger = await site.signed_in("camille-authier"), await site.signed_in("monique-herault")
    before = await counted(site)
    assert len(behind()) >= 10
    for route in behind():
        method = "POST" if "POST" in (route.methods or ()) else "GET"
        path = re.sub(r"\{[a-z_]+\}", demonstration.KEY, route.path)
        for browser in (lead, stranger):
            assert (await browser.ask(method, path)).status_code == 404, route.name
        nobody = await site.browser().ask(method, path)
        assert nobody.status_code in (303, 401), route.name
    assert (await kept(site, demonstration.KEY)).is_enabled
    assert await counted(site) == before


async def test_a_provider_is_added_from_a_profile_changed_and_its_secret_never_shown(site: Site) -> None:
    browser = await administrator(site)
    answer = await send(browser, NEW, TYPED)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIST}/dep?done=added")
    made = await kept(site)
    assert (made.profile, made.algorithm, made.logout, made.is_enabled) == (
        "keycloak", "RS256", ("redirect", "back-channel"), False,
    )  # fmt: skip
    assert made.discovery_url == f"{ISSUER}/.well-known/openid-configuration"
    page = await browser.get(f"{LIST}/dep?done=added")
    assert f"{site.url}/sign-in/dep/callback" in page.text
    assert f"{site.url}/sign-in/dep/back-channel-logout" in page.text
    assert TYPED["client_secret"] not in page.text
    changed = await send(browser, f"{LIST}/dep", {"label": "Département 49", "reading_acr": "eidas1 eidas2"})
    assert changed.headers["location"] == f"{LIST}/dep?done=changed"
    now = await kept(site)
    assert (now.label, now.reading_acr, now.client_secret) == (
        "Département 49", ("eidas1", "eidas2"), made.client_secret,
    )  # fmt: skip
    assert (await send(browser, f"{LIST}/dep")).headers["location"] == f"{LIST}/dep?done=same"
    await send(browser, f"{LIST}/dep", {"client_secret": "another"})
    sealed = (await kept(site)).client_secret
    assert isinstance(sealed, Sealed)
    assert site.parts.sealer.open(sealed.text) == "another"
    told = await journal(site, "provider_changed")
    assert ["another" in str(one) or "s3cret" in str(one) for one in told] == [False] * len(told)
    assert [one["provider"] for one in told][-3:] == ["dep"] * 3


async def test_two_administrators_do_not_undo_each_other(site: Site) -> None:
    browser = await administrator(site)
    await send(browser, NEW, TYPED)
    old = fields((await browser.get(f"{LIST}/dep")).text, f"{LIST}/dep")
    await send(browser, f"{LIST}/dep", {"scopes": "openid email"})
    late = await browser.ask("POST", f"{LIST}/dep", data={**old, "label": "Autre", "client_secret": "typed"})
    assert late.status_code == 409
    assert ("openid email" in late.text, "typed" in late.text) == (True, False)
    assert (await kept(site)).label == "Département"


@pytest.mark.both_databases
async def test_of_administrators_who_save_at_once_one_does_and_the_journal_names_every_field(site: Site) -> None:
    browser = await administrator(site)
    await send(browser, NEW, TYPED)
    form = fields((await browser.get(f"{LIST}/dep")).text, f"{LIST}/dep")
    typed = [
        {**form, "label": f"D{n}", "visa_acr": "eidas3", "name_claim": f"n{n}", "session_hours": "3"} for n in range(6)
    ]
    answers = await asyncio.gather(*(browser.ask("POST", f"{LIST}/dep", data=one) for one in typed))
    assert sorted(one.status_code for one in answers) == [303, 409, 409, 409, 409, 409]
    said = json.loads((await journal(site, "provider_changed"))[-1]["details"])
    assert said == {"did": "changed", **dict.fromkeys(("label", "name_claim", "visa_acr", "session_hours"), True)}


WRONG: list[tuple[dict[str, str], str]] = [
    ({"key": "DEP"}, "key"),
    ({"key": "demonstration"}, "key"),
    ({"key": "../x"}, "key"),
    ({"label": " "}, "label"),
    ({"issuer": "http://op.example"}, "issuer"),
    ({"fresh_login": "acr", "visa_acr": ""}, "visa_acr"),
    ({"issuer": "https://10.0.0.1"}, "issuer"),
    ({"issuer": "javascript:alert(1)"}, "issuer"),
    ({"discovery_url": "https://169.254.169.254/"}, "discovery_url"),
    ({"authorization_endpoint": "https://me:x@op.example/"}, "authorization_endpoint"),
    ({"client_id": ""}, "client_id"),
    ({"client_secret": ""}, "client_secret"),
    ({"algorithm": "HS256"}, "algorithm"),
    ({"token_method": "none"}, "token_method"),
    ({"token_method": "tls_client_auth"}, "certificate"),
    ({"certificate": "PEM"}, "certificate_key"),
    ({"certificate": "PEM", "certificate_key": "PEM"}, "certificate"),
    ({"scopes": "profile"}, "scopes"),
    ({"scopes": 'openid "x'}, "scopes"),
    ({"claims": "[]"}, "claims"),
    ({"claims": "{"}, "claims"),
    ({"userinfo": "xml"}, "userinfo"),
    ({"idle_minutes": "0"}, "idle_minutes"),
    ({"session_hours": "13"}, "session_hours"),
    ({"national_claim": "a b"}, "national_claim"),
]


async def test_what_cannot_be_a_provider_is_said_beside_its_field_and_not_kept(site: Site) -> None:
    browser = await administrator(site)
    for typed, field in WRONG:
        answer = await send(browser, NEW, TYPED | typed)
        assert answer.status_code == 422, typed
        assert f'id="e-{field}"' in answer.text, typed
        assert TYPED["client_secret"] not in answer.text
    async with site.parts.store.reading() as session:
        assert [one.key for one in await providers.known(session)] == [demonstration.KEY]


async def test_every_profile_makes_a_form_that_makes_a_provider(site: Site) -> None:
    browser = await administrator(site)
    for number, key in enumerate(PROFILES):
        answer = await send(browser, f"{LIST}/new/{key}", {**TYPED, "key": f"p{number}"})
        assert answer.status_code == 303, key
        made = await kept(site, f"p{number}")
        assert {name: getattr(made, name) for name in PROFILES[key].row} == dict(PROFILES[key].row)
    assert (await browser.ask("GET", f"{LIST}/new/nothing")).status_code == 404
    assert (await browser.ask("GET", f"{LIST}/nothing")).status_code == 404


async def test_with_a_signing_key_the_page_gives_its_public_part_and_keeps_it(site: Site) -> None:
    browser = await administrator(site)
    await send(browser, NEW, {**TYPED, "token_method": "private_key_jwt", "client_secret": ""})
    page = (await browser.get(f"{LIST}/dep")).text
    assert ("&#34;kty&#34;: &#34;EC&#34;" in page, "&#34;d&#34;" in page) == (True, False)
    before = (await kept(site)).client_key
    await send(browser, f"{LIST}/dep", {"label": "Autre"})
    assert (await kept(site)).client_key == before


async def test_opening_counts_at_once_and_closing_ends_the_sessions_begun_through_it(site: Site) -> None:
    browser = await administrator(site)
    liar = LyingProvider(now=datetime.now(UTC))
    await meet(site, liar, is_enabled=False)
    assert "ARS Bretagne" not in (await site.browser().get("/sign-in")).text
    opened = await browser.ask("POST", f"{LIST}/ars/enable")
    assert opened.headers["location"] == f"{LIST}?done=enabled"
    sign_in = await site.browser().get("/sign-in")
    assert "ARS Bretagne" in sign_in.text
    assert f"form-action 'self' {ISSUER}" in sign_in.headers["content-security-policy"].replace(f" {site.url}", "")
    person = site.browser()
    assert (await comes_in(site, liar, person, {})).status_code == 303
    assert (await person.ask("GET", "/")).status_code == 200
    await browser.ask("POST", f"{LIST}/ars/disable")
    assert (await person.ask("GET", "/")).status_code == 303
    closed = await site.browser().get("/sign-in")
    assert "ARS Bretagne" not in closed.text
    assert ISSUER not in closed.headers["content-security-policy"]
    assert (await browser.get(LIST)).status_code == 200
    assert [json.loads(one["details"])["did"] for one in await journal(site, "provider_changed")][-2:] == [
        "enabled", "disabled",
    ]  # fmt: skip


# --- trying


async def tries(site: Site, liar: LyingProvider, browser: Browser, **answer: str) -> str:
    """A whole trial; the page that the administrator then sees."""
    start = await browser.ask("POST", f"{LIST}/ars/try")
    asked = query_of(start.headers["location"])
    liar.nonce = asked["nonce"]
    query = {"state": asked["state"], "code": "code-1", **answer}
    back = await browser.ask("GET", "/sign-in/ars/callback?" + "&".join(f"{k}={v}" for k, v in query.items()))
    assert (back.status_code, back.headers["location"]) == (303, f"{LIST}/ars/try")
    return (await browser.get(f"{LIST}/ars/try")).text


async def test_a_trial_says_what_came_and_lets_nobody_in(site: Site) -> None:
    browser = await administrator(site)
    liar = LyingProvider(now=datetime.now(UTC), claims={"acr": "eidas1"}, userinfo={"siret": "18003502400014"})
    other = await administrator(site, "nadege-fournier")
    await meet(site, liar, is_enabled=False, organisation_claim="siret", visa_acr=("eidas2",))
    before, cookie = await counted(site), browser.cookies[COOKIE]
    page = await tries(site, liar, browser)
    for word in (
        "La connexion fonctionne",
        "Anne Le Goff",
        "person-1",
        "eidas1",
        "18003502400014",
        "<code>nonce</code>",
    ):
        assert word in page, word
    assert "Ce niveau ne suffit pas pour un visa." in page
    assert (await counted(site), browser.cookies[COOKIE]) == (before, cookie)
    assert len(await journal(site, "provider_tried")) == 1
    assert "Anne Le Goff" not in (await other.get(f"{LIST}/ars/try")).text


async def test_a_trial_of_every_lie_names_the_reason_and_the_remedy(site: Site) -> None:
    browser = await administrator(site)
    before = await counted(site)
    seen = set()
    for lie in (one for one in LIES if not one.answer):
        now = datetime.now(UTC)
        liar = lie.provider(int(now.timestamp()))
        liar.now = now
        await meet(site, liar, **lie.row)
        start = await browser.ask("POST", f"{LIST}/ars/try")
        if start.headers["location"] == f"{LIST}/ars/try":  # it cannot even begin: the steps say why
            page = (await browser.get(f"{LIST}/ars/try")).text
            assert "à corriger" in page, lie.name
            continue
        page = await tries(site, liar, browser)
        assert f"<code>{lie.reason.value}: " in page, lie.name
        assert REMEDIES[lie.reason].split("\u00a0:")[0].replace("'", "&#39;") in page, lie.name
        seen.add(lie.reason)
    assert len(seen) > 12
    assert await counted(site) == before


async def test_a_trial_is_of_one_browser_and_plays_once(site: Site) -> None:
    browser, thief = await administrator(site), site.browser()
    liar = LyingProvider(now=datetime.now(UTC))
    await meet(site, liar)
    start = await browser.ask("POST", f"{LIST}/ars/try")
    asked = query_of(start.headers["location"])
    liar.nonce = asked["nonce"]
    callback = f"/sign-in/ars/callback?state={asked['state']}&code=c"
    await thief.ask("GET", callback)
    assert COOKIE not in thief.cookies
    assert "La connexion fonctionne" not in (await browser.get(f"{LIST}/ars/try")).text
    assert (await browser.ask("GET", callback)).status_code == 403  # spent
    for query in ("", "?state=made-up&code=x"):
        assert (await browser.ask("GET", f"/sign-in/ars/callback{query}")).status_code == 403


def test_everything_a_trial_may_find_has_its_words() -> None:
    of_logout_and_step_up = {"event", "token-id", "replayed", "person", "stale", "intent"}
    assert {one.value for one in Refusal} - {one.value for one in REMEDIES} == of_logout_and_step_up
    assert len(STEPS) == 11


# --- the provider of a party


async def test_a_lead_chooses_for_their_own_party_and_an_administrator_for_any(site: Site) -> None:
    desk = await administrator(site)
    lead = await site.signed_in("camille-authier")
    await meet(site, LyingProvider(now=datetime.now(UTC)), is_enabled=False)
    own, other = (f"/contracts/{PH}/settings/parties/{key}" for key in ("ars", "departement"))
    assert "s3cret" not in (await lead.get(own)).text
    page, action = own, f"{own}/provider"
    assert (await send(lead, page, {"provider": "ars"}, action=action)).status_code == 422  # it is not open
    chosen = await send(lead, page, {"provider": demonstration.KEY}, action=action)
    assert chosen.headers["location"].split("?")[1].startswith("done=party_provider")
    assert demonstration.KEY in fields((await lead.get(own)).text, action)["provider"]
    assert (await lead.ask("POST", action, data={"provider": "", "version": "old"})).status_code == 409
    foreign = await lead.ask("POST", f"{other}/provider", data={"provider": "", "version": "x"})
    assert (foreign.status_code, "t-fournisseur" in (await lead.get(other)).text) == (403, False)
    assert "a choisi le fournisseur d’identité de" in (await lead.get(f"/contracts/{PH}/settings")).text
    for_any = f"/administration/parties/{PH}/departement"
    assert (
        await send(desk, "/administration/parties", {"provider": demonstration.KEY}, action=for_any)
    ).status_code == 303
    late = await desk.ask("POST", for_any, data={"provider": "", "version": "old"})
    assert late.status_code == 409
    assert (await desk.ask("POST", f"/administration/parties/{PH}/none", data={"version": ""})).status_code == 404
    assert (await desk.ask("GET", f"/contracts/{PH}")).status_code == 404
    async with site.parts.store.reading() as session:
        kept = (await session.execute(text("SELECT key, provider FROM party WHERE provider IS NOT NULL"))).all()
    assert sorted(kept) == [("ars", demonstration.KEY), ("departement", demonstration.KEY)]


async def test_the_sign_in_page_says_the_official_words_and_finds_one_among_many(site: Site) -> None:
    async with site.parts.store.writing() as session:
        for key, label, profile in (("pc", "État", "proconnect"), ("psc", "Santé", "pro-sante-connect")):
            await providers.keep(session, a_provider(key=key, label=label, profile=profile), site.parts.sealer)
    page = (await site.browser().get("/sign-in")).text
    words = ["S’identifier avec ProConnect", "S’identifier avec Pro Santé Connect", "Se connecter avec le fournisseur"]
    places = [page.index(one) for one in words]
    assert (places, 'name="search"' in page) == (sorted(places), False)
    async with site.parts.store.writing() as session:
        for number in range(9):
            row = a_provider(key=f"d{number}", label=f"Département É{number}")
            await providers.keep(session, row, site.parts.sealer)
    found = (await site.browser().get("/sign-in?search=departement e7&next=/x")).text
    assert (found.count('class="btn btn--plein"'), "Département É7" in found) == (1, True)
    assert 'name="next" value="/x"' in found
    none = (await site.browser().get("/sign-in?search=<b>")).text
    assert ("Aucun organisme de ce nom." in none, "<b>" in none) == (True, False)
