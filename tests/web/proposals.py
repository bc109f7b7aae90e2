"""Proposals as people make them: begun on a form, written in live, tabled, answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from collab import wire
from tests.factories import PH
from tests.web.drafts import FREE
from tests.web.forms import send
from tests.web.site import Browser
from tests.web.test_live import Tab

ARS, COLLEAGUE, DEPARTMENT, OPERATOR = "camille-authier", "yanis-berthome", "marc-lebreton", "nadege-fournier"
PARTNER, STRANGER = "elodie-maugin", "alex-martin"
MARKER = "zygomatique"


async def begun(browser: Browser, key: str = FREE, **typed: Any) -> str:
    """The address of a draft just begun."""
    path = f"/contracts/{PH}/sections/{key}/new-proposal"
    answer = await send(browser, path, {"title": "Un titre", **typed})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def document(at: str) -> str:
    """The live document of the proposal at an address."""
    return f"proposal:{at.rsplit('/', 1)[1]}"


@asynccontextmanager
async def writing(browser: Browser, *names: str) -> AsyncIterator[Tab]:
    """A page of the contract with documents open."""
    async with browser.socket(PH) as connection:
        tab = Tab(connection)
        for name in names:
            await tab.open(name)
        yield tab


async def write(browser: Browser, name: str, words: str) -> None:
    """Type at the beginning of a document, and wait until it is kept."""
    async with writing(browser, name) as tab:
        assert await tab.heard_back(wire.update(name, tab.edit(words)))


async def tabled(browser: Browser, at: str) -> None:
    """Table a draft as it is shown."""
    answer = await send(browser, f"{at}/table")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{at}#etat"), answer.text


async def a_tabled(browser: Browser, key: str = FREE, words: str = f"{MARKER} ", **typed: Any) -> str:
    """The address of a proposal just tabled, with more words at its beginning."""
    at = await begun(browser, key, **typed)
    await write(browser, document(at), words)
    await tabled(browser, at)
    return at


async def answered(browser: Browser, at: str, answer: str = "agreed", **typed: str) -> Any:
    """Answer a proposal as its page shows it."""
    return await send(browser, at, {"answer": answer, **typed}, action=f"{at}/answer")
