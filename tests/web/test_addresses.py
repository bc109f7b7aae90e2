"""How often one network address may sign in, open pages, report: the answer says how long to wait; others pass."""

import logging

import httpx2
import pytest
import websockets
from starlette.requests import HTTPConnection

from server import demo
from server.addresses import UNREADABLE, address_of
from server.settings import SettingsRefused, networks, read
from tests.factories import PH
from tests.web.site import Site, running

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

        begin = f"/sign-in/{demo.KEY}"
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
