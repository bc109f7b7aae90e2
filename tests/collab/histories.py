"""Histories of a text that a few real Yjs clients write together, relayed by our rooms, offline for spells."""

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from random import Random
from typing import Any

from collab import wire
from collab.conversation import Access, Conversation
from collab.lib0 import Reader
from collab.log import Author
from collab.peer import HangUp, Peer, Queue
from collab.rooms import Rooms
from tests.collab.stage import NoChannel, hello

CLOSE, STATUS = 7, 8
Said = tuple[str, str]  # what, and its bytes in base64


@dataclass
class Tab:
    """One client's connection: now open, now slow, now lost; its document is in another process."""

    rooms: Rooms
    name: str
    person: int
    heard: list[Said] = field(default_factory=list)  # to be told at the next round
    held_back: list[Said] = field(default_factory=list)  # said, but still on its way: a slow network
    rounds_slow: int = 0
    rounds_lost: int = 0
    talk: Conversation | None = None
    queue: Queue = field(default_factory=Queue)

    @property
    def is_back(self) -> bool:
        """Whether it connects in this round."""
        return self.talk is None and self.rounds_lost == 0

    async def _admit(self, document: str) -> Access | None:
        return Access.WRITE

    def lose(self, rounds: int) -> None:
        """The connection is gone: what was on its way, either way, with it."""
        if self.talk is not None:
            self.talk.end()
        self.talk, self.rounds_lost, self.rounds_slow = None, rounds, 0
        self.heard, self.held_back = [], []

    async def say(self, said: list[Said]) -> None:
        """Take what the client said in this round as far as the network lets it through."""
        if self.is_back:
            self.queue = Queue()
            peer = Peer(Author(self.person, 1, self.person), self.queue, queue_bytes=1 << 24)
            self.talk = Conversation(peer, {}, admit=self._admit, rooms=self.rooms, channel=NoChannel())
            await self.talk.hear(hello(self.name))
        self.held_back += said if self.talk is not None else []
        if self.talk is None or self.rounds_slow:
            return
        for what, given in self.held_back:
            make = {"know": wire.sync_step1, "answer": wire.sync_step2, "update": wire.update}[what]
            await self.talk.hear(make(self.name, b64decode(given)))
        self.held_back = []

    def listen(self) -> None:
        """Fetch what the server told."""
        if self.talk is not None and self.talk.peer.hung_up is not None:
            assert self.talk.peer.hung_up is HangUp.RESTARTING, self.talk.peer.hung_up
            self.lose(0)
        if self.talk is None or self.rounds_slow:
            return
        for frame in self.queue.take():
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        reader = Reader(frame)
        if reader.text() and (kind := reader.uint()) in (CLOSE, STATUS):
            assert kind == STATUS, f"refused: {frame!r}"
            assert reader.uint() == 1, "not kept"
            return
        try:
            message = wire.decode(frame)
        except wire.NotOurProtocol:
            return  # the greeting's answer
        if isinstance(message, wire.SyncStep1):
            self.heard.append(("ask", b64encode(message.state_vector).decode()))
        elif isinstance(message, wire.SyncStep2 | wire.Update):
            self.heard.append(("update", b64encode(message.update).decode()))

    def pass_time(self) -> None:
        """One round of a spell is over."""
        self.rounds_lost = max(0, self.rounds_lost - 1)
        self.rounds_slow = max(0, self.rounds_slow - 1)


class History:
    """One text and its two to five clients, made from a seed."""

    def __init__(self, seed: int, rooms: Rooms) -> None:
        self.seed = seed
        self.name = f"section:{seed}"
        self.random = Random(seed)
        self.tabs = [Tab(rooms, self.name, number + 1) for number in range(self.random.randint(2, 5))]
        self.rounds = self.random.randint(5, 13)
        self._rooms = rooms

    @property
    def is_editing(self) -> bool:
        return self.rounds > 0

    @property
    def is_quiet(self) -> bool:
        """Whether everybody is connected, and nothing on its way."""
        return not self.is_editing and not any(
            one.heard or one.held_back or one.queue.unsent() or one.talk is None for one in self.tabs
        )

    def question(self) -> dict[str, Any]:
        """What its clients hear in this round."""
        tabs = [{"heard": one.heard, "isBack": one.is_back} for one in self.tabs]
        return {"seed": self.seed, "isEditing": self.is_editing, "tabs": tabs}

    async def take(self, answers: list[dict[str, Any]]) -> None:
        """Bring what they said to the server, in any order of the clients."""
        pairs = list(zip(self.tabs, answers, strict=True))
        self.random.shuffle(pairs)
        for tab, answer in pairs:
            tab.heard = []
            await tab.say(answer["said"])

    async def go_on(self) -> None:
        """Hear what the server says; and what happens to a network, or to a server, happens."""
        for tab in self.tabs:
            tab.listen()
            tab.pass_time()
        self.rounds -= 1
        if not self.is_editing:
            return
        for tab in self.tabs:
            chance = self.random.random()
            if chance < 0.06:
                tab.lose(self.random.randint(0, 8))
            elif chance < 0.12:
                tab.rounds_slow = self.random.randint(1, 4)
        if self.random.random() < 0.03:
            await self._rooms.throw_away(await self._rooms.room(self.name))
