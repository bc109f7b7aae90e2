"""The websocket door and what comes through it: raw frames, as a hostile client would send them."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import websockets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlFragment
from sqlalchemy import text as sql

from collab import document, wire
from collab.awareness import Entry, encode_presence
from collab.peer import HangUp
from server.contract_files import contract_file
from server.contract_files.exporting import export_contract
from server.domain.texts import text
from server.store import contracts
from tests.collab.stage import hello
from tests.factories import EHPAD, PH, a_file
from tests.waiting import PATIENCE_S, until
from tests.web.kept import newest_line
from tests.web.site import Browser, Site, running

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
NOTES = [one["text"] for one in a_file()["comments"] if one["visibility"] != "shared"]
FREE, AGREED = "s-4-3", "s-preambule"


SCOPES = {
    b"read-write": "read-write",
    b"readonly": "readonly",
    b"\x02\x01\x09not-found": "denied",
}


class Tab:
    """A raw connection with a Yjs document for one section."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.doc: Doc[Any] = Doc()
        self.fragment: XmlFragment = self.doc.get(text.ROOT, type=XmlFragment)
        self.scope = ""
        self.saved: list[bool] = []
        self.news: list[dict[str, Any]] = []
        self.bytes_heard = b""
        self.asked = 0

    async def until(self, done: Callable[[], bool]) -> None:
        """Take in what comes until it is `done`; a test that waits for something says for what."""
        async with asyncio.timeout(PATIENCE_S):
            while not done():
                frame = await self._next()
                if frame is not None:
                    self.bytes_heard += frame
                    await self._take(frame)

    async def _next(self) -> bytes | None:
        """The next frame; nothing when it takes its time, so that what is waited for is asked again."""
        try:
            frame = await asyncio.wait_for(self.connection.recv(), 0.05)
        except TimeoutError:
            return None
        except websockets.ConnectionClosed:
            await asyncio.sleep(0)  # it never waits again
            return None
        assert isinstance(frame, bytes)
        return frame

    async def answered(self) -> None:
        """Take in all that came of what was said so far: until the answer to a question asked last."""
        self.asked += 1
        name = f"section:asked-{self.asked}"
        await self.connection.send(hello(name))
        denied = wire.permission_denied(name, "not-found")
        await self.until(lambda: denied in self.bytes_heard)

    async def heard_back(self, frame: bytes) -> bool:
        """Send an edit; whether the answer says that it is kept."""
        heard = len(self.saved)
        await self.connection.send(frame)
        await self.until(lambda: len(self.saved) > heard)
        return self.saved[-1]

    async def hear_of(self, words: str) -> None:
        """Take in what comes until the text begins with `words`."""
        await self.until(lambda: self.words.startswith(words))

    async def _take(self, frame: bytes) -> None:
        if b"section:asked-" in frame:
            return
        self.scope = next((scope for end, scope in SCOPES.items() if frame.endswith(end)), self.scope)
        if frame[-2:] in (b"\x08\x00", b"\x08\x01"):
            self.saved.append(frame[-1] == 1)
        try:
            message = wire.decode(frame)
        except wire.NotOurProtocol:
            return
        if isinstance(message, wire.SyncStep2 | wire.Update):
            self.doc.apply_update(message.update)
        elif isinstance(message, wire.SyncStep1):
            update = self.doc.get_update(message.state_vector)
            await self.connection.send(wire.sync_step2(message.document, update))
        elif isinstance(message, wire.Stateless):
            self.news.append(json.loads(message.text))

    async def open(self, name: str) -> None:
        """Open a document; when it is, what it holds was heard and what this side holds was answered."""
        await self.connection.send(hello(name))
        await self.connection.send(wire.sync_step1(name, self.doc.get_state()))
        self.scope, heard = "", len(self.bytes_heard)
        answers = [wire.saved(name, kept=kept) for kept in (True, False)]
        await self.until(
            lambda: (
                self.scope == "denied" or (bool(self.scope) and any(one in self.bytes_heard[heard:] for one in answers))
            )
        )

    def edit(self, words: str) -> bytes:
        """Type at the beginning, here only; the update to send."""
        before = self.doc.get_state()
        paragraph: Any = self.fragment.children[0]
        paragraph.children[0].insert(0, words)
        return self.doc.get_update(before)

    @property
    def words(self) -> str:
        return text.to_body(document.read(self.doc, text.ROOT))


