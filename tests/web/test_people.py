"""The people of a party: invited, seated, moved to another account, put out; and who may do so for whom."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx2
import pytest
from sqlalchemy import text as sql

from auth.policy import Role
from collab.peer import HangUp
from server.domain.refusals_of_people import AlreadySeated, OtherProvider, SeatTaken
from server.sessions.joining import Arrived, join
from tests.factories import PH
from tests.web.forms import fields, send
from tests.web.site import Browser, Site, running

pytestmark = pytest.mark.anyio
SETTINGS = f"/contracts/{PH}/settings"
PEOPLE = f"/contracts/{PH}/people"
ARS, DEPARTMENT, NEWCOMER = "camille-authier", "marc-lebreton", "alex-martin"
SEAT = {"name": "Zoé Petit", "function": "Juriste", "role": "contributor"}
INVITED = {"email": "zoe.petit@exemple.fr"}


@pytest.fixture
async def ars(site: Site) -> Browser:
    return await site.signed_in(ARS)


async def rows(site: Site, query: str, **given: object) -> list[tuple[object, ...]]:
    async with site.parts.store.reading() as session:
        return [tuple(row) for row in (await session.execute(sql(query), given)).all()]


async def change(site: Site, query: str, **given: object) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql(query), given)
    site.parts.standings.changed(PH)


async def a_place(site: Site, ars: Browser, **changes: str) -> str:
    """A free seat of the ARS; its key."""
    assert (await send(ars, f"{SETTINGS}/parties/ars/new-seat", {**SEAT, **changes})).status_code == 303
    return str((await rows(site, "SELECT key FROM member ORDER BY id DESC LIMIT 1"))[0][0])


async def invited(ars: Browser, key: str, **changes: str) -> httpx2.Response:
    return await send(ars, PEOPLE, {**INVITED, **changes}, action=f"{SETTINGS}/seats/{key}/invite")


def link_of(answer: httpx2.Response) -> str:
    assert answer.status_code == 200, answer.text
    found = re.search(r'value="(http[^"]+/invitations/[\w-]{43})"', answer.text)
    assert found, answer.text
    return found[1]


async def accepted(site: Site, link: str, subject: str) -> httpx2.Response:
    """What somebody gets who follows a link to its end and signs in as `subject`; redirects not followed."""
    browser = site.browser()
    picker = await browser.follow(await browser.ask("POST", link))
    answer = await browser.ask("GET", (await browser.choose(picker, subject)).headers["location"])
    if answer.is_redirect:
        assert (await browser.get(answer.headers["location"])).status_code == 200
    return answer


@pytest.mark.both_databases
async def test_a_newcomer_takes_the_seat_they_were_invited_to_and_the_link_opens_nothing_any_more(
    site: Site, ars: Browser
) -> None:
    key = await a_place(site, ars)
    link = link_of(await invited(ars, key))
    shown = unescape((await site.browser().get(link)).text)
    assert "Votre place est du côté suivant\u00a0: autorité." in shown
    for hidden in ("CPOM", "Layon", "Zoé Petit", "zoe.petit", "Camille", "ARS Exemple", PH, key):
        assert hidden not in shown.replace(link.rsplit("/", 1)[1], "")
    before = await rows(site, "SELECT accepted_at, revoked_at FROM invitation")
    assert before == [(None, None)], "to look changes nothing"
    answer = await accepted(site, link, NEWCOMER)
    assert answer.headers["location"] == f"/contracts/{PH}"
    held = await rows(
        site, "SELECT p.subject, m.seated_at FROM member m JOIN person p ON p.id = m.person_id WHERE m.key = :k", k=key
    )
    assert (held[0][0], held[0][1] is not None) == (NEWCOMER, True)
    acts = await rows(site, "SELECT kind, details FROM act ORDER BY id")
    assert [kind for kind, _ in acts] == ["seat_added", "invited", "seat_joined"]
    assert not any("@" in str(details) for _, details in acts), "every party reads the record"
    kinds = [kind for (kind,) in await rows(site, "SELECT kind FROM security_event ORDER BY id")]
    assert [one for one in kinds if "invitation" in str(one)] == ["invitation_made", "invitation_taken"]
    for ask in ("GET", "POST"):
        again = await site.browser().ask(ask, link)
        assert (again.status_code, "a déjà servi" in unescape(again.text)) == (410, True)
    kept = await rows(site, "SELECT token_hash FROM invitation")
    assert link.rsplit("/", 1)[1] not in str(kept)


async def test_a_link_that_ran_out_was_taken_back_or_replaced_gives_no_seat_and_no_session(
    site: Site, ars: Browser
) -> None:
    key = await a_place(site, ars)
    first = link_of(await invited(ars, key))
    (number,) = (await rows(site, "SELECT id FROM invitation"))[0]
    resent = link_of(await ars.ask("POST", f"{SETTINGS}/invitations/{number}/resend"))
    assert (await site.browser().ask("GET", first)).status_code == 410
    await change(site, "UPDATE invitation SET expires_at = :then", then="2026-01-01 00:00:00")
    late = await site.browser().ask("GET", resent)
    assert (late.status_code, "son délai est passé" in unescape(late.text)) == (410, True)
    third = link_of(await invited(ars, key))
    browser = site.browser()
    picker = await browser.follow(await browser.ask("POST", third))  # on the way to the provider…
    (number,) = (await rows(site, "SELECT max(id) FROM invitation"))[0]
    assert (await ars.ask("POST", f"{SETTINGS}/invitations/{number}/revoke")).status_code == 303  # …it is taken back
    before = await rows(site, "SELECT count(*) FROM session")
    answer = await browser.ask("GET", (await browser.choose(picker, NEWCOMER)).headers["location"])
    assert (answer.status_code, "a été retirée" in unescape(answer.text)) == (410, True)
    assert await rows(site, "SELECT count(*) FROM session") == before
    assert await rows(site, "SELECT person_id FROM member WHERE key = :k", k=key) == [(None,)]
    refused = await rows(site, "SELECT details FROM security_event WHERE kind = 'invitation_refused'")
    assert "InvitationRevoked" in str(refused)
    assert (await site.browser().ask("GET", "/invitations/" + "x" * 43)).status_code == 404


async def test_a_link_is_taken_only_through_its_provider_and_by_somebody_without_a_seat(
    site: Site, ars: Browser
) -> None:
    key = await a_place(site, ars)
    await invited(ars, key)
    (number,) = (await rows(site, "SELECT id FROM invitation"))[0]
    people = {str(subject): int(str(one)) for one, subject in await rows(site, "SELECT id, subject FROM person")}
    now = datetime.now(UTC)
    for provider, subject, refusal in (
        ("another", "helene-quemere", OtherProvider),
        ("demonstration", DEPARTMENT, AlreadySeated),
    ):
        with pytest.raises(refusal):
            async with site.parts.store.writing() as session:
                await join(session, Arrived(int(str(number)), people[subject], provider, now))
    await change(site, "UPDATE member SET person_id = NULL WHERE key = 'p-delegue-ars'")
    await change(site, "UPDATE member SET person_id = :p WHERE key = :k", p=people["helene-quemere"], k=key)
    with pytest.raises(SeatTaken):
        async with site.parts.store.writing() as session:
            await join(session, Arrived(int(str(number)), people["yanis-berthome"], "demonstration", now))
    assert await rows(site, "SELECT accepted_at FROM invitation") == [(None,)]


@pytest.mark.both_databases
async def test_of_two_who_come_back_with_one_link_at_once_one_gets_the_seat(site: Site, ars: Browser) -> None:
    key = await a_place(site, ars)
    link = link_of(await invited(ars, key))
    came = await asyncio.gather(*(accepted(site, link, subject) for subject in (NEWCOMER, "monique-herault")))
    assert sorted(one.status_code for one in came) == [303, 410]
    ((held,),) = await rows(site, "SELECT count(*) FROM member WHERE key = :k AND person_id IS NOT NULL", k=key)
    assert held == 1


async def test_a_party_with_a_provider_of_its_own_invites_through_no_other(site: Site, ars: Browser) -> None:
    key = await a_place(site, ars)
    await change(site, "UPDATE party SET provider = 'ars-provider' WHERE key = 'ars'")
    assert "Aucun fournisseur d’identité n’est disponible" in unescape((await ars.get(PEOPLE)).text)
    (version,) = fields((await ars.get(PEOPLE)).text, f"{SETTINGS}/seats/{key}/reference")["version"]
    sent = {**INVITED, "days": "7", "provider": "demonstration", "version": version}
    answer = await ars.ask("POST", f"{SETTINGS}/seats/{key}/invite", data=sent)
    assert answer.status_code == 422
    assert await rows(site, "SELECT id FROM invitation") == []


async def test_a_wrong_invitation_keeps_what_was_typed(site: Site, ars: Browser) -> None:
    key = await a_place(site, ars)
    answer = await invited(ars, key, email="zoe", days="31")
    assert answer.status_code == 422
    assert "Écrivez une adresse complète" in unescape(answer.text)
    typed = fields(answer.text, f"{SETTINGS}/seats/{key}/invite")
    assert (typed["email"], typed["days"]) == (["zoe"], ["31"])


@pytest.mark.both_databases
async def test_somebody_with_a_new_account_gets_their_seat_back_by_their_reference(site: Site, ars: Browser) -> None:
    newcomer = await site.signed_in(NEWCOMER)
    waiting = unescape((await newcomer.get("/")).text)
    assert "Votre accès n’est pas encore ouvert" in waiting
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", waiting)
    assert found
    old = await site.signed_in("yanis-berthome")
    seat = f"{SETTINGS}/seats/p-tarif-ars"
    for typed, status in (("K7P2-M9QX-4DAB", 422), ("", 422)):
        answer = await send(ars, PEOPLE, {"reference": typed}, action=f"{seat}/reference")
        assert (answer.status_code, "ne correspond à aucun compte" in unescape(answer.text)) == (status, True)
    mine = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", (await ars.get("/")).text)
    assert mine
    answer = await send(ars, PEOPLE, {"reference": mine[0]}, action=f"{seat}/reference")
    assert (answer.status_code, "occupe déjà une place" in unescape(answer.text)) == (409, True)
    asked = await send(ars, PEOPLE, {"reference": found[0].lower()}, action=f"{seat}/reference")
    assert (asked.status_code, "Alex Martin" in asked.text) == (200, True)
    async with old.socket(PH) as connection:
        moved = await ars.ask("POST", f"{seat}/move", data=fields(asked.text, f"{seat}/move"))
        assert moved.headers["location"] == f"{PEOPLE}?done=seat_moved"
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == HangUp.NOT_ALLOWED
    assert (await newcomer.get(f"/contracts/{PH}")).status_code == 200
    assert (await old.ask("GET", f"/contracts/{PH}")).status_code == 404
    (act,) = await rows(site, "SELECT details FROM act WHERE kind = 'seat_moved'")
    numbers = await rows(site, "SELECT id FROM person WHERE subject IN ('yanis-berthome', 'alex-martin') ORDER BY id")
    assert f'"before": {numbers[0][0]}, "after": {numbers[1][0]}' in str(act[0])


async def test_a_message_that_does_not_leave_is_told_of_with_who_asked_and_for_which_contract(filled: str) -> None:
    async with running(filled, mail_host="127.0.0.1", mail_port=1, mail_tls="none") as site:
        ars = await site.signed_in(ARS)
        page = await invited(ars, await a_place(site, ars))
        assert "Le courriel n’a pas pu être envoyé" in unescape(page.text)
        asked = "SELECT subject, contract_id FROM security_event e JOIN person p ON p.id = e.person_id WHERE kind = :k"
        assert await rows(site, asked, k="mail_failed") == [(ARS, PH)]


async def test_a_leads_party_ends_the_sessions_of_its_own_people_and_of_no_others(site: Site, ars: Browser) -> None:
    victim = await site.signed_in("yanis-berthome")
    other = await site.signed_in(DEPARTMENT)
    async with victim.socket(PH) as connection:
        answer = await send(ars, PEOPLE, action=f"{SETTINGS}/seats/p-tarif-ars/end-sessions")
        assert answer.headers["location"] == f"{PEOPLE}?done=sessions_ended"
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == HangUp.SESSION_OVER
    assert (await victim.ask("GET", "/")).headers["location"] == "/sign-in"
    told = "SELECT contract_id, details FROM security_event WHERE kind = 'session_ended'"
    assert await rows(site, told) == [(PH, '{"by": "party"}')]
    assert (await ars.ask("POST", f"{SETTINGS}/seats/p-referent-dep/end-sessions")).status_code == 403
    assert (await other.get(f"/contracts/{PH}")).status_code == 200


@pytest.mark.both_databases
async def test_a_browser_signed_out_hides_no_other_that_is_still_signed_in(site: Site, ars: Browser) -> None:
    button = f'action="{SETTINGS}/seats/p-tarif-ars/end-sessions"'
    at_work = await site.signed_in("yanis-berthome")
    at_home = await site.signed_in("yanis-berthome")
    await at_home.ask("POST", "/sign-out")
    assert button in (await ars.get(PEOPLE)).text
    await at_work.ask("POST", "/sign-out")
    page = await ars.get(PEOPLE)
    assert (button in page.text, "dernière visite" in unescape(page.text)) == (False, True)
    assert await rows(site, "SELECT count(*) FROM security_event WHERE kind = 'signed_out'") == [(2,)]


async def as_administrator(site: Site) -> Browser:
    """Yanis Berthomé, as an administrator of the ARS's people."""
    await change(site, "UPDATE member SET role = :r WHERE key = 'p-tarif-ars'", r=Role.ADMINISTRATOR.value)
    return await site.signed_in("yanis-berthome")


