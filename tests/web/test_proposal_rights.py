"""Who may do what with a proposal: by seat, as the table of rights says, and whoever runs the meetings."""

import pytest
from sqlalchemy import text as sql

from tests.factories import EHPAD, PH
from tests.web.drafts import FREE, section
from tests.web.forms import fields
from tests.web.heard import ear, look_everywhere
from tests.web.kept import newest_line
from tests.web.proposals import (
    ARS,
    COLLEAGUE,
    DEPARTMENT,
    OPERATOR,
    PARTNER,
    STRANGER,
    a_tabled,
    answered,
    begun,
    document,
    write,
)
from tests.web.site import Site
from tests.web.test_answering import rows, said, words

pytestmark = pytest.mark.anyio
SIGNATORY, READER = "sylvie-noirault", "ines-gaultier"  # of the Département; the second is made a reader here
IN_BOTH = "helene-quemere"  # signs for the ARS in both contracts
# what each is answered: the page of a tabled proposal of the ARS, its form to counter, an answer, withdrawing it,
# taking it up, tabling it again, the page of its cover; then the pages of a draft of the ARS, and its withdrawal
RIGHTS = {
    DEPARTMENT: (200, 200, 422, 403, 404, 404, 404, 404, 404),
    SIGNATORY: (200, 200, 404, 403, 404, 404, 404, 404, 404),
    READER: (200, 404, 404, 404, 404, 404, 404, 404, 404),
    OPERATOR: (200, 200, 422, 403, 404, 404, 404, 404, 404),
    COLLEAGUE: (200, 200, 404, 403, 303, 404, 409, 200, 403),
    PARTNER: (404, 404, 404, 404, 404, 404, 404, 404, 404),
    STRANGER: (404, 404, 404, 404, 404, 404, 404, 404, 404),
}


async def test_everybody_may_do_with_a_proposal_what_their_seat_says(site: Site) -> None:
    ars = await site.signed_in(ARS)
    at, draft = await a_tabled(ars), await begun(ars)
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE member SET role = 'reader' WHERE name = 'Inès Gaultier'"))
    asked = (
        *(("GET", at), ("GET", f"{at}/counter"), ("POST", f"{at}/answer"), ("POST", f"{at}/withdraw")),
        *(("POST", f"{at}/take-up"), ("POST", f"{at}/table"), ("GET", f"{at}/cover")),
        *(("GET", draft), ("POST", f"{draft}/withdraw")),
    )
    found = {}
    for who in RIGHTS:
        browser = await site.signed_in(who)
        found[who] = tuple([(await browser.ask(method, path)).status_code for method, path in asked])
    assert found == RIGHTS


async def test_who_runs_the_meetings_answers_for_no_party_by_it(site: Site) -> None:
    ars, colleague, operator = [await site.signed_in(one) for one in (ARS, COLLEAGUE, OPERATOR)]
    at = await a_tabled(operator)
    async with site.parts.store.writing() as session:
        wanted = "UPDATE member SET is_facilitator = true WHERE name IN ('Yanis Berthomé', 'Camille Authier')"
        await session.execute(sql(wanted))
    assert 'id="reponse"' not in (await colleague.get(at)).text
    assert (await colleague.ask("POST", f"{at}/answer", data={"answer": "agreed"})).status_code == 404
    form = fields((await ars.get(at)).text, f"{at}/answer")
    forged = {**form, "answer": "agreed", "party": "departement", "party_id": "2"}
    assert (await ars.ask("POST", f"{at}/answer", data=forged)).status_code == 303
    said_by = await rows(site, "SELECT key FROM proposal_event e JOIN party ON party.id = e.party_id ORDER BY e.id")
    assert [one for (one,) in said_by] == ["gestionnaire", "ars"]
    assert (await section(site, FREE)).revision == 4
    assert "Réponse attendue de : Département" in words(await said(operator, f"/contracts/{PH}/proposals"))


async def test_consulted_partners_see_a_change_once_it_is_accepted_and_never_its_proposal(site: Site) -> None:
    ars, department, operator, partner = [await site.signed_in(one) for one in (ARS, DEPARTMENT, OPERATOR, PARTNER)]
    at = await a_tabled(ars, words="Ornithorynque. ", title="titre-secret")
    assert (await partner.ask("GET", f"{at}/table")).status_code == 404
    pages = [f"/contracts/{PH}{one}" for one in ("", "/proposals", "/settings", f"/sections/{FREE}/history")]
    assert [one for one in pages if "Ornithorynque" in (await partner.get(one)).text] == []
    await answered(department, at, "reserved", words="reserve-secrete")
    await answered(operator, at)
    shown = "".join([(await partner.get(one)).text for one in pages])
    assert ("Ornithorynque" in shown, "titre-secret" in shown, "reserve-secrete" in shown) == (True, False, False)
    assert at not in shown


async def test_a_proposal_is_found_in_its_own_contract_only(site: Site) -> None:
    at, both = await a_tabled(await site.signed_in(OPERATOR)), await site.signed_in(IN_BOTH)
    assert (await both.ask("GET", f"/contracts/{EHPAD}")).status_code == 200
    for method, path in (("GET", ""), ("GET", "/counter"), ("POST", "/counter"), ("POST", "/withdraw")):
        assert (await both.ask(method, at.replace(PH, EHPAD) + path)).status_code == 404


async def test_no_number_of_the_log_tells_another_party_how_much_is_written_in_a_draft(site: Site) -> None:
    far = 98_765_432_000
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE sqlite_sequence SET seq = :far WHERE name = 'document_update'"), {"far": far})
    ars, operator = await site.signed_in(ARS), await ear(site, OPERATOR)
    name = (await section(site, FREE)).document
    at = await begun(ars)
    async with operator.page(f"contract:{PH}", name):
        for about in (name, document(at), name):
            await write(ars, about, "mot ")
        await look_everywhere(operator, FREE)
        await operator.get(f"/contracts/{PH}/sections/{FREE}/history?since=2026-01-01")
        await operator.get(f"/contracts/{PH}/sections/{FREE}/authors")
    assert await newest_line(site) > far
    assert not operator.has(str(far)[:8])
