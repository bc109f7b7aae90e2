"""docs/howto/postgresql.md, done as it stands: a role, a database, its address, the move from SQLite and back."""

import json
import os
import subprocess
import sys
from pathlib import Path

from server.contract_files import contract_file
from tests.deploy.manual import FENCE
from tests.factories import EHPAD, PH, SAMPLES
from tests.postgres import Cluster
from tests.web.test_commands import DATA, entente

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "postgresql.md"


def said(language: str) -> str:
    """The blocks of a language, one after the other."""
    return "\n".join(block for kind, _, block in FENCE.findall(PAGE.read_text(encoding="utf-8")) if kind == language)


def test_the_page_makes_a_database_and_moves_contracts_to_it(cluster: Cluster, tmp_path: Path) -> None:
    old = tmp_path / "entente.sqlite"
    entente(old, "migrate")
    assert entente(old, "import", *(str(DATA / name) for name in SAMPLES)).returncode == 0
    for statement in said("sql").strip().splitlines():
        cluster.say(statement.replace("PASSWORD '", "PASSWORD 'p@%"))
    words = {
        ":PASSWORD@127.0.0.1/": f":p%40%25PASSWORD@127.0.0.1:{cluster.port}/",
        "sqlite:////var/lib/entente/entente.sqlite": f"sqlite:///{old}",
    }
    script = said("sh")
    for word, instead in words.items():
        assert word in script
        script = script.replace(word, instead)
    command = f'entente() {{ PYTHONPATH="{ROOT}" "{sys.executable}" -m server "$@"; }}\nset -eu\n{script}'
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == [EHPAD, PH]
    address = f"postgresql://entente:p%40%25PASSWORD@127.0.0.1:{cluster.port}/entente"
    for name, contract_id in zip(SAMPLES, (PH, EHPAD), strict=True):
        assert json.loads(entente(address, "export", contract_id).stdout) == contract_file.read_data(name)
    owner = cluster.say("SELECT tableowner FROM pg_tables WHERE tablename = 'contract'", "entente")
    assert owner == "entente"
