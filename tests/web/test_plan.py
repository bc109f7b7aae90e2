"""The page of a plan: every act by its form, what is refused and said, who may, and what a removed text still takes."""

import asyncio
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pycrdt import XmlElement, XmlText
from sqlalchemy import text as sql

from collab import wire
from server.contract_files import contract_file
from server.contract_files.exporting import export_contract
from server.contract_files.importing import import_contract
from server.domain.contract.sections import AnnexType, Section, SectionStatus
from server.domain.plan.seen import order_seen, section_seen
from server.store import acts, contracts
from server.wording.annexes import WAITING, imported
from tests.factories import EHPAD, PH, a_file, a_store
from tests.waiting import until
from tests.web.kept import newest_line
from tests.web.site import Browser, Site
from tests.web.test_live import FREE, Tab, all_taken, in_line

pytestmark = pytest.mark.anyio
LEAD = "camille-authier"
PAGE = f"/contracts/{PH}/plan"


class Planner:
    """Somebody at the page of a plan, who fills in its forms."""

    def __init__(self, site: Site, browser: Browser, contract_id: str = PH) -> None:
        self.site = site
        self.browser = browser
        self.contract_id = contract_id

    async def plan(self) -> list[Section]:
        async with self.site.parts.store.reading() as session:
            return await contracts.sections(session, self.contract_id)

    async def section(self, key: str) -> Section:
        return next(one for one in await self.plan() if one.key == key)

    async def send(self, act: str, section: Section | None, seen: str, **fields: str) -> httpx2.Response:
        form = {"act": act, "article": section.id if section else "", "seen": seen, **fields}
        return await self.browser.ask("POST", f"/contracts/{self.contract_id}/plan", data=form)

    async def arrange(self, act: str, key: str, **fields: str) -> httpx2.Response:
        """An act on the order of the plan as it stands."""
        return await self.send(act, await self.section(key), order_seen(await self.plan()), **fields)

    async def change(self, act: str, key: str, **fields: str) -> httpx2.Response:
        """An act on a section as it stands."""
        section = await self.section(key)
        return await self.send(act, section, section_seen(section), **fields)


async def planner(site: Site, subject: str = LEAD, contract_id: str = PH) -> Planner:
    return Planner(site, await site.signed_in(subject), contract_id)


async def keys(who: Planner) -> list[str]:
    return [one.key for one in await who.plan()]


def told(answer: httpx2.Response) -> str:
    """The sentence that says what was done, or refused."""
    found = re.search(r'id="fait".*?</(?:p|div)>', answer.text, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[0].split(">", 1)[1])) if found else ""


async def optional(site: Site, key: str) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE section SET is_required = false WHERE key = :key"), {"key": key})


async def test_each_act_is_done_said_and_written_down(site: Site) -> None:
    await optional(site, "s-4-6")
    who = await planner(site)
    first = (await who.section("s-preambule")).id

    async def said(answer: httpx2.Response) -> str:
        assert answer.status_code == 303, answer.text
        return told(await who.browser.follow(answer))

    assert [
        await said(await who.arrange("up", "s-4-3")),
        await said(await who.arrange("move", "s-8", place=f"before:{first}")),
        await said(await who.change("retitle", "s-4-3", number=" 4.2 bis", title="Modulation  selon l’activité")),
        await said(await who.change("set_aside", "s-4-3")),
        await said(await who.change("take_up", "s-4-3")),
        await said(await who.change("remove", "s-4-6")),
    ] == [
        "Déplacement enregistré\u00a0: Article 4.3.",
        "Déplacement enregistré\u00a0: Article 8.",
        "Numéro et titre enregistrés\u00a0: Article 4.2 bis.",
        "Mention «\u00a0Sans objet\u00a0» enregistrée\u00a0: Article 4.2 bis.",
        "Retour en brouillon enregistré\u00a0: Article 4.2 bis.",
        "Retrait enregistré\u00a0: Article 4.6.",
    ]
    after = await keys(who)
    assert (after[0], "s-4-6" in after, after.index("s-4-3") < after.index("s-4-2")) == ("s-8", False, True)
    section = await who.section("s-4-3")
    assert (section.number, section.title, section.status) == (
        "4.2 bis",
        "Modulation selon l’activité",
        SectionStatus.DRAFT,
    )
    async with site.parts.store.reading() as session:
        done = await acts.acts(session, PH)
        positions = (
            await session.execute(
                sql("SELECT position FROM section WHERE contract_id = :id AND removed_at IS NULL ORDER BY 1"),
                {"id": PH},
            )
        ).scalars()
        assert list(positions) == list(range(len(after)))
    assert [act.kind.removeprefix("section_") for act in reversed(done)] == [
        "moved",
        "moved",
        "retitled",
        "set_aside",
        "taken_up",
        "removed",
    ]
    assert {act.person for act in done} == {"Camille Authier"}
    assert done[3].details["before"]["number"] == "4.3"
    record = unescape((await who.browser.get(f"/contracts/{PH}/settings")).text)
    for words in ("a déplacé dans le plan\u00a0: Article 4.3", "a retiré du plan\u00a0: Article 4.6"):
        assert words in record


