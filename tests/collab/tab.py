"""A browser's tab whose copy outlives its connections, and a disk that may say nothing: for long stories."""

import asyncio
from collections.abc import Callable, Sequence

from pycrdt import XmlElement, XmlFragment, XmlText

from collab.conversation import Access
from collab.log import Line
from collab.rooms import Rooms
from tests.collab.stage import Client, ListLog

Change = Callable[[XmlFragment], None]


class Disk(ListLog):
    """A log whose commits may also be kept without anybody ever hearing of it."""

    says_nothing = False

    async def append(self, lines: Sequence[Line]) -> None:
        await super().append(lines)
        if self.says_nothing:
            await asyncio.Event().wait()


class Tab(Client):
    """A browser's tab, whose copy outlives its connections; it counts what is unsaved as the provider does."""

    def __init__(self, rooms: Rooms, person: int, access: Access, copy: "Tab | None" = None) -> None:
        super().__init__(rooms, person, access)
        self.person = person
        if copy is not None:
            self.doc, self.fragment = copy.doc, copy.fragment
        self.unsaved = 1  # the answer to the server's question
        self.promised = b""  # all of the copy, when it was last said to be saved

    def change(self, make: Change) -> bytes | None:
        """Change the copy; what that is as an update, None when it is nothing."""
        emitted: list[bytes] = []
        watch = self.doc.observe(lambda event: emitted.append(event.update))
        with self.doc.transaction():
            make(self.fragment)
        self.doc.unobserve(watch)
        return emitted[0] if emitted else None

    async def edit(self, make: Change) -> None:
        """Change the copy and send it, while this tab may write."""
        if self.talk.writes_in:
            update = self.change(make)
            if update is not None:
                self.unsaved += 1
                await self.send(update)

    async def listen(self) -> None:
        told = len(self.saved)
        await super().listen()
        self.unsaved -= sum(self.saved[told:])
        if self.unsaved == 0:
            self.promised = self.doc.get_update()


def run_in(shared: XmlFragment, number: int) -> XmlText | None:
    """The words of a paragraph."""
    runs = [run for one in shared.children if isinstance(one, XmlElement) for run in one.children]
    found = [run for run in runs if isinstance(run, XmlText)]
    return found[number % len(found)] if found else None


def typing(what: str, block: int, place: int) -> Change:
    """An edit that puts words into a paragraph."""

    def make(shared: XmlFragment) -> None:
        run = run_in(shared, block)
        if run is not None:
            run.insert(min(place, len(run)), what)

    return make