async def test_an_administrator_looks_after_the_people_of_their_party_and_reads_no_contract(site: Site) -> None:
    admin = await as_administrator(site)
    for path in ("", "/settings", "/plan", "/life", "/settings/facts"):
        assert (await admin.ask("GET", f"/contracts/{PH}{path}")).status_code == 404
    home = unescape((await admin.get("/")).text)
    assert f'href="/contracts/{PH}/people"' in home
    assert "le texte du contrat ne vous est pas ouvert" in home
    shown = unescape((await admin.get(PEOPLE)).text)
    assert "Hélène Quéméré" in shown
    assert "Fournier" not in shown
    assert f'href="/contracts/{PH}/settings"' not in shown
    key = await a_place(site, admin)
    assert (
        await rows(site, "SELECT p.key FROM member m JOIN party p ON p.id = m.party_id WHERE m.key = :k", k=key)
    ) == [("ars",)]
    link = link_of(await invited(admin, key))
    assert (await accepted(site, link, NEWCOMER)).status_code == 303
    freed = await send(admin, f"{SETTINGS}/seats/{key}", action=f"{SETTINGS}/seats/{key}/free")
    assert freed.headers["location"].startswith(PEOPLE)


async def test_an_administrator_decides_neither_about_themself_nor_about_another_party(site: Site) -> None:
    admin = await as_administrator(site)
    own, lead = f"{SETTINGS}/seats/p-tarif-ars", f"{SETTINGS}/seats/p-referent-dep"
    raised = {"name": "Yanis Berthomé", "role": "lead_negotiator", "version": "x"}
    for path in (own, f"{own}/free", f"{own}/remove", f"{own}/reference", f"{own}/move", f"{own}/invite"):
        assert (await admin.ask("POST", path, data=raised)).status_code == 403, path
        assert (await admin.ask("POST", path.replace(own, lead), data=raised)).status_code == 404, path
    for path in (f"{SETTINGS}/parties/departement/people", f"{SETTINGS}/parties/cse/people", f"{lead}/mandates"):
        assert (await admin.ask("GET", path)).status_code == 404, path
    assert (await admin.ask("POST", f"{SETTINGS}/facilitator", data={"seat": "p-dg-og"})).status_code == 404
    assert await rows(site, "SELECT role FROM member WHERE key = 'p-tarif-ars'") == [("administrator",)]


