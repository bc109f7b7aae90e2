"""What is committed, installed in a fresh environment: by the Dockerfile's own steps, and by the page's wheel."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from auth.sealing import new_key
from tests.deploy.containers import stages, words
from tests.deploy.manual import block, filled
from tests.deploy.test_container import ROOT, copied
from tests.ports import a_free_port
from tests.waiting import comes

pytestmark = pytest.mark.long
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("ENTENTE_", "PYTHON"))}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What is committed of what the image is made of, and nothing else."""
    archive = tmp_path / "tree.tar"
    subprocess.run(["git", "archive", "-o", archive, "HEAD", *sorted(copied())], cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "src", filter="data")
    return tmp_path / "src"


def test_the_containers_steps_install_migrate_and_answer(source: Path, tmp_path: Path) -> None:
    builder, final = stages(ROOT / "Dockerfile")
    installed, data = tmp_path / "opt", tmp_path / "data"
    data.mkdir()
    places = {"/opt/entente": installed, "/src": source, "/data": data, "python3 ": f"{sys.executable} "}

    def here(said: str) -> str:
        for word, place in places.items():
            said = said.replace(word, str(place))
        return said

    for step in builder.all("RUN"):
        subprocess.run(["sh", "-ec", here(step)], cwd=source, env=CLEAN, check=True)
    with a_free_port() as free:
        port = str(free.getsockname()[1])
    image = {name: here(value) for name, value in final.environment.items()}
    given = {"ENTENTE_PUBLIC_URL": "https://entente.exemple.fr", "ENTENTE_PORT": port, "ENTENTE_HOST": "127.0.0.1"}
    given["ENTENTE_SECRET_KEYS"] = new_key()
    environment = {**CLEAN, **image, **given}
    entente = [here(word) for word in words(final.one("ENTRYPOINT"))]
    health = [here(word) for word in words(final.one("HEALTHCHECK").partition(" CMD ")[2])]

    def run(*command: str) -> int:
        return subprocess.run(command, env=environment, cwd=data, stderr=subprocess.DEVNULL).returncode

    assert run(*entente, "--help") == 0
    assert run(*entente, *words(final.one("CMD"))) == 1  # nothing has made the schema yet
    assert (run(*entente, "migrate"), run(*health)) == (0, 1)
    with subprocess.Popen([*entente, *words(final.one("CMD"))], env=environment, cwd=data) as serving:
        try:
            assert comes(lambda: run(*health) == 0, within_s=120)
            assert serving.poll() is None
        finally:
            serving.terminate()
    assert serving.returncode in (0, -15)


def test_the_pages_wheel_holds_the_program_with_its_client(source: Path, tmp_path: Path) -> None:
    places = {"/src/entente": source, "/opt/entente": tmp_path / "opt"}
    _, make_environment, install = block("sh", "install").splitlines()
    steps = [make_environment.replace("python3 ", f"{sys.executable} "), block("sh", "wheel")]
    steps.append(install.removesuffix(" .") + " dist/*.whl")
    script = filled("\n".join(steps), places)
    subprocess.run(["sh", "-ec", script], cwd=source, env=CLEAN, check=True)
    entente = tmp_path / "opt" / "bin" / "entente"
    environment = {**CLEAN, "ENTENTE_DATABASE_URL": f"sqlite:///{tmp_path}/entente.sqlite"}
    for words_ in (["migrate"], ["provider", "list"], ["--help"]):
        assert subprocess.run([entente, *words_], cwd=tmp_path, env=environment).returncode == 0
    static = next((tmp_path / "opt").rglob("server/static/app.js")).parent
    assert {"app.css", "app.js", "chunks", "icon.svg"} <= {path.name for path in static.iterdir()}
