"""The Dockerfile's own steps in a fresh environment: what is committed installs, migrates and serves."""

import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from tests.deploy.containers import stages, words
from tests.deploy.test_container import ROOT, copied
from tests.web.site import a_free_port


@pytest.mark.long
def test_what_is_committed_installs_migrates_and_answers_as_in_the_container(tmp_path: Path) -> None:
    builder, final = stages(ROOT / "Dockerfile")
    source, installed, data = (tmp_path / name for name in ("src", "opt", "data"))
    data.mkdir()
    archive = tmp_path / "tree.tar"
    subprocess.run(["git", "archive", "-o", archive, "HEAD", *sorted(copied())], cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(source, filter="data")
    with a_free_port() as free:
        port = str(free.getsockname()[1])

    def here(said: str) -> str:
        places = {"/opt/entente": installed, "/src": source, "/data": data, "python3 ": f"{sys.executable} "}
        for word, place in places.items():
            said = said.replace(word, str(place))
        return said

    for step in builder.all("RUN"):
        subprocess.run(["sh", "-ec", here(step)], cwd=source, check=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ENTENTE_", "PYTHON"))}
    settings = {name: here(value) for name, value in final.environment.items()}
    environment = {
        **clean,
        **settings,
        "ENTENTE_PUBLIC_URL": "https://entente.exemple.fr",
        "ENTENTE_PORT": port,
        "ENTENTE_HOST": "127.0.0.1",
    }
    entente = [here(word) for word in words(final.one("ENTRYPOINT"))]

    def run(*command: str) -> int:
        return subprocess.run(command, env=environment, cwd=data, stderr=subprocess.DEVNULL).returncode

    assert run(*entente, "--help") == 0
    assert run(*entente, *words(final.one("CMD"))) == 1  # nothing has made the schema yet
    assert run(*entente, "migrate") == 0
    health = [here(word) for word in words(final.one("HEALTHCHECK").partition(" CMD ")[2])]
    assert run(*health) == 1
    with subprocess.Popen([*entente, *words(final.one("CMD"))], env=environment, cwd=data) as serving:
        try:
            until = time.monotonic() + 60
            while (status := run(*health)) and time.monotonic() < until:
                time.sleep(0.2)
            assert status == 0
            assert serving.poll() is None
        finally:
            serving.terminate()
    assert (installed / "bin" / "python").exists()
    static = next(installed.rglob("server/static/app.js"))
    assert (static.parent / "app.css").exists()
