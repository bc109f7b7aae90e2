"""The container says what the rest of the project says; no engine is needed to know it."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from build_client import sources
from server.app import ROUTED
from server.settings import PREFIX, Settings, read
from tests.deploy.containers import stages, words

ROOT = Path(__file__).parents[2]
BUILDER, FINAL = stages(ROOT / "Dockerfile")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def copied() -> set[str]:
    return {word for said in BUILDER.all("COPY") for word in said.split()[:-1]}


def test_it_is_made_of_the_oldest_python_that_the_project_promises() -> None:
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert BUILDER.base == f"python:{oldest}-slim-bookworm AS builder"
    assert FINAL.base == f"python:{oldest}-slim-bookworm"
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in MAKEFILE


def test_it_is_installed_as_make_installs_it_pinned_by_the_constraints() -> None:
    found = re.search(r"^INSTALL := PIP_CONSTRAINT=\S+/(\S+) \$\(BIN\)/pip install (.+)$", MAKEFILE, re.MULTILINE)
    assert found is not None
    constraints, options = found.groups()
    made, installed = BUILDER.all("RUN")
    assert made == "python3 -m venv /opt/entente"
    assert "-m venv .venv" in MAKEFILE
    assert installed == (
        f"PIP_CONSTRAINT={BUILDER.one('WORKDIR')}/{constraints} /opt/entente/bin/pip install {options} --no-cache-dir ."
    )
    assert FINAL.one("COPY") == "--from=builder /opt/entente /opt/entente"


def test_everything_the_wheel_is_made_of_is_copied_and_nothing_else() -> None:
    packages = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    hook = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["path"]
    client = {path.relative_to(ROOT).parts[0] for path in sources()}
    assert copied() == packages | client | {hook, "pyproject.toml", "constraints.txt", PROJECT["project"]["readme"]}
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert kept[1] == "*"
    assert {line[1:] for line in kept if line.startswith("!")} - {"server/static/icon.svg"} == copied()
    assert {"client/node_modules", "server/static/*"} <= set(kept)


def test_it_runs_the_projects_own_command_without_root() -> None:
    assert words(FINAL.one("ENTRYPOINT")) == [f"/opt/entente/bin/{next(iter(PROJECT['project']['scripts']))}"]
    assert words(FINAL.one("CMD")) == ["serve"]
    user = FINAL.one("USER")
    assert user == "10001:10001"
    (made,) = FINAL.all("RUN")
    assert "--uid 10001 --gid 10001" in made
    assert [word for word, _ in FINAL.instructions].index("USER") > [w for w, _ in FINAL.instructions].index("RUN")


def test_its_settings_are_settings_and_its_data_is_in_its_volume() -> None:
    ours = {name: value for name, value in FINAL.environment.items() if name.startswith(PREFIX)}
    assert set(ours) <= {PREFIX + one.name.upper() for one in fields(Settings)}
    settings = read({**ours, "ENTENTE_PUBLIC_URL": "https://entente.exemple.fr"})
    assert settings.sqlite_path is not None
    assert str(settings.sqlite_path.parent) == FINAL.one("VOLUME") == FINAL.one("WORKDIR")
    assert f"--mode=0700 {FINAL.one('VOLUME')}" in FINAL.one("RUN")
    assert int(FINAL.one("EXPOSE")) == settings.port == Settings.port


def test_its_health_is_asked_at_a_route_that_exists() -> None:
    (python, _, program) = words(FINAL.one("HEALTHCHECK").partition(" CMD ")[2])
    assert python == "/opt/entente/bin/python"
    found = re.search(r"http://[^']+", program)
    assert found is not None
    address, port = re.subn(re.escape(f'{{os.environ["{PREFIX}PORT"]}}'), "8000", found[0])
    assert (port, urlsplit(address).path in {getattr(route, "path", None) for route in ROUTED}) == (1, True)


def test_no_secret_and_no_host_of_a_registry_is_in_it() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").lower()
    assert re.findall(r"https?://(?!127\.0\.0\.1)|--index-url|--extra-index|secret|password|token", text) == []
    assert [base for base in (BUILDER.base, FINAL.base) if "/" in base] == []
