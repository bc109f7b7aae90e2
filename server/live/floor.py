"""Who is in which contract now, and what its open pages are told: presence, and committed text as HTML."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from collab import wire
from collab.conversation import Conversation
from collab.log import Author
from collab.peer import HangUp, Peer
from server.live.standing import Standings
from server.wording import rendering
from server.wording.rendering import Read

live_log = logging.getLogger("entente.live")
SHARE = 20  # a push that took 100 ms is followed by none for 2 s: 5 % of the process at most
FETCH_S = 0.1  # of rest for each page that fetches itself again: forty of them do so every 4 s at most
SETTLE_S = 0.12  # several keystrokes make one push of a section's HTML


@dataclass(frozen=True)
class Person:
    """Who sits at a connection, as the others see them."""

    id: str
    name: str
    party: str
    sign: str
    hue: int


@dataclass(eq=False)
class Guest:
    """One open page: its person, its talk, its session."""

    person: Person
    session_id: int
    talk: Conversation
    review: Callable[[], Awaitable[None]]
    hears: bool = False
    missed: set[str] = field(default_factory=set)  # texts it was not told of, because it had not read what came before


@dataclass(eq=False)
class Hall:
    """One contract's open pages; its documents, each with its depth in the plan; which changed since the last push."""

    contract_id: str
    sections: Mapping[str, int]
    guests: dict[Peer, Guest] = field(default_factory=dict)
    changed: dict[str, Author] = field(default_factory=dict)
    push: asyncio.TimerHandle | None = None
    presence: asyncio.TimerHandle | None = None
    refresh: asyncio.TimerHandle | None = None
    rests_until: float = 0.0  # by the loop's clock: before, its pages are not asked to fetch themselves again

    @property
    def channel(self) -> str:
        """The document name its pages listen on."""
        return f"contract:{self.contract_id}"

    def tell(self, news: Mapping[str, Any]) -> None:
        """Tell every page that listens, encoded once."""
        frame = self.frame(news)
        for peer, guest in self.guests.items():
            if guest.hears:
                peer.tell(frame)

    def tell_text(self, document: str, news: Mapping[str, Any]) -> None:
        """Tell every page that listens and reads; whoever is behind is told later, of the text as it is then."""
        frame = self.frame(news)
        for peer, guest in self.guests.items():
            if guest.hears and peer.is_behind:
                guest.missed.add(document)
            elif guest.hears:
                guest.missed.discard(document)
                peer.tell(frame)

    def frame(self, news: Mapping[str, Any]) -> bytes:
        """News as a frame of the channel."""
        return wire.stateless(self.channel, json.dumps(news, ensure_ascii=False))


