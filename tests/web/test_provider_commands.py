"""`entente provider …` and `entente member …`, as they are typed."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

import anyio
import pytest

from auth.provider import Provider
from auth.sealing import new_key
from server import __main__ as command_line
from server.contract_files import contract_file
from server.demo import demonstration
from server.people import seating
from server.providers import providing
from server.store.engine import Store
from server.store.seats import held_seats
from tests.databases import Databases
from tests.factories import PH, SAMPLES, address, some_settings
from tests.web.published import published
from tests.web.site import Site
from tests.web.test_commands import entente as in_its_own_process

SAMPLE = str(Path(contract_file.__file__).parents[1] / "data" / SAMPLES[0])
SECRET = "s3cret-of-the-ars"
HERE = {"ENTENTE_DEVELOPMENT": "yes"}
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NADEGE, YANIS = "p-dg-og", "p-tarif-ars"


def entente(database: Path | str, *words: str, typed: str = "", **environment: str) -> CompletedProcess[str]:
    """One command in this process, which spares each test the seconds that Python takes to start."""
    given = {"ENTENTE_DATABASE_URL": address(database), **environment}
    out, err, status = io.StringIO(), io.StringIO(), 0
    with (
        patch.dict(os.environ, given),
        patch.object(sys, "argv", ["entente", *words]),
        patch.object(sys, "stdin", io.StringIO(typed)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            command_line.main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    return CompletedProcess(words, status, out.getvalue(), err.getvalue())


@pytest.fixture
def database(databases: Databases) -> str:
    """The address of an empty database at the program's schema."""
    made = databases.empty()
    assert entente(made, "migrate").returncode == 0
    return made


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with published() as found:
        yield found


def add(database: str, issuer: str, *more: str, key: str = "ars", **environment: str) -> tuple[int, str, str]:
    words = ["--label", "ARS Bretagne", "--issuer", issuer, "--client-id", "entente"]
    piped = ["--client-secret-file", "-"]
    done = entente(database, "provider", "add", key, *words, *piped, *more, typed=f"{SECRET}\n", **(HERE | environment))
    return done.returncode, done.stdout, done.stderr


def test_a_provider_is_looked_at_kept_listed_and_tested_and_its_secret_never_shown(database: str, issuer: str) -> None:
    status, out, _ = add(database, issuer)
    assert (status, out) == (0, "http://127.0.0.1:8000/sign-in/ars/callback\n")
    listed = entente(database, "provider", "list")
    assert [word in listed.stdout for word in ("ars", "ARS Bretagne", issuer, "ES256", SECRET)] == [
        True, True, True, True, False,
    ]  # fmt: skip
    tested = entente(database, "provider", "test", "ars", **HERE)
    assert (tested.returncode, tested.stdout) == (0, "http://127.0.0.1:8000/sign-in/ars/callback\n")
    assert "ok     keys: 1 for ES256" in tested.stderr
    assert SECRET not in tested.stderr


def test_a_profile_says_what_is_usual_and_replacing_keeps_what_is_not_said(database: str, issuer: str) -> None:
    assert add(database, issuer, "--profile", "proconnect", "--no-check")[0] == 0
    assert kept_row(database)[3:] == ["entente", "ES256", "client_secret_post", *PROCONNECT, "yes"]
    assert add(database, issuer, "--algorithm", "RS256", "--no-check", "--replace")[0] == 0
    assert kept_row(database)[4:] == ["RS256", "client_secret_post", *PROCONNECT, "yes"]
    refused = add(database, issuer, "--profile", "nobody", "--no-check", "--replace")
    assert (refused[0], "choose one of proconnect, pro-sante-connect" in refused[2]) == (1, True)
    assert add(database, issuer, "--token-method", "private_key_jwt", "--no-check", "--replace")[0] == 0
    closed = entente(database, "provider", "disable", "ars")
    assert (closed.returncode, "0 sessions ended" in closed.stderr, kept_row(database)[-1]) == (0, True, "no")
    assert (entente(database, "provider", "enable", "ars").returncode, kept_row(database)[-1]) == (0, "yes")
    assert "there are: ars" in entente(database, "provider", "enable", "dep").stderr
    resealed = entente(database, "provider", "reseal", **HERE)
    assert (resealed.returncode, "1 providers have their secrets" in resealed.stderr) == (0, True)


