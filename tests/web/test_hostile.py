"""What no page of ours sends: whatever a client makes up is answered with a refusal, never with a failure."""

import asyncio
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text as sql

from server.contract_files.exporting import export_contract
from server.contract_files.problems import problems
from server.domain.plan.seen import order_seen, section_seen
from server.store import contracts
from tests.factories import PH
from tests.web.forms import fields
from tests.web.site import Site

pytestmark = pytest.mark.anyio
ARS = "camille-authier"
MOVE = {"move": "suspend", "to": "suspended", "seen": "negotiation"}


@pytest.mark.both_databases
async def test_an_address_that_nobody_was_given_is_not_found(site: Site) -> None:
    ars = await site.signed_in(ARS)
    for path in (
        f"/contracts/{PH}/sections/s-4-3/history/{'9' * 5000}",
        f"/contracts/{PH}/sections/s-4-3/history/{'9' * 30}",
        f"/contracts/{PH}/sections/s-4-3/history?page={'9' * 5000}",
        f"/contracts/{PH}/sections/s-4-3/history?page={quote('٣')}",
        f"/contracts/{PH}/sections/{quote('s-4-3')}%00/history",
        f"/contracts/{PH}%00",
        f"/contracts/{PH}%ff%ed%a0%80/settings",
        f"/contracts/{PH}/settings/parties/%00",
        f"/contracts/{PH}/proposals/%00",
        f"/contracts/{PH}/proposals/{quote('é')}%00",
        "/contracts/new/%00",
    ):
        assert (await ars.ask("GET", path)).status_code == 404, path


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "undefined", "idna", "utf-16", "rot13"])
async def test_a_form_in_letters_of_another_encoding_is_none_of_ours(site: Site, charset: str) -> None:
    ars = await site.signed_in(ARS)
    for path, given in (
        (f"/contracts/{PH}/life", MOVE | {"reason": "+2AA- \\ud800 \\x00"}),
        (f"/contracts/{PH}/settings/facts", {"title": "+2AA- \\ud800"}),
        (f"/contracts/{PH}/plan", {"act": "retitle", "article": "+2AA- \\ud800", "title": "+2AA- \\ud800"}),
        ("/language", {"language": "+2AA- \\ud800", "next": "/\\ud800"}),
    ):
        body = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in given.items())
        kind = {"content-type": f"multipart/form-data; boundary=b; charset={charset}"}
        answer = await ars.ask("POST", path, content=f"{body}--b--\r\n".encode(), headers=kind)
        assert answer.status_code == 403, path


ADDED = {
    "parties": ("settings/new-party", {"kind": "authority", "authority_type": "etat", "name": "A", "short_name": "A"}),
    "seats": ("settings/parties/ars/new-seat", {"name": "Zoé Petit", "role": "reader"}),
    "establishments": ("settings/new-establishment", {"name": "Foyer", "category": "EANM"}),
}


@pytest.mark.parametrize("kind", ADDED)
async def test_a_contract_holds_so_much_and_no_more(site: Site, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ars = await site.signed_in(ARS)
    async with site.parts.store.reading() as session:
        listed: dict[str, Any] = {
            "parties": contracts.parties,
            "seats": contracts.members,
            "establishments": contracts.establishments,
        }
        there = len(await listed[kind](session, PH))
    most = f"MOST_{kind.upper()}"
    monkeypatch.setattr(f"server.editing.{kind}.{most}", there + 1)
    page, typed = ADDED[kind]
    assert (await ars.ask("POST", f"/contracts/{PH}/{page}", data=typed)).status_code == 303
    answer = await ars.ask("POST", f"/contracts/{PH}/{page}", data=typed)
    assert answer.status_code == 409
    assert f"Ce contrat en compte déjà {there + 1}, le plus" in unescape(answer.text)


async def test_sections_taken_out_of_the_plan_count_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ars = await site.signed_in(ARS)
    path = f"/contracts/{PH}/plan"

    async def change(act: str, **fields: str) -> int:
        async with site.parts.store.reading() as session:
            plan = await contracts.sections(session, PH)
        seen = order_seen(plan) if act == "add" else section_seen(plan[-1])
        given = {"act": act, "seen": seen, "article": plan[-1].id, "title": "Neuf", "place": "inside:clause:"} | fields
        return (await ars.ask("POST", path, data=given)).status_code

    async with site.parts.store.reading() as session:
        there = len(await contracts.sections(session, PH))
    monkeypatch.setattr("server.editing.changing_plan.MOST_SECTIONS", there + 1)
    assert [await change("add"), await change("remove"), await change("add")] == [303, 303, 409]


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", [*ADDED, "contracts"])
async def test_a_form_sent_twice_adds_one_thing_and_a_changed_one_another(site: Site, kind: str) -> None:
    ars = await site.signed_in(ARS)
    begun = {"start": "2027-01-01", "years": "5", "operator_name": "Les Aulnes", "operator_short": "Aulnes"}
    page, typed = ADDED.get(kind, ("new/generic_l313_11", begun))
    path = f"/contracts/{page}" if kind == "contracts" else f"/contracts/{PH}/{page}"
    form = fields((await ars.get(path)).text, path) | typed

    async def count() -> int:
        async with site.parts.store.reading() as session:
            table = {"seats": "member", "parties": "party", "establishments": "establishment", "contracts": "contract"}
            found: int = (await session.execute(sql(f"SELECT count(*) FROM {table[kind]}"))).scalar_one()
        return found

    before = await count()
    first, second = await asyncio.gather(*(ars.ask("POST", path, data=form) for _ in range(2)))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert await count() == before + 1
    name = "title" if kind == "contracts" else "name"
    other = await ars.ask("POST", path, data=form | {name: "Un autre"})
    assert (other.status_code, await count()) == (303, before + 2)


async def test_whatever_a_form_takes_can_be_exported_and_imported(site: Site) -> None:
    ars = await site.signed_in(ARS)
    odd = "é\u00a0'<\u202f>\u2028&" + "x" * 480
    typed = {
        "settings/new-party": {"kind": "consulted", "name": odd, "short_name": "ß" * 60}
        | dict.fromkeys(("department_code", "finess_ej", "siret"), "ß" * 30),
        "settings/new-establishment": {"name": odd, "category": odd, "finess": "ß" * 9, "city": odd},
        "settings/parties/ars/new-seat": {"name": odd, "function": odd, "role": "signatory"},
    }
    for page, form in typed.items():
        assert (await ars.ask("POST", f"/contracts/{PH}/{page}", data=form)).status_code == 303
    assert problems(await export_contract(PH, site.parts.store)) == []


async def test_a_contract_ends_in_a_year_that_its_file_may_say(site: Site) -> None:
    ars = await site.signed_in(ARS)
    typed = {"start": "2200-01-01", "years": "6", "operator_name": "Les Aulnes", "operator_short": "Aulnes"}
    answer = await ars.ask("POST", "/contracts/new/generic_l313_11", data=typed)
    assert (answer.status_code, "Écrivez une date du calendrier" in unescape(answer.text)) == (422, True)
