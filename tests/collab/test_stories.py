"""Any story of one article, step after step: people come, type, leave and come back while everything fails."""

import asyncio
from collections.abc import Collection, Coroutine, Sequence
from enum import Enum
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import document
from collab.conversation import Access
from collab.engine import LiveDocument, Spoiled
from collab.guard import decode_state_vector
from collab.log import Author
from collab.peer import HangUp
from collab.rooms import Rooms
from server.domain.texts import text
from tests.collab.stage import GRAMMAR, SECTION, settle
from tests.collab.tab import Change, Disk, Tab, run_in, typing
from tests.factories import IS_LONG

PEOPLE = st.sampled_from((1, 2, 3))
T = TypeVar("T")
MOST_TABS = 5
TABS = st.integers(0, MOST_TABS - 1)  # of those there are, by their order
WORDS = st.text("ab c", min_size=1, max_size=4)
BLOCK, PLACE, SIZE = st.integers(0, 4), st.integers(0, 20), st.integers(1, 5)


class Death(Enum):
    """When a server dies."""

    AT_REST = "at rest"
    BEFORE_COMMIT = "before the commit of what was just typed"
    AFTER_COMMIT = "after it, before anybody is told"


class Stories(RuleBasedStateMachine):
    """One article, six tabs of three people; after every step all comes to rest, and everything must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.log = Disk()
        self.log.begin(SECTION, "Le contrat.")
        self.tabs: dict[int, Tab] = {}
        self.away: dict[int, Tab] = {}
        self.lowered: set[int] = set()
        self.is_frozen = False
        self.frozen = ""
        self.replayed: Doc[Any] = Doc()
        self.read_lines = 0
        self.came = 0
        self.owners: dict[int, str] = {}

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.run(self._start())

        for person in (1, 2, 3):
            self.come(person)

    async def _start(self) -> None:
        self.rooms = Rooms(self.log, GRAMMAR, lambda name, author: None)
        self.rooms.start()

    def teardown(self) -> None:
        try:
            self.run(self._end())
        finally:
            self.run(self.rooms.stop())
            self.run(self.loop.shutdown_default_executor())
            self.loop.close()

    async def _end(self) -> None:
        """The disk is mended, everybody comes back: nothing that may be kept is not."""
        self.log.fails = False
        for at in list(self.away):
            await self._come_back(at)
        self.everything_holds()
        await self._check_kept()

    @rule(person=PEOPLE)
    def come(self, person: int) -> None:
        if len(self.tabs) + len(self.away) < MOST_TABS:
            self.came += 1
            self.run(self._come(self.came, person))

    async def _come(self, at: int, person: int) -> None:
        await self._open(at, Tab(self.rooms, person, self._access(person)))

    def _access(self, person: int) -> Access:
        return Access.READ if self.is_frozen or person in self.lowered else Access.WRITE

    async def _open(self, at: int, tab: Tab) -> None:
        self.tabs[at] = tab
        await tab.open()
        await self._rest()

    @rule(at=TABS)
    def lose_the_network(self, at: int) -> None:
        if self.tabs:
            self.run(self._leave(one_of(self.tabs, at)))

    async def _leave(self, at: int) -> None:
        self.away[at] = self.tabs.pop(at)
        self.away[at].talk.end()
        await settle()

    @rule(at=TABS)
    def come_back(self, at: int) -> None:
        if self.away:
            self.run(self._come_back(one_of(self.away, at)))

    async def _come_back(self, at: int) -> None:
        tab = self.away.pop(at)
        await self._open(at, Tab(self.rooms, tab.person, self._access(tab.person), tab))

    @rule(person=PEOPLE)
    def lower_rights_or_give_them_back(self, person: int) -> None:
        self.lowered ^= {person}
        self.run(self._review())

    async def _review(self) -> None:
        for tab in self.tabs.values():
            tab.access = self._access(tab.person)
            await tab.talk.review()
        await self._rest()

    @rule(at=TABS, what=WORDS, block=BLOCK, place=PLACE, times=st.sampled_from((1, 1, 1, 40)))
    def type(self, at: int, what: str, block: int, place: int, times: int) -> None:
        self.edit(at, [typing(what, block, place)] * times)

    @rule(at=TABS, block=BLOCK, start=PLACE, size=SIZE)
    def delete(self, at: int, block: int, start: int, size: int) -> None:
        def make(shared: XmlFragment) -> None:
            run = run_in(shared, block)
            if run is not None and start < len(run):
                del run[start : min(len(run), start + size)]

        self.edit(at, [make])

    @rule(at=TABS, block=BLOCK, start=PLACE, size=SIZE, value=st.sampled_from(({}, None)))
    def format(self, at: int, block: int, start: int, size: int, value: object) -> None:
        def make(shared: XmlFragment) -> None:
            run = run_in(shared, block)
            if run is not None and start < len(run):
                run.format(start, min(len(run), start + size), {"bold": value})

        self.edit(at, [make])

    @rule(at=TABS, place=BLOCK, adds=st.booleans())
    def paragraph(self, at: int, place: int, adds: bool) -> None:
        def make(shared: XmlFragment) -> None:
            if adds or len(shared.children) < 2:
                shared.children.insert(min(place, len(shared.children)), XmlElement("paragraph", {}, [XmlText("p")]))
            else:
                del shared.children[place % len(shared.children)]

        self.edit(at, [make])

    def edit(self, at: int, makes: Sequence[Change]) -> None:
        tab = one_of([*self.tabs.values(), *self.away.values()], at)
        if tab in self.tabs.values():
            self.run(self._edit(tab, makes))
        else:
            for make in makes:
                tab.change(make)

    async def _edit(self, tab: Tab, makes: Sequence[Change]) -> None:
        for make in makes:
            await tab.edit(make)
        await self._rest()

    @rule(at=TABS, what=WORDS, freezes=st.booleans())
    def decide_while_somebody_types(self, at: int, what: str, freezes: bool) -> None:
        """A use case holds the text still; at its end it may freeze it, or open it again."""
        self.run(self._decide(at, what, freezes))

    async def _decide(self, at: int, what: str, freezes: bool) -> None:
        async with self.rooms.still(SECTION) as held:
            before = self.log.text()
            if self.tabs:
                await one_of(self.tabs.values(), at).edit(typing(what, 0, 0))
            await settle()
            assert text.to_body(held.text.read()) == self.log.text() == before
            if freezes:
                self.is_frozen, self.frozen = not self.is_frozen, before
                held.freeze(is_closed=self.is_frozen)
        await self._review()

    @rule(fails=st.booleans())
    def the_disk_fills_or_has_room_again(self, fails: bool) -> None:
        self.log.fails = fails

    @rule(at=TABS)
    def the_engine_fails_once(self, at: int) -> None:
        if self.tabs:
            self.run(self._spoil(one_of(self.tabs.values(), at)))

    async def _spoil(self, tab: Tab) -> None:
        room = await self.rooms.room(SECTION)
        honest = room.text.take

        def fails(update: bytes, author: Author) -> bytes | None:
            honest(update, author)
            raise Spoiled

        room.text.take = fails  # type: ignore[method-assign]
        await tab.edit(typing("!", 0, 0))
        await settle()
        room.text.take = honest  # type: ignore[method-assign]
        await self._rest()

    @rule(at=TABS, when=st.sampled_from(Death))
    def kill(self, at: int, when: Death) -> None:
        self.run(self._kill(at, when))

    async def _kill(self, at: int, when: Death) -> None:
        if when is Death.BEFORE_COMMIT:
            self.log.may_commit.clear()
        self.log.says_nothing = when is Death.AFTER_COMMIT
        if self.tabs:
            await one_of(self.tabs.values(), at).edit(typing("k", 0, 0))
            await settle()
        for tab in self.tabs.values():
            await tab.listen()
        self.away |= self.tabs
        self.tabs.clear()
        for task in self.rooms._tasks:  # nothing is finished, nobody is told anything more
            task.cancel()
        await asyncio.gather(*self.rooms._tasks, return_exceptions=True)
        self.log.may_commit.set()
        self.log.says_nothing = False
        await self._start()

    @rule()
    def evict(self) -> None:
        self.run(self._evict())

    async def _evict(self) -> None:
        self.rooms.close_idle(idle_s=-1)
        await self._rest()

    @rule()
    def compact(self) -> None:
        self.run(self._compact())

    async def _compact(self) -> None:
        await self.rooms.compact(lines=0)
        await self._check_kept()

    async def _check_kept(self) -> None:
        """The snapshot and the lines after it read as all lines do, and know whose each client id is."""
        kept = LiveDocument(GRAMMAR, await self.log.read(SECTION), ceiling_bytes=1 << 20)
        assert text.to_body(kept.read()) == self.log.text()
        assert all(self.owners[client] == owner for client, owner in kept.writers.items())

    async def _rest(self) -> None:
        """Everybody hears all there is. Who was hung up on is away; who has words that are refused keeps them apart."""
        for _ in range(2):
            for tab in self.tabs.values():
                await tab.listen()
        self._replay()
        for at, tab in list(self.tabs.items()):
            assert tab.peer.hung_up in (None, HangUp.RESTARTING)
            if tab.peer.hung_up is not None:
                await self._leave(at)
            elif False in tab.saved and not self._holds(tab.doc.get_update()):
                tab.talk.end()
                await self._open(at, Tab(self.rooms, tab.person, self._access(tab.person)))

    @invariant()
    def everything_holds(self) -> None:
        self._replay()
        kept, shown = decode_state_vector(self.replayed.get_state()), document.read(self.replayed, text.ROOT)
        for tab in self.tabs.values():
            assert document.read(tab.doc, text.ROOT) == shown  # everybody connected agrees with the log
        for tab in [*self.tabs.values(), *self.away.values()]:
            known = decode_state_vector(tab.doc.get_state())
            seen = {client: clock for client, clock in known.items() if client != tab.doc.client_id}
            assert all(kept.get(client, 0) >= clock for client, clock in seen.items())  # nothing seen is lost
            assert self._holds(tab.promised)  # nor is anything said to be saved that is not
            tab.promised = b""
        if self.is_frozen:
            assert self.log.text() == self.frozen

    def _holds(self, update: bytes) -> bool:
        """Whether the log says all that an update does."""
        copy: Doc[Any] = Doc()
        copy.apply_update(self.replayed.get_update())
        before = copy.get_update()
        if update:
            copy.apply_update(update)
        return copy.get_update() == before

    def _replay(self) -> None:
        """Read what is new in the log: a client id has one owner for ever."""
        for line in self.log.lines[self.read_lines :]:
            before = decode_state_vector(self.replayed.get_state())
            self.replayed.apply_update(line.delta)
            for client, clock in decode_state_vector(self.replayed.get_state()).items():
                if clock > before.get(client, 0):
                    assert self.owners.setdefault(client, line.author.writer) == line.author.writer
        self.read_lines = len(self.log.lines)


def one_of(some: Collection[T], number: int) -> T:
    """One of those there are."""
    return list(some)[number % len(some)]


TestStories = Stories.TestCase
TestStories.settings = settings(
    max_examples=1000 if IS_LONG else 40,
    stateful_step_count=60 if IS_LONG else 30,
    report_multiple_bugs=False,
)
