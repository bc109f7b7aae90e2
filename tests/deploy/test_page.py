"""docs/howto/deploy.md: its files are what their readers take, and it says what the code does."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

from collab.silence import PING_S
from server.providers.providing import callback_url
from server.settings import read
from tests.deploy.manual import PAGE, block, filled
from tests.deploy.test_container import BUILDER, FINAL

TEXT = PAGE.read_text(encoding="utf-8")


def pairs(said: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line and not line.startswith("["))


def test_its_settings_are_accepted_and_the_trial_adds_only_what_a_trial_needs() -> None:
    real = pairs(block("ini", "entente.env"))
    settings = read(real)
    assert (settings.development, settings.public_url) == (False, "https://entente.exemple.fr")
    trial = read(real | pairs(block("ini", "trial")))
    assert (trial.development, trial.host) == (True, "127.0.0.1")
    assert callback_url(settings.public_url, "ars") in TEXT
    assert [*list(real)[2:], "ENTENTE_TRUSTED_PROXIES"] == [
        name for name in FINAL.environment if name.startswith("ENTENTE_")
    ]
    assert "without its three last lines" in TEXT


def test_it_installs_as_the_container_does() -> None:
    made, installed = BUILDER.all("RUN")
    container = [made, installed.replace(BUILDER.one("WORKDIR"), "/src/entente").replace(" --no-cache-dir", "")]
    assert block("sh", "install").splitlines() == ["cd /src/entente", *container]
    assert container[1] in TEXT.partition("## Upgrading")[2]
    assert block("sh", "wheel").splitlines()[1] == container[1].replace(
        "install --quiet --disable-pip-version-check .",
        "wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .",
    )


def test_its_container_is_the_container() -> None:
    run = re.search(r"^# docker run --detach .*$", TEXT, re.MULTILINE)
    assert run is not None
    assert f"--volume entente-data:{FINAL.one('VOLUME')} " in run[0]
    assert f"--publish 127.0.0.1:8000:{FINAL.one('EXPOSE')} " in run[0]
    assert f"number {FINAL.one('USER').partition(':')[0]}" in TEXT


def test_its_unit_is_one_that_systemd_reads(tmp_path: Path) -> None:
    unit = configparser.ConfigParser(delimiters=("=",), interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # names keep their capitals
    unit.read_string(block("ini", "entente.service"))
    service = unit["Service"]
    assert service["ExecStart"] == "/opt/entente/bin/entente serve"
    assert service["User"] == "entente"
    assert f"`{service['EnvironmentFile']}`" in TEXT
    assert service["ReadWritePaths"] == service["WorkingDirectory"] == "/var/lib/entente"
    if shutil.which("systemd-analyze") is None:
        return
    program = tmp_path / "bin" / "entente"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    file = tmp_path / "entente.service"
    file.write_text(filled(block("ini", "entente.service"), {"/opt/entente": tmp_path}))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True)
    assert [line for line in checked.stderr.splitlines() if "entente.service" in line] == []


def test_the_web_servers_pass_on_what_the_server_needs() -> None:
    nginx = block("nginx", "nginx.conf")
    assert nginx.count("proxy_set_header Host $http_host;") == nginx.count("proxy_pass http://127.0.0.1:8000;") == 2
    assert "proxy_set_header Upgrade $http_upgrade;" in nginx
    timeouts = [int(seconds) for seconds in re.findall(r"proxy_(?:read|send)_timeout (\d+)s;", nginx)]
    assert timeouts == [75, 75]
    assert f"speaks every {PING_S} s" in TEXT
    assert min(timeouts) > 3 * PING_S
    assert "reverse_proxy 127.0.0.1:8000" in block("caddy", "Caddyfile")
    assert re.findall(r"X-Forwarded.*", nginx) == ["X-Forwarded-For $remote_addr;"]  # and nothing a caller says
