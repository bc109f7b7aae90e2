"""The log: one line an event, for people and for programs, and never a word of a contract."""

import json
import logging
import sys

import pytest
from sqlalchemy import text as sql

from collab import wire
from server.running.logs import Lines
from tests.factories import PH
from tests.web.site import Site
from tests.web.test_live import AGREED, FREE, Tab, section

WORD = "Xylophone"


def event(says: str, *args: object, **given: object) -> logging.LogRecord:
    return logging.LogRecord("entente.live", logging.WARNING, "", 0, says, args, given.get("exc_info"))  # type: ignore[arg-type]


def test_an_event_is_a_line_of_names_and_values() -> None:
    line = Lines("text").format(event("person %(person)s: %(why)s", {"person": 3, "why": 'a "b"\nlevel=info'}))
    assert line.partition(" ")[2] == (
        r'level=warning log=entente.live says="person 3: a \"b\"\nlevel=info" person=3 why="a \"b\"\nlevel=info"'
    )


def test_an_event_is_an_object_with_its_trace_inside() -> None:
    try:
        raise OSError("the disk is full")
    except OSError:
        line = Lines("json").format(event("failed: %s", "x", exc_info=sys.exc_info()))
    assert "\n" not in line
    told = json.loads(line)
    assert (told["level"], told["log"], told["says"]) == ("warning", "entente.live", "failed: x")
    assert told["trace"].endswith("OSError: the disk is full")


@pytest.mark.anyio
@pytest.mark.both_databases
async def test_no_word_of_a_contract_is_ever_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Typed, refused, read only, not committed, in a form that fails, in a report: told, but not with the word."""
    caplog.set_level(logging.INFO)
    name, closed = await section(site, FREE), await section(site, AGREED)
    browser = await site.signed_in("camille-authier")
    async with browser.socket(PH) as connection, browser.socket(PH) as second:
        tab, other = Tab(connection), Tab(second)
        await tab.open(name)
        await tab.open(closed)
        await connection.send(wire.update(closed, tab.edit(WORD)))
        await connection.send(wire.update(name, tab.edit(WORD)[:-4] + WORD.encode()))
        await tab.until(lambda: "update refused" in caplog.text)
        await other.open(name)
        async with site.parts.store.writing() as session:
            await session.execute(sql("ALTER TABLE document_update RENAME COLUMN delta TO gone"))
        await second.send(wire.update(name, other.edit(WORD)))
        await other.until(lambda: second.close_code is not None)
        await connection.send(WORD.encode())
        await tab.until(lambda: connection.close_code is not None)
    async with site.parts.store.writing() as session:
        await session.execute(sql("ALTER TABLE act RENAME COLUMN details TO gone"))
    await browser.ask(
        "POST", f"/contracts/{PH}/settings/new-party", data={"kind": "consulted", "name": WORD, "short_name": WORD}
    )
    report = {"csp-report": {"effective-directive": "script-src", "script-sample": WORD, "document-uri": WORD}}
    await browser.ask("POST", "/csp-report", json=report)
    lines = [Lines(form).format(record) for record in caplog.records for form in ("text", "json")]
    for told in ("commit failed", "hung up", "failure", "content security policy broken: script-src"):
        assert [line for line in lines if told in line], told
    assert [line for line in lines if WORD in line or WORD.encode().hex() in line] == []
