"""Who may what: every role × route as the policy table says; the gate; the headers of every answer."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import text as sql
from starlette.routing import BaseRoute, Mount

from auth.policy import GRANTS, ROUTES, Action, Role, may
from server.app import ROUTED, unknown_routes
from server.demo.demonstration import provider
from server.demo.pages import routes as demo_routes
from server.store import administrators
from server.web.views import templates
from tests.factories import EHPAD, PH, a_file, some_settings
from tests.waiting import PATIENCE_S
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio

# A person of the example for each role the files have, in a signing and in a consulted party, and a stranger.
SEATED = {
    "camille-authier": (Role.LEAD_NEGOTIATOR, True),
    "yanis-berthome": (Role.CONTRIBUTOR, True),
    "helene-quemere": (Role.SIGNATORY, True),
    "elodie-maugin": (Role.READER, False),
}
STRANGERS = ("alex-martin", "monique-herault")  # in no contract; a reader of the other contract
NOTES = [one["text"] for one in a_file()["comments"] if one["visibility"] != "shared"]


def test_the_table_is_what_it_says() -> None:
    assert {role: sorted(actions) for role, actions in GRANTS.items()} == {
        Role.LEAD_NEGOTIATOR: ["answer", "manage", "people", "propose", "read", "write"],
        Role.CONTRIBUTOR: ["propose", "read", "write"],
        Role.SIGNATORY: ["propose", "read", "write"],
        Role.FACILITATOR: ["read"],
        Role.READER: ["read"],
        Role.ADMINISTRATOR: ["people"],
    }


@pytest.mark.parametrize(("role", "action"), list(itertools.product(Role, Action)))
def test_a_consulted_party_reads_at_most(role: Role, action: Action) -> None:
    assert may(role, action, is_signing=False) == (action is Action.READ and role is not Role.ADMINISTRATOR)


def test_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route(site_settings: Any) -> None:
    everything: list[BaseRoute] = [*ROUTED, *demo_routes(provider(site_settings), templates())]
    assert unknown_routes(everything) == []
    assert {getattr(route, "name", "") for route in everything} == set(ROUTES)


def test_a_route_missing_from_the_table_is_noticed() -> None:
    assert unknown_routes([*ROUTED, Mount("/x", routes=[], name="forgotten")]) == ["forgotten"]


@pytest.fixture
def site_settings(tmp_path: Any) -> Any:
    return some_settings(tmp_path / "x.sqlite")


@pytest.mark.parametrize("subject", SEATED)
async def test_a_page_offers_writing_to_those_who_may_write(site: Site, subject: str) -> None:
    page = await (await site.signed_in(subject)).get(f"/contracts/{PH}")
    role, is_signing = SEATED[subject]
    assert ('data-writable="true"' in page.text) == may(role, Action.WRITE, is_signing=is_signing)


@pytest.mark.parametrize("subject", [*SEATED, *STRANGERS, "marc-lebreton", "nadege-fournier", "olivier-chesneau"])
async def test_no_page_carries_an_internal_note(site: Site, subject: str) -> None:
    assert len(NOTES) == 2
    browser = await site.signed_in(subject)
    pages = [f"/contracts/{PH}{path}" for path in ("", "/settings", "/life", "/plan", "/settings/facts")]
    for path in ("/", *pages, f"/contracts/{EHPAD}", "/sign-in"):
        page = await browser.get(path)
        for note in NOTES:
            assert note[:30] not in page.text
            assert note[-30:] not in page.text


async def test_a_contract_shows_its_articles_parties_and_establishments(site: Site) -> None:
    page = (await (await site.signed_in("elodie-maugin")).get(f"/contracts/{PH}")).text
    for words in (
        "Modulation de la tarification",
        "plancher de 92 % fixé",
        "IME Les Coteaux",
        "49\u00a0999\u00a0011\u00a07",
    ):
        assert words in page
    assert page.count('data-section="') == 23  # 27 sections, of which 4 are only headings


FOREIGN = [
    {},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/sign-out", "/sign-in/demonstration", "/csp-report", "/demo/choose"])
async def test_a_form_that_is_not_ours_is_refused(site: Site, path: str, headers: dict[str, str]) -> None:
    browser = await site.signed_in("camille-authier")
    sent = {"origin": "", **headers}
    answer = await _post(browser, path, {name: value for name, value in sent.items() if value})
    assert answer == 403
    assert (await browser.ask("GET", "/")).status_code == 200


async def _post(browser: Browser, path: str, headers: dict[str, str]) -> int:
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        answer = await client.post(browser.url + path, headers={"cookie": browser.cookie, **headers}, content=b"x")
    return answer.status_code


async def test_a_form_of_ours_is_taken_with_origin_or_with_fetch_metadata(site: Site) -> None:
    browser = await site.signed_in("camille-authier")
    assert await _post(browser, "/csp-report", {"origin": site.url}) == 204
    assert await _post(browser, "/csp-report", {"sec-fetch-site": "same-origin"}) == 204


async def test_another_host_is_turned_away(site: Site) -> None:
    answer = await site.browser().ask("GET", "/sign-in", headers={"host": "evil.example"})
    assert answer.status_code == 421


ADDRESSES = [
    "/",
    "/sign-in",
    "/healthz",
    "/readyz",
    "/nowhere",
    f"/contracts/{PH}",
    "/static/icon.svg",
    "/static/no.js",
]


@pytest.mark.parametrize("path", [*ADDRESSES, "/demo/jwks", "/demo/authorize"])
async def test_every_answer_is_dressed(site: Site, path: str) -> None:
    answer = await site.browser().ask("GET", path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "report-uri /csp-report" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "server" not in answer.headers
    kept = path == "/static/icon.svg"
    assert answer.headers["cache-control"] == ("public, max-age=31536000, immutable" if kept else "no-store")


def dressed(headers: Any) -> bool:
    return "default-src 'none'" in headers["content-security-policy"] and headers["x-content-type-options"] == "nosniff"


async def test_refusals_and_failures_leave_dressed_too(site: Site) -> None:
    browser = await site.signed_in("camille-authier")
    assert dressed((await browser.ask("GET", "/sign-in", headers={"host": "evil.example"})).headers)
    assert dressed((await browser.ask("POST", "/sign-out", headers={"origin": "https://evil.example"})).headers)
    assert dressed((await browser.ask("POST", "/nowhere")).headers)
    async with site.parts.store.writing() as session:
        await session.execute(sql("ALTER TABLE section RENAME TO lost"))
    failed = await browser.ask("GET", f"/contracts/{PH}")
    assert failed.status_code == 500
    assert dressed(failed.headers)
    assert "Un incident" in failed.text
    assert "section" not in failed.text
    assert "Traceback" not in failed.text


@pytest.mark.parametrize(("role", "status", "writes"), [("facilitator", 200, False), ("administrator", 404, False)])
async def test_roles_the_examples_do_not_have(site: Site, role: str, status: int, writes: bool) -> None:
    browser = await site.signed_in("camille-authier")
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE member SET role = :role"), {"role": role})
    answer = await browser.ask("GET", f"/contracts/{PH}")
    assert (answer.status_code, 'data-writable="true"' in answer.text) == (status, writes)


async def test_a_gesture_keeps_a_session_alive_and_only_ones_own(site: Site) -> None:
    browser = await site.signed_in("camille-authier")
    async with site.parts.store.writing() as session:
        long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=20)
        await session.execute(sql("UPDATE session SET seen_at = :at"), {"at": long_ago})
    assert (await browser.ask("POST", "/seen")).status_code == 204
    async with site.parts.store.reading() as session:
        assert str((await session.execute(sql("SELECT seen_at FROM session"))).scalar_one()) > str(long_ago)
    assert (await site.browser().ask("POST", "/seen", headers={"accept": "*/*"})).status_code == 401


async def test_health_and_readiness_answer_without_a_name(site: Site) -> None:
    for path, says in (("/healthz", "alive"), ("/readyz", "ready")):
        answer = await site.browser().ask("GET", path, headers={"host": "10.0.0.7"})
        assert (answer.status_code, answer.json()["status"]) == (200, says)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_wrong_method_changes_nothing(site: Site, method: str) -> None:
    browser = await site.signed_in("camille-authier")
    assert (await browser.ask(method, f"/contracts/{PH}")).status_code == 405


async def test_an_oversized_policy_report_is_refused(site: Site) -> None:
    answer = await site.browser().ask("POST", "/csp-report", content=b"x" * 100_000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "encoding"),
    [
        (f"/contracts/{PH}", "gzip"),
        (f"/contracts/{PH}?nothing=of-the-kind", None),
        (f"/contracts/{PH}/sections/s-4-3/history", None),
        (f"/contracts/{PH}/proposals", None),
        ("/static/app.css?v=1", "gzip"),
        ("/nowhere?words=of-a-stranger", None),
        ("/healthz", None),
    ],
)
async def test_an_answer_is_compressed_only_where_nobody_gains_by_guessing(
    site: Site, path: str, encoding: str | None
) -> None:
    answer = await (await site.signed_in("camille-authier")).ask("GET", path)
    assert answer.headers.get("content-encoding") == encoding
    assert dressed(answer.headers)


async def test_who_takes_no_compressed_answer_gets_a_plain_one(site: Site) -> None:
    browser = await site.signed_in("camille-authier")
    plain = await browser.ask("GET", f"/contracts/{PH}", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"].lower()


async def test_a_platform_administrator_reads_no_contract_without_a_seat(site: Site) -> None:
    stranger = await site.signed_in("alex-martin")
    async with site.parts.store.writing() as session:
        person = (await session.execute(sql("SELECT id FROM person WHERE subject = 'alex-martin'"))).scalar_one()
        await administrators.appoint(session, person, datetime.now(UTC), None)
        await administrators.appoint(session, person, datetime.now(UTC), None)
        assert await administrators.everyone(session) == [person]
    for path in (f"/contracts/{PH}", f"/contracts/{PH}/settings", f"/contracts/{PH}/plan", "/contracts/new"):
        assert (await stranger.ask("GET", path)).status_code == 404
    async with site.parts.store.writing() as session:
        await administrators.dismiss(session, person)
        assert await administrators.everyone(session) == []