def test_replacing_keeps_the_address_of_discovery_and_the_key_that_its_provider_knows(
    database: str, issuer: str
) -> None:
    begin = ("--profile", "pro-sante-connect", "--token-method", "private_key_jwt", "--no-check")
    assert add(database, issuer, *begin)[0] == 0
    before = anyio.run(provider_row, database)
    assert add(database, issuer, "--scopes", "openid", "--no-check", "--replace")[0] == 0
    after = anyio.run(provider_row, database)
    assert before.discovery_url == f"{issuer}/.well-known/wallet-openid-configuration"
    assert after == replace(before, scopes=("openid",))


async def provider_row(database: str) -> Provider:
    store = Store(some_settings(database))
    (row,) = await providing.known(store)
    await store.close()
    return row


PROCONNECT = ["openid", "given_name", "usual_name", "email", "uid", "siret", "idp_id"]


def kept_row(database: str) -> list[str]:
    """The one provider listed, word by word but for its label of two words."""
    key, *_, issuer = entente(database, "provider", "list").stdout.splitlines()[1].partition("ARS Bretagne")
    return [key.strip(), "ARS Bretagne", *issuer.split()]


def test_the_same_key_twice_needs_replace(database: str, issuer: str) -> None:
    add(database, issuer)
    status, _, says = add(database, issuer, "--algorithm", "ES384", "--no-check")
    assert (status, "kept already: --replace changes it" in says) == (1, True)
    status, _, _ = add(database, issuer, "--algorithm", "ES384", "--no-check", "--replace")
    assert (status, "ES384" in entente(database, "provider", "list").stdout) == (0, True)


