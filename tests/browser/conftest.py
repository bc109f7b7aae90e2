"""A real server in its own process, a real Chromium, one window a person."""

import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import forks
from tests.databases import Databases
from tests.factories import address
from tests.missing import lacks
from tests.ports import a_free_port
from tests.waiting import PATIENCE_S, comes, is_up

HOW = "no Chromium found: apt-get install chromium, or set CHROMIUM to its path; browser tests did not run"
PATIENCE_MS = PATIENCE_S * 1000  # of every wait of a browser test
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def find_chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        lacks(HOW)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            chromium_sandbox=os.geteuid() != 0,
            args=ARGUMENTS,
        )
        yield browser
        browser.close()


class Demo:
    """`entente demo` in its own process, over one database; it can be killed and started again."""

    def __init__(self, database: Path | str, **environment: str) -> None:
        self.database = address(database)
        self._environment = environment
        with a_free_port() as listening:
            self.port = listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._words: tuple[str, ...] = ("demo", "--port", str(self.port))
        self.cookies: dict[str, Any] = {}  # of who has signed in already, by their name at the provider
        self.log = Path(tempfile.mkdtemp(prefix="entente-")) / "demo.log"
        self._process: BaseProcess | None = None

    def start(self) -> "Demo":
        """Start it, and wait until it answers."""
        environment = {**os.environ, "ENTENTE_DATABASE_URL": self.database, **self._environment}
        self._process = forks.begin(self._words, environment, self.log, self.log)
        if comes(lambda: is_up(f"{self.url}/readyz"), within_s=120):
            return self
        self.kill()
        raise AssertionError(self.log.read_text())

    def memory_mb(self) -> float:
        """What the process holds in memory now (Linux)."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1000

    def kill(self) -> None:
        """`kill -9`: no goodbye, nothing flushed."""
        assert self._process is not None
        self._process.kill()
        self._process.join()

    def freeze(self) -> None:
        """Answer nothing, refuse nothing: what a cut cable looks like from the browser."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ctrl+C."""
        if self._process is not None and self._process.is_alive():
            self._signal(signal.SIGINT)
            self._process.join(10)
            if self._process.is_alive():
                self.kill()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        assert self._process.pid is not None
        os.kill(self._process.pid, number)


@pytest.fixture(scope="session")
def shared_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demonstration for the tests that only look."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "demo.sqlite").start()
    yield demo
    demo.stop()


@pytest.fixture(scope="session")
def begun(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demonstration, stopped, in which those who negotiate have signed in: what others on SQLite begin as."""
    made = Demo(tmp_path_factory.mktemp("begun") / "demo.sqlite").start()
    for subject in ("camille-authier", "marc-lebreton", "nadege-fournier", "elodie-maugin"):
        context = chromium.new_context(locale="fr-FR")
        context.set_default_timeout(PATIENCE_MS)
        Window(context.new_page(), made.url).sign_in(subject)
        made.cookies[subject] = context.cookies()
        context.close()
    made.stop()
    return made


@pytest.fixture
def demo(databases: Databases, engine: str, request: pytest.FixtureRequest) -> Iterator[Demo]:
    """A demonstration of one's own."""
    made = Demo(databases.empty())
    if engine == "sqlite":
        first: Demo = request.getfixturevalue("begun")
        copy_database(first.database, made.database)
        made.cookies |= first.cookies
    made.start()
    yield made
    made.stop()


def copy_database(address: str, to: str) -> None:
    """Copy a database of SQLite, with what is still in its log."""
    with (
        sqlite3.connect(address.removeprefix("sqlite:///")) as kept,
        sqlite3.connect(to.removeprefix("sqlite:///")) as copy,
    ):
        kept.backup(copy)
    kept.close()
    copy.close()


# What a browser says of a server that was killed, at whichever moment of a request, or of a network that is cut.
EXPECTED = (
    "WebSocket connection",
    "net::ERR_CONNECTION_",
    "net::ERR_EMPTY_RESPONSE",
    "net::ERR_INTERNET_DISCONNECTED",
    "502 (Bad Gateway)",
)


class Window:
    """One person's window, and everything that went wrong in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("console", self._console)
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type == "error" and not any(one in message.text for one in EXPECTED):
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        if request.url.endswith("/csp-report"):
            self.wrong.append(f"policy: {request.post_data}")

    def sign_in(self, subject: str, path: str = "/") -> "Window":
        """Come in through the demonstration's provider."""
        self.page.goto(f"{self.url}{path}")
        self.page.get_by_role("button", name="Se connecter avec").click()
        self.page.locator(f'button[value="{subject}"]').click()
        self.page.wait_for_url(f"{self.url}{path}*")
        return self

    def come_back(self, cookies: Any, path: str) -> bool:
        """Come with the cookies of an earlier sign-in; whether its session is still good."""
        self.page.context.add_cookies(cookies)
        self.page.goto(f"{self.url}{path}")
        return not self.page.url.startswith(f"{self.url}/sign-in")


Open = Callable[..., Window]


@contextmanager
def opening(chromium: Browser) -> Iterator[Open]:
    """Opens windows, each with cookies of its own; none may have broken the policy or raised an error."""
    opened: list[tuple[Any, Window]] = []

    def make(demo: Demo, width: int = 1440, height: int = 900, **options: Any) -> Window:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="fr-FR", **options)
        context.set_default_timeout(PATIENCE_MS)
        found = Window(context.new_page(), demo.url)
        opened.append((context, found))
        return found

    yield make
    wrong = [one for _, found in opened for one in found.wrong]
    for context, _ in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def window(chromium: Browser) -> Iterator[Open]:
    """Opens windows of the test's own."""
    with opening(chromium) as make:
        yield make


@pytest.fixture(scope="module")
def visitor(chromium: Browser, shared_demo: Demo) -> Iterator[Callable[[str], Window]]:
    """Somebody's window on the shared demonstration, for one page after another; nobody's, without a name."""
    with opening(chromium) as make:
        known: dict[str, Window] = {}

        def come(subject: str) -> Window:
            if subject not in known:
                known[subject] = made = make(shared_demo)
                if subject:
                    made.sign_in(subject)
            return known[subject]

        yield come