async def test_an_added_annex_is_there_with_its_type_and_an_added_article_can_be_written_in_at_once(site: Site) -> None:
    who = await planner(site)
    last = await who.section("a-7")
    added = await who.send(
        "add", last, order_seen(await who.plan()), place=f"after:annex:{last.id}", title="Plan", annex_type="pgfp"
    )
    assert added.status_code == 303
    annex = (await who.plan())[-1]
    assert (annex.title, annex.annex_type, annex.is_required) == ("Plan", AnnexType.PGFP, False)
    article = await who.section("s-4-3")
    place = f"inside:clause:{article.id}"
    await who.send("add", article, order_seen(await who.plan()), place=place, title="Seuils", number="4.3.1")
    new = next(one for one in await who.plan() if one.title == "Seuils")
    assert (new.parent_id, new.depth, new.annex_type) == (article.id, 3, None)
    async with who.browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(new.document)
        assert tab.scope == "read-write"
        before = tab.doc.get_state()
        tab.fragment.children.append(XmlElement("paragraph", {"id": "abcdefghij"}, [XmlText("Écrit aussitôt.")]))
        assert await tab.heard_back(wire.update(new.document, tab.doc.get_update(before)))
    page = await who.browser.get(f"/contracts/{PH}")
    assert "Écrit aussitôt." in page.text


async def test_a_removed_article_keeps_its_text_and_comes_back_with_it(site: Site) -> None:
    await optional(site, FREE)
    who = await planner(site)
    section = await who.section(FREE)
    await who.change("remove", FREE)
    page = await who.browser.get(PAGE)
    assert "Articles retirés" in page.text
    assert "Lorsque l&#39;activité réalisée" in page.text
    assert f'id="article-{FREE}"' not in (await who.browser.get(f"/contracts/{PH}")).text
    back = await who.send("put_back", section, "")
    assert told(await who.browser.follow(back)) == "Remise au plan enregistrée\u00a0: Article 4.3."
    again = await who.section(FREE)
    assert (again.id, again.parent_id) == (section.id, section.parent_id)
    assert "Lorsque l&#39;activité réalisée" in (await who.browser.get(f"/contracts/{PH}")).text
    assert (await who.send("put_back", section, "")).status_code == 409


REFUSED = [
    ("change", "remove", "s-4-3", {}, 409, "obligatoire"),
    ("change", "retitle", "s-preambule", {"title": "Autre"}, 409, "par proposition"),
    ("change", "retitle", "s-4-3", {"title": "  "}, 422, "Le titre est vide"),
    ("change", "set_aside", "s-4", {}, 409, "en contient d’autres"),
    ("change", "take_up", "s-4-3", {}, 409, "Le plan a changé"),
    ("arrange", "up", "s-preambule", {}, 422, "placé à cet endroit"),
]


@pytest.mark.parametrize(("how", "act", "key", "fields", "status", "says"), REFUSED)
async def test_what_is_refused_is_said_and_changes_nothing(
    site: Site, how: str, act: str, key: str, fields: dict[str, str], status: int, says: str
) -> None:
    who = await planner(site)
    before = await who.plan()
    answer = await getattr(who, how)(act, key, **fields)
    assert answer.status_code == status
    assert says in told(answer)
    assert await who.plan() == before
    async with site.parts.store.reading() as session:
        assert await acts.acts(session, PH) == []