async def section(site: Site, key: str, contract_id: str = PH) -> str:
    async with site.parts.store.reading() as session:
        found = {one.key: one.document for one in await contracts.sections(session, contract_id)}
    return found[key]


def in_line(site: Site) -> float:
    """How many edits wait for their turn."""
    return site.parts.rooms.counting.gauges["line_edits"]()


async def all_taken(site: Site, name: str) -> None:
    """Until every edit that waits has had its turn in this text."""
    await until(lambda: in_line(site) == 0)
    async with site.parts.rooms.still(name):
        pass


def presences(tab: Tab) -> list[dict[str, Any]]:
    return [one for one in tab.news if one["kind"] == "presence"]


async def log_size(site: Site) -> int:
    return await newest_line(site)


async def test_two_parties_write_together_and_a_partner_reads(site: Site) -> None:
    name = await section(site, FREE)
    ars, operator, partner = [
        await site.signed_in(who) for who in ("camille-authier", "nadege-fournier", "elodie-maugin")
    ]
    async with ars.socket(PH) as a, operator.socket(PH) as b, partner.socket(PH) as c:
        tabs = [Tab(a), Tab(b), Tab(c)]
        for tab in tabs:
            await tab.open(name)
        assert [tab.scope for tab in tabs] == ["read-write", "read-write", "readonly"]
        await a.send(wire.update(name, tabs[0].edit("ARS. ")))
        for tab in tabs:
            await tab.hear_of("ARS. Lorsque")
        await b.send(wire.update(name, tabs[1].edit("OG. ")))
        for tab in tabs:
            await tab.hear_of("OG. ARS. Lorsque")
        assert tabs[0].words == tabs[1].words == tabs[2].words
    page = await partner.get(f"/contracts/{PH}")
    assert "OG. ARS. Lorsque" in page.text


async def test_every_line_of_the_log_says_who_in_which_party_and_session(site: Site) -> None:
    name = await section(site, FREE)
    browser = await site.signed_in("nadege-fournier")
    async with browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        heard = len(tab.saved)
        await connection.send(wire.update(name, tab.edit("x")))
        await tab.until(lambda: len(tab.saved) > heard)
    async with site.parts.store.reading() as session:
        row = (
            await session.execute(
                sql(
                    "SELECT person.subject, party.key, session.provider FROM document_update u"
                    " JOIN person ON person.id = u.person_id JOIN party ON party.id = u.party_id"
                    " JOIN session ON session.id = u.session_id ORDER BY u.id DESC LIMIT 1"
                )
            )
        ).one()
    assert tuple(row) == ("nadege-fournier", "gestionnaire", "demonstration")


async def test_a_partner_cannot_write_whatever_they_send(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "entente.live")
    name = await section(site, FREE)
    ars, partner = await site.signed_in("camille-authier"), await site.signed_in("elodie-maugin")
    before = await log_size(site)
    async with ars.socket(PH) as a, partner.socket(PH) as c:
        writer, reader = Tab(a), Tab(c)
        await writer.open(name)
        await reader.open(name)
        update = reader.edit("Par un partenaire. ")
        forged = encode_presence([Entry(writer.doc.client_id, 99, '{"cursor": null}')])
        for frame in (
            wire.update(name, update),
            wire.sync_step2(name, update),
            wire.sync_step2(name, reader.doc.get_update()),
            wire.presence(name, forged),
            wire.stateless(name, '{"kind": "section", "section": "x", "html": "faux"}'),
            wire.stateless(f"contract:{PH}", '{"kind": "presence", "people": []}'),
            wire.sync_step1(name, reader.doc.get_state()),
            hello(name),
            wire.update(name, update),
        ):
            await c.send(frame)
        await reader.answered()
        heard = len(writer.bytes_heard)
        assert await writer.heard_back(wire.update(name, writer.edit("Ensuite. ")))
        assert writer.bytes_heard[heard:] == wire.saved(name, kept=True), "of what the partner sent, nothing was told"
        await reader.until(lambda: "Ensuite. " in reader.words)
        assert not any(reader.saved[2:]), "all but the two answers to what they were asked on opening"
    assert await log_size(site) == before + 1
    assert "partenaire" not in (await ars.get(f"/contracts/{PH}")).text
    tried = [one for one in caplog.messages if "reader tried to write" in one]
    assert len(tried) == 1, "twice, and told once: a connection does not fill the log"