async def test_a_lead_of_one_contract_touches_no_invitation_of_another(site: Site, ars: Browser) -> None:
    key = await a_place(site, ars)
    link = link_of(await invited(ars, key))
    (number,) = (await rows(site, "SELECT id FROM invitation"))[0]
    foreign = "/contracts/CPOM-EHPAD-EX-2027-2031/settings"
    other = await site.signed_in("rachida-meslier")  # leads there, and is nobody here
    department = await site.signed_in(DEPARTMENT)
    for deed in ("resend", "revoke"):
        assert (await other.ask("POST", f"{foreign}/invitations/{number}/{deed}")).status_code == 404
        assert (await other.ask("POST", f"{SETTINGS}/invitations/{number}/{deed}")).status_code == 404
        assert (await department.ask("POST", f"{SETTINGS}/invitations/{number}/{deed}")).status_code == 403
        for wrong in ("0", "x", "²", "9" * 30):
            assert (await ars.ask("POST", f"{SETTINGS}/invitations/{wrong}/{deed}")).status_code == 404
    assert (await site.browser().ask("GET", link)).status_code == 200


async def test_who_is_not_of_the_party_sees_no_address_and_no_visit(site: Site, ars: Browser) -> None:
    key = await a_place(site, ars)
    await invited(ars, key)
    assert "zoe.petit@exemple.fr" in (await ars.get(PEOPLE)).text
    other = await site.signed_in(DEPARTMENT)
    for path in (PEOPLE, SETTINGS, f"/contracts/{PH}"):
        assert "zoe.petit" not in (await other.get(path)).text
    assert (await other.ask("GET", f"{SETTINGS}/parties/ars/people")).status_code == 403


