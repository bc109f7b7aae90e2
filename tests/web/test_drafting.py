"""A draft on any text: written live by its party, alone or with the other authority, and unknown to everybody else."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import text as sql
from starlette.routing import Route

from collab import wire
from server.app import ROUTED
from server.contract_files.exporting import export_contract
from tests.collab.stage import hello
from tests.factories import PH
from tests.web.drafts import CLOSED, FREE, section
from tests.web.forms import fields, send
from tests.web.over_requests import over_requests
from tests.web.proposals import (
    ARS,
    COLLEAGUE,
    DEPARTMENT,
    MARKER,
    OPERATOR,
    PARTNER,
    STRANGER,
    begun,
    document,
    write,
    writing,
)
from tests.web.site import Browser, Site
from tests.web.test_live import Tab

pytestmark = pytest.mark.anyio
TITLE = "Titre secret ornithorynque"
REASON = "Motif secret ornithorynque"


async def pages(browser: Browser, draft: str) -> str:
    """Every page of the contract that a person can ask for, one after the other."""
    given = {"contract_id": PH, "section_key": FREE, "line": "1", "proposal_id": draft.rsplit("/", 1)[1]}
    routes = [one for one in ROUTED if isinstance(one, Route) and "GET" in (one.methods or ())]
    paths = [one.path for one in routes if "{contract_id}" in one.path]
    for name, value in given.items():
        paths = [one.replace(f"{{{name}}}", value) for one in paths]
    whole = [(await browser.get(one)).text for one in [*paths, "/"] if "{" not in one]
    assert len(whole) > 10
    return unescape("".join(whole)).replace("\u00a0", " ")


async def test_a_party_writes_its_draft_together_live_and_nobody_else_hears_a_byte_of_it(site: Site) -> None:
    ars, colleague = await site.signed_in(ARS), await site.signed_in(COLLEAGUE)
    quiet = {who: await site.signed_in(who) for who in (DEPARTMENT, OPERATOR, PARTNER)}
    text_name = (await section(site, FREE)).document
    exported = await export_contract(PH, site.parts.store)
    async with (
        quiet[OPERATOR].socket(PH) as heard,
        quiet[PARTNER].socket(PH) as read,
        over_requests(quiet[DEPARTMENT], PH) as line,
    ):
        others = [Tab(heard), Tab(read), Tab(line)]  # type: ignore[arg-type]
        for tab in others:
            for name in (f"contract:{PH}", text_name):
                await tab.open(name)
        at = await begun(ars, title=TITLE, reason=REASON, target="COPIL ornithorynque")
        name = document(at)
        async with writing(ars, f"contract:{PH}", name) as first, writing(colleague, name) as second:
            assert (first.scope, second.scope) == ("read-write", "read-write")
            assert await first.heard_back(wire.update(name, first.edit(f"{MARKER} ")))
            await second.hear_of(f"{MARKER} ")
            assert await second.heard_back(wire.update(name, second.edit("Bien dit : ")))
            await first.hear_of(f"Bien dit : {MARKER} ")
            for tab in others:
                await try_to_open(tab, name, first.doc.get_update())
        await ars.ask("POST", f"{at}/withdraw")
        for tab in others:
            await tab.answered()
            denied = wire.permission_denied(name, "not-found")
            assert tab.bytes_heard.count(denied) == 1
            other = tab.bytes_heard.replace(denied, b"")
            assert [one for one in (MARKER, "ornithorynque", document(at)) if one.encode() in other] == []
            news = [one for one in tab.news if one["kind"] not in ("presence", "section")]
            assert [one["version"] for one in news] == [0]  # what it was told on connecting, and nothing since
    marks = [MARKER, "ornithorynque", at, document(at)]
    for who, browser in (*quiet.items(), (STRANGER, await site.signed_in(STRANGER))):
        for method, path in (("GET", at), ("GET", f"{at}/cover"), ("POST", f"{at}/cover"), ("POST", f"{at}/withdraw")):
            assert (await browser.ask(method, path)).status_code == 404, (who, path)
        shown = await pages(browser, at)
        assert [one for one in marks if one in shown] == [], who
    assert await export_contract(PH, site.parts.store) == exported
    shown = await pages(colleague, at)  # the marks are good: its party does see them
    assert [one for one in marks if one not in shown] == []


async def try_to_open(tab: Tab, name: str, words: bytes) -> None:
    """Knock at a draft in every way there is, and at documents that do not exist."""
    for tried in (name, f"proposal:{'a' * 16}", name.replace("proposal", "section")):
        await tab.connection.send(hello(tried))
        await tab.connection.send(wire.sync_step1(tried, b"\0"))
        await tab.connection.send(wire.update(tried, words))
    await tab.answered()


@pytest.mark.parametrize("key", [FREE, CLOSED])
async def test_a_draft_begins_on_a_text_open_or_closed_with_its_words_and_leaves_it_as_it_is(
    site: Site, key: str
) -> None:
    ars = await site.signed_in(ARS)
    before = await (await site.parts.rooms.room((await section(site, key)).document)).whole()
    at = await begun(ars, key, title=TITLE, reason=f"{REASON}\nSuite", target="COPIL du 12 mars")
    shown = unescape((await ars.get(at)).text)
    for said in (TITLE, f"{REASON}\nSuite", "COPIL du 12 mars", "Brouillon, visible de votre partie seulement"):
        assert said in shown
    await write(ars, document(at), f"{MARKER} ")
    assert MARKER in (await ars.get(at)).text
    assert await (await site.parts.rooms.room((await section(site, key)).document)).whole() == before
    assert MARKER not in (await ars.get(f"/contracts/{PH}")).text
    assert "1 proposition en brouillon de votre partie" in (await ars.get(f"/contracts/{PH}")).text


async def test_a_form_sent_twice_begins_one_draft_and_a_bad_one_begins_none(site: Site) -> None:
    ars = await site.signed_in(ARS)
    path = f"/contracts/{PH}/sections/{FREE}/new-proposal"
    refused = await send(ars, path, {"title": " ", "reason": "x" * 4001, "target": "x" * 501, "share": "gestionnaire"})
    assert refused.status_code == 422
    assert refused.text.count("champ__erreur") == 4
    form = {**fields((await ars.get(path)).text, path), "title": TITLE}
    twice = [(await ars.ask("POST", path, data=form)).headers["location"] for _ in range(2)]
    assert twice[0] == twice[1]
    assert await count(site) == 1
    for key in ("no-such-section", "s-annexe-5"):
        assert (await ars.ask("GET", f"/contracts/{PH}/sections/{key}/new-proposal")).status_code == 404
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE contract SET state = 'signed' WHERE id = :c"), {"c": PH})
    assert (await ars.ask("POST", path, data={**form, "title": "Autre"})).status_code == 409
    assert await count(site) == 1


async def count(site: Site) -> Any:
    async with site.parts.store.reading() as session:
        return (await session.execute(sql("SELECT count(*) FROM proposal"))).scalar_one()


async def test_a_draft_is_shared_between_the_authorities_as_long_as_its_party_says_so(site: Site) -> None:
    ars, department, operator = [await site.signed_in(who) for who in (ARS, DEPARTMENT, OPERATOR)]
    at = await begun(ars, title=TITLE, share="departement")
    name = document(at)
    shown = unescape((await department.get(at)).text).replace("\u00a0", " ")
    assert "Brouillon entre autorités, visible seulement de : ARS Exemple-Ouest, Département" in shown
    assert (await operator.ask("GET", at)).status_code == 404
    async with writing(ars, name) as ours, writing(department, name) as theirs, writing(operator, name) as nobody:
        assert (ours.scope, theirs.scope, nobody.scope) == ("read-write", "read-write", "denied")
        assert await theirs.heard_back(wire.update(name, theirs.edit(f"{MARKER} ")))
        await ours.hear_of(f"{MARKER} ")
        assert (await department.ask("GET", f"{at}/cover")).status_code == 404  # it is its party's to share
        assert (await send(ars, f"{at}/cover", {"title": "Nouveau titre", "share": ""})).status_code == 303
        closed = wire.close(name, "not-found")
        await theirs.until(lambda: closed in theirs.bytes_heard)
        assert await ours.heard_back(wire.update(name, ours.edit("À nous seuls. ")))
        await theirs.answered()
        assert "À nous seuls".encode() not in theirs.bytes_heard
    assert (await department.ask("GET", at)).status_code == 404
    assert "Nouveau titre" in (await ars.get(at)).text
    assert (await operator.get(f"/contracts/{PH}/sections/{FREE}/new-proposal")).text.count('name="share"') == 0


async def test_who_only_reads_for_the_party_reads_its_draft_and_writes_nothing(site: Site) -> None:
    ars, colleague = await site.signed_in(ARS), await site.signed_in(COLLEAGUE)
    name = document(await begun(ars))
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE member SET role = 'reader' WHERE key = 'p-tarif-ars'"))
    site.parts.standings.changed(PH)
    async with writing(colleague, name) as tab:
        assert tab.scope == "readonly"
        assert not await tab.heard_back(wire.update(name, tab.edit(f"{MARKER} ")))
    assert (await colleague.ask("GET", f"/contracts/{PH}/sections/{FREE}/new-proposal")).status_code == 404


async def test_where_somebody_writes_in_a_draft_is_not_in_the_list_of_people(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(OPERATOR)
    name = document(await begun(ars))
    text_name = (await section(site, FREE)).document
    async with writing(operator, f"contract:{PH}") as other, writing(ars, f"contract:{PH}", name, text_name):

        def seen() -> list[list[str]]:
            told = [one["people"] for one in other.news if one["kind"] == "presence"]
            return [who["writing"] for who in (told[-1] if told else ()) if who["name"] == "Camille Authier"]

        await other.until(lambda: seen() == [[text_name.removeprefix("section:")]])
        assert name.encode() not in other.bytes_heard
