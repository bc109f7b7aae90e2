"""docs/howto/deploy.md to the letter, a real provider, a real browser: from nothing to a live contract, and out."""

import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import expect

from server.contract_files import contract_file
from tests.browser.conftest import Open
from tests.browser.pages import line_is
from tests.deploy import outside
from tests.deploy.manual import block, blocks, filled
from tests.deploy.outside import SECRET, a_port
from tests.factories import PH, SAMPLES
from tests.waiting import comes, is_up

ROOT = Path(__file__).parents[2]


def answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    up_or_ended = comes(lambda: is_up(address) or process.poll() is not None, within_s=240)  # eight programs start
    return up_or_ended and process.poll() is None


class Machine:
    """A machine as the page supposes it: the folders it names, under one of our own."""

    def __init__(self, folder: Path, issuer_port: int) -> None:
        self.port = a_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.redirect = f"{self.url}/sign-in/ars/callback"
        places = {
            word: folder / word.replace("/", "_") for word in ("/opt/entente", "/etc/entente", "/var/lib/entente")
        }
        self.secret = places["/etc/entente"] / "ars.secret"
        self.words = {**places, "https://connexion.exemple.fr": f"http://127.0.0.1:{issuer_port}", "8000": self.port}
        self.data = places["/var/lib/entente"]
        self.log = folder / "log"
        for place in places.values():
            place.mkdir()
        program = places["/opt/entente"] / "bin"
        program.mkdir()
        _program(program / "entente", f'exec "{sys.executable}" -m server "$@"')
        _program(program / "python", f'exec "{sys.executable}" "$@"')
        shutil.copy(Path(contract_file.__file__).parents[1] / "data" / SAMPLES[0], self.data / "contrat.json")
        settings = block("ini", "entente.env") + block("ini", "trial")
        (places["/etc/entente"] / "entente.env").write_text(filled(settings, self.words), encoding="utf-8")
        self.secret.write_text(f"{SECRET}\n", encoding="utf-8")

    def types(self, *commands: str) -> subprocess.Popen[bytes]:
        """A shell that is given commands of the page, one block after the other."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")}
        script = "".join(filled(one, self.words) for one in commands)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["sh", "-euc", script],
                cwd=self.data,
                env={**clean, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def changes_secret(self, secret: str) -> None:
        """The provider's row is changed beside the running server, by the page's own command."""
        self.secret.write_text(f"{secret}\n", encoding="utf-8")
        settings, *others = blocks("sh")
        adding = next(one for one in others if one.startswith("entente provider add")).replace(
            "add ars", "add ars --replace"
        )
        assert self.types(settings, adding).wait(120) == 0, self.log.read_text(encoding="utf-8")


def _program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    issuer_port = a_port()
    made = Machine(tmp_path, issuer_port)
    with outside.running([outside.Outsider("plain", issuer_port, made.redirect)]):
        yield made


def test_the_page_leads_from_nothing_to_a_live_contract_and_out_again(machine: Machine, window: Open) -> None:
    serving = machine.types(*blocks("sh"))
    try:
        assert answers(f"{machine.url}/readyz", serving), machine.log.read_text(encoding="utf-8")
        told = machine.log.read_text(encoding="utf-8")
        assert machine.redirect in told
        assert "not ok" not in told
        assert SECRET not in told

        mine = window(machine)
        page = mine.page
        page.goto(f"{machine.url}/contracts/{PH}")
        page.get_by_role("button", name="Se connecter avec ARS Exemple-Ouest").click()
        page.get_by_label("Name").fill("camille-authier")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{machine.url}/contracts/{PH}")
        line_is(page, "live")

        copied = machine.types(block("sh", "backup"))
        assert copied.wait(120) == 0, machine.log.read_text(encoding="utf-8")
        with sqlite3.connect(machine.data / "copy.sqlite") as copy:
            assert copy.execute("SELECT id FROM contract").fetchall() == [(PH,)]
        copy.close()

        page.locator(".compte-menu summary").click()
        page.get_by_role("button", name="Se déconnecter").click()
        page.wait_for_url("**/session/end?*")  # the provider asks whether to end its own session too: not now
        page.goto(f"{machine.url}/contracts/{PH}")
        sign_in = page.get_by_role("button", name="Se connecter avec ARS Exemple-Ouest")
        machine.changes_secret("wrong")
        sign_in.click()  # known to the provider still: no form
        expect(page.get_by_text("La connexion n’a pas abouti.")).to_be_visible()
        assert ["403" in wrong for wrong in mine.wrong] == [True]
        mine.wrong.clear()
        machine.changes_secret(SECRET)
        page.goto(f"{machine.url}/contracts/{PH}")
        sign_in.click()
        page.wait_for_url(f"{machine.url}/contracts/{PH}")
        line_is(page, "live")
        assert "token endpoint: invalid_client" in machine.log.read_text(encoding="utf-8")
    finally:
        os.killpg(serving.pid, signal.SIGTERM)  # as `systemctl stop` does, with a page still open
        serving.wait()
        assert is_let_go(machine.data / "entente.sqlite.lock")


def is_let_go(lock: Path) -> bool:
    """Whether the server has ended and another may have its database, within the time that the unit leaves for it."""
    with lock.open("w") as held:

        def is_mine() -> bool:
            with suppress(BlockingIOError):
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            return False

        return comes(is_mine, within_s=30)