@pytest.mark.parametrize(
    "frame",
    [b"", b"\x00", b"\xff" * 2000, b"\x09\x09\x09", hello("section:x")[:-3], b"\x05abcde\x00\x02\x05ab", b"A" * 5000],
)
async def test_rubbish_closes_its_own_connection_only(site: Site, frame: bytes) -> None:
    name = await section(site, FREE)
    ars, partner = await site.signed_in("camille-authier"), await site.signed_in("elodie-maugin")
    async with ars.socket(PH) as a, partner.socket(PH) as c:
        writer = Tab(a)
        await writer.open(name)
        await c.send(frame)
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(c.recv(), 20)
        assert c.close_code == HangUp.NOT_OUR_PROTOCOL
        before = len(writer.saved)
        await a.send(wire.update(name, writer.edit("Toujours là. ")))
        await writer.until(lambda: len(writer.saved) > before)
        assert writer.saved[-1] is True


async def test_a_text_frame_is_not_our_protocol(site: Site) -> None:
    async with (await site.signed_in("camille-authier")).socket(PH) as connection:
        await connection.send("bonjour")
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(connection.recv(), 20)
        assert connection.close_code == HangUp.NOT_OUR_PROTOCOL


async def test_a_message_over_the_limit_is_closed_1009(site: Site) -> None:
    async with (await site.signed_in("camille-authier")).socket(PH) as connection:
        await connection.send(b"x" * (1024 * 1024 + 1))
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(connection.recv(), 20)
        assert connection.close_code == 1009


async def refused(browser: Browser, contract_id: str = PH, **headers: str) -> int:
    """The status a connection is refused with, before it is accepted."""
    with pytest.raises(websockets.InvalidStatus) as raised:
        async with browser.socket(contract_id, **headers):
            pass
    return raised.value.response.status_code


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://127.0.0.1:1",
        "https://{host}",
        "https://evil.example",
        "http://{host}.evil.example",
        "http://a.{host}",
    ],
)
async def test_only_a_page_of_ours_may_connect(site: Site, origin: str) -> None:
    browser = await site.signed_in("camille-authier")
    assert await refused(browser, Origin=origin.replace("{host}", site.settings.public_host)) == 403


async def test_another_host_may_not_connect(site: Site) -> None:
    browser = await site.signed_in("camille-authier")
    browser.url = site.url.replace("127.0.0.1", "localhost")  # the same server under another name
    assert await refused(browser, Origin=site.url) == 421


@pytest.mark.parametrize("contract_id", [PH, EHPAD, "NO-SUCH-CONTRACT"])
async def test_a_stranger_is_refused_like_for_a_contract_that_does_not_exist(site: Site, contract_id: str) -> None:
    assert await refused(await site.signed_in("alex-martin"), contract_id) == 403
    assert await refused(site.browser(), contract_id) == 403


@pytest.mark.parametrize("key", ["other contract", "unknown", "other channel", "proposal", "scenario"])
async def test_no_document_is_reachable_by_its_name_alone(site: Site, key: str) -> None:
    name = {
        "other contract": await section(site, "s-1", EHPAD),
        "unknown": "section:0000000000000000",
        "other channel": f"contract:{EHPAD}",
        "proposal": "proposal:1",
        "scenario": "scenario:S3",
    }[key]
    async with (await site.signed_in("camille-authier")).socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        assert tab.scope == "denied"
        assert tab.words == ""
        await connection.send(wire.update(name, b"\x00\x00"))
        await tab.answered()
        assert tab.saved == []


