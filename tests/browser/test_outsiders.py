"""Three real providers, each with the habits of its kind: sign-in, a fresh sign-in, and the three ways out."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from auth.provider import Provider
from auth.session import COOKIE
from server.contract_files import contract_file
from server.contract_files.importing import import_contract
from server.running.secret_keys import sealer
from server.settings import Settings
from server.store import people, providers
from server.store.engine import Store
from tests import forks
from tests.browser.conftest import Demo, Open, Window
from tests.browser.pages import line_is
from tests.deploy import outside
from tests.deploy.outside import SECRET, Outsider, a_port
from tests.factories import PH, SAMPLES, some_settings

CONTRACT = f"/contracts/{PH}"
SEATS = {
    "ars": ("p-referent-ars", "camille-authier"),
    "association": ("p-dg-og", "nadege-fournier"),
    "professional": ("p-referent-dep", "marc-lebreton"),
}
INSISTED = json.dumps({"id_token": {"acr": {"essential": True, "values": ["eidas1", "eidas2"]}}})


class Served(Demo):
    """`entente serve` in its own process, in front of the three."""

    def __init__(self, database: Path) -> None:
        super().__init__(database, ENTENTE_DEVELOPMENT="yes", ENTENTE_HOST="127.0.0.1")
        self._environment |= {"ENTENTE_PUBLIC_URL": self.url, "ENTENTE_PORT": str(self.port)}
        self._words = ("serve",)


def row(kind: str, outsider: Outsider) -> Provider:
    """What an administrator keys in for a provider of that kind: settings, and nothing else."""
    well_known = f"{outsider.issuer}/.well-known/"
    kinds: dict[str, dict[str, Any]] = {
        "ars": {
            "label": "ARS Exemple-Ouest",
            "token_method": "client_secret_post",
            "userinfo": "jwt",
            "parameters": (("claims", INSISTED),),
            "reading_acr": ("eidas1", "eidas2"),
            "visa_acr": ("eidas2",),
            "fresh_login": "acr",
            "logout": ("redirect", "back-channel"),
        },
        "association": {
            "label": "Association Les Tilleuls",
            "algorithm": "RS256",
            "logout": ("redirect", "back-channel"),
        },
        "professional": {
            "label": "Professionnels",
            "algorithm": "RS256",
            "token_method": "client_secret_post",
            "discovery_url": f"{well_known}wallet-openid-configuration",
            "national_claim": "SubjectNameID",
            "logout": ("redirect", "front-channel"),
        },
    }
    usual: dict[str, Any] = {
        "discovery_url": f"{well_known}openid-configuration",
        "client_id": "entente",
        "client_secret": SECRET,
    }
    return Provider(**{"key": kind, "issuer": outsider.issuer, **usual, **kinds[kind]})


async def fill(settings: Settings, outsiders: dict[str, Outsider]) -> None:
    """The sample contract, the three providers, and one seat for a person of each."""
    store, now = Store(settings), datetime.now(UTC)
    await store.migrate()
    await import_contract(contract_file.read_data(SAMPLES[0]), store)
    async with store.writing() as session:
        for kind, outsider in outsiders.items():
            key, subject = SEATS[kind]
            await providers.keep(session, row(kind, outsider), sealer(settings))
            person = await people.person(session, outsider.issuer, subject, subject, now)
            await people.bind(session, PH, key, person)
    await store.close()


@pytest.fixture(scope="module")
def outsiders() -> dict[str, Outsider]:
    """Filled by `served`, which knows where they send people back to."""
    return {}


@pytest.fixture(scope="module")
def served(outsiders: dict[str, Outsider], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("outsiders") / "entente.sqlite")
    for kind in SEATS:
        elsewhere = a_port() if kind == "professional" else None
        outsiders[kind] = Outsider(kind, a_port(), f"{made.url}/sign-in/{kind}/callback", elsewhere)
    filling = fill(some_settings(made.database), outsiders)
    with ThreadPoolExecutor(1) as beside:  # Playwright keeps this thread's loop
        beside.submit(asyncio.run, filling).result()
    with outside.running(list(outsiders.values())):
        made.start()
        yield made
        made.stop()


def identify(page: Page, kind: str, level: str = "") -> None:
    """Type one's name at the provider."""
    page.get_by_label("Name").fill(SEATS[kind][1])
    if level:
        page.get_by_label("Level").select_option(level)
    page.get_by_role("button", name="Sign in").click()


