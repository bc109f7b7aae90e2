"""The list of proposals: what stops one is said to both sides, and sixty of them ask the database no more than one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql
from sqlalchemy.engine import Engine

from tests.factories import PH
from tests.web.drafts import CLOSED, FREE, section
from tests.web.proposals import ARS, OPERATOR, a_tabled, write
from tests.web.site import Site
from tests.web.test_answering import parties, said, words
from tests.web.test_freezing import froze
from tests.web.test_plan import Planner
from tests.web.test_plan_proposals import RENAME, a_proposal

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
INBOX = f"/contracts/{PH}/proposals"
MORE = (  # the same proposal again under other ids, tabled as the first was
    "INSERT INTO proposal (id, {row}) SELECT :id, {row} FROM proposal WHERE id = :of",
    "INSERT INTO document_update (document, {update}) SELECT :to, {update} FROM document_update"
    " WHERE document = :from ORDER BY id",
    "INSERT INTO document_snapshot (document, {snapshot}) SELECT :to, {snapshot} FROM document_snapshot"
    " WHERE document = :from",
)


async def again(site: Site, of: str, times: int) -> None:
    """More proposals that say what one says."""
    async with site.parts.store.writing() as session:
        connection = await session.connection()
        columns = {}
        for name, table, but in (
            ("row", "proposal", {"id"}),
            ("update", "document_update", {"id", "document"}),
            ("snapshot", "document_snapshot", {"document"}),
        ):
            names = (await connection.execute(sql(f"SELECT * FROM {table} LIMIT 0"))).keys()
            columns[name] = ", ".join(one for one in names if one not in but)
        for number in range(times):
            named = {"id": f"more{number}", "of": of, "to": f"proposal:more{number}", "from": f"proposal:{of}"}
            for statement in MORE:
                insert = statement.format(**columns)
                await session.execute(sql(insert), {key: named[key] for key in named if f":{key}" in insert})


@contextmanager
def counted() -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def hear(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def test_sixty_proposals_ask_the_database_no_more_than_one(site: Site) -> None:
    ars, operator = await site.signed_in(ARS), await site.signed_in(OPERATOR)
    at = await a_tabled(ars)
    await operator.get(INBOX)
    with counted() as few:
        assert (await operator.get(INBOX)).status_code == 200
    await again(site, at.rsplit("/", 1)[1], 60)
    with counted() as many:
        assert (await operator.get(INBOX)).text.count(">Un titre<") == 61
    assert len(many) == len(few)


async def test_what_cannot_be_accepted_is_said_to_both_sides_and_awaits_nobody(site: Site) -> None:
    ars, department, operator = browsers = await parties(site)
    await a_tabled(ars, title="Modulation")
    await a_tabled(ars, CLOSED, title="Préambule")
    await a_proposal(site, ars, RENAME, title="Autre nom")
    assert "telles quelles" not in await said(operator, INBOX)
    await write(operator, (await section(site, FREE)).document, "Tout autre début ")
    assert (await Planner(site, ars).change("retitle", FREE, number="4.3 ter", title="Encore autre")).status_code == 303
    await froze(browsers)
    told = ("Modulation", "À reprendre Le texte a changé"), ("Autre nom", "À reprendre Le plan a changé")
    for browser in (ars, department):
        page = words(await said(browser, INBOX))
        for title, why in (*told, ("Préambule", "En attente, texte figé")):
            row = page[page.index(title) :]
            assert why in row[:200], (title, row[:300])
    assert "Aucune réponse n’est attendue de votre partie." in await said(department, INBOX)
    assert "Réponse attendue de" not in await said(ars, INBOX)