async def test_an_agreed_section_is_read_only_for_everyone(site: Site) -> None:
    name = await section(site, AGREED)
    before = await log_size(site)
    async with (await site.signed_in("camille-authier")).socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        assert tab.scope == "readonly"
        assert not await tab.heard_back(wire.update(name, tab.edit("Je change. ")))
    assert await log_size(site) == before


async def test_the_channel_says_who_is_here_and_what_changed_and_no_internal_note(site: Site) -> None:
    name = await section(site, FREE)
    ars, partner = await site.signed_in("camille-authier"), await site.signed_in("elodie-maugin")
    async with ars.socket(PH) as a, partner.socket(PH) as c:
        writer, reader = Tab(a), Tab(c)
        await reader.open(f"contract:{PH}")
        await writer.open(name)
        assert await writer.heard_back(wire.update(name, writer.edit("<b>Neuf</b>. ")))
        await reader.until(lambda: any(one["kind"] == "section" and one["by"] for one in reader.news))
        await reader.until(lambda: [len(one["writing"]) for one in presences(reader)[-1]["people"]].count(1) == 1)
        told = presences(reader)[-1]
        people = told["people"]
        assert {one["name"]: one["id"] for one in people}["Élodie Maugin"] == told["you"]
        assert {(one["name"], one["sign"], len(one["writing"])) for one in people} == {
            ("Camille Authier", "AR", 1),
            ("Élodie Maugin", "RE", 0),
        }
        told = [one for one in reader.news if one["kind"] == "section" and one["by"]][-1]
        assert told["section"] == name.removeprefix("section:")
        assert "&lt;b&gt;Neuf&lt;/b&gt;. Lorsque" in told["html"]
        assert told["by"] == "Camille Authier"
        for tab in (writer, reader):
            for note in NOTES:
                assert note[:20].encode() not in tab.bytes_heard
    async with partner.socket(PH) as c:
        late = Tab(c)
        await late.open(f"contract:{PH}")
        await late.until(lambda: any("Neuf" in one.get("html", "") for one in late.news))


async def test_what_was_written_live_is_exported_and_nothing_else_moves(site: Site) -> None:
    name = await section(site, FREE)
    async with (await site.signed_in("camille-authier")).socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        heard = len(tab.saved)
        await connection.send(wire.update(name, tab.edit("Écrit en direct. ")))
        await tab.until(lambda: len(tab.saved) > heard)
    exported = await export_contract(PH, site.parts.store)
    expected = a_file()
    node = next(one for _, one, _ in contract_file.sections(expected) if one["id"] == FREE)
    node["body"] = f"Écrit en direct. {node['body']}"
    assert exported == expected


async def test_signing_out_closes_the_open_pages_at_once(site: Site) -> None:
    browser = await site.signed_in("camille-authier")
    async with browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        await browser.ask("POST", "/sign-out")
        await tab.until(lambda: connection.close_code is not None)
        assert connection.close_code == HangUp.SESSION_OVER


@pytest.fixture
async def quick_site(filled: str) -> AsyncIterator[Site]:
    async with running(filled, recheck_seconds=1) as found:
        yield found


async def test_a_member_removed_is_hung_up_on_and_a_role_lowered_no_longer_writes(quick_site: Site) -> None:
    name = await section(quick_site, FREE)
    browser = await quick_site.signed_in("camille-authier")
    async with browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        await _set(quick_site, "UPDATE member SET role = 'reader' WHERE key = 'p-referent-ars'")
        await tab.until(lambda: tab.scope == "readonly")
        before = await log_size(quick_site)
        assert not await tab.heard_back(wire.update(name, tab.edit("Trop tard. ")))
        assert await log_size(quick_site) == before
        await _set(quick_site, "UPDATE member SET person_id = NULL WHERE key = 'p-referent-ars'")
        await tab.until(lambda: connection.close_code is not None)
        assert connection.close_code == HangUp.NOT_ALLOWED