async def test_what_one_saw_is_not_what_there_is_and_nothing_typed_is_lost(site: Site) -> None:
    first, second = await planner(site), await planner(site, "nadege-fournier")
    section = await first.section("s-4-3")
    seen, order = section_seen(section), order_seen(await first.plan())
    await second.change("retitle", "s-4-3", number="4.3", title="Autre titre")
    await second.arrange("up", "s-4-3")
    late = await first.send("retitle", section, seen, number="4.3", title="Mon titre à moi", open=section.id)
    assert (late.status_code, "Le plan a changé" in told(late)) == (409, True)
    assert 'value="Mon titre à moi"' in late.text
    late = await first.send("down", section, order)
    assert (late.status_code, "Le plan a changé" in told(late)) == (409, True)
    place = f"after:clause:{section.id}"
    late = await first.send("add", section, order, place=place, title="Mon article", number="9", open=section.id)
    assert (late.status_code, 'value="Mon article"' in late.text) == (409, True)
    assert (await first.section("s-4-3")).title == "Autre titre"


async def test_two_changes_at_once_are_made_one_after_the_other(site: Site) -> None:
    first, second = await planner(site), await planner(site, "nadege-fournier")
    section, order = await first.section("s-4-3"), order_seen(await first.plan())
    answers = await asyncio.gather(first.send("up", section, order), second.send("up", section, order))
    assert sorted(one.status_code for one in answers) == [303, 409]


@pytest.mark.parametrize("subject", ["yanis-berthome", "helene-quemere", "elodie-maugin"])
async def test_who_does_not_manage_reads_the_plan_and_changes_nothing(site: Site, subject: str) -> None:
    who = await planner(site, subject)
    page = await who.browser.get(PAGE)
    assert page.status_code == 200
    assert "Modulation" in page.text
    assert 'name="act"' not in page.text
    before = await who.plan()
    assert (await who.arrange("up", "s-4-3")).status_code == 404
    assert await who.plan() == before


async def test_a_section_of_another_contract_is_not_there(site: Site) -> None:
    who, other = await planner(site), await planner(site, "anne-laure-guery", EHPAD)
    foreign = (await other.plan())[0]
    mine = await who.section("s-4-3")
    order = order_seen(await who.plan())
    seen = section_seen(foreign)
    for answer in (
        await who.send("retitle", foreign, seen, title="x"),
        await who.send("set_aside", foreign, seen),
        await who.send("remove", foreign, seen),
        await who.send("put_back", foreign, seen),
        await who.send("up", foreign, order),
        await who.send("move", mine, order, place=f"after:{foreign.id}"),
        await who.send("add", None, order, place=f"after:clause:{foreign.id}", title="x"),
        await who.send("retitle", None, "x" * 16, title="x"),
        await who.send("nothing", mine, order),
        await who.send("move", mine, order, place="beside:x"),
        await who.send("add", mine, order, place="after:poem:x", title="x"),
    ):
        assert answer.status_code == 404
    assert (await other.plan())[0] == foreign


async def test_a_contract_past_writing_shows_its_plan_and_no_form(site: Site) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql("UPDATE contract SET state = 'ready_to_sign'"))
    who = await planner(site)
    page = await who.browser.get(PAGE)
    assert 'name="act"' not in page.text
    assert "son plan ne change plus" in page.text
    assert (await who.arrange("up", "s-4-3")).status_code == 409


@pytest.mark.parametrize(("act", "scope"), [("set_aside", "readonly"), ("remove", "denied")])
async def test_a_text_set_aside_or_removed_takes_no_write_at_once(site: Site, act: str, scope: str) -> None:
    await optional(site, FREE)
    who, writer = await planner(site), await site.signed_in("nadege-fournier")
    name = (await who.section(FREE)).document
    async with writer.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        await who.change(act, FREE)
        before, tab.saved = await newest_line(site), []
        await connection.send(wire.update(name, tab.edit("Trop tard.")))
        await tab.answered()
        assert not any(tab.saved)
        await all_taken(site, name)
        assert await newest_line(site) == before
        await tab.open(name)
        assert tab.scope == scope


async def test_an_edit_in_line_when_the_text_closes_is_refused_in_its_turn(site: Site) -> None:
    who = await planner(site)
    section = await who.section(FREE)
    async with who.browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(section.document)
        async with site.parts.rooms.still(section.document) as room:
            await connection.send(wire.update(section.document, tab.edit("Trop tard.")))
            await until(lambda: in_line(site) == 1)  # its turn has not come
            heard = len(tab.saved)
            room.freeze()
        await tab.until(lambda: len(tab.saved) > heard)
        assert tab.saved[heard:] == [False]