def test_a_provider_that_would_not_work_is_kept_only_when_asked_to(database: str, issuer: str) -> None:
    status, _, says = add(database, f"{issuer}/realm", "--discovery-url", f"{issuer}/.well-known/openid-configuration")
    assert status == 1
    assert f"not ok issuer: the provider says '{issuer}'" in says
    assert "--no-check" in says
    assert entente(database, "provider", "list").stdout.count("\n") == 1
    assert add(database, f"{issuer}/realm", "--no-check")[0] == 0
    tested = entente(database, "provider", "test", "ars", **HERE)
    assert (tested.returncode, "not ok discovery:" in tested.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--algorithm", "HS256"], "choose one of ES256"),
        (["--token-method", "none"], "choose one of client_secret_basic"),
        (["--scopes", "profile"], "add openid"),
        (["--client-secret-file", "/nowhere/secret"], "the secret cannot be read from /nowhere/secret"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused_in_one_sentence(
    database: str, issuer: str, words: list[str], says: str
) -> None:
    status, _, told = add(database, issuer, *words)
    assert (status, says in told, "Traceback" in told) == (1, True, False)


@pytest.mark.parametrize("key", ["demonstration", "ARS", "a/b", "-a", "a" * 41])
def test_a_key_that_cannot_stand_in_an_address_is_refused(database: str, issuer: str, key: str) -> None:
    status, _, told = add(database, issuer, "--", key=key) if key == "-a" else add(database, issuer, key=key)
    assert status != 0
    assert "Traceback" not in told


def test_the_secret_comes_from_a_file_or_a_pipe_and_nothing_is_no_secret(
    database: str, issuer: str, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    words = ["provider", "add", "ars", "--label", "ARS", "--issuer", issuer, "--client-id", "entente", "--replace"]
    refused = entente(database, *words, **HERE)
    assert (refused.returncode, "client_id and client_secret: fill in both" in refused.stderr) == (1, True)
    assert entente(database, *words, typed=f"{SECRET}\n", **HERE).returncode == 0
    assert entente(database, *words, "--client-secret-file", str(file), **HERE).returncode == 0


def test_loopback_http_is_for_development_only(database: str, issuer: str) -> None:
    status, _, says = add(
        database, issuer, ENTENTE_DEVELOPMENT="no", ENTENTE_PUBLIC_URL="https://e.fr", ENTENTE_SECRET_KEYS=new_key()
    )
    assert (status, "no call to http://127.0.0.1" in says) == (1, True)


def test_unknown_names_are_answered_with_those_there_are(database: str, issuer: str) -> None:
    assert "add it with `entente provider add`" in entente(database, "provider", "test", "ars", **HERE).stderr
    assert "entente import FILE" in entente(database, "member", "list", "NONE").stderr
    entente(database, "import", SAMPLE)
    add(database, issuer)
    assert "there are: ars" in entente(database, "provider", "test", "dep", **HERE).stderr
    assert f"there are: {PH}" in entente(database, "member", "list", "NONE").stderr
    unknown = bind(database, "p-nobody", "someone")
    assert (unknown.returncode, f"its seats are: p-referent-ars, {YANIS}" in unknown.stderr) == (1, True)


def bind(database: str, seat: str, subject: str, *more: str) -> CompletedProcess[str]:
    return entente(database, "member", "bind", PH, seat, "--provider", "ars", "--subject", subject, *more)


def row_of(database: str, seat: str) -> list[str]:
    lines = entente(database, "member", "list", PH).stdout.splitlines()
    return next(line for line in lines if line.startswith(f"{seat} ")).split()


@pytest.mark.both_databases
def test_one_person_one_seat_a_contract(database: str, issuer: str) -> None:
    entente(database, "import", SAMPLE)
    add(database, issuer)
    assert row_of(database, NADEGE)[-1] == "free"
    assert bind(database, NADEGE, "sub-1").returncode == 0
    assert row_of(database, NADEGE)[-4:] == ["Nadège", "Fournier", issuer, "sub-1"]
    assert bind(database, NADEGE, "sub-1").returncode == 0
    held = bind(database, NADEGE, "sub-2")
    assert (held.returncode, "--replace gives it to the new person" in held.stderr) == (1, True)
    elsewhere = bind(database, YANIS, "sub-1")
    assert elsewhere.returncode == 1
    assert f"already sits in {PH} as '{NADEGE}' (Les Rives du Layon): one person, one seat" in elsewhere.stderr
    assert row_of(database, YANIS)[-1] == "free"
    assert bind(database, NADEGE, "sub-2", "--replace").returncode == 0
    waiting = entente(database, "member", "waiting").stdout.splitlines()[1:]
    assert [line.split()[-1] for line in waiting] == ["sub-1"]
    assert bind(database, YANIS, "sub-1").returncode == 0
    freed = entente(database, "member", "unbind", PH, YANIS)
    assert (freed.returncode, row_of(database, YANIS)[-1]) == (0, "free")
    assert "is free already" in entente(database, "member", "unbind", PH, YANIS).stderr
    moved = add(database, f"{issuer}/other", "--replace", "--no-check")
    assert "1 seats are held by people of its former issuer" in moved[2]


@pytest.mark.anyio
@pytest.mark.both_databases
async def test_two_who_seat_the_same_person_at_once_seat_them_once(filled: str) -> None:
    store = Store(some_settings(filled))
    provider = demonstration.configuration(some_settings(filled))
    refused: list[str] = []

    async def seat(key: str) -> None:
        try:
            await seating.seat(store, PH, key, provider, demonstration.STRANGER.subject, START, is_to_replace=True)
        except seating.SeatRefused as said:
            refused.append(str(said))

    async with anyio.create_task_group() as many:
        for key in (NADEGE, YANIS, "p-mdph"):
            many.start_soon(seat, key)
    async with store.reading() as session:
        held = [one.holder for one in await held_seats(session, PH)]
    await store.close()
    assert [one.subject for one in held if one].count(demonstration.STRANGER.subject) == 1
    assert ["one person, one seat" in said for said in refused] == [True, True]


@pytest.mark.anyio
@pytest.mark.both_databases
async def test_seats_change_beside_a_running_server(site: Site) -> None:
    database = site.settings.database_url
    stranger, nadege = [await site.signed_in(who) for who in ("alex-martin", "nadege-fournier")]

    async def typed(*words: str) -> CompletedProcess[str]:
        return await anyio.to_thread.run_sync(partial(in_its_own_process, database, "member", *words))

    async def seen() -> list[int]:
        return [(await one.ask("GET", f"/contracts/{PH}")).status_code for one in (stranger, nadege)]

    assert await seen() == [404, 200]
    words = ("--provider", "demonstration", "--subject", "alex-martin", "--replace")
    async with anyio.create_task_group() as both:
        both.start_soon(typed, "bind", PH, NADEGE, *words)
        both.start_soon(site.signed_in, "camille-authier")
    assert await seen() == [200, 404]
    assert (await typed("unbind", PH, NADEGE)).returncode == 0
    assert await seen() == [404, 404]
