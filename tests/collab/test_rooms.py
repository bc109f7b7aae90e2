"""The promise of a room: guard, apply, log, tell, in that order, whatever goes wrong."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import wire
from collab.conversation import Access
from collab.engine import LiveDocument, Spoiled
from collab.guard import Reason, Refused
from collab.log import Author, Line
from collab.peer import HangUp, Peer, Queue
from collab.rooms import Rooms
from server.domain.texts import text
from tests.collab.stage import GRAMMAR, SECTION, Client, ListLog, settle

pytestmark = pytest.mark.anyio


@pytest.fixture
async def log() -> ListLog:
    made = ListLog()
    made.begin(SECTION, "Le contrat.")
    return made


@pytest.fixture
async def changed() -> list[str]:
    return []


@pytest.fixture
async def rooms(log: ListLog, changed: list[str], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rooms]:
    monkeypatch.setattr("collab.turns.CURSORS_S", 0.0)
    made = Rooms(log, GRAMMAR, lambda name, author: changed.append(name))
    made.start()
    yield made
    await made.stop()


async def test_two_writers_see_each_other_and_the_log_holds_both(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    await anne.type(" Un")
    await yann.type("Deux ", at=0)
    await anne.listen()
    await yann.listen()
    assert anne.words == yann.words == log.text() == "Deux Le contrat. Un"
    assert [line.author for line in log.lines[1:]] == [Author(1, 10, 100), Author(2, 20, 200)]
    assert anne.saved[-1] is yann.saved[-1] is True


async def test_nothing_is_shown_nor_said_to_be_saved_before_the_commit(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    log.may_commit.clear()
    saved, heard = list(anne.saved), list(yann.heard)
    await anne.type(" Secret")
    await anne.listen()
    await yann.listen()
    assert (anne.saved, yann.heard, yann.words) == (saved, heard, "Le contrat.")
    reading = asyncio.create_task(rooms.made(SECTION, text.to_body))
    joining = asyncio.create_task(Client(rooms, 3).open())
    await settle()
    assert not reading.done()  # a read sees only what is committed: it waits
    assert not joining.done()
    log.may_commit.set()
    await anne.listen()
    await yann.listen()
    assert (anne.saved[-1], yann.words) == (True, "Le contrat. Secret")
    assert "Secret" in await reading
    assert (await joining).words == "Le contrat. Secret"


async def test_what_is_made_of_a_text_is_made_once_for_each_of_its_states(rooms: Rooms) -> None:
    asked: list[str] = []

    def note(content: text.Node) -> str:
        asked.append(text.to_body(content))
        return asked[-1]

    anne = await Client(rooms, 1).open()
    assert [await rooms.made(SECTION, note) for _ in range(3)] == ["Le contrat."] * 3
    update = await anne.type(" Signé.")
    await anne.listen()
    assert [await rooms.made(SECTION, note) for _ in range(3)] == ["Le contrat. Signé."] * 3
    await anne.send(update)  # nothing new in it
    await anne.listen()
    assert await rooms.made(SECTION, note) == "Le contrat. Signé."
    assert asked == ["Le contrat.", "Le contrat. Signé."]


async def test_an_edit_the_log_could_not_keep_is_shown_to_nobody(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    saved = list(anne.saved)
    log.fails = True
    await anne.type(" Perdu")
    await settle()
    assert yann.words == log.text() == "Le contrat."
    assert (anne.saved, anne.peer.hung_up, yann.peer.hung_up) == (saved, HangUp.RESTARTING, HangUp.RESTARTING)
    log.fails = False
    back = Client(rooms, 1)
    back.doc = anne.doc  # the same tab, come back with what it typed
    await back.open()
    await settle()
    assert log.text() == "Le contrat. Perdu"
    assert (await Client(rooms, 2).open()).words == "Le contrat. Perdu"


async def test_who_waits_beside_a_commit_that_fails_never_reads_it(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    log.may_commit.clear()
    log.fails = True
    await anne.type(" Perdu")
    await settle()
    joiner = Client(rooms, 2)
    joining = asyncio.create_task(joiner.open())
    reading = asyncio.create_task(rooms.made(SECTION, text.to_body))
    await settle()
    log.may_commit.set()
    await joining
    await joiner.listen()
    assert "Perdu" not in await reading
    assert (joiner.words, joiner.peer.hung_up) == ("Le contrat.", None)
    log.fails = False
    await joiner.type(" Gardé")
    await joiner.listen()
    assert (log.text(), joiner.saved[-1]) == ("Le contrat. Gardé", True)


async def test_whoever_asked_first_may_leave_while_a_room_opens(log: ListLog) -> None:
    may_read = asyncio.Event()

    class SlowLog(ListLog):
        async def read(self, name: str) -> Any:
            await may_read.wait()
            return await log.read(name)

    rooms = Rooms(SlowLog(), GRAMMAR, lambda name, author: None)
    first, second = asyncio.create_task(rooms.room(SECTION)), asyncio.create_task(rooms.room(SECTION))
    await settle()
    first.cancel()
    may_read.set()
    assert (await second).name == SECTION
    await rooms.stop()


async def test_a_room_nobody_is_in_is_closed_and_opened_again_as_it_was(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    await anne.type(" A")
    await settle()
    room = await rooms.room(SECTION)
    rooms.close_idle(idle_s=-1)
    assert await rooms.room(SECTION) is room  # someone is in it
    anne.talk.end()
    rooms.close_idle(idle_s=-1)
    assert await rooms.room(SECTION) is not room
    assert (await Client(rooms, 2).open()).words == "Le contrat. A"


async def test_a_tab_that_says_others_timed_out_is_believed_of_itself_only(rooms: Rooms) -> None:
    from collab.awareness import Entry, encode_presence

    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    both = [Entry(anne.doc.client_id, 5, None), Entry(777, 5, None), Entry(yann.doc.client_id, 1, "{}")]
    await yann.talk.hear(wire.presence(SECTION, encode_presence(both)))
    await anne.listen()
    assert yann.peer.hung_up is None
    assert len([message for message in anne.heard if isinstance(message, wire.Presence)]) == 1


async def test_edits_that_arrive_during_a_commit_share_the_next_one(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collab.turns.APPLYING_S", 60.0)
    writers = [await Client(rooms, person).open() for person in range(1, 6)]
    before = log.commits
    log.may_commit.clear()
    for writer in writers:
        for _ in range(10):
            await writer.type("x")
        await settle()
    log.may_commit.set()
    await settle()
    for writer in writers:
        await writer.listen()
    assert {writer.words for writer in writers} == {log.text()}
    assert log.text().count("x") == 50
    assert log.commits - before == 2
    assert len(log.lines) <= 1 + 6  # consecutive edits of one connection make one line


async def test_several_rooms_share_one_commit(rooms: Rooms, log: ListLog) -> None:
    log.begin("section:two", "Annexe.")
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open("section:two")
    before = log.commits
    await anne.type(" A")
    await yann.type(" B", "section:two")
    await settle()
    assert (log.text(), log.text("section:two"), log.commits - before) == ("Le contrat. A", "Annexe. B", 1)


async def test_a_room_is_opened_once_however_many_come_at_once(log: ListLog, changed: list[str]) -> None:
    reads: list[str] = []
    came = asyncio.Event()

    class SlowLog(ListLog):
        async def read(self, name: str) -> Any:
            reads.append(name)
            await came.wait()
            return await log.read(name)

    rooms = Rooms(SlowLog(), GRAMMAR, lambda name, author: None)
    coming = [asyncio.create_task(rooms.room(SECTION)) for _ in range(100)]
    await settle()
    came.set()
    found = await asyncio.gather(*coming)
    assert len(set(map(id, found))) == 1
    assert reads == [SECTION]
    await rooms.stop()


async def test_a_room_that_could_not_be_read_is_tried_again(log: ListLog) -> None:
    class BrokenLog(ListLog):
        async def read(self, name: str) -> Any:
            if self.fails:
                raise OSError("no disk")
            return await log.read(name)

    broken = BrokenLog()
    broken.fails = True
    rooms = Rooms(broken, GRAMMAR, lambda name, author: None)
    with pytest.raises(OSError, match="no disk"):
        await rooms.room(SECTION)
    broken.fails = False
    assert "Le contrat." in await rooms.made(SECTION, text.to_body)
    await rooms.stop()


async def test_a_refused_update_is_said_so_and_only_its_sender_leaves(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    lines = len(log.lines)
    stolen: Doc[Any] = Doc(client_id=yann.doc.client_id)
    await yann.type(" a")
    await anne.listen()
    stolen.apply_update(anne.doc.get_update())
    anne.doc, anne.fragment = stolen, stolen.get("prosemirror", type=type(anne.fragment))
    await anne.type(" volé")  # under Yann's client id
    await anne.listen()
    await yann.listen()
    assert anne.saved[-1] is False
    assert len(log.lines) == lines + 1
    assert yann.peer.hung_up is anne.peer.hung_up is None
    assert log.text() == yann.words == "Le contrat. a"
    await anne.type(" encore")
    await settle()
    assert log.text() == "Le contrat. a"


async def test_what_was_sent_just_before_leaving_is_kept(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    log.may_commit.clear()
    await anne.type(" un")
    await settle()
    await anne.type(" deux")  # in line while the first is being committed
    anne.talk.end()
    anne.peer.hang_up(HangUp.SESSION_OVER)
    log.may_commit.set()
    await settle()
    assert log.text() == "Le contrat. un deux"


async def test_a_flaw_of_the_guard_costs_its_sender_and_nobody_else(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    room = await rooms.room(SECTION)
    guard = room.text._guard
    assert guard is not None
    honest = guard.check

    def flawed(update: bytes, writer: str) -> object:
        return honest(update, writer) if writer != "1" else 10**400 / 1.5

    monkeypatch.setattr(guard, "check", flawed)
    await anne.type(" boum")
    await yann.type(" Yann")
    await anne.listen()
    await yann.listen()
    assert (anne.saved[-1], yann.saved[-1]) == (False, True)
    assert log.text() == yann.words == "Le contrat. Yann"
    assert yann.peer.hung_up is None


async def test_a_connection_with_a_lot_in_line_waits(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("conversation", "turns"):
        monkeypatch.setattr(f"collab.{module}.LINE_BYTES", 1000)
    anne = await Client(rooms, 1).open()
    log.may_commit.clear()
    await anne.type("x" * 600)
    await settle()
    waiting = asyncio.create_task(anne.type("y" * 600))
    await settle()
    assert not waiting.done()  # its network waits with it
    log.may_commit.set()
    await waiting
    await settle()
    assert len(log.text()) == 1200 + len("Le contrat.")
    assert anne.peer.in_line == 0


async def test_a_full_section_refuses_words_and_takes_deletions(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    await anne.type("x" * 900_000)
    await settle()
    yann = await Client(rooms, 2).open()
    await yann.type("y" * 200_000)
    await yann.listen()
    assert yann.saved[-1] is False
    before = anne.doc.get_state()
    paragraph: Any = anne.fragment.children[0]
    del paragraph.children[0][0:800_000]
    await anne.send(anne.doc.get_update(before))
    await settle()
    assert len(log.text()) == 100_000 + len("Le contrat.")
    late = await Client(rooms, 3).open()
    await late.type("z" * 200_000)
    await late.listen()
    assert late.saved[-1] is True


async def test_when_the_engine_fails_nobody_of_that_turn_hears_saved(
    rooms: Rooms, log: ListLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    room = await rooms.room(SECTION)
    honest = room.text.take

    def failing(update: bytes, author: Author) -> bytes | None:
        if author.person == 2:
            raise Spoiled(SECTION)
        return honest(update, author)

    monkeypatch.setattr(room.text, "take", failing)
    saved = list(anne.saved)
    log.may_commit.clear()
    await anne.type(" A")
    await yann.type(" B")
    log.may_commit.set()
    await settle()
    assert (anne.saved, anne.peer.hung_up) == (saved, HangUp.RESTARTING)
    assert log.text() == "Le contrat."


async def test_rubbish_hangs_up_on_its_sender_and_nobody_else(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    await anne.talk.hear(b"\xff" * 50)
    assert (anne.peer.hung_up, yann.peer.hung_up) == (HangUp.NOT_OUR_PROTOCOL, None)
    await yann.type(" b")
    await settle()
    assert log.text() == "Le contrat. b"


async def test_a_reader_reads_and_nothing_of_theirs_is_kept(rooms: Rooms, log: ListLog) -> None:
    anne, reader = await Client(rooms, 1).open(), await Client(rooms, 9, Access.READ).open()
    lines = list(log.lines)
    sent = await reader.type(" écrit par un lecteur")
    await reader.talk.hear(wire.sync_step2(SECTION, sent))
    await settle()
    assert (log.lines, log.text()) == (lines, "Le contrat.")
    await reader.listen()
    assert reader.saved == [True, False, False]  # the answer that held nothing, then what was dropped
    await anne.type(" A")
    await settle()
    fresh = await Client(rooms, 8, Access.READ).open()
    assert fresh.words == "Le contrat. A"
    reader_frames = [message for message in anne.heard if isinstance(message, wire.Update)]
    assert reader_frames == []


async def test_rights_count_from_the_next_message_on(rooms: Rooms, log: ListLog) -> None:
    anne = await Client(rooms, 1).open()
    await anne.type(" avant")
    await settle()
    anne.access = Access.READ
    await anne.talk.review()
    await anne.type(" après")
    await settle()
    assert log.text() == "Le contrat. avant"
    anne.access = None
    await anne.talk.review()
    assert anne.talk.writes_in == []


async def test_a_text_held_still_does_not_move_and_other_rooms_do(rooms: Rooms, log: ListLog) -> None:
    log.begin("section:two", "Annexe.")
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open("section:two")
    async with rooms.still(SECTION) as held:
        await anne.type(" bouge")
        await yann.type(" bouge", "section:two")
        await yann.listen()
        assert yann.saved[-1] is True
        assert "bouge" not in str(held.text.read())
        assert (log.text(), log.text("section:two")) == ("Le contrat.", "Annexe. bouge")
    await anne.listen()
    assert log.text() == "Le contrat. bouge"


async def test_who_does_not_read_is_hung_up_on_and_the_others_notice_nothing(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    slow = await Client(rooms, 3, Access.READ, queue=70_000).open()
    for _ in range(20):
        await anne.type("x" * 5000)
        await settle()
        await yann.listen()
    assert (slow.peer.hung_up, slow.peer.waiting) == (HangUp.TOO_SLOW, 0)
    assert yann.words == log.text()
    assert yann.peer.hung_up is None


async def test_a_cursor_carries_the_name_the_server_knows(rooms: Rooms) -> None:
    from collab.awareness import Entry, decode_presence, encode_presence

    anne, yann = await Client(rooms, 1).open(), await Client(rooms, 2).open()
    claimed = '{"user": {"name": "Préfet", "color": "red;position:fixed"}, "cursor": null, "x": "<script>"}'
    await anne.talk.hear(wire.presence(SECTION, encode_presence([Entry(anne.doc.client_id, 1, claimed)])))
    await yann.listen()
    shown = [message for message in yann.heard if isinstance(message, wire.Presence)]
    entry = decode_presence(shown[-1].payload)[0]
    assert entry.state == '{"user": {"name": "Personne 1", "party": "ARS"}, "cursor": null}'
    there = '{"tname": "prosemirror", "html": "<script>"}'
    moved = f'{{"cursor": {{"anchor": {there}, "head": {there}, "name": "Préfet"}}}}'
    await anne.talk.hear(wire.presence(SECTION, encode_presence([Entry(anne.doc.client_id, 2, moved)])))
    await yann.listen()
    shown = [message for message in yann.heard if isinstance(message, wire.Presence)]
    place = {"tname": "prosemirror"}
    told = json.loads(decode_presence(shown[-1].payload)[0].state or "")
    assert told == {"user": {"name": "Personne 1", "party": "ARS"}, "cursor": {"anchor": place, "head": place}}
    # under somebody else's number: not shown
    await anne.type("a")
    await settle()
    before = len(shown)
    await yann.talk.hear(wire.presence(SECTION, encode_presence([Entry(anne.doc.client_id, 9, claimed)])))
    await anne.listen()
    assert not [message for message in anne.heard if isinstance(message, wire.Presence)]
    anne.talk.end()
    await yann.listen()
    gone = [message for message in yann.heard if isinstance(message, wire.Presence)][before:]
    assert [decode_presence(one.payload)[0].state for one in gone] == [None]


async def test_a_reader_shows_no_cursor(rooms: Rooms) -> None:
    from collab.awareness import Entry, encode_presence

    anne, reader = await Client(rooms, 1).open(), await Client(rooms, 9, Access.READ).open()
    await reader.talk.hear(wire.presence(SECTION, encode_presence([Entry(77, 1, "{}")])))
    await anne.listen()
    assert not [message for message in anne.heard if isinstance(message, wire.Presence)]


async def test_a_document_one_may_not_know_of_is_denied_like_one_that_does_not_exist(rooms: Rooms) -> None:
    stranger = Client(rooms, 5, None)
    await stranger.open()
    assert stranger.words == ""
    assert stranger.heard == ["other"]


async def test_a_log_the_guard_cannot_follow_is_read_and_not_written(rooms: Rooms, log: ListLog) -> None:
    """What people were shown stays readable, whatever a later guard thinks of it."""
    foreign: Doc[Any] = Doc(client_id=7)
    shared = foreign.get(text.ROOT, type=XmlFragment)
    shared.children.append(XmlElement("blink")).children.append(XmlText("Montré."))
    log.lines.append(Line("section:odd", foreign.get_update(), Author(1, 10, 100), log.lines[0].at))
    reader = await Client(rooms, 2).open("section:odd")
    assert "Montré." in reader.words
    assert reader.heard[0] == reader.heard[-1] == "other"  # greeted read-write, then told that it is readonly
    assert reader.talk.writes_in == []
    await reader.send(foreign.get_update(), "section:odd")
    await reader.listen()
    assert reader.saved[-1] is False
    assert len(log.lines) == 2


async def test_opening_a_document_writes_nothing(rooms: Rooms, log: ListLog, changed: list[str]) -> None:
    lines = list(log.lines)
    for person in (1, 2):
        await (await Client(rooms, person).open()).listen()
    assert (log.lines, changed) == (lines, [])


async def test_what_the_program_put_in_counts_for_the_ceiling(log: ListLog) -> None:
    kept = LiveDocument(GRAMMAR, await log.read(SECTION), ceiling_bytes=10_000)
    twin: Doc[Any] = Doc()
    twin.apply_update(kept.whole())
    writer = Author(1, 1, 1)
    words = [_paragraph_in(twin, "x" * 6000) for _ in range(2)]
    kept.absorb(words[0], {twin.client_id: writer.writer})
    await kept.judge()
    with pytest.raises(Refused) as full:
        kept.take(words[1], writer)
    assert full.value.reason is Reason.FULL


def _paragraph_in(doc: Doc[Any], words: str) -> bytes:
    """The update that puts a paragraph in a document."""
    before = doc.get_state()
    doc.get(text.ROOT, type=XmlFragment).children.append(XmlElement("paragraph", contents=[XmlText(words)]))
    return doc.get_update(before)


async def test_a_closed_room_lets_its_memory_go(log: ListLog) -> None:
    import gc
    import weakref

    text = LiveDocument(GRAMMAR, await log.read(SECTION), ceiling_bytes=1000)
    doc = weakref.ref(text._doc)
    text.close()
    del text
    gc.collect()
    assert doc() is None


async def test_a_hung_up_peer_takes_nothing_more() -> None:
    queue = Queue()
    peer = Peer(Author(1, 1, 1), queue, queue_bytes=100)
    peer.tell(b"a")
    peer.hang_up(HangUp.SESSION_OVER)
    peer.hang_up(HangUp.TOO_SLOW)
    peer.tell(b"b")
    assert queue.take() == []
    assert peer.hung_up is HangUp.SESSION_OVER


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abc "), st.integers(0, 30), st.booleans()), max_size=25))
def test_everyone_and_the_log_agree_whatever_the_order(script: list[tuple[int, str, int, bool]]) -> None:
    async def play() -> None:
        log = ListLog()
        log.begin(SECTION, "Le contrat.")
        rooms = Rooms(log, GRAMMAR, lambda name, author: None)
        rooms.start()
        writers = [await Client(rooms, person).open() for person in (1, 2, 3)]
        for who, word, at, listens in script:
            writer = writers[who]
            await writer.type(word, at=min(at, len(writer.words)))
            if listens:
                await writers[(who + 1) % 3].listen()
        for _ in range(2):
            for writer in writers:
                await writer.listen()
        assert {writer.words for writer in writers} == {log.text()}
        assert len(log.text()) == len("Le contrat.") + len(script)
        assert await rooms.made(SECTION, text.to_body) == log.text()
        await rooms.stop()

    asyncio.run(play())
