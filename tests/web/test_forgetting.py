"""People who are forgotten, data that is old, and who administers the platform: by command, and on its page."""

import asyncio
import re
import subprocess
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import text as sql

from collab.peer import HangUp
from server.contract_files.exporting import export_contract
from server.contract_files.importing import import_contract
from server.contract_files.problems import problems
from server.people.forgetting import ForgetRefused, digest, forget, is_digest_of, known
from server.running.retention import purge
from server.store.engine import Store
from server.store.people import names
from tests.factories import PH, a_file
from tests.web.forms import send
from tests.web.site import Browser, Site
from tests.web.test_commands import entente
from tests.web.test_live import Tab
from tests.web.test_people import INVITED, a_place, accepted, change, invited, link_of, rows

pytestmark = pytest.mark.anyio
SETTINGS = f"/contracts/{PH}/settings"
NOW = datetime(2027, 3, 1, tzinfo=UTC)


async def by_command(database: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(entente, database, *words, **environment)


@pytest.mark.both_databases
async def test_who_is_forgotten_leaves_a_number_and_everything_still_verifies(site: Site) -> None:
    ars = await site.signed_in("camille-authier")
    key = await a_place(site, ars)
    await accepted(site, link_of(await invited(ars, key)), "alex-martin")
    leaver = await site.signed_in("alex-martin")
    async with leaver.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        ((number,),) = await rows(site, "SELECT id FROM person WHERE subject = 'alex-martin'")
        before = await _evidence(site)
        texts = (await export_contract(PH, site.parts.store))["plan"]
        called = await forget(site.parts.store, int(str(number)), NOW)
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code in (HangUp.SESSION_OVER, HangUp.NOT_ALLOWED)
    assert called == f"Personne effacée n°\u00a0{number}"
    assert await _evidence(site) == before
    after = await export_contract(PH, site.parts.store)
    assert after["plan"] == texts
    assert problems(after) == []
    ((issuer, subject, name, reference),) = await rows(
        site, f"SELECT issuer, subject, name, reference FROM person WHERE id = {number}"
    )
    assert (name, reference) == (called, None)
    assert is_digest_of(str(subject), "alex-martin")
    assert not is_digest_of(str(subject), "alex-martim")
    shown = await known(site.parts.store, str(issuer), "alex-martin")
    assert (shown.number, shown.is_forgotten) == (number, True)
    assert await rows(site, "SELECT person_id, name FROM member WHERE key = :k", k=key) == [(None, called)]
    assert await rows(site, f"SELECT id FROM session WHERE person_id = {number}") == []
    assert await rows(site, f"SELECT id FROM invitation WHERE accepted_by = {number}") == []
    assert (await leaver.ask("GET", "/")).headers["location"] == "/sign-in"
    for again in (forget(site.parts.store, int(str(number)), NOW), forget(site.parts.store, 999_999, NOW)):
        with pytest.raises(ForgetRefused):
            await again
    back = await site.signed_in("alex-martin")  # somebody new, to whom nothing of before belongs
    assert "Votre accès n’est pas encore ouvert" in unescape((await back.get("/")).text)
    ((count,),) = await rows(
        site, "SELECT count(*) FROM person WHERE issuer = :i AND subject = 'alex-martin'", i=issuer
    )
    assert count == 1


async def _evidence(site: Site) -> list[list[tuple[object, ...]]]:
    """What must stay as it was: acts in their order, every line of every text with its author."""
    acts = "SELECT id, kind, person_id, party_id, at, details FROM act ORDER BY id"
    lines = "SELECT id, document, delta, person_id, party_id, session_id, at FROM document_update ORDER BY id"
    return [await rows(site, acts), await rows(site, lines)]


async def test_what_a_person_wrote_stays_theirs_by_number(site: Site) -> None:
    ((number,),) = await rows(site, "SELECT id FROM person WHERE subject = 'camille-authier'")
    await change(site, "UPDATE document_update SET person_id = :p, party_id = 1 WHERE id = 1", p=number)
    found = await known(site.parts.store, str(number), None)
    assert found.seats == ((PH, "p-referent-ars"),)
    await forget(site.parts.store, found.number, NOW)
    async with site.parts.store.reading() as session:
        assert await names(session, PH, [found.number]) == {found.number: f"Personne effacée n°\u00a0{number}"}
    assert await rows(site, "SELECT person_id FROM document_update WHERE id = 1") == [(number,)]
    other = await site.signed_in("marc-lebreton")
    assert "Camille Authier" not in (await other.get(SETTINGS)).text


def test_a_digest_says_nothing_twice() -> None:
    assert digest("camille") != digest("camille")
    assert len(digest("x" * 255)) <= 255


@pytest.mark.both_databases
async def test_old_invitations_and_sessions_are_forgotten_and_those_in_use_stay(site: Site) -> None:
    ars = await site.signed_in("camille-authier")
    key = await a_place(site, ars)
    await invited(ars, key)
    now = datetime.now(UTC)
    await site.signed_in("marc-lebreton")
    held = await rows(site, "SELECT count(*) FROM session")
    none = await purge(site.parts.store, site.settings, now + timedelta(days=30))
    assert (none.invitations, none.sessions) == (0, 0)
    assert await rows(site, "SELECT count(*) FROM session") == held
    purged = await purge(site.parts.store, site.settings, now + timedelta(days=182))
    assert (purged.invitations, purged.sessions) == (1, held[0][0])


async def test_by_command_it_says_first_what_it_will_do_and_asks(filled: str) -> None:
    whom = ("people", "forget", "https://demonstration.entente.invalid", "camille-authier")
    told = await by_command(filled, *whom)
    assert told.returncode == 1
    assert f"{PH} p-referent-ars" in told.stderr
    assert "nothing was erased: say --yes" in told.stderr
    done = await by_command(filled, *whom, "--yes")
    assert (done.returncode, "Personne effacée n°" in done.stderr) == (0, True), done.stderr
    purged = await by_command(filled, "people", "retention", ENTENTE_DEVELOPMENT="yes")
    assert "0 invitations, 0 sessions" in purged.stderr


async def test_nobody_is_known_by_what_is_nobodys(store: Store) -> None:
    for issuer, subject in (("x", "y"), ("999999", None), ("https://issuer", None)):
        with pytest.raises(ForgetRefused):
            await known(store, issuer, subject)


async def test_the_first_administrator_comes_by_command_and_the_last_one_stays(site: Site) -> None:
    database = site.settings.database_url
    given = {"ENTENTE_PUBLIC_URL": site.url, "ENTENTE_DEVELOPMENT": "yes"}
    asked = ("admin", "invite", "--email", "a@exemple.fr", "--provider")
    made = await by_command(database, *asked, "demonstration", **given)
    link = made.stdout.strip()
    assert re.fullmatch(rf"{site.url}/invitations/[\w-]{{43}}", link), made.stderr
    before = await (await site.signed_in("alex-martin")).ask("GET", "/administration/people")
    assert before.status_code == 404
    shown = unescape((await site.browser().get(link)).text)
    assert "Elle ne donne accès à aucun contrat." in shown
    answer = await accepted(site, link, "alex-martin")
    assert answer.headers["location"] == "/administration/people"
    admin = await site.signed_in("alex-martin")
    for path in ("", "/settings", "/people", "/plan"):
        assert (await admin.ask("GET", f"/contracts/{PH}{path}")).status_code == 404
    people = "/administration/people"
    ((number,),) = await rows(site, "SELECT person_id FROM administrator")
    last = await admin.ask("POST", f"{people}/{number}/remove")
    assert (last.status_code, "Il doit rester au moins un administrateur" in unescape(last.text)) == (409, True)
    second = await _invited_by(admin)
    assert (await accepted(site, second, "camille-authier")).status_code == 303
    other = await site.signed_in("camille-authier")
    assert "Alex Martin" in (await other.get(people)).text
    assert (await other.ask("POST", f"{people}/{number}/remove")).status_code == 303
    assert (await admin.ask("GET", people)).status_code == 404
    third = await _invited_by(other)
    ((invitation,),) = await rows(site, "SELECT max(id) FROM invitation")
    assert (await admin.ask("POST", f"/administration/invitations/{invitation}/revoke")).status_code == 404
    assert (await other.ask("POST", f"/administration/invitations/{invitation}/revoke")).status_code == 303
    assert (await site.browser().ask("GET", third)).status_code == 410
    listed = await by_command(database, "admin", "list")
    assert "Camille Authier" in listed.stdout
    ((mine,),) = await rows(site, "SELECT person_id FROM administrator")
    kept = await by_command(database, "admin", "remove", str(mine))
    assert (kept.returncode, "nobody else does" in kept.stderr) == (2, True)
    with pytest.raises(ForgetRefused):
        await forget(site.parts.store, int(str(mine)), NOW)
    kinds = [kind for (kind,) in await rows(site, "SELECT kind FROM security_event")]
    assert kinds.count("administrator_changed") == 3


async def _invited_by(admin: Browser) -> str:
    return link_of(await send(admin, "/administration/people", dict(INVITED)))


async def test_files_say_who_runs_the_meetings_and_say_it_again(store: Store) -> None:
    async def round_trip(source: dict[str, Any]) -> list[dict[str, Any]]:
        await import_contract(source, store)
        exported = await export_contract(source["contract"]["id"], store)
        assert exported == source
        again: list[dict[str, Any]] = exported["people"]
        return again

    source = a_file()
    source["people"][0] |= {"facilitator": True}
    source["people"][1]["role"] = "facilitator"
    source["people"][2]["role"] = "administrator"
    assert problems(source) == []
    await round_trip(source)
    async with store.reading() as session:
        told = (await session.execute(sql("SELECT role, is_facilitator FROM member ORDER BY position LIMIT 3"))).all()
    assert [(role, bool(flag)) for role, flag in told] == [
        ("lead_negotiator", True),
        ("facilitator", True),
        ("administrator", False),
    ]
