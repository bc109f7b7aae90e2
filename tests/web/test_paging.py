"""Lists that grow come a page at a time: contracts, ended proposals, changes; nothing of them is lost on the way."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import col, select

from server.demo import demonstration
from server.domain.refusals import NotFound
from server.store.tables import ActRow, ContractRow, MemberRow, PartyRow, ProposalRow, SectionRow
from server.web.paging import PAGE, paged
from tests.factories import PH
from tests.web.site import Browser, Site

pytestmark = pytest.mark.anyio
LEAD = "camille-authier"


class Asked:
    """A request, of which only what it asks for counts."""

    def __init__(self, **asked: str) -> None:
        self.query_params = asked


@pytest.mark.parametrize(("count", "last"), [(0, 1), (1, 1), (PAGE, 1), (PAGE + 1, 2), (3 * PAGE, 3)])
def test_every_row_is_on_one_page(count: int, last: int) -> None:
    every = list(range(count))
    shown = [paged(Asked(page=str(number)), every) for number in range(1, last + 1)]  # type: ignore[arg-type]
    assert [row for one in shown for row in one.rows] == every
    assert {(one.count, one.last) for one in shown} == {(count, last)}
    for nonsense in ("0", str(last + 1), "-1", "²", "9" * 30, "abc", ""):
        with pytest.raises(NotFound):
            paged(Asked(page=nonsense), every)  # type: ignore[arg-type]


async def many(site: Site) -> None:
    """More contracts, ended proposals and changes of a lead negotiator than a page holds."""

    def like(row: Any, **changes: Any) -> Any:
        return type(row)(**{**row.model_dump(exclude={"id"}), **changes})

    async with site.parts.store.writing() as session:
        lead = (await session.execute(select(MemberRow).where(col(MemberRow.name) == "Camille Authier"))).scalar_one()
        contract = await session.get_one(ContractRow, PH)
        party = await session.get_one(PartyRow, lead.party_id)
        wanted = select(SectionRow.id).where(col(SectionRow.contract_id) == PH, col(SectionRow.key) == "s-4-3")
        section_id = (await session.execute(wanted)).scalar_one()
        for number in range(PAGE):
            key, at = f"CPOM-{number:03}", contract.imported_at
            session.add(like(contract, id=key, title=f"Zone {number:03}"))
            await session.flush()
            own = like(party, contract_id=key)
            session.add(own)
            await session.flush()
            session.add(like(lead, contract_id=key, party_id=own.id))
            who: dict[str, Any] = {"contract_id": PH, "person_id": lead.person_id, "party_id": party.id}
            named = json.dumps({"name": f"Lieu {number:03}"})
            session.add(ActRow(**who, kind="establishment_added", details=named, at=at))
            facts: dict[str, Any] = {"status": "withdrawn", "base_hash": "", "base_line": 1, "first_hash": ""}
            dates: dict[str, Any] = {"created_at": at, "tabled_at": at, "ended_at": at}
            session.add(
                ProposalRow(
                    id=f"p{number:03}", section_id=section_id, title=f"Essai {number:03}", **who, **facts, **dates
                )
            )
        session.add(ActRow(**who, kind="establishment_added", details='{"name": "Dernier lieu"}', at=at))
        session.add(ProposalRow(id="q", section_id=section_id, title="Dernier essai", **who, **facts, **dates))
        await session.execute(
            sql("INSERT INTO administrator (person_id, added_at) VALUES (:one, :at)"),
            {"one": lead.person_id, "at": at.replace(tzinfo=None)},
        )


async def both(browser: Browser, path: str, row: str) -> list[list[str]]:
    """The rows of the first and of the second page, which is reached by the link of the first; there is no third."""
    first = (await browser.get(path)).text
    (there,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = (await browser.get(there)).text
    assert re.findall(r'rel="(prev|next)"', second) == ["prev"]
    assert all(f"Page {number} sur 2" in told for number, told in ((1, first), (2, second)))
    assert (await browser.get(f"{path}?page=3")).status_code == 404
    return [re.findall(row, told) for told in (first, second)]


async def test_lists_that_grow_come_by_pages(site: Site) -> None:
    browser = await site.signed_in(LEAD)
    assert 'rel="next"' not in (await browser.get("/")).text
    await many(site)
    titles = [f"Zone {number:03}" for number in range(PAGE)]
    shown = await both(browser, "/", r'<a href="/contracts/[\w-]+">([^<]+)</a></h2>')
    assert (len(shown[0]), [one for page in shown for one in page][-PAGE:]) == (PAGE, titles)
    assert f"{PAGE + 1} contrats auxquels vous participez" in (await browser.get("/?page=2")).text
    ended = await both(browser, f"/contracts/{PH}/proposals", r'lang="fr">((?:Essai|Dernier) \w+)</a>')
    assert [len(page) for page in ended] == [PAGE, 1]
    assert len({*ended[0], *ended[1]}) == PAGE + 1
    told = await both(browser, f"/contracts/{PH}/settings", r"a ajouté ((?:Lieu|Dernier) \w+)")
    assert [len(page) for page in told] == [PAGE, 1]
    assert (told[0][0], told[1]) == ("Dernier lieu", ["Lieu 000"])


async def test_who_chooses_for_a_party_stays_on_the_page_they_were_on(site: Site) -> None:
    browser = await site.signed_in(LEAD)
    await many(site)
    place = "/administration/parties"
    keys = await both(browser, place, r"<h2 id=\"t-\d+\">Contrat ([\w-]+)</h2>")
    assert [len(page) for page in keys] == [PAGE, 2]
    page = (await browser.get(f"{place}?page=2")).text
    assert f"{PAGE + 2} contrats" in page
    action, version = re.findall(
        rf'action="({place}/[^"]+)"><input type="hidden" name="version" value="([^"]*)"', page
    )[0]
    answer = await browser.ask("POST", action, data={"version": version, "provider": demonstration.KEY})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{place}?page=2&done=yes")
    assert "Le choix est enregistré" in (await browser.follow(answer)).text
    stale = await browser.ask("POST", action, data={"version": version, "provider": ""})
    assert (stale.status_code, "Page 2 sur 2" in stale.text) == (409, True)
    astray = await browser.ask("POST", action.replace("page=2", "page=%0d%0ax"), data={"version": "", "provider": ""})
    assert astray.status_code in (404, 409)