def come_in(window: Window, kind: str, path: str = CONTRACT) -> Window:
    window.page.goto(f"{window.url}{path}")
    label = {"ars": "ARS Exemple-Ouest", "association": "Association Les Tilleuls", "professional": "Professionnels"}
    window.page.get_by_role("button", name=f"Se connecter avec {label[kind]}").click()
    identify(window.page, kind, "eidas1" if kind == "ars" else "")
    window.page.wait_for_url(f"{window.url}{path}")
    return window


def token(window: Window) -> str:
    """What the browser holds of its session."""
    return next(one["value"] for one in window.page.context.cookies() if one["name"] == COOKIE)


def live(window: Window, state: str) -> None:
    line_is(window.page, state)


def sign_out(page: Page) -> None:
    page.locator(".compte-menu summary").click()
    page.get_by_role("button", name="Se déconnecter", exact=True).click()


def command(served: Served, *words: str) -> None:
    """A command in a process of its own, beside the running server."""
    environment = {**os.environ, "ENTENTE_DATABASE_URL": served.database}
    forks.run(words, environment).check_returncode()


def test_three_providers_let_in_confirm_and_let_go_and_no_page_outlives_its_session(
    served: Served, outsiders: dict[str, Outsider], window: Open
) -> None:
    ars, other = (come_in(window(served), "ars") for _ in range(2))
    association = come_in(window(served), "association")
    professional = come_in(window(served), "professional")
    for one in (ars, other, association, professional):
        live(one, "live")

    # A fresh sign-in, at the level of a visa, ends one's other sessions with their open pages; one's own goes on.
    second = Window(ars.page.context.new_page(), served.url)
    second.page.goto(f"{served.url}/account/sessions")
    before = token(ars)
    second.page.get_by_role("button", name="Fermer la connexion").click()
    identify(second.page, "ars", "eidas2")
    second.page.wait_for_url("**/account/sessions?done=ended")
    expect(second.page.get_by_role("status")).to_contain_text("les connexions choisies sont fermées")
    live(other, "over")
    live(ars, "live")
    assert token(ars) != before

    # Who leaves at the provider has left here: it tells us behind the browser's back.
    leaving = association.page.context.new_page()
    leaving.goto(f"{outsiders['association'].issuer}/session/end")
    leaving.get_by_role("button", name="Yes, sign me out").click()
    live(association, "over")

    # Or in a frame of its own page, which names the provider's session.
    with sqlite3.connect(served.database.removeprefix("sqlite:///")) as database:
        ((sid,),) = database.execute("SELECT sid FROM session WHERE provider = 'professional'").fetchall()
    database.close()
    there = outsiders["professional"]
    frame = f"{served.url}/sign-in/professional/front-channel-logout?iss={quote(there.issuer)}&sid={sid}"
    leaving = professional.page.context.new_page()
    leaving.goto(f"{there.issuer}/frame?of={quote(frame)}")
    live(professional, "over")
    live(ars, "live")

    # Whoever signs out here leaves the provider too, and comes back to a page that says so.
    sign_out(second.page)
    second.page.get_by_role("button", name="Yes, sign me out").click()
    second.page.wait_for_url(f"{served.url}/signed-out?state=*")
    expect(second.page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté d’Entente")
    live(ars, "over")

    # A seat that a command takes away closes its page as one that is not theirs any more.
    again = come_in(window(served), "association")
    live(again, "live")
    command(served, "member", "unbind", PH, SEATS["association"][0])
    live(again, "forbidden")
