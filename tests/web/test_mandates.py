"""Who may sign for a party, on the page: recorded by the party, shown to those who sign, ended and never deleted."""

import re
from hashlib import sha256
from html import unescape

import httpx2
import pytest
from sqlalchemy import text as sql

from tests.factories import PH
from tests.web.forms import send
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio
SETTINGS = f"/contracts/{PH}/settings"
SEAT = f"{SETTINGS}/seats/p-delegue-ars"
ARS, DEPARTMENT, CONSULTED = "camille-authier", "marc-lebreton", "elodie-maugin"
GIVEN = {
    "title": "Directrice de la délégation territoriale",
    "basis": "delegation_of_signature",
    "reference": "Décision EX-2026-011",
    "dated": "05/01/2026",
    "valid_until": "31/12/2099",
    "scope": "Secteur du handicap",
    "cap": "1 500 000",
}
PDF = b"%PDF-1.7\n%\xe2\xe3 <script>alert(1)</script>"


@pytest.fixture
async def ars(site: Site) -> Browser:
    return await site.signed_in(ARS)


async def rows(site: Site, query: str) -> list[tuple[object, ...]]:
    async with site.parts.store.reading() as session:
        return [tuple(row) for row in (await session.execute(sql(query))).all()]


async def recorded(site: Site, ars: Browser, **changes: str) -> str:
    answer = await send(ars, f"{SEAT}/mandates", {**GIVEN, **changes})
    assert answer.status_code == 303, answer.text
    return str((await rows(site, "SELECT id FROM mandate ORDER BY recorded_at DESC LIMIT 1"))[0][0])


async def sent(browser: Browser, mandate_id: str, name: str, content: bytes) -> httpx2.Response:
    files = {"paper": (name, content, "text/html")}
    return await browser.ask("POST", f"{SETTINGS}/mandates/{mandate_id}/papers", files=files)


async def test_a_mandate_is_seen_by_every_signing_party_and_by_no_consulted_partner(site: Site, ars: Browser) -> None:
    mandate_id = await recorded(site, ars)
    assert (await sent(ars, mandate_id, "décision.html", PDF)).status_code == 303
    paper = f"{SETTINGS}/papers/{(await rows(site, 'SELECT id FROM mandate_document'))[0][0]}"
    for subject in (ARS, DEPARTMENT, "nadege-fournier"):
        browser = await site.signed_in(subject)
        shown = unescape((await browser.get(SETTINGS)).text)
        for words in ("Décision EX-2026-011", "valable aujourd’hui", "31\u00a0décembre 2099", "décision.pdf"):
            assert words in shown, (subject, words)
        assert "a enregistré une habilitation à signer de Hélène Quéméré" in shown
        answer = await browser.ask("GET", paper)
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"
    consulted = await site.signed_in(CONSULTED)
    shown = unescape((await consulted.get(SETTINGS)).text)
    assert "Habilitations" not in shown
    assert "EX-2026-011" not in shown
    assert "habilitation" not in shown
    assert (await consulted.ask("GET", paper)).status_code == 404
    other = await site.signed_in("monique-herault")  # of another contract
    for there in (paper, paper.replace(PH, "CPOM-EHPAD-EX-2027-2031")):
        assert (await other.ask("GET", there)).status_code == 404
    kept = await rows(site, "SELECT sha256, size, media_type FROM mandate_document")
    assert kept == [(sha256(PDF).hexdigest(), len(PDF), "application/pdf")]
    events = await rows(site, "SELECT kind FROM security_event WHERE kind IN ('mandate_changed', 'downloaded')")
    assert events.count(("mandate_changed",)) == 2


@pytest.mark.both_databases
async def test_an_ended_mandate_stays_on_file_binds_no_more_and_its_papers_stay_with_the_party(
    site: Site, ars: Browser
) -> None:
    mandate_id = await recorded(site, ars)
    await sent(ars, mandate_id, "a.pdf", PDF)
    paper = f"{SETTINGS}/papers/{(await rows(site, 'SELECT id FROM mandate_document'))[0][0]}"
    end = f"{SETTINGS}/mandates/{mandate_id}/end"
    assert (await ars.ask("POST", end)).status_code == 303
    again = await ars.ask("POST", end)
    assert (again.status_code, "Il a déjà été mis fin" in unescape(again.text)) == (409, True)
    assert (await sent(ars, mandate_id, "b.pdf", PDF)).status_code == 409
    assert len(await rows(site, "SELECT id FROM mandate")) == 1
    shown = unescape((await (await site.signed_in(DEPARTMENT)).get(SETTINGS)).text)
    assert "n’engage pas aujourd’hui" in shown
    assert "il y a été mis fin le" in shown
    assert (await (await site.signed_in(DEPARTMENT)).ask("GET", paper)).status_code == 404
    assert (await ars.ask("GET", paper)).status_code == 200


