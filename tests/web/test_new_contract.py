"""A contract begun in the page: from each plan, by leads, with the same checks as an imported one."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import text as sql

from server.contract_files import contract_file
from server.contract_files.exporting import export_contract
from server.contract_files.importing import import_contract
from server.demo import demonstration
from server.store import contracts, people
from server.store.engine import Store
from tests.web.forms import fields, send
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio
OPERATOR = {"operator_name": "Association Les Aulnes (exemple fictif)", "operator_short": "Les Aulnes"}
DEPARTMENT = {
    "authority_1_type": "departement",
    "authority_1_name": "Département d’Exemple (exemple fictif)",
    "authority_1_short": "Département",
}


@pytest.fixture
async def ars(site: Site) -> Browser:
    return await site.signed_in("camille-authier")


def created(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    where = str(answer.headers["location"])
    assert where.startswith("/contracts/cpom-")
    assert where.endswith("/settings?done=created")
    return where.split("/")[2]


def keys(plan: list[dict[str, Any]]) -> list[str]:
    return [key for one in plan for key in (one["key"], *keys(one.get("children", [])))]


async def test_a_contract_is_begun_from_the_plan_of_each_family(site: Site, ars: Browser, store: Store) -> None:
    for template in contract_file.read_data("plans.json")["templates"]:
        contract_id = created(await send(ars, f"/contracts/new/{template['family']}", OPERATOR))
        async with site.parts.store.reading() as session:
            sections = await contracts.sections(session, contract_id)
            seats = await contracts.members(session, contract_id)
        assert [one.key for one in sections] == keys(template["sections"])
        assert [(one.name, one.role, one.is_held) for one in seats] == [("Camille Authier", "lead_negotiator", True)]
        source = await export_contract(contract_id, site.parts.store)
        await import_contract(source, store)
        assert await export_contract(contract_id, store) == source
        page = unescape((await ars.get(f"/contracts/{contract_id}")).text)
        assert page.count('data-writable="true"') > 3
        heads = {one.parent_id for one in sections}
        hints = [one.hint for one in sections if one.hint and not one.is_table and one.id not in heads]
        assert page.count('class="indication"') == len(hints)
        assert all(hint in page for hint in hints)
    assert ".txt" not in unescape((await ars.get("/contracts/new")).text)


async def test_the_one_who_begins_brings_their_party_and_the_others_are_named(site: Site, ars: Browser) -> None:
    given = {**OPERATOR, **DEPARTMENT, "start": "2027-09-01", "years": "5"}
    contract_id = created(await send(ars, "/contracts/new/ehpad_l313_12", given))
    source = await export_contract(contract_id, site.parts.store)
    head = source["contract"]
    assert (head["start_date"], head["end_date"], head["state"]) == ("2027-09-01", "2032-08-31", "draft")
    assert head["title"] == "CPOM EHPAD et petites unités de vie 2027-2032 — Les Aulnes"
    assert (head["years"], head["duration_years"]) == ([2027, 2028, 2029, 2030, 2031, 2032], 5)
    assert [(one["kind"], one.get("authority_type"), one["short_name"]) for one in source["parties"]] == [
        ("authority", "ars", "ARS Exemple-Ouest"),
        ("operator", None, "Les Aulnes"),
        ("authority", "departement", "Département"),
    ]
    home = unescape((await ars.get("/")).text)
    assert head["title"] in home
    record = unescape((await ars.get(f"/contracts/{contract_id}/settings")).text)
    assert "a créé le contrat" in record


async def test_a_gestionnaire_begins_a_contract_of_its_own(site: Site) -> None:
    operator = await site.signed_in("nadege-fournier")
    page = (await operator.get("/contracts/new/ph_l313_12_2")).text
    assert "operator_name" not in fields(page, "/contracts/new/ph_l313_12_2")
    contract_id = created(await send(operator, "/contracts/new/ph_l313_12_2"))
    (only,) = (await export_contract(contract_id, site.parts.store))["parties"]
    assert (only["kind"], only["siret"]) == ("operator", "99999010400013")


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"operator_name": ""}, "operator_name", "Écrivez son nom entier."),
    ({"operator_short": "x" * 61}, "operator_short", "C’est trop long"),
    ({"start": "demain"}, "start", "Écrivez une date du calendrier"),
    ({"years": "7"}, "years", "Choisissez une des valeurs proposées."),
    ({"end": "2050-01-01"}, "end", "Un contrat dure au plus six ans"),
    ({"authority_2_name": "Préfecture"}, "authority_2_short", "Écrivez son nom court."),
    ({"authority_1_short": "X", "authority_1_type": "roi"}, "authority_1_type", "Choisissez une des valeurs"),
]


async def test_what_is_wrong_is_said_beside_its_field_and_no_contract_is_begun(site: Site, ars: Browser) -> None:
    for wrong, field, says in WRONG:
        answer = await send(ars, "/contracts/new/generic_l313_11", {**OPERATOR, **wrong})
        assert (answer.status_code, f'id="e-{field}"' in answer.text) == (422, True), wrong
        assert says in unescape(answer.text)
        kept = fields(answer.text, "/contracts/new/generic_l313_11")
        typed = {name: value for name, value in wrong.items() if name not in ("years", "authority_1_type")}
        assert {name: kept[name][0] for name in typed} == typed
    async with site.parts.store.reading() as session:
        assert len(await contracts.ids(session)) == 2


async def test_only_leads_are_offered_a_new_contract(site: Site, ars: Browser) -> None:
    assert 'href="/contracts/new"' in (await ars.get("/")).text
    for subject in ("yanis-berthome", "elodie-maugin", "alex-martin"):
        browser = await site.signed_in(subject)
        assert "/contracts/new" not in (await browser.get("/")).text
        answer = await browser.ask("POST", "/contracts/new/generic_l313_11", data=OPERATOR)
        assert answer.status_code == 404
    async with site.parts.store.reading() as session:
        assert len(await contracts.ids(session)) == 2


async def test_nobody_begins_a_contract_for_a_party_they_do_not_lead(site: Site, ars: Browser) -> None:
    seen = fields((await ars.get("/contracts/new/generic_l313_11")).text, "/contracts/new/generic_l313_11")
    for seat in ("CPOM-PH-EX-2027-2031/p-dg", "CPOM-EHPAD-EX-2027-2031/e-referent-ars", "x"):
        answer = await ars.ask("POST", "/contracts/new/generic_l313_11", data={**seen, **OPERATOR, "seat": seat})
        assert answer.status_code == 404
    assert (await ars.ask("GET", "/contracts/new/none")).status_code == 404


async def test_a_contract_nobody_else_sits_in_is_known_to_nobody_else(site: Site, ars: Browser) -> None:
    contract_id = created(await send(ars, "/contracts/new/generic_l313_11", OPERATOR))
    other = await site.signed_in("marc-lebreton")
    for path in ("", "/settings", "/life", "/plan"):
        assert (await other.ask("GET", f"/contracts/{contract_id}{path}")).status_code == 404
    assert contract_id not in (await other.get("/")).text


async def test_a_lead_of_two_bodies_chooses_for_which_they_begin(site: Site) -> None:
    browser = await site.signed_in("camille-authier")
    async with site.parts.store.writing() as session:
        who = (await session.execute(sql("SELECT id FROM person WHERE subject = 'camille-authier'"))).scalar_one()
        await people.bind(session, "CPOM-EHPAD-EX-2027-2031", "e-referent-dep", who)
    page = "/contracts/new/generic_l313_11"
    contract_id = created(await send(browser, page, {**OPERATOR, "seat": "CPOM-EHPAD-EX-2027-2031/e-referent-dep"}))
    source = await export_contract(contract_id, site.parts.store)
    assert source["parties"][0]["authority_type"] == "departement"
    assert source["people"][0]["name"] == "Bastien Cordier"


async def test_the_demonstration_starts_again_with_the_contracts_begun_in_it(site: Site, ars: Browser) -> None:
    created(await send(ars, "/contracts/new/generic_l313_11", OPERATOR))
    async with site.parts.store.writing() as session:
        await people.bind(session, "CPOM-PH-EX-2027-2031", "p-tarif-ars", None)
    await demonstration.fill(site.parts.store, site.settings)
    async with site.parts.store.reading() as session:
        seats = {one.key: one.is_held for one in await contracts.members(session, "CPOM-PH-EX-2027-2031")}
    assert (seats["p-tarif-ars"], seats["p-referent-ars"]) == (False, True)  # a seat freed in it stays free


async def test_the_form_asks_for_the_authorities_that_are_missing_first(site: Site, ars: Browser) -> None:
    page = unescape((await ars.get("/contracts/new/ehpad_l313_12")).text)
    assert fields(page, "/contracts/new/ehpad_l313_12")["authority_1_type"] == ["departement"]
    assert "Le Département signe tout CPOM d’EHPAD" in page
    assert "L’ARS signe tout CPOM d’EHPAD" not in page
