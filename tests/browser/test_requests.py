"""A network that lets no websocket through: the page finds its way over requests, says so, and loses nothing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open
from tests.browser.pages import ARS, CONTRACT, OPERATOR, at_contract, line_is, text_of, until, write_in
from tests.browser.proxy import Proxy, Tunnels
from tests.browser.test_network import SAME, on_server, saving

NOTICE = "Connexion de secours\u00a0: ce réseau bloque les liaisons en direct, le texte arrive un peu plus tard."
OVER_REQUESTS = re.compile(r"GET /contracts/.*/live/")


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    made = Proxy(Tunnels.REFUSED)
    yield made
    made.stop()


def test_without_websockets_two_parties_write_together_and_the_page_goes_back_to_one_when_it_can(
    demo: Demo, window: Open, proxy: Proxy
) -> None:
    operator, ars = at_contract(window, demo, OPERATOR), at_contract(window, demo, ARS, **proxy.options)
    band, spoken = ars.page.locator("[data-connection]"), ars.page.locator("[data-announce]")
    expect(band).to_contain_text(NOTICE)
    expect(spoken).to_contain_text(NOTICE)
    expect(operator.page.locator("[data-connection]")).to_be_empty()
    write_in(ars, SAME)
    theirs = write_in(operator, SAME)
    ars.page.keyboard.type(" Par requêtes.")
    expect(theirs).to_contain_text("Par requêtes.")
    operator.page.keyboard.press("Control+End")
    operator.page.keyboard.type(" Par websocket.")
    expect(ars.page.locator(f"#article-{SAME} .ProseMirror")).to_contain_text("Par websocket.")
    for one in (ars, operator):
        expect(saving(one.page)).to_have_text("Enregistré")
        line_is(one.page, "live")
    assert any(OVER_REQUESTS.match(one) for one in proxy.asked)

    demo.kill()
    ars.page.keyboard.type(" Panne.")
    expect(band).to_contain_text("Connexion perdue.")
    expect(saving(ars.page)).to_have_text(re.compile("^Non enregistré"))
    demo.start()
    expect(saving(ars.page)).to_have_text("Enregistré")
    expect(text_of(operator.page, SAME)).to_contain_text("Panne.")
    expect(band).to_contain_text(NOTICE)

    proxy.tunnels = Tunnels.HELD
    asked = len(proxy.asked)
    ars.page.reload()
    expect(band).to_contain_text(NOTICE)
    assert not any("/healthz" in one for one in proxy.asked[asked:])  # the tab remembers: it blames no websocket first
    proxy.tunnels = Tunnels.OPEN
    ars.page.reload()  # a websocket that opens first needs no requests; one that opens later takes over from them
    until(ars.page, lambda: ars.page.evaluate("sessionStorage.getItem('entente-requests')") is None)
    line_is(ars.page, "live")
    expect(band).to_be_empty()
    asked = len(proxy.asked)
    write_in(ars, SAME)
    ars.page.keyboard.type(" Retour.")
    expect(saving(ars.page)).to_have_text("Enregistré")
    expect(text_of(operator.page, SAME)).to_contain_text("Retour.")
    assert not any(OVER_REQUESTS.match(one) for one in proxy.asked[asked:])
    kept = on_server(window, demo)
    assert [kept.count(words) for words in ("Par requêtes.", "Par websocket.", "Panne.", "Retour.")] == [1, 1, 1, 1]


def test_a_network_that_holds_websockets_back_is_not_waited_for_long(demo: Demo, window: Open, proxy: Proxy) -> None:
    proxy.tunnels = Tunnels.HELD
    ars = window(demo, width=390, height=844, **proxy.options).sign_in(ARS, CONTRACT)
    expect(ars.page.locator("[data-connection]")).to_contain_text(NOTICE)
    write_in(ars, SAME)
    ars.page.keyboard.type(" Petit écran.")
    expect(saving(ars.page)).to_have_text("Enregistré")
    assert "Petit écran." in on_server(window, demo)
    assert ars.page.evaluate("document.documentElement.scrollWidth") <= 390
