"""The commands, as they are typed: `entente migrate | import | list | export | serve | demo`."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.contract_files import contract_file
from tests import forks
from tests.databases import Databases
from tests.factories import PH, SAMPLES, address
from tests.ports import a_free_port
from tests.waiting import comes, is_up

DATA = Path(contract_file.__file__).parents[1] / "data"


def entente(database: Path | str, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One command, its output, its status."""
    given = {**os.environ, "ENTENTE_DATABASE_URL": address(database), "COLUMNS": "200", **environment}
    return forks.run(words, given)


@pytest.fixture
def database(databases: Databases) -> str:
    return databases.empty()


@pytest.mark.both_databases
def test_a_contract_goes_in_and_comes_out(database: str, tmp_path: Path) -> None:
    refused = entente(database, "import", str(DATA / SAMPLES[0]))
    assert (refused.returncode, "entente migrate" in refused.stderr) == (1, True)
    assert entente(database, "migrate").returncode == 0
    done = entente(database, "import", *(str(DATA / name) for name in SAMPLES))
    assert (done.returncode, PH in done.stderr) == (0, True)
    assert PH in entente(database, "list").stdout
    exported = entente(database, "export", PH)
    assert json.loads(exported.stdout) == contract_file.read_data(SAMPLES[0])
    again = entente(database, "import", str(DATA / SAMPLES[0]))
    assert (again.returncode, "already here" in again.stderr) == (1, True)
    copy = tmp_path / "copy.json"
    copy.write_text(exported.stdout, encoding="utf-8")
    elsewhere = tmp_path / "elsewhere.sqlite"
    entente(elsewhere, "migrate")
    assert entente(elsewhere, "import", str(copy)).returncode == 0
    assert entente(elsewhere, "export", PH).stdout == exported.stdout


@pytest.mark.both_databases
def test_a_wrong_file_is_refused_with_paths_and_remedy(database: str, tmp_path: Path) -> None:
    entente(database, "migrate")
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"schema_version": "1.0", "contract": {}}', encoding="utf-8")
    refused = entente(database, "import", str(wrong))
    assert refused.returncode == 1
    assert "'plan' is missing; add it" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_first_fifty_problems_are_printed_and_the_rest_counted(database: str, tmp_path: Path) -> None:
    entente(database, "migrate")
    wrong = contract_file.read_data(SAMPLES[0])
    wrong["people"] += [{"id": f"p{number}"} for number in range(30)]  # party_id, name and role of each are missing
    (tmp_path / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    refused = entente(database, "import", str(tmp_path / "wrong.json"))
    assert refused.returncode == 1
    assert "nothing was written: 90 problem(s)" in refused.stderr
    assert refused.stderr.count(" is missing; add it") == 50
    assert "… and 40 more" in refused.stderr
    assert "Correct the fields named below" in refused.stderr


def test_what_looks_wrong_is_imported_and_said_by_path(database: str, tmp_path: Path) -> None:
    entente(database, "migrate")
    doubtful = contract_file.read_data(SAMPLES[0])
    doubtful["establishments"][0]["finess_et"] = "499990118"
    doubtful["contract"]["end_date"] = "2033-06-30"
    (tmp_path / "doubtful.json").write_text(json.dumps(doubtful), encoding="utf-8")
    done = entente(database, "import", str(tmp_path / "doubtful.json"))
    assert done.returncode == 0
    assert "contract.end_date: The contract lasts more than six years" in done.stderr
    assert re.search(r"establishments\[0\]\.finess_et: .*49.999.011.8.* is wrong", done.stderr)


def test_an_unknown_contract_is_not_exported(database: str) -> None:
    entente(database, "migrate")
    refused = entente(database, "export", "NONE")
    assert (refused.returncode, refused.stdout, "Traceback" in refused.stderr) == (1, "", False)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "ENTENTE_PUBLIC_URL is http"),
        ({"ENTENTE_PUBLIC_URL": "https://e.fr", "ENTENTE_PORT": "x"}, "ENTENTE_PORT='x' cannot be read"),
        ({"ENTENTE_PUBLIC_URL": "https://e.fr"}, "run `entente migrate`"),
        (
            {"ENTENTE_PUBLIC_URL": "https://e.fr", "ENTENTE_DATABASE_URL": "postgresql://u@127.0.0.1:1/n"},
            "check ENTENTE_DATABASE_URL",
        ),
    ],
)
def test_serve_refuses_to_start_on_nonsense_in_one_sentence(
    database: str, environment: dict[str, str], says: str
) -> None:
    refused = entente(database, "serve", **environment)
    assert refused.returncode == 1
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


def test_commands_that_only_need_the_database_ask_for_nothing_else(database: str) -> None:
    assert entente(database, "migrate", ENTENTE_HOST="0.0.0.0").returncode == 0


@pytest.mark.both_databases
def test_a_second_demonstration_on_the_same_database_says_so_and_harms_nothing(database: str) -> None:
    with a_free_port() as free:
        port = free.getsockname()[1]
    given = {**os.environ, "ENTENTE_DATABASE_URL": database}
    command = [sys.executable, "-m", "server", "demo", "--port", str(port)]
    with subprocess.Popen(command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as first:
        try:
            assert _answers(port)
            second = entente(database, "demo", "--port", str(port + 1))
            assert (second.returncode, "already serves" in second.stderr) == (1, True)
            assert "Traceback" not in second.stderr
            assert _answers(port)
        finally:
            first.terminate()
            told = first.communicate()[1]
    assert f"http://127.0.0.1:{port}" in told
    assert "Camille Authier" in told
    assert "lead negotiator" in told, "the command line speaks English"


def _answers(port: int) -> bool:
    return comes(lambda: is_up(f"http://127.0.0.1:{port}/readyz"), within_s=120)


def test_a_fresh_server_begins_with_a_contract_from_a_plan(database: str) -> None:
    assert entente(database, "migrate").returncode == 0
    given = ("--party", "Association Les Aulnes", "--short-name", "Les Aulnes", "--lead", "Zoé Petit")
    unknown = entente(database, "new", "none", *given)
    assert (unknown.returncode, "ph_l313_12_2" in unknown.stderr) == (2, True)
    wrong = entente(database, "new", "ph_l313_12_2", *given, "--start", "tomorrow")
    assert (wrong.returncode, "Write a day of the calendar" in wrong.stderr) == (2, True)
    done = entente(database, "new", "ph_l313_12_2", *given, "--start", "2027-09-01")
    assert done.returncode == 0, done.stderr
    contract_id = done.stdout.strip()
    assert f"entente member bind {contract_id} place-1" in done.stderr
    exported = json.loads(entente(database, "export", contract_id).stdout)
    assert exported["contract"]["end_date"] == "2032-08-31"
    (lead,) = exported["people"]
    assert (lead["id"], lead["name"], lead["role"]) == ("place-1", "Zoé Petit", "lead_negotiator")
