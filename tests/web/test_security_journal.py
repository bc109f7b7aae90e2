"""The security journal: what happened at the doors is told, once, without a secret, and forgotten in time."""

import asyncio
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from typer.testing import CliRunner

from server.__main__ import cli
from server.demo import demonstration
from server.domain.people.security import LONGEST_TOLD, UNTOLD, SecurityEvent, SecurityKind, tellable
from server.running.daily import forget_events
from server.running.logs import Lines
from server.store import security
from server.store.engine import Store
from tests.databases import Databases
from tests.factories import EHPAD, PH
from tests.web.forms import fields
from tests.web.site import Site, fill_samples

ARS = "camille-authier"


async def told(site: Site) -> list[SecurityEvent]:
    async with site.parts.store.reading() as session:
        return await security.events(session)


def secrets_of(*addresses: str) -> Iterator[str]:
    """The states, codes, nonces and challenges that addresses carry."""
    for address in addresses:
        yield from (value for name, value in parse_qsl(urlsplit(address).query) if name in SAID)


SAID = ("state", "code", "nonce", "code_challenge", "request")


@pytest.mark.anyio
@pytest.mark.both_databases
async def test_a_story_of_signing_in_is_told_and_holds_no_secret(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "entente")
    browser = site.browser()
    start = await browser.ask("POST", f"/sign-in/{demonstration.KEY}", data={"next": "/"})
    picker = await browser.follow(start)
    callback = (await browser.choose(picker, ARS)).headers["location"]
    thief = await site.browser().ask("GET", callback)
    assert thief.status_code == 403
    callback_2 = (await browser.choose(await browser.reach_provider(), ARS)).headers["location"]
    assert (await browser.ask("GET", callback_2)).status_code == 303
    cookies = list(browser.cookies.values())
    assert (await browser.ask("GET", f"/contracts/{EHPAD}")).status_code == 404
    page = f"/contracts/{PH}/settings/parties/ars/new-seat"
    form = fields((await browser.get(page)).text, page) | {"name": "Zoé Petit", "role": "reader"}
    assert (await browser.ask("POST", page, data=form)).status_code == 303
    mail = {"origin": "https://zoe@exemple.fr", "x-forwarded-for": "zoe@exemple.fr"}
    assert (await browser.ask("POST", "/sign-out", headers=mail)).status_code == 403
    assert (await browser.ask("POST", "/sign-out")).status_code == 200

    events = await told(site)
    person = events[1].person_id
    assert [(one.kind, one.person_id, one.provider, one.contract_id) for one in events] == [
        ("sign_in_refused", None, demonstration.KEY, ""),
        ("sign_in_accepted", person, demonstration.KEY, ""),
        ("not_allowed", person, "", EHPAD),
        ("rights_changed", person, "", PH),
        ("foreign_form", None, "", ""),
        ("signed_out", person, "", ""),
    ]
    assert isinstance(person, int)
    assert events[0].details["reason"] == "state"
    assert all(one.at.tzinfo is not None and one.at.utcoffset() == timedelta(0) for one in events)
    kept = [*cookies, *secrets_of(start.headers["location"], callback, callback_2), demonstration._SECRET]
    assert len(kept) >= 8
    lines = [Lines("json").format(record) for record in caplog.records if record.name.startswith("entente")]
    assert len(lines) >= 2
    for where in (str(events), "\n".join(lines)):
        assert [one for one in kept if one in where] == []
        assert re.findall(r"\S+@\S+", where) == []
        assert [name for name in ("Camille", "Authier", "Zoé") if name in where] == []


@pytest.mark.anyio
async def test_who_is_turned_away_a_thousand_times_a_minute_is_one_line(site: Site) -> None:
    for address in ("203.0.113.9", "203.0.113.9", "198.51.100.1", "203.0.113.9"):
        headers = {"origin": "https://evil.example", "x-forwarded-for": address}
        await site.browser().ask("POST", "/sign-out", headers=headers)
        await site.browser().ask("GET", "/", headers={"host": "evil.example", "x-forwarded-for": address})
    found = [(one.kind, one.details["address"]) for one in await told(site)]
    assert found == [(kind, to) for to in ("203.0.113.9", "198.51.100.1") for kind in ("foreign_form", "unknown_host")]


@pytest.mark.anyio
async def test_each_of_some_people_of_one_address_who_cannot_sign_in_is_found_by_their_reference(site: Site) -> None:
    said = []
    for _ in range(12):
        answer = await site.browser().ask("GET", f"/sign-in/{demonstration.KEY}/callback?state=none&code=x")
        said += re.findall(r"référence ([0-9a-f]{8})", answer.text)
    kept = [one.details["reference"] for one in await told(site)]
    assert (len(said), kept) == (12, said[:10])


@pytest.mark.anyio
async def test_a_million_addresses_write_no_more_than_so_many_lines(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.running.watching.MOST", 3)
    for number in range(6):
        await site.browser().ask("POST", "/sign-out", headers={"origin": "x", "x-forwarded-for": f"192.0.2.{number}"})
    assert len(await told(site)) == 3


@pytest.mark.anyio
async def test_a_journal_that_cannot_be_written_refuses_all_the_same(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(text("ALTER TABLE security_event RENAME TO lost"))
    assert (await site.browser().ask("POST", "/sign-out", headers={"origin": "x"})).status_code == 403
    assert "foreign_form could not be written to the security journal" in caplog.messages


@pytest.mark.anyio
@pytest.mark.both_databases
async def test_events_are_forgotten_when_their_months_are_over(store: Store) -> None:
    now = datetime(2027, 7, 1, tzinfo=UTC)
    async with store.writing() as session:
        for days in (200, 170):
            await security.note(session, SecurityKind.EXPORTED, at=now - timedelta(days=days), contract_id=PH)
    assert await forget_events(store, 12, now) == 0
    assert await forget_events(store, 6, now) == 1
    async with store.reading() as session:
        assert [one.at for one in await security.events(session)] == [now - timedelta(days=170)]


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.text(max_size=60), st.integers(), st.booleans())))
def test_a_detail_is_a_number_or_words_too_plain_and_short_for_a_secret(details: dict[str, str | int | bool]) -> None:
    for name, value in tellable(details).items():
        assert value in (details[name], UNTOLD)
        assert not isinstance(value, str) or (len(value) <= LONGEST_TOLD and "@" not in value and "\n" not in value)


def test_an_export_and_a_seat_given_are_told_by_the_command(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = asyncio.run(databases.like("filled", fill_samples))
    monkeypatch.setenv("ENTENTE_DATABASE_URL", filled)

    def entente(*words: str) -> str:
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output
        return done.stdout

    entente(
        "member", "bind", PH, "p-referent-ars", "--provider", demonstration.KEY, "--subject", "somebody", "--replace"
    )
    entente("member", "unbind", PH, "p-referent-ars")
    entente("export", PH)
    listed = entente("security", "list")
    assert [line.split()[1] for line in listed.splitlines()[1:]] == ["seat_bound", "seat_freed", "exported"]
    assert "somebody" not in listed
    only = entente("security", "list", "--kind", "exported", "--since", "2026-01-01")
    assert (len(only.splitlines()), PH in only) == (2, True)
