"""How often one network address may sign in, open pages, report: the answer says how long to wait; others pass."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import httpx2
import pytest
import websockets
from starlette.requests import HTTPConnection

from collab.counting import Counting
from collab.peer import HangUp
from server.demo import demonstration
from server.domain.refusals import TooOften
from server.running.addresses import UNREADABLE, Addresses, address_of
from server.setting_words import networks
from server.settings import Settings, SettingsRefused, read
from tests.factories import PH
from tests.web.drafts import address as draft_address
from tests.web.drafts import offline
from tests.web.site import Browser, Site, running
from tests.web.test_bounds import close_code
from tests.web.test_live import FREE, Tab, section

OURS = networks("127.0.0.0/8, ::1, 10.0.0.0/24")


def caller(peer: str, *said: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", one.encode("latin-1")) for one in said]
    return HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "said", "whose"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # a stranger is not believed
        ("127.0.0.1", [], None),  # a proxy that does not say
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),  # the first was said by the caller
        ("127.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("127.0.0.1", ["203.0.113.9, 10.0.0.7"], "203.0.113.9"),  # two proxies of ours in a row
        ("127.0.0.1", ["x" * 500], UNREADABLE),
        ("::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
    ],
)
def test_an_address_is_the_callers_or_the_last_that_a_proxy_of_ours_says(
    peer: str, said: list[str], whose: str | None
) -> None:
    assert address_of(caller(peer, *said), OURS) == whose


def test_a_proxy_that_is_no_network_is_refused_with_its_remedy() -> None:
    with pytest.raises(SettingsRefused, match="ENTENTE_TRUSTED_PROXIES is 'nginx'"):
        read({"ENTENTE_PUBLIC_URL": "https://e.fr", "ENTENTE_TRUSTED_PROXIES": "nginx"})


async def open_page(site: Site, cookie: str, address: str, origin: str = "") -> int:
    """The status of an opening of the live channel."""
    headers = {"Origin": origin or site.url, "Cookie": cookie, "X-Forwarded-For": address}
    live = f"{site.url.replace('http', 'ws', 1)}/contracts/{PH}/live"
    try:
        async with websockets.connect(live, additional_headers=headers, proxy=None):
            return 101
    except websockets.InvalidStatus as refused:
        is_timed = "Retry-After" in refused.response.headers
        return refused.response.status_code if is_timed == (refused.response.status_code == 429) else 0


@pytest.mark.anyio
async def test_an_address_that_asks_too_often_is_told_to_wait_and_another_is_not(
    filled: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "entente.security")
    async with running(filled, openings=20, sign_ins=5, reports=3) as site:
        browser = await site.signed_in("camille-authier")

        async def post(path: str, address: str, accept: str = "text/html") -> httpx2.Response:
            headers = {"x-forwarded-for": address, "accept": accept}
            return await site.browser().ask("POST", path, headers=headers)

        begin = f"/sign-in/{demonstration.KEY}"
        assert [(await post(begin, "203.0.113.9")).status_code for _ in range(6)] == [303] * 5 + [429]
        refused = await post(begin, "203.0.113.9")
        assert int(refused.headers["retry-after"]) in range(1, 61)
        assert "Trop de demandes sont venues de votre réseau en peu de temps." in refused.text
        assert refused.headers["cache-control"] == "no-store"
        assert (await post(begin, "198.51.100.1")).status_code == 303
        again = await site.browser().ask("GET", f"{begin}/callback", headers={"x-forwarded-for": "203.0.113.9"})
        assert again.status_code == 429
        reports = [(await post("/csp-report", "203.0.113.9", "*/*")).status_code for _ in range(4)]
        assert reports == [204] * 3 + [429]
        opened = [await open_page(site, "", "203.0.113.9") for _ in range(20)]
        assert opened == [403] * 20  # nobody known: each an attempt
        assert await open_page(site, browser.cookie, "203.0.113.9") == 429
        assert await open_page(site, browser.cookie, "198.51.100.1") == 101
        foreign = [await open_page(site, "", "192.0.2.7", "https://evil.example") for _ in range(21)]
        assert foreign == [403] * 20 + [429]
        assert site.parts.rooms.counting.refused["too-often"] == 6
    assert caplog.messages.count("websocket refused: foreign origin") == 20
    told = [one for one in caplog.messages if "too often" in one]
    assert told == ["too often: sign_in_start from 203.0.113.9"]  # one line, however long the flood


def test_callers_behind_a_silent_proxy_are_counted_together_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    addresses = Addresses(Settings(public_url="https://entente.exemple.fr", sign_ins=5), Counting())

    def passes(connection: HTTPConnection) -> bool:
        try:
            addresses.pass_through(connection, "sign_in_start")
        except TooOften:
            return False
        return True

    assert [passes(caller("127.0.0.1")) for _ in range(51)] == [True] * 50 + [False]
    assert passes(caller("127.0.0.1", "203.0.113.9"))
    told = [one for one in caplog.messages if "X-Forwarded-For" in one]
    assert told == [
        "the proxy at 127.0.0.1 sets no X-Forwarded-For: all its callers are counted as one; see docs/howto/deploy.md"
    ]
    on_this_machine = Addresses(Settings(development=True, sign_ins=5), Counting())
    for _ in range(100):
        on_this_machine.pass_through(caller("127.0.0.1"), "sign_in_start")


@pytest.mark.anyio
async def test_one_person_asks_for_so_much_a_minute_and_another_is_not_told_to_wait(filled: str) -> None:
    async with running(filled, forms=10, readings=10, proposals=1) as site:
        ars, dept = await site.signed_in("camille-authier"), await site.signed_in("marc-lebreton")
        words = await offline(site, "Hors connexion.")
        asked: dict[str, Callable[[Browser], Awaitable[httpx2.Response]]] = {
            "forms": lambda who: who.ask("POST", f"/contracts/{PH}/life", data={"move": "x"}),
            "readings": lambda who: who.ask("GET", f"/contracts/{PH}/sections/s-4-3/authors"),
            "histories": lambda who: who.ask("GET", f"/contracts/{PH}/sections/s-4-3/history"),
            "proposals": lambda who: who.ask("POST", draft_address(), content=words),
        }
        most = {"forms": 10, "readings": 10, "histories": 0, "proposals": 1}
        for name, ask in asked.items():
            statuses = [(await ask(ars)).status_code for _ in range(most[name])]
            assert 429 not in statuses, name
            refused = await ask(ars)
            assert (refused.status_code, int(refused.headers.get("retry-after", 0)) in range(1, 61)) == (429, True), (
                name
            )
            assert (await ask(dept)).status_code != 429, name
        assert (await ars.ask("POST", "/sign-out")).status_code < 400  # one may always leave
        assert site.parts.rooms.counting.refused["asked-too-often"] == 4


@pytest.mark.anyio
async def test_one_address_has_so_many_pages_open_and_another_has_its_own(filled: str) -> None:
    async with running(filled, address_connections=10, person_connections=100) as site, AsyncExitStack() as pages:
        browser = await site.signed_in("camille-authier")
        said = {"X-Forwarded-For": "203.0.113.9"}
        opened = [await pages.enter_async_context(browser.socket(PH, **said)) for _ in range(11)]
        assert await close_code(opened[10]) == HangUp.TOO_MANY
        other = await pages.enter_async_context(browser.socket(PH, **{"X-Forwarded-For": "198.51.100.1"}))
        tab = Tab(other)
        await tab.open(await section(site, FREE))
        assert tab.scope == "read-write"
