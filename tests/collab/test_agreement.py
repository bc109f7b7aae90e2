"""A page and the server hold the same text, or find out that they do not and mend it; so with edits out of order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pycrdt import Doc, XmlFragment

from collab import agreement, document, wire
from collab.canonical import digest
from collab.checks import MOST_CHECKS
from collab.lib0 import Reader
from collab.peer import HangUp
from collab.resync import MOST_ASKS, MOST_EDITS
from collab.rooms import Rooms
from server.domain.texts import text
from tests.collab.stage import GRAMMAR, NEXT, SECTION, Client, ListLog, settle
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.anyio


@pytest.fixture
async def log() -> ListLog:
    made = ListLog()
    made.begin(SECTION, "Le contrat.")
    return made


@pytest.fixture
async def rooms(log: ListLog, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rooms]:
    monkeypatch.setattr(agreement, "EVERY_S", 0.0)
    made = Rooms(log, GRAMMAR, lambda name, author: None)
    made.start()
    yield made
    await made.stop()


class Page(Client):
    """A tab that can compare its text with the server's, as the page does."""

    closed: list[str]

    def _of(self, kind: str) -> list[dict[str, Any]]:
        told = [json.loads(one.text) for one in self.heard if isinstance(one, wire.Stateless)]
        return [one for one in told if one["kind"] == kind]

    async def _hear(self, frame: bytes) -> None:
        reader = Reader(frame)
        if (reader.text(), reader.uint()) == (SECTION, 7):  # CLOSE
            self.closed = [*closed(self), reader.text()]
        await super()._hear(frame)

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():  # every time around waits for the threads
                await self.listen()

    async def say(self, **message: Any) -> None:
        await self.talk.hear(wire.stateless(SECTION, json.dumps(message)))

    async def compare(self) -> bool:
        """Whether the server's hash is this page's."""
        before = len(self._of("agree"))
        await self.say(kind="agree")
        await self.until(lambda: len(self._of("agree")) == before + 2)
        marked, told = self._of("agree")[before:]
        assert (marked, set(told)) == ({"kind": "agree", "state": told["state"]}, {"kind", "state", "hash"})
        self.state = told["state"]
        return bool(told["hash"] == digest(document.read(self.doc, text.ROOT)))

    async def differ(self) -> None:
        await self.say(kind="differ", state=self.state)


def closed(page: Page) -> list[str]:
    return getattr(page, "closed", [])


async def test_page_and_server_agree_while_people_write(rooms: Rooms) -> None:
    anne, yann = await page(rooms, 1), await page(rooms, 2)
    assert await anne.compare()
    for words in (" Un", " Deux", " 😀e\u0301"):
        await yann.type(words)
        await anne.until(lambda words=words: anne.words.endswith(words))  # type: ignore[misc]
        assert await anne.compare()
        assert await yann.compare()
    assert rooms.counting.divergences == 0


def first_run(fragment: Any) -> Any:
    """The text of the first paragraph."""
    return fragment.children[0].children[0]


async def page(rooms: Rooms, person: int) -> Page:
    made = Page(rooms, person)
    await made.open()
    return made


async def test_the_moment_compared_is_marked_between_two_edits(rooms: Rooms) -> None:
    anne, yann = await page(rooms, 1), await page(rooms, 2)
    await yann.type(" Avant")
    await settle()
    async with rooms.proof._one:  # the hash takes its time
        await anne.say(kind="agree")
        await settle()
        await yann.type(" Après")
        await settle()
    await anne.until(lambda: len(anne._of("agree")) == 2 and anne.words.endswith("Après"))
    order = [one for one in anne.heard if isinstance(one, wire.Update | wire.Stateless)]
    assert [type(one) for one in order][:3] == [wire.Update, wire.Stateless, wire.Update]
    seen: Doc[Any] = Doc()
    for one in anne.heard:
        if isinstance(one, wire.Stateless):
            break
        if isinstance(one, wire.SyncStep2 | wire.Update):
            seen.apply_update(one.update)
    assert anne._of("agree")[1]["hash"] == digest(document.read(seen, text.ROOT))


