"""The settings of a contract: every form right, wrong, stale, and refused to those who may not."""

import asyncio
from html import unescape
from typing import Any

import pytest
from sqlalchemy import text as sql

from collab.peer import HangUp
from server.contract_files.exporting import export_contract
from server.contract_files.importing import import_contract
from server.contract_files.problems import problems
from server.store.engine import Store
from tests.factories import PH, a_file
from tests.web.forms import fields, send
from tests.web.site import Browser, Site
from tests.web.test_live import Tab

pytestmark = pytest.mark.anyio
SETTINGS = f"/contracts/{PH}/settings"
ARS, DEPARTMENT = "camille-authier", "marc-lebreton"
PARTY = {
    "kind": "authority",
    "authority_type": "etat",
    "name": "Direction départementale de l’emploi (exemple fictif)",
    "short_name": "DDETS",
    "department_code": "49",
}
PLACE = {"name": "Foyer des Aulnes", "category": "EANM", "capacity": "1 2", "city": "Exempleville"}
SEAT = {"name": "Zoé Petit", "function": "Juriste", "role": "contributor"}


async def exported(site: Site) -> dict[str, Any]:
    found: dict[str, Any] = await export_contract(PH, site.parts.store)
    return found


async def acts(site: Site) -> list[str]:
    async with site.parts.store.reading() as session:
        return list((await session.execute(sql("SELECT kind FROM act ORDER BY id"))).scalars())


async def page(browser: Browser) -> str:
    return unescape((await browser.get(SETTINGS)).text)


@pytest.fixture
async def ars(site: Site) -> Browser:
    return await site.signed_in(ARS)


async def test_everyone_of_the_contract_reads_its_settings_and_only_leads_are_offered_changes(site: Site) -> None:
    for subject, offered in ((ARS, True), ("yanis-berthome", False), ("elodie-maugin", False)):
        shown = await page(await site.signed_in(subject))
        for words in ("Les Rives du Layon", "Nadège Fournier", "Compte rattaché", "IME Les Coteaux", "49 999 011 7"):
            assert words in shown.replace("\u00a0", " ")
        assert ("Modifier" in shown) == offered
    stranger = await site.signed_in("alex-martin")
    assert (await stranger.ask("GET", SETTINGS)).status_code == 404