async def test_a_mandate_is_its_partys_own_affair(site: Site, ars: Browser) -> None:
    mandate_id = await recorded(site, ars)
    department = await site.signed_in(DEPARTMENT)
    for way, path in (("GET", f"{SEAT}/mandates"), ("POST", f"{SEAT}/mandates")):
        assert (await department.ask(way, path, **({"data": GIVEN} if way == "POST" else {}))).status_code == 403
    assert (await department.ask("POST", f"{SETTINGS}/mandates/{mandate_id}/end")).status_code == 403
    assert (await sent(department, mandate_id, "a.pdf", PDF)).status_code == 403
    assert (await ars.ask("GET", f"{SETTINGS}/seats/p-rectorat/mandates")).status_code == 403  # does not sign
    contributor = await site.signed_in("yanis-berthome")
    assert (await contributor.ask("POST", f"{SETTINGS}/mandates/{mandate_id}/end")).status_code == 404
    foreign = await site.signed_in("rachida-meslier")  # leads the other contract
    there = SETTINGS.replace(PH, "CPOM-EHPAD-EX-2027-2031")
    assert (await foreign.ask("POST", f"{there}/mandates/{mandate_id}/end")).status_code == 404
    assert await rows(site, "SELECT ended_at FROM mandate") == [(None,)]
    assert await rows(site, "SELECT id FROM mandate_document") == []


async def test_other_documents_too_many_and_too_large_are_refused_beside_their_field(site: Site, ars: Browser) -> None:
    mandate_id = await recorded(site, ars)
    for name, content in (
        ("a.pdf", b"<html><script>alert(1)</script>"),
        ("a.pdf", b""),
        ("a.docx", b"PK\x03\x04" + b"\0" * 50),
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.pdf", b"%PDF-" + b"x" * 5 * 1024 * 1024),
    ):
        answer = await sent(ars, mandate_id, name, content)
        assert (answer.status_code, 'href="#f-paper"' in answer.text) == (422, True), name
    assert (await sent(ars, mandate_id, "a.pdf", b"%PDF-" + b"x" * 6 * 1024 * 1024)).status_code >= 400
    for _ in range(5):
        assert (await sent(ars, mandate_id, '../"a\r\nb.exe', PDF)).status_code == 303
    assert (await sent(ars, mandate_id, "a.pdf", PDF)).status_code == 409
    names = await rows(site, "SELECT name FROM mandate_document")
    assert len(names) == 5
    assert not any(re.search(r'["\r\n/\\]', str(name)) for (name,) in names)


async def test_a_wrong_mandate_keeps_what_was_typed_and_fields_that_are_not_its_form_change_nothing(
    site: Site, ars: Browser
) -> None:
    answer = await send(ars, f"{SEAT}/mandates", {**GIVEN, "dated": "30/02/2026", "valid_until": "x"})
    assert answer.status_code == 422
    shown = unescape(answer.text)
    assert shown.count("Écrivez une date du calendrier") >= 2
    assert "Décision EX-2026-011" in shown
    forged = {"holder": "Nadège Fournier", "party_id": "3", "ended_at": "2026-01-01", "id": "x", "recorded_by": "9"}
    await recorded(site, ars, **forged)
    kept = await rows(site, "SELECT holder, ended_at, title FROM mandate")
    assert kept == [("Hélène Quéméré", None, GIVEN["title"])]


async def test_a_mandate_names_a_person_and_a_seat_that_is_renamed_binds_nobody(site: Site, ars: Browser) -> None:
    await recorded(site, ars)
    assert (await send(ars, SEAT, {"name": "Paul Autre"})).status_code == 303
    shown = unescape((await ars.get(SETTINGS)).text)
    assert "n’engage pas aujourd’hui" in shown
    assert "valable aujourd’hui" not in shown