async def test_running_the_meetings_is_given_and_taken_back_and_gives_no_right(site: Site, ars: Browser) -> None:
    reader = await site.signed_in("elodie-maugin")
    given = {"seat": "p-rectorat", "is_given": "yes"}
    assert (await ars.ask("POST", f"{SETTINGS}/facilitator", data=given)).status_code == 303
    assert "anime les réunions" in unescape((await reader.get(SETTINGS)).text)
    for path in (PEOPLE, f"{SETTINGS}/facts"):
        assert (await reader.ask("GET", path)).status_code == 404
    again = await ars.ask("POST", f"{SETTINGS}/facilitator", data=given)
    assert "done=same" in again.headers["location"]
    taken = {"seat": "p-rectorat", "is_given": "no"}
    assert (await ars.ask("POST", f"{SETTINGS}/facilitator", data=taken)).status_code == 303
    acts = [kind for (kind,) in await rows(site, "SELECT kind FROM act ORDER BY id")]
    assert acts == ["facilitator_given", "facilitator_taken"]


async def test_a_freed_seat_loses_its_mandates_and_a_removed_one_its_invitation(site: Site, ars: Browser) -> None:
    seat = f"{SETTINGS}/seats/p-tarif-ars"
    given = {"reference": "D-1", "dated": "2026-01-05", "title": "Chargé d’allocation"}
    assert (await send(ars, f"{seat}/mandates", given)).status_code == 303
    assert (await send(ars, seat, action=f"{seat}/free")).status_code == 303
    assert (await rows(site, "SELECT ended_at FROM mandate"))[0][0] is not None
    key = await a_place(site, ars)
    link = link_of(await invited(ars, key))
    await send(ars, f"{SETTINGS}/seats/{key}", action=f"{SETTINGS}/seats/{key}/remove")
    assert (await site.browser().ask("GET", link)).status_code == 410


async def test_an_invitation_is_dated_from_one_to_thirty_days(site: Site, ars: Browser) -> None:
    key = await a_place(site, ars)
    await invited(ars, key, days="30")
    async with site.parts.store.reading() as session:
        ((made, until),) = (await session.execute(sql("SELECT created_at, expires_at FROM invitation"))).all()
    moments = [datetime.fromisoformat(str(one)) for one in (made, until)]
    assert moments[1] - moments[0] == timedelta(days=30)