class Floor:
    """The halls of every contract someone has open."""

    def __init__(
        self,
        text_of: Callable[[str], Awaitable[Read]],
        standings: Standings,
    ) -> None:
        self._text_of = text_of
        self._standings = standings
        self._halls: dict[str, Hall] = {}
        self._hall_of: dict[str, Hall] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def enter(self, contract_id: str, sections: Mapping[str, int], peer: Peer, guest: Guest) -> Hall:
        """Let a page into the hall of its contract; `sections` are the contract's documents with their depths."""
        hall = self._halls.setdefault(contract_id, Hall(contract_id, sections))
        hall.guests[peer] = guest
        self._know(hall, sections)
        return hall

    def leave(self, hall: Hall, peer: Peer) -> None:
        """Let a page go; the last one closes the hall."""
        hall.guests.pop(peer, None)
        self.presence_changed(hall)
        if not hall.guests:
            self._halls.pop(hall.contract_id, None)
            for section in hall.sections:
                self._hall_of.pop(section, None)

    @property
    def is_empty(self) -> bool:
        """Whether nobody has a page open."""
        return not self._halls

    def end_sessions(self, ended: Collection[int]) -> None:
        """Close every page of sessions that have ended."""
        self._standings.all_changed()  # for pages that are on their way in
        for hall in list(self._halls.values()):
            for peer, guest in list(hall.guests.items()):
                if guest.session_id in ended:
                    peer.hang_up(HangUp.SESSION_OVER)

    async def review_all(self) -> None:
        """Read again what every open page of every contract may do."""
        self._standings.all_changed()
        for contract_id in list(self._halls):
            await self.review(contract_id)

    async def review(self, contract_id: str) -> None:
        """Read again what every open page of a contract may do: a right taken away is gone when this returns."""
        self._standings.changed(contract_id)
        hall = self._halls.get(contract_id)
        pages = list(hall.guests.items()) if hall else []
        results = await asyncio.gather(*(guest.review() for _, guest in pages), return_exceptions=True)
        for (peer, _), failed in zip(pages, results, strict=True):
            if failed is not None:  # what it may do is not known: let it come back and be asked at the door
                live_log.error("the rights of a page could not be read", exc_info=failed)
                peer.hang_up(HangUp.RESTARTING)

    def contract_changed(self, contract_id: str) -> None:
        """Tell every open page of a contract, once things have settled, that its facts, plan or state are new."""
        self._standings.changed(contract_id)
        hall = self._halls.get(contract_id)
        if hall is not None and hall.refresh is None:
            loop = asyncio.get_running_loop()
            hall.refresh = loop.call_at(max(loop.time() + SETTLE_S, hall.rests_until), self._start_refresh, hall)

    def parties_changed(self, contract_id: str, parties: Collection[int]) -> None:
        """Tell the open pages of some parties, and nobody else's, that something is new to them."""
        hall = self._halls.get(contract_id)
        if hall is None:
            return
        frame = hall.frame({"kind": "contract"})
        for peer, guest in hall.guests.items():
            if guest.hears and peer.author.party in parties:
                peer.tell(frame)

    def _start_refresh(self, hall: Hall) -> None:
        hall.refresh = None
        hall.rests_until = asyncio.get_running_loop().time() + len(hall.guests) * FETCH_S
        self.start(self._refresh(hall))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let work be done beside everything else; it says itself what goes wrong."""
        task = asyncio.create_task(work, name="beside the pages of a contract")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _refresh(self, hall: Hall) -> None:
        try:
            self._know(hall, (await self._standings.of(hall.contract_id)).depths)
        except Exception:  # the pages fetch themselves again all the same
            live_log.exception("the sections of contract %s could not be read", hall.contract_id)
        hall.tell({"kind": "contract"})  # without content: what each page may see is decided when it fetches itself

    def _know(self, hall: Hall, sections: Mapping[str, int]) -> None:
        for gone in set(hall.sections) - set(sections):
            self._hall_of.pop(gone, None)
        hall.sections = sections
        if hall.guests:
            self._hall_of |= dict.fromkeys(sections, hall)

    def presence_changed(self, hall: Hall) -> None:
        """Say who is here and who writes where, once things have settled."""
        if hall.presence is None:
            hall.presence = asyncio.get_running_loop().call_later(SETTLE_S, self._tell_presence, hall)

    def _tell_presence(self, hall: Hall) -> None:
        hall.presence = None
        for peer, guest in hall.guests.items():
            if guest.hears:
                peer.tell(hall.frame(presence(hall, guest)))

    def text_changed(self, document: str, author: Author) -> None:
        """A section's committed text is new: push it to the pages once it has settled."""
        hall = self._hall_of.get(document)
        if hall is None or not any(guest.hears for guest in hall.guests.values()):
            return  # who comes later is told on coming
        hall.changed[document] = author
        if hall.push is None:
            hall.push = asyncio.get_running_loop().call_later(SETTLE_S, self._start_push, hall)

    def _start_push(self, hall: Hall) -> None:
        self.start(self._push(hall))

    async def _push(self, hall: Hall) -> None:
        changed, hall.changed = hall.changed, {}
        started = time.monotonic()
        for document, author in changed.items():
            try:
                hall.tell_text(document, await self.news_of(document, _name(hall, author)))
            except Exception:  # one text that cannot be shown does not silence the others
                live_log.exception("%s could not be pushed", document)
        await self._catch_up(hall)
        pause = max(SETTLE_S, (time.monotonic() - started) * SHARE)
        is_owing = hall.changed or any(guest.missed for guest in hall.guests.values())
        again = self._start_push if is_owing else self._rest
        hall.push = asyncio.get_running_loop().call_later(pause, again, hall)

    async def _catch_up(self, hall: Hall) -> None:
        """Tell pages that read again of the texts they missed."""
        for peer, guest in list(hall.guests.items()):
            while guest.missed and not peer.is_behind:
                document = guest.missed.pop()
                try:
                    peer.tell(hall.frame(await self.news_of(document, "")))
                except Exception:
                    live_log.exception("%s could not be pushed", document)

    def _rest(self, hall: Hall) -> None:
        hall.push = None
        if hall.changed:
            self._start_push(hall)

    async def news_of(self, document: str, by: str) -> dict[str, Any]:
        """The committed text of a section, as the pages show it."""
        hall = self._hall_of.get(document)
        depth = hall.sections.get(document, 0) if hall else 0
        shown = rendering.at_depth((await self._text_of(document)).html, depth)
        return {"kind": "section", "section": document.removeprefix("section:"), "html": shown, "by": by}


def presence(hall: Hall, you: Guest) -> dict[str, Any]:
    """Who is in a hall, as `you` hear it: each person once, with the sections they write in, in all their tabs."""
    people: dict[str, dict[str, Any]] = {}
    for guest in hall.guests.values():
        who = guest.person
        shown = people.setdefault(
            who.id,
            {"id": who.id, "name": who.name, "party": who.party, "sign": who.sign, "hue": who.hue, "writing": []},
        )
        shown["writing"] += [one for one in _writing(guest) if one not in shown["writing"]]
    return {"kind": "presence", "you": you.person.id, "people": list(people.values())}


def _writing(guest: Guest) -> list[str]:
    """The sections a page writes in; in which draft it writes is its party's own affair."""
    return [name.removeprefix("section:") for name in guest.talk.writes_in if name.startswith("section:")]


def _name(hall: Hall, author: Author) -> str:
    return next((g.person.name for p, g in hall.guests.items() if p.author.person == author.person), "")