async def test_facts_are_changed_and_the_change_is_recorded(site: Site, ars: Browser) -> None:
    answer = await send(
        ars, f"{SETTINGS}/facts", {"title": "CPOM  des Rives ", "start": "2027-07-01", "end": "30/06/2032"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{SETTINGS}?done=facts#informations")
    shown = unescape((await ars.get(answer.headers["location"])).text)
    assert "Les informations du contrat sont enregistrées." in shown
    assert "a modifié l’intitulé ou les dates du contrat" in shown
    head = (await exported(site))["contract"]
    assert (head["title"], head["start_date"], head["end_date"]) == ("CPOM des Rives", "2027-07-01", "2032-06-30")
    assert (head["years"], head["duration_years"]) == ([2027, 2028, 2029, 2030, 2031, 2032], 5)
    assert await acts(site) == ["facts"]


WRONG_FACTS = [
    ("title", "  ", "Donnez un intitulé au contrat."),
    ("title", "x" * 501, "C’est trop long"),
    ("start", "2027-02-30", "Écrivez une date du calendrier"),
    ("start", "1066-10-14", "Écrivez une date du calendrier"),
    ("end", "2026-12-31", "La date de fin doit suivre la date de début."),
    ("end", "2033-01-01", "Un contrat dure au plus six ans"),
]


async def test_wrong_facts_are_refused_beside_their_field_and_nothing_typed_is_lost(site: Site, ars: Browser) -> None:
    for name, typed, says in WRONG_FACTS:
        answer = await send(ars, f"{SETTINGS}/facts", {name: typed})
        assert (answer.status_code, says in unescape(answer.text)) == (422, True), typed
        assert f'href="#f-{name}"' in answer.text
        described = f"e-{name}" if name == "title" else f"a-{name} e-{name}"
        assert f'aria-describedby="{described}" aria-invalid="true"' in answer.text
        assert fields(answer.text, f"{SETTINGS}/facts")[name] == [typed]
    assert await acts(site) == []
    assert await exported(site) == a_file()


async def test_six_years_are_kept_with_a_warning(site: Site, ars: Browser) -> None:
    assert (await send(ars, f"{SETTINGS}/facts", {"end": "2032-12-31"})).status_code == 303
    assert "plus de cinq ans, ce qui suppose une prorogation" in await page(ars)


async def test_a_form_made_from_older_values_shows_both_and_loses_neither(site: Site, ars: Browser) -> None:
    other = await site.signed_in(DEPARTMENT)
    seen = fields((await ars.get(f"{SETTINGS}/facts")).text, f"{SETTINGS}/facts")
    assert (await send(other, f"{SETTINGS}/facts", {"title": "Titre du Département"})).status_code == 303
    stale = await ars.ask("POST", f"{SETTINGS}/facts", data={**seen, "title": "Titre de l’ARS"})
    assert stale.status_code == 409
    shown = unescape(stale.text)
    assert "Ces informations ont changé entre-temps" in shown
    assert "Enregistré entre-temps\u00a0:" in shown
    assert "Titre du Département" in shown
    again = fields(stale.text, f"{SETTINGS}/facts")
    assert again["title"] == ["Titre de l’ARS"]
    assert (await exported(site))["contract"]["title"] == "Titre du Département"
    assert (await ars.ask("POST", f"{SETTINGS}/facts", data=again)).status_code == 303
    assert (await exported(site))["contract"]["title"] == "Titre de l’ARS"


async def test_sending_a_form_unchanged_says_so_and_records_nothing(site: Site, ars: Browser) -> None:
    for path in ("facts", "parties/ars", "establishments/ime", "seats/p-tarif-ars"):
        answer = await send(ars, f"{SETTINGS}/{path}")
        assert "done=same" in answer.headers["location"]
    assert await acts(site) == []
    assert await exported(site) == a_file()


async def test_a_party_is_added_changed_and_taken_out(site: Site, ars: Browser) -> None:
    answer = await send(ars, f"{SETTINGS}/new-party", dict(PARTY))
    assert answer.headers["location"] == f"{SETTINGS}?done=party_added#parties"
    added = (await exported(site))["parties"][-1]
    assert added == {"id": added["id"], **PARTY, "signatory": True}
    path = f"{SETTINGS}/parties/{added['id']}"
    assert (await send(ars, path, {"short_name": "DDETS 49", "siret": "123"})).status_code == 303
    shown = await page(ars)
    assert "DDETS 49" in shown
    assert "n’a pas quatorze chiffres" in shown
    assert (await send(ars, path, action=f"{path}/remove")).status_code == 303
    assert await exported(site) == a_file()
    assert await acts(site) == ["party_added", "party_edited", "party_removed"]


async def test_a_party_keeps_its_sign_and_hue_and_a_new_one_takes_free_ones(site: Site, ars: Browser) -> None:
    await send(ars, f"{SETTINGS}/parties/ars", {"short_name": "Agence"})
    await send(ars, f"{SETTINGS}/new-party", dict(PARTY))
    async with site.parts.store.reading() as session:
        looks = (await session.execute(sql("SELECT sign, hue FROM party WHERE contract_id = :id"), {"id": PH})).all()
    assert tuple(looks[0]) == ("AR", 1)
    assert len({sign for sign, _ in looks}) == len({hue for _, hue in looks}) == 8


async def test_a_party_that_sits_wrote_or_is_named_stays_and_the_page_says_why(site: Site, ars: Browser) -> None:
    await send(ars, f"{SETTINGS}/new-party", dict(PARTY))
    key = (await exported(site))["parties"][-1]["id"]
    await send(ars, f"{SETTINGS}/new-establishment", {**PLACE, "competence": [key]})
    before = await exported(site)
    for named, says in (
        ("departement", "Une personne y est rattachée"),
        ("ars", "Elle a déjà écrit dans le contrat ou l’a modifié"),
        (key, "Un établissement ou service le nomme comme autorité compétente"),
    ):
        path = f"{SETTINGS}/parties/{named}"
        answer = await send(ars, path, action=f"{path}/remove")
        assert answer.status_code == 409
        assert says in unescape(answer.text)
    answer = await send(ars, f"{SETTINGS}/parties/departement", {"kind": "consulted"})
    assert (answer.status_code, "La qualité d’une partie ne change plus" in unescape(answer.text)) == (422, True)
    assert await exported(site) == before


async def test_an_establishment_is_added_changed_and_taken_out(site: Site, ars: Browser) -> None:
    given = {**PLACE, "finess": "49 999 011 8", "competence": ["ars", "departement"]}
    assert (await send(ars, f"{SETTINGS}/new-establishment", given)).status_code == 303
    assert "La clé du numéro FINESS" in await page(ars)
    added = (await exported(site))["establishments"][-1]
    assert added == {
        "id": added["id"],
        **PLACE,
        "capacity": 12,
        "capacity_unit": "places",
        "finess_et": "499990118",
        "competence": ["ars", "departement"],
    }
    path = f"{SETTINGS}/establishments/{added['id']}"
    assert (await send(ars, path, {"finess": "", "competence": ["ars"]})).status_code == 303
    changed = (await exported(site))["establishments"][-1]
    assert ("finess_et" in changed, changed["competence"]) == (False, ["ars"])
    assert (await send(ars, path, action=f"{path}/remove")).status_code == 303
    assert await exported(site) == a_file()


async def test_wrong_forms_are_refused_each_field_by_its_name(site: Site, ars: Browser) -> None:
    wrong = [
        *[("new-establishment", PLACE, *one) for one in (("capacity", "douze"), ("finess", "4999901180"))],
        *[("new-establishment", PLACE, *one) for one in (("competence", "cse"), ("department_code", "0490"))],
        *[("parties/ars/new-seat", SEAT, *one) for one in (("name", " "), ("role", "king"))],
        ("parties/ars/new-seat", SEAT, "function", "x" * 501),
        *[("new-party", PARTY, *one) for one in (("kind", "king"), ("name", ""), ("authority_type", "king"))],
        ("new-party", PARTY, "short_name", "x" * 61),
    ]
    for path, right, field, typed in wrong:
        answer = await send(ars, f"{SETTINGS}/{path}", {**right, field: typed})
        assert (answer.status_code, f'id="e-{field}"' in answer.text) == (422, True), (path, field)
    assert await exported(site) == a_file()


async def test_an_establishment_named_by_imported_parts_stays_and_no_scenario_is_told(site: Site, ars: Browser) -> None:
    path = f"{SETTINGS}/establishments/ime"
    answer = await send(ars, path, action=f"{path}/remove")
    shown = unescape(answer.text)
    assert answer.status_code == 409
    assert "Un objectif ou une action le nomme." in shown
    assert "qui ne s’affichent pas encore dans Entente" in shown
    assert "scénario" not in shown
    assert await exported(site) == a_file()


async def test_a_category_changes_with_its_code(site: Site, ars: Browser) -> None:
    await send(ars, f"{SETTINGS}/establishments/ime", {"category": "SESSAD"})
    await send(ars, f"{SETTINGS}/establishments/sessad", {"category": "Autre chose"})
    first, second, *_ = (await exported(site))["establishments"]
    assert (first["category"], first["finess_category_code"]) == ("SESSAD", "182")
    assert "finess_category_code" not in second


async def test_a_seat_is_added_changed_and_taken_out(site: Site, ars: Browser) -> None:
    assert (await send(ars, f"{SETTINGS}/parties/ars/new-seat", dict(SEAT))).status_code == 303
    assert "Pas encore de compte" in await page(ars)
    added = (await exported(site))["people"][-1]
    assert added == {"id": added["id"], "party_id": "ars", **SEAT}
    path = f"{SETTINGS}/seats/{added['id']}"
    assert (await send(ars, path, {"role": "signatory"})).status_code == 303
    assert (await send(ars, path, action=f"{path}/remove")).status_code == 303
    assert await exported(site) == a_file()
    assert await acts(site) == ["seat_added", "seat_edited", "seat_removed"]


async def test_the_seats_of_another_party_are_its_own_affair(site: Site, ars: Browser) -> None:
    path = f"{SETTINGS}/seats/p-dg"
    keys = {one["name"]: one["id"] for one in a_file()["people"]}
    path = f"{SETTINGS}/seats/{keys['Nadège Fournier']}"
    for way, asked in (("GET", path), ("GET", f"{SETTINGS}/parties/gestionnaire/new-seat")):
        answer = await ars.ask(way, asked)
        assert (answer.status_code, "relèvent de cette partie" in unescape(answer.text)) == (403, True)
    for asked in (path, f"{path}/remove", f"{path}/free", f"{SETTINGS}/parties/gestionnaire/new-seat"):
        assert (await ars.ask("POST", asked, data=SEAT)).status_code == 403
    assert await exported(site) == a_file()
    assert "Nadège Fournier" in await page(await site.signed_in("nadege-fournier"))


async def test_any_lead_prepares_the_seats_of_those_who_have_no_lead(site: Site, ars: Browser) -> None:
    assert (await send(ars, f"{SETTINGS}/parties/cse/new-seat", {**SEAT, "role": "reader"})).status_code == 303
    assert (await send(ars, f"{SETTINGS}/parties/cse/new-seat", {**SEAT, "role": "contributor"})).status_code == 422
    await send(ars, f"{SETTINGS}/new-party", dict(PARTY))
    key = (await exported(site))["parties"][-1]["id"]
    lead = {**SEAT, "role": "lead_negotiator"}
    assert (await send(ars, f"{SETTINGS}/parties/{key}/new-seat", dict(lead))).status_code == 303
    await site.signed_in("alex-martin")
    async with site.parts.store.writing() as session:
        bind = "UPDATE member SET person_id = (SELECT id FROM person WHERE subject = 'alex-martin') WHERE name = :name"
        await session.execute(sql(bind), {"name": SEAT["name"]})
    assert (await ars.ask("GET", f"{SETTINGS}/parties/{key}/new-seat")).status_code == 403


async def test_a_party_keeps_a_lead_who_has_joined(site: Site, ars: Browser) -> None:
    lead = f"{SETTINGS}/seats/p-referent-ars"
    for changes, action in (({"role": "reader"}, ""), ({}, f"{lead}/free"), ({}, f"{lead}/remove")):
        answer = await send(ars, lead, dict(changes), action=action)
        assert (answer.status_code, "n’aurait plus de référent" in unescape(answer.text)) == (409, True)
    await send(ars, f"{SETTINGS}/parties/ars/new-seat", {**SEAT, "role": "lead_negotiator"})
    assert (await send(ars, lead, {"role": "reader"})).status_code == 409  # nobody holds the other lead's seat yet
    assert (await send(ars, f"{SETTINGS}/seats/p-tarif-ars", {"role": "lead_negotiator"})).status_code == 303
    assert (await send(ars, lead, {"role": "reader"})).status_code == 303
    assert (await ars.ask("GET", f"{SETTINGS}/facts")).status_code == 404


async def test_access_taken_closes_the_pages_at_once_and_keeps_the_seat(site: Site, ars: Browser) -> None:
    leaver = await site.signed_in("yanis-berthome")
    async with leaver.socket(PH) as connection:
        path = f"{SETTINGS}/seats/p-tarif-ars"
        assert (await send(ars, path, action=f"{path}/free")).status_code == 303
        await asyncio.wait_for(connection.wait_closed(), 5)
        assert connection.close_code == HangUp.NOT_ALLOWED
    assert (await leaver.ask("GET", f"/contracts/{PH}")).status_code == 404
    assert await exported(site) == a_file()
    assert (await ars.ask("POST", f"{path}/free", data={"version": "x"})).status_code == 409


async def test_a_seat_named_by_imported_parts_stays(site: Site, ars: Browser) -> None:
    path = f"{SETTINGS}/seats/p-delegue-ars"
    answer = await send(ars, path, action=f"{path}/remove")
    assert answer.status_code == 409
    assert "La délégation de signature d’une partie le nomme." in unescape(answer.text)
    assert await exported(site) == a_file()


async def test_what_was_changed_is_exported_and_imported_elsewhere_as_the_same_contract(
    site: Site, ars: Browser, store: Store
) -> None:
    await send(ars, f"{SETTINGS}/facts", {"title": "Un autre titre", "end": "2030-12-31"})
    await send(ars, f"{SETTINGS}/parties/gestionnaire", {"short_name": "Le Layon", "siret": "99999020300013"})
    await send(ars, f"{SETTINGS}/new-party", dict(PARTY))
    await send(ars, f"{SETTINGS}/establishments/ime", {"name": "IME du Val", "capacity": ""})
    await send(ars, f"{SETTINGS}/new-establishment", {**PLACE, "competence": ["departement"]})
    await send(ars, f"{SETTINGS}/parties/ars/new-seat", dict(SEAT))
    once = await exported(site)
    assert problems(once) == []
    await import_contract(once, store)
    assert await export_contract(PH, store) == once
    rows = "SELECT key, name, short_name, sign, hue, siret FROM party WHERE contract_id = :id ORDER BY position"
    async with site.parts.store.reading() as here, store.reading() as there:
        told = [(await one.execute(sql(rows), {"id": PH})).all() for one in (here, there)]
    assert [tuple(row) for row in told[0]] == [tuple(row) for row in told[1]]
    assert once["parties"][2]["siren"] == "999990203"
    assert list(once) == list(a_file())
    assert once["scenarios"] == a_file()["scenarios"]


async def test_another_partys_open_page_hears_of_a_change(site: Site, ars: Browser) -> None:
    other = await site.signed_in("nadege-fournier")
    async with other.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        await send(ars, f"{SETTINGS}/facts", {"title": "Titre nouveau"})
        await tab.until(lambda: {"kind": "contract"} in tab.news)


async def test_what_does_not_exist_is_not_found(ars: Browser) -> None:
    for path in ("parties/none", "establishments/none", "seats/none", "parties/none/new-seat"):
        assert (await ars.ask("GET", f"{SETTINGS}/{path}")).status_code == 404
        assert (await ars.ask("POST", f"{SETTINGS}/{path}", data={"version": ""})).status_code == 404