async def test_open_pages_hear_of_a_change_without_its_content_and_of_the_texts_that_are_new(site: Site) -> None:
    who, reader = await planner(site), await site.signed_in("elodie-maugin")
    async with reader.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        await tab.until(lambda: [one["kind"] for one in tab.news].count("presence") == 2)  # all it missed came between
        assert {"kind": "contract", "version": 0} in tab.news
        tab.news.clear()
        article = await who.section("s-4")
        place = f"inside:clause:{article.id}"
        await who.send("add", article, order_seen(await who.plan()), place=place, title="Seuils")
        await tab.until(lambda: bool(tab.news))
        assert tab.news == [{"kind": "contract"}]
        new = next(one for one in await who.plan() if one.title == "Seuils")
        assert 'data-version="1"' in (await reader.get(f"/contracts/{PH}")).text
        async with who.browser.socket(PH) as other:
            writer = Tab(other)
            await writer.open(new.document)
            before = writer.doc.get_state()
            writer.fragment.children.append(XmlElement("paragraph", {"id": "abcdefghij"}, [XmlText("Neuf.")]))
            await other.send(wire.update(new.document, writer.doc.get_update(before)))
            await tab.until(lambda: any(one["kind"] == "section" for one in tab.news))
        assert [one["section"] for one in tab.news if one["kind"] == "section"] == [new.id]


def shape(plan: list[Section]) -> list[tuple[Any, ...]]:
    """A plan without what each database names by itself."""
    names = {one.id: one.key for one in plan}
    own = ("key", "depth", "number", "title", "kind", "annex_type", "is_required", "status", "mode", "revision")
    return [(names.get(one.parent_id or ""), *(getattr(one, name) for name in own)) for one in plan]


async def test_a_changed_plan_is_exported_and_comes_back_the_same(site: Site, tmp_path: Path) -> None:
    await optional(site, "s-4-6")
    who = await planner(site)
    untouched = await export_contract(PH, site.parts.store)
    assert json.dumps(untouched) == json.dumps(a_file())
    place = f"inside:clause:{(await who.section('s-4')).id}"
    await who.send("add", None, order_seen(await who.plan()), place=place, title="Seuils", number="4.7")
    annex = f"after:annex:{(await who.section('a-7')).id}"
    await who.send("add", None, order_seen(await who.plan()), place=annex, title="Plan", annex_type="pgfp")
    await who.arrange("out", "s-4-3")
    await who.arrange("move", "s-t2", place=f"before:{(await who.section('s-t1')).id}")
    await who.change("retitle", "s-4-2", number="4.2 bis", title="Mesures")
    await who.change("set_aside", "s-8")
    await who.change("remove", "s-4-6")
    exported = await export_contract(PH, site.parts.store)
    nodes = {node["id"]: node for _, node, _ in contract_file.sections(exported)}
    assert (nodes["s-4-3"]["level"], nodes["s-4-2"]["level"], "s-4-6" in nodes) == (2, 3, False)
    other = a_store(tmp_path / "other.sqlite")
    await other.migrate()
    await import_contract(exported, other)
    async with other.reading() as session:
        again = await contracts.sections(session, PH)
    assert shape(again) == shape(await who.plan())
    assert await export_contract(PH, other) == exported
    await other.close()


async def test_every_kind_of_annex_shows_its_sentence(site: Site) -> None:
    who = await planner(site)
    page = unescape((await who.browser.get(f"/contracts/{PH}")).text)
    async with site.parts.store.reading() as session:
        types = {one.annex_type for one in await contracts.sections(session, PH) if one.annex_type}
    assert types == set(AnnexType)
    for annex in WAITING.values():
        assert annex.title in page
        assert annex.says in page
    assert len({annex.icon for annex in WAITING.values()}) == len(WAITING)
    assert page.count("sont conservées") == 3  # objectives, means and PGFP of the example
    assert "85 000" not in page


def test_a_draft_scenario_is_not_even_counted() -> None:
    draft, tabled = {"status": "draft"}, {"status": "tabled"}
    assert imported(json.dumps({"scenarios": [draft], "objectives": []})) == set()
    assert imported(json.dumps({"scenarios": [draft, tabled]})) == {AnnexType.MEANS_TABLE}
    assert imported("{}") == set()


def test_helpers_read_what_a_page_says() -> None:
    answer: Any = httpx2.Response(200, text='<p id="fait" role="status"><svg></svg><span>Fait : ici.</span></p>')
    assert told(answer) == "Fait : ici."