async def test_an_open_page_does_not_keep_a_session_alive(quick_site: Site) -> None:
    async with (await quick_site.signed_in("camille-authier")).socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(f"contract:{PH}")
        await _set(quick_site, "UPDATE session SET seen_at = '2026-01-01 00:00:00.000000'")
        await tab.until(lambda: connection.close_code is not None)
        assert connection.close_code == HangUp.SESSION_OVER


async def _set(site: Site, statement: str) -> None:
    async with site.parts.store.writing() as session:
        await session.execute(sql(statement))


async def test_with_a_slow_disk_nobody_is_told_before_the_commit_and_others_open_and_read(filled: str) -> None:
    async with running(filled, commit_delay_ms=2000) as site:
        name = await section(site, FREE)
        ars, operator = await site.signed_in("camille-authier"), await site.signed_in("nadege-fournier")
        async with ars.socket(PH) as a, operator.socket(PH) as b:
            writer, other = Tab(a), Tab(b)
            await writer.open(name)
            await other.open(name)
            saved = len(writer.saved)
            kept = await log_size(site)
            await a.send(wire.update(name, writer.edit("Attendre. ")))
            await writer.answered()
            await other.answered()
            async with operator.socket(PH) as c:
                await Tab(c).open(await section(site, "s-8"))
            assert (await operator.get("/")).status_code == 200
            told = (len(writer.saved), "Attendre" in other.words)
            if await log_size(site) == kept:  # asked after the pages: the commit has not been made when they were
                assert told == (saved, False)
            await asyncio.gather(writer.until(lambda: len(writer.saved) > saved), other.hear_of("Attendre. "))
            assert writer.saved[saved:] == [True]


@pytest.mark.parametrize("many", [60, pytest.param(3000, marks=pytest.mark.long)])
async def test_any_bytes_on_the_wire_are_read_or_refused(site: Site, many: int) -> None:
    """Frames of every kind, cut, mutated or made up: the room stays right and the server up."""
    name = await section(site, FREE)
    browser = await site.signed_in("camille-authier")
    seeds: list[bytes] = []
    async with browser.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        seeds += [wire.update(name, tab.edit("é😀")), wire.sync_step1(name, tab.doc.get_state()), hello(name)]
    frames: list[bytes] = []

    @settings(max_examples=many, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(seeds), st.integers(0, 400), st.binary(max_size=12), st.integers(0, 6))
    def collect(seed: bytes, at: int, inserted: bytes, removed: int) -> None:
        frames.append(seed[: at % len(seed)] + inserted + seed[at % len(seed) + removed :])

    collect()
    for frame in frames:
        async with browser.socket(PH) as connection:
            await connection.send(hello(name))
            await connection.send(wire.sync_step1(name, b"\x00"))
            await connection.send(frame)
    checker = await site.signed_in("nadege-fournier")
    async with checker.socket(PH) as connection:
        tab = Tab(connection)
        await tab.open(name)
        assert tab.words == await site.parts.rooms.made(name, text.to_body)
        heard = len(tab.saved)
        await connection.send(wire.update(name, tab.edit("Sain et sauf. ")))
        await tab.until(lambda: len(tab.saved) > heard)
        assert tab.saved[-1] is True
    replayed: Doc[Any] = Doc()
    for line in await site.parts.log.lines(name):
        replayed.apply_update(line.delta)
    assert text.to_body(document.read(replayed, text.ROOT)) == tab.words


async def test_what_another_process_has_closed_is_closed_to_whoever_opens_it_next(site: Site) -> None:
    name, ars = await section(site, FREE), await site.signed_in("camille-authier")
    async with ars.socket(PH) as first, ars.socket(PH) as second:
        before, after = Tab(first), Tab(second)
        await before.open(name)  # how the contract stands has just been read
        await _set(site, f"UPDATE section SET mode = 'frozen' WHERE key = '{FREE}'")
        await after.open(name)
        assert (before.scope, after.scope) == ("read-write", "readonly")
