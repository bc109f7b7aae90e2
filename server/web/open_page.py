"""One open page of a contract: what it hears, says and may, whatever carries its frames; the talk is collab's."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from auth.people import Seat, Visitor
from auth.policy import Action
from collab import wire
from collab.conversation import Access, Conversation, Decode
from collab.log import Author
from collab.peer import HangUp, Outlet, Peer
from collab.silence import Silence
from server.live.floor import Guest, Hall, Person, presence
from server.live.standing import Standing
from server.store import acts, sessions
from server.web.parts import Parts

security_log = logging.getLogger("entente.security")
T = TypeVar("T")
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ENDED, FAILED = 1000, 1011  # RFC 6455, 7.4.1


class Carrier(Outlet, Protocol):
    """What takes frames to a page and brings its own: a websocket, or a line of requests."""

    via: str

    async def receive(self) -> bytes | None:
        """The next frame; None when the page has left, or was hung up on."""


class Page:
    """One open page of a member of the contract."""

    def __init__(
        self,
        carrier: Carrier,
        own: Parts,
        visitor: Visitor,
        seat: Seat,
        *,
        contract_id: str,
        seen: str,
        address: str | None,
        decode: Decode = wire.decode,
    ) -> None:
        """`address` is where it comes from, `decode` reads the frames that the carrier brings."""
        self._carrier = carrier
        self._own = own
        self._visitor = visitor
        self._seat = seat
        self._contract_id = contract_id
        self._address = address
        self._decode = decode
        self._seen = seen  # as its address says it: when the page was made, in seconds since 1970
        self._author = Author(visitor.person_id, seat.party_id, visitor.session_id)
        self._peer = Peer(self._author, carrier, queue_bytes=own.settings.queue_kib * 1024, via=carrier.via)
        self._silence = Silence(own.settings.silent_seconds, own.settings.opening_seconds)
        self._hall: Hall | None = None
        self._noted = datetime.now(UTC)
        now = time.monotonic()
        self._ping_at, self._review_at = now + self._silence.ping_every_s, now + own.settings.recheck_seconds

    async def run(self) -> None:
        """Hear and speak until either side ends it, if there is a place."""
        with self._own.crowd.place(self._peer, self._address) as turnstile:
            if turnstile is None:
                self._carrier.end(HangUp.TOO_MANY)
                return
            self._turnstile = turnstile
            await self._run()

    async def _run(self) -> None:
        standing = await self._own.standings.of(self._contract_id)
        party = standing.parties[self._seat.party_id]
        who = Person(f"m{self._seat.member_id}", self._seat.name, party.short_name, party.sign, party.hue)
        stamp = {"name": who.name, "party": who.party, "sign": who.sign, "hue": who.hue}
        self._talk = Conversation(
            self._peer,
            stamp,
            admit=self._admit,
            decode=self._decode,
            rooms=self._own.rooms,
            channel=self,
            most_documents=self._own.settings.page_documents,
        )
        guest = Guest(who, self._visitor.session_id, self._talk, self._review)
        self._hall = self._own.floor.enter(self._contract_id, standing.depths, self._peer, guest)
        self._mind()
        self._stand(standing)  # the door was passed a moment ago: what was taken away since told this page nothing
        code = FAILED
        try:
            await self._hear()
            code = ENDED
        except Exception:
            security_log.exception("a page's connection failed")
        finally:
            self._timer.cancel()
            self._talk.end()
            self._own.floor.leave(self._hall, self._peer)
            self._carrier.end(code)  # unless it was hung up on already

    async def _hear(self) -> None:
        while self._peer.hung_up is None:
            self._silence.listens()
            frame = await self._carrier.receive()
            self._silence.heard()
            if frame is None:
                return
            wait_s = self._turnstile.take(len(frame))
            if wait_s and not await self._turnstile.hold(wait_s):
                return
            if await self._talk.hear(frame):
                await self._note_gesture()

    def _mind(self) -> None:
        """Keep the line alive, end one at which nobody is, and have what it may do read again now and then.

        A timer and no task: with hundreds of pages their tasks would be most of the memory.
        """
        if self._peer.hung_up is not None:
            return
        now = time.monotonic()
        if now >= self._ping_at:
            self._ping_at = now + self._silence.ping_every_s
            if self._silence.is_over_long(has_open=self._talk.has_open):
                self._peer.hang_up(HangUp.SILENT)
            self._peer.tell(wire.PING)
        if now >= self._review_at:
            self._review_at = now + self._own.settings.recheck_seconds
            self._own.floor.start(self._review_alone())
        self._timer = asyncio.get_running_loop().call_later(min(self._ping_at, self._review_at) - now, self._mind)

    async def _review_alone(self) -> None:
        try:
            await self._review()
        except Exception:  # what it may do is not known: let it come back and be asked at the door
            security_log.exception("the rights of a page could not be read")
            self._peer.hang_up(HangUp.RESTARTING)

    async def _review(self) -> None:
        self._stand(await self._own.standings.of(self._contract_id))
        if self._peer.hung_up is None:
            await self._talk.review()

    def _stand(self, standing: Standing) -> None:
        """Take up what its person may do now, or hang up."""
        seat = standing.seats.get(self._visitor.person_id)
        if standing.is_over(self._visitor, datetime.now(UTC)):
            self._peer.hang_up(HangUp.SESSION_OVER)
        elif seat is None or not seat.may(Action.READ):
            self._peer.hang_up(HangUp.NOT_ALLOWED)
        else:
            self._seat = seat

    async def _note_gesture(self) -> None:
        """Writing keeps a session alive; an open page that only listens does not."""
        now = datetime.now(UTC)
        if (now - self._noted).total_seconds() >= sessions.SEEN_EVERY_S:
            self._noted = now
            await _whole(self._seen_at(now))

    async def _seen_at(self, now: datetime) -> None:
        async with self._own.store.writing() as session:
            await sessions.seen(session, self._visitor.session_id, now)

    async def _admit(self, document: str) -> Access | None:
        if document == f"contract:{self._contract_id}":
            return Access.CHANNEL
        standing = await self._own.standings.of(self._contract_id, is_now=True)
        seat = standing.seats.get(self._visitor.person_id)
        return None if seat is None else standing.access(document, seat)

    async def join(self, peer: Peer) -> None:
        """Begin to hear of the contract: what changed since the page was made, and who is here."""
        await _whole(self._join(peer))

    async def _join(self, peer: Peer) -> None:
        hall = self._hall
        if hall is None:
            return
        hall.guests[peer].hears = True
        peer.tell(hall.frame(presence(hall, hall.guests[peer])))  # first of all: who the server takes the page for
        async with self._own.store.reading() as session:
            version = await acts.last(session, self._contract_id)
        peer.tell(hall.frame({"kind": "contract", "version": version}))  # a page made before that fetches itself again
        for document in await self._own.log.changed_since(_moment(self._seen), sorted(hall.sections)):
            peer.tell(hall.frame(await self._own.floor.news_of(document, "")))
        self._own.floor.presence_changed(hall)

    def opened(self) -> None:
        """This page opened or left a section."""
        if self._hall is not None:
            self._own.floor.presence_changed(self._hall)


def _moment(seen: str) -> datetime:
    """When a page was made, as its address says it; before everything when that is no moment."""
    is_one = seen.isascii() and seen.isdecimal() and len(seen) < 12
    return LONG_AGO + timedelta(seconds=int(seen) if is_one else 0)


async def _whole(work: Coroutine[Any, Any, T]) -> T:
    """Do `work` to its end, also when cancelled meanwhile: a transaction cut short would cost its connection."""
    doing = asyncio.create_task(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.gather(doing, return_exceptions=True)
        raise
