"""Rooms on a stage: a log that is a list, a Yjs client of our own, frames read back."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from collab import document, wire
from collab.conversation import Access, Conversation
from collab.guard import Grammar
from collab.log import Author, Kept, Line, Snapshot
from collab.peer import Peer, Queue
from collab.rooms import Rooms
from server.domain.texts import text

GRAMMAR = Grammar(root=text.ROOT, elements=text.ELEMENTS, marks=frozenset(text.MARKS))
SECTION = "section:one"
NEXT = iter(range(1000, 10**9))


class ListLog:
    """A log in memory whose commits can be held back, or fail."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.snapshots: dict[str, Snapshot] = {}
        self.commits = 0
        self.may_commit = asyncio.Event()
        self.may_commit.set()
        self.fails = False

    def begin(self, name: str, body: str) -> None:
        state = document.first_state(text.from_body(body), text.ROOT, client_id=1)
        self.lines.append(Line(name, state, Author(), datetime.now(UTC)))

    async def append(self, lines: Sequence[Line]) -> None:
        await self.may_commit.wait()
        if self.fails:
            raise OSError("the disk is full")
        self.commits += 1
        self.lines += lines

    async def read(self, name: str) -> Kept:
        snapshot = self.snapshots.get(name)
        since = snapshot.line if snapshot else 0
        return Kept([line for line in self.lines[since:] if line.document == name], snapshot)

    async def last(self, name: str) -> int:
        return max((number for number, line in enumerate(self.lines, 1) if line.document == name), default=0)

    async def compact(self, name: str, snapshot: Snapshot) -> None:
        self.snapshots[name] = snapshot

    def text(self, name: str = SECTION) -> str:
        """What replaying the log gives."""
        doc: Doc[Any] = Doc()
        for line in self.lines:
            if line.document == name:
                doc.apply_update(line.delta)
        return text.to_body(document.read(doc, text.ROOT))


class NoChannel:
    """A contract without news."""

    async def join(self, peer: Peer) -> None: ...

    def opened(self) -> None: ...


class Client:
    """One tab with a Yjs document: what it types it sends, what it hears it applies."""

    def __init__(self, rooms: Rooms, person: int, access: Access | None = Access.WRITE, queue: int = 1 << 20) -> None:
        self.access = access
        self.queue = Queue()
        self.peer = Peer(Author(person, person * 10, person * 100), self.queue, queue_bytes=queue)
        self.talk = Conversation(
            self.peer,
            {"name": f"Personne {person}", "party": "ARS"},
            admit=self._admit,
            rooms=rooms,
            channel=NoChannel(),
        )
        self.doc: Doc[Any] = Doc(client_id=next(NEXT))
        self.fragment: XmlFragment = self.doc.get(text.ROOT, type=XmlFragment)
        self.heard: list[wire.Message | str] = []
        self.saved: list[bool] = []

    async def _admit(self, name: str) -> Access | None:
        return self.access

    async def open(self, name: str = SECTION) -> "Client":
        threads()  # watched before anything is done in one
        await self.talk.hear(hello(name))
        await self.talk.hear(wire.sync_step1(name, self.doc.get_state()))
        await self.listen()
        return self

    async def send(self, update: bytes, name: str = SECTION) -> None:
        await self.talk.hear(wire.update(name, update))

    async def type(self, words: str, name: str = SECTION, at: int | None = None) -> bytes:
        """Type into the first paragraph and send it; the update that was sent."""
        before = self.doc.get_state()
        if not len(self.fragment.children):
            self.fragment.children.append(XmlElement("paragraph"))
        paragraph: Any = self.fragment.children[0]
        if not len(paragraph.children):
            paragraph.children.append(XmlText())
        run = paragraph.children[0]
        run.insert(len(run) if at is None else at, words)
        update = self.doc.get_update(before)
        await self.send(update, name)
        return update

    async def listen(self) -> None:
        """Hear everything that waits, and what comes of it."""
        await settle()
        while frames := self.queue.take():
            for frame in frames:
                await self._hear(frame)
            await settle()

    async def _hear(self, frame: bytes) -> None:
        try:
            message: wire.Message | str = wire.decode(frame)
        except wire.NotOurProtocol:
            message = "other"
            if frame.endswith((b"\x08\x01", b"\x08\x00")):
                self.saved.append(frame.endswith(b"\x01"))
        self.heard.append(message)
        if isinstance(message, wire.SyncStep2 | wire.Update):
            self.doc.apply_update(message.update)
        elif isinstance(message, wire.SyncStep1):
            await self.talk.hear(wire.sync_step2(message.document, self.doc.get_update(message.state_vector)))

    @property
    def words(self) -> str:
        return text.to_body(document.read(self.doc, text.ROOT))


def hello(name: str) -> bytes:
    """The frame a client begins with: an auth message with a token nobody reads."""
    encoded = name.encode()
    return bytes([len(encoded)]) + encoded + b"\x02\x00\x01-\x054.8.0"


class Threads(ThreadPoolExecutor):
    """The loop's threads, that say what is being done in them (judging, hashing, reading a state)."""

    def __init__(self) -> None:
        super().__init__(max_workers=4)
        self.doing: set[Future[Any]] = set()

    def submit(self, *given: Any, **named: Any) -> Future[Any]:
        work = super().submit(*given, **named)
        self.doing.add(work)
        work.add_done_callback(self.doing.discard)
        return work


_THREADS: WeakKeyDictionary[asyncio.AbstractEventLoop, Threads] = WeakKeyDictionary()


def threads() -> Threads:
    """The threads of this loop, watched from the first time they are asked for."""
    loop = asyncio.get_running_loop()
    if loop not in _THREADS:
        _THREADS[loop] = Threads()
        loop.set_default_executor(_THREADS[loop])
    return _THREADS[loop]


async def settle() -> None:
    """Let every task run that can go on, until none waits for a thread."""
    while True:
        for _ in range(20):
            await asyncio.sleep(0)
        doing = [asyncio.wrap_future(work) for work in list(threads().doing)]
        if not doing:
            return
        await asyncio.wait(doing)
