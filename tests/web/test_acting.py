"""One transaction with its act: who may, what is written down, what a failure leaves; and open pages hear of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text as sql

from server.domain.refusals import NotFound
from server.editing.acting import acting
from server.store import acts, contracts
from server.store.engine import Store
from tests.factories import PH
from tests.web.site import Site
from tests.web.test_live import FREE, Tab, section

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def person(store: Store, name: str) -> int:
    async with store.reading() as session:
        found = await session.execute(sql("SELECT person_id FROM member WHERE name = :name LIMIT 1"), {"name": name})
        return int(found.scalar_one())


async def test_a_change_is_kept_with_its_act(site: Site) -> None:
    store = site.parts.store
    async with acting(store, PH, await person(store, "Camille Authier"), NOW) as deed:
        deed.contract.title = "Autre titre"
        await deed.keep("facts", before="a", after="é")
    async with store.reading() as session:
        (act,) = await acts.acts(session, PH)
        kept = await contracts.contract(session, PH)
    assert kept is not None
    assert (kept.title, act.kind, act.details) == ("Autre titre", "facts", {"before": "a", "after": "é"})
    assert (act.person, act.at) == ("Camille Authier", NOW)


async def test_a_change_that_fails_leaves_nothing_not_even_its_act(site: Site) -> None:
    store = site.parts.store
    who = await person(store, "Camille Authier")

    async def fail_midway() -> None:
        async with acting(store, PH, who, NOW) as deed:
            deed.contract.title = "Autre titre"
            await deed.keep("facts")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_midway()
    async with store.reading() as session:
        kept = await contracts.contract(session, PH)
        assert await acts.acts(session, PH) == []
    assert kept is not None
    assert kept.title != "Autre titre"


@pytest.mark.parametrize("name", ["Yanis Berthomé", "Élodie Maugin", "Rachida Meslier"])
async def test_nobody_without_the_right_changes_a_contract(site: Site, name: str) -> None:
    who = await person(site.parts.store, name)
    with pytest.raises(NotFound):
        async with acting(site.parts.store, PH, who, NOW):
            raise AssertionError


async def test_an_open_page_loses_a_right_and_hears_that_the_contract_changed(site: Site) -> None:
    browser = await site.signed_in("yanis-berthome")
    async with browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        await tab.open(await section(site, FREE))
        assert tab.scope == "read-write"
        async with site.parts.store.writing() as session:
            await session.execute(sql("UPDATE member SET role = 'reader' WHERE name = 'Yanis Berthomé'"))
        await site.parts.floor.review(PH)
        site.parts.floor.contract_changed(PH)
        await tab.until(lambda: {"kind": "contract"} in tab.news)
        assert tab.scope == "readonly"