async def test_a_page_that_holds_another_text_drops_it_and_takes_a_fresh_one(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await page(rooms, 1), await page(rooms, 2)
    del first_run(anne.fragment)[0:3]  # a deletion the server never hears of: the state vector stays the same
    assert not await anne.compare()
    await anne.differ()
    await anne.until(lambda: closed(anne) == ["differs"])
    assert (rooms.counting.divergences, log.text(), yann.peer.hung_up) == (1, "Le contrat.", None)
    lines = len(log.lines)
    await anne.type("Perdu")  # still with the old copy: void
    await settle()
    assert len(log.lines) == lines
    anne.doc = Doc(client_id=next(NEXT))
    anne.fragment = anne.doc.get(text.ROOT, type=XmlFragment)
    await anne.open()
    assert await anne.compare()
    await anne.type(" Mieux")
    await settle()
    assert log.text() == "Le contrat. Mieux"


async def test_a_room_that_is_not_what_its_log_says_is_read_back(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await page(rooms, 1), await page(rooms, 2)
    room = await rooms.room(SECTION)
    del first_run(document.fragment(room.text._doc, text.ROOT))[0:3]
    assert not await anne.compare()
    await anne.differ()
    await anne.until(lambda: anne.peer.hung_up is not None)
    assert (anne.peer.hung_up, yann.peer.hung_up) == (HangUp.RESTARTING, HangUp.RESTARTING)
    assert rooms.counting.divergences == 1
    back = await page(rooms, 1)
    assert (back.words, await back.compare(), await rooms.room(SECTION) is room) == ("Le contrat.", True, False)


async def test_somebody_who_cries_wolf_does_not_delay_the_check_of_somebody_else(rooms: Rooms) -> None:
    liar, anne = await page(rooms, 1), await page(rooms, 2)
    assert await liar.compare()
    await liar.differ()
    await liar.until(lambda: closed(liar) == ["differs"])
    room = await rooms.room(SECTION)
    del first_run(document.fragment(room.text._doc, text.ROOT))[0:3]
    assert not await anne.compare()
    await anne.differ()
    await anne.until(lambda: anne.peer.hung_up is not None)
    assert (anne.peer.hung_up, closed(anne)) == (HangUp.RESTARTING, [])


async def test_a_log_is_read_once_a_minute_for_one_person_and_so_often_for_all(rooms: Rooms, log: ListLog) -> None:
    reads: list[str] = []
    read = log.read

    async def counted(name: str) -> Any:
        reads.append(name)
        return await read(name)

    async def cry(person: int) -> Page:
        made = await page(rooms, person)
        assert await made.compare()
        await made.differ()
        return made

    await page(rooms, 1)
    log.read = counted  # type: ignore[method-assign]
    for _ in range(3):
        liar = await cry(1)
        await liar.until(lambda liar=liar: closed(liar) == ["differs"])  # type: ignore[misc]
    assert len(reads) == 1
    for person in range(2, MOST_CHECKS + 1):
        liar = await cry(person)
        await liar.until(lambda liar=liar: closed(liar) == ["differs"])  # type: ignore[misc]
    assert len(reads) == MOST_CHECKS
    late = await cry(MOST_CHECKS + 1)
    await settle()
    assert await late.compare(), "it is not told to drop a copy that was held against nothing"
    assert (len(reads), closed(late)) == (MOST_CHECKS, [])


async def test_a_difference_from_before_a_check_needs_no_other(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await page(rooms, 1), await page(rooms, 2)
    assert await anne.compare()
    assert await yann.compare()
    await anne.differ()
    await anne.until(lambda: closed(anne) == ["differs"])
    log.read = None  # type: ignore[assignment, method-assign]  # nobody reads it again
    await yann.differ()
    await yann.until(lambda: closed(yann) == ["differs"])


async def test_who_says_that_texts_differ_without_having_asked_is_not_heard(rooms: Rooms) -> None:
    anne = await page(rooms, 1)
    for said in ("", "[]", "{", '{"kind":"differ","state":1}', '{"kind":"differ"}', '{"kind":"differ","state":null}'):
        await anne.talk.hear(wire.stateless(SECTION, said))
        await anne.talk.hear(wire.stateless("section:other", said))
    await anne.listen()
    assert (rooms.counting.divergences, closed(anne), anne.peer.hung_up) == (0, [], None)


async def test_a_flood_of_questions_is_answered_once(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agreement, "EVERY_S", 3600.0)
    anne = await page(rooms, 1)
    assert await anne.compare()
    for _ in range(1000):
        await anne.say(kind="agree")
    await anne.listen()
    assert len(anne._of("agree")) == 2


async def test_an_edit_that_came_before_another_waits_for_it(rooms: Rooms, log: ListLog) -> None:
    anne, yann = await page(rooms, 1), await page(rooms, 2)
    saved = len(anne.saved)
    first, second, third = [await unsent(anne, words) for words in (" un", " deux", " trois")]
    await anne.send(second)
    await anne.send(third)
    await settle()
    assert (log.text(), len(anne.saved)) == ("Le contrat.", saved)
    await anne.listen()  # the server asked for what is missing
    await anne.listen()
    assert (log.text(), anne.saved[saved:]) == ("Le contrat. un deux trois", [True, True])
    await anne.send(first)
    await yann.until(lambda: yann.words == "Le contrat. un deux trois")
    await anne.listen()
    assert (anne.saved[saved:], rooms.counting.resyncs, closed(anne)) == ([True, True, True], 1, [])
    assert await anne.compare()


async def unsent(page: Page, words: str) -> bytes:
    """Words typed here that do not go out."""
    before = page.doc.get_state()
    run = first_run(page.fragment)
    run.insert(len(run), words)
    return page.doc.get_update(before)


async def test_who_never_brings_what_is_missing_is_refused(rooms: Rooms) -> None:
    anne = await page(rooms, 1)
    await unsent(anne, "un")
    lacking = await unsent(anne, "deux")
    anne.doc = Doc()  # its answer will hold nothing
    await anne.send(lacking)
    for _ in range(MOST_EDITS):
        await anne.send(lacking)
    await anne.until(lambda: closed(anne) == ["refused:gap"])
    assert rooms.counting.resyncs == 1


async def test_who_answers_with_what_lacks_something_is_refused(rooms: Rooms) -> None:
    anne = await page(rooms, 1)
    await unsent(anne, "un")
    lacking = await unsent(anne, "deux")
    await anne.send(lacking)
    await anne.talk.hear(wire.sync_step2(SECTION, lacking))
    await anne.until(lambda: closed(anne) == ["refused:gap"])


async def test_who_lacks_something_again_and_again_is_refused_in_the_end(rooms: Rooms) -> None:
    anne = await page(rooms, 1)
    for _ in range(MOST_ASKS + 1):
        await unsent(anne, "un")
        await anne.send(await unsent(anne, "deux"))
        await anne.listen()
        await anne.listen()
    assert (rooms.counting.resyncs, closed(anne)) == (MOST_ASKS, ["refused:gap"])
