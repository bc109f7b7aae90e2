"""The pages of a section's history: its sessions of writing, and its text as it stood after any line.

Who may read a section live may read its history: a section is one shared text, and all that was ever in it was
shown to every member when it was written. What is private is in documents of its own (architecture 6).
"""

from asyncio import to_thread
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.domain.contract.contract import Contract, Party
from server.domain.contract.sections import Section
from server.domain.redline import redline
from server.domain.refusals import NotFound
from server.domain.sheets import Reading
from server.domain.texts.history import Change, Mark, Writer, WritingSession, around, sessions
from server.history import reading
from server.marking import views
from server.store import contracts, people, proposals
from server.web.paging import paged
from server.web.parts import parts
from server.web.views import page
from server.wording.languages import language_of


@dataclass(frozen=True)
class Place:
    """A section of a contract, its log without the words, and what its pages say."""

    contract: Contract
    section: Section
    marks: list[Mark]
    parties: dict[int, Party]
    names: dict[int, str]
    zone: tzinfo

    def who(self, writer: Writer) -> dict[str, Any]:
        """A writer, and who wrote with them, as the pages show them; no name is the program's own."""
        party, *others = [self.parties.get(one) for one in writer.parties] or [None]
        return {
            "name": writer.called(self.names),
            "party": party,
            "other_parties": [one for one in others if one is not None],
        }

    def mark(self, asked: str) -> Mark:
        """A line that an address names by its place, counted from 1.

        The log counts the lines of every document, private drafts among them: what its numbers leave out would tell
        how much others write, and when. So they are told to nobody.

        Raises:
            NotFound: this section has no such line.
        """
        place = _number(asked)
        if not 0 < place <= len(self.marks):
            raise NotFound
        return self.marks[place - 1]

    def place_of(self, line: int) -> int:
        """The place of a line of the log, as addresses have it."""
        return bisect_left(self.marks, line, key=lambda mark: mark.number) + 1

    def line_of(self, day: str, otherwise: int) -> int:
        """The place of the last line until the end of a day, 1 when there is none; `otherwise` when no day is named.

        What is no day leads to no line.
        """
        if not day:
            return otherwise
        wanted = Reading({"day": day}).day("day")
        known = [place for place, mark in enumerate(self.marks, 1) if wanted and self.here(mark.at).date() <= wanted]
        return max(known, default=1 if wanted and self.marks else 0)

    def here(self, at: datetime) -> datetime:
        """A moment by the clock of the people who read."""
        return at.astimezone(self.zone)

    def facts(self) -> dict[str, Any]:
        """What both pages say first."""
        return {
            "contract": self.contract,
            "section": self.section,
            "path": f"/contracts/{self.contract.id}/sections/{self.section.key}/history",
        }


async def _place(request: Request) -> Place:
    """The section in the address.

    Raises:
        NotFound: the contract has no such section.
    """
    own = parts(request)
    async with own.store.reading() as session:
        contract = await contracts.contract(session, request.path_params["contract_id"])
        if contract is None:
            raise NotFound
        sections_ = {one.key: one for one in await contracts.sections(session, contract.id)}
        section = sections_.get(request.path_params["section_key"])
        if section is None:
            raise NotFound
        parties = {one.id: one for one in await contracts.parties(session, contract.id)}
    marks = await own.log.marks(section.document)
    async with own.store.reading() as session:
        names = await people.names(session, contract.id, {one for mark in marks for one in mark.writer.people})
    return Place(contract, section, marks, parties, names, ZoneInfo(own.settings.time_zone))


async def history(request: Request) -> Response:
    """The sessions of writing of a section, the newest first."""
    place = await _place(request)
    asked = request.query_params
    if "from" in asked:  # the form that chooses two states: without a script it can only ask so
        lines = [_number(asked.get(name, "")) for name in ("from", "to")]
        return RedirectResponse("/".join(map(str, (place.facts()["path"], *lines))), 303)
    if "since" in asked:  # the same for two days
        ends = (("since", 1), ("until", len(place.marks)))
        lines = [place.line_of(asked.get(name, ""), end) for name, end in ends]
        return RedirectResponse("/".join(map(str, (place.facts()["path"], *lines))), 303)
    told = (await to_thread(sessions, place.marks))[::-1]
    shown = paged(request, told)
    changes = await parts(request).past.changes(place.section.document, shown.rows)
    rows = [_row(place, one, change) for one, change in zip(shown.rows, changes, strict=True)]
    facts = {"rows": rows, "paged": shown}
    return page(request, "history.html", place.facts() | facts | {"meetings": await _meetings(request, place)})


async def _meetings(request: Request, place: Place) -> list[date]:
    """The days of past meetings that somebody meant a proposal for, as far as this person may know of it."""
    async with parts(request).store.reading() as session:
        every = await proposals.all_for(session, place.contract.id, request.state.seat)
    today = place.here(datetime.now(UTC)).date()
    return sorted({one.cover.on for one in every if one.cover.on and one.cover.on <= today})


def _number(asked: str) -> int:
    """A number of an address, 0 when it is none of ours."""
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 16 else 0


def _row(place: Place, one: WritingSession, change: Change) -> dict[str, Any]:
    others = sorted(name for other in one.others if (name := place.who(other)["name"]))
    return {
        **place.who(one.writer),
        "line": place.place_of(one.last),
        "before": None if one.before is None else place.place_of(one.before),
        "began": place.here(one.began),
        "ended": place.here(one.ended),
        "change": change,
        "others": others,
    }


async def past(request: Request) -> Response:
    """The text of a section as it stood after a line of its log."""
    place = await _place(request)
    mark = place.mark(request.path_params["line"])
    line = mark.number
    earlier, later = around(line, await to_thread(sessions, place.marks))
    places = [one and place.place_of(one.last) for one in (earlier, later)]
    facts = {
        "html": await parts(request).past.html(place.section.document, line),
        "at": place.here(mark.at),
        "is_present": line == place.marks[-1].number,
        "earlier": places[0],
        "later": places[1],
    }
    return page(request, "past.html", place.facts() | place.who(mark.writer) | facts)


async def compare(request: Request) -> Response:
    """What changed in a section from one line of its log to another."""
    place = await _place(request)
    first, second = (place.mark(request.path_params[name]) for name in ("line", "other"))
    texts = await parts(request).past.texts(place.section.document, {first.number, second.number})
    view = reading.view(request)
    marked = await to_thread(redline, texts[first.number], texts[second.number])
    facts = {
        "redline": await to_thread(views.page, marked, view, language_of(request)),
        "views": reading.views(request, view, {}),
        "first": _state(place, first),
        "second": _state(place, second),
    }
    return page(request, "compare.html", place.facts() | facts)


def _state(place: Place, mark: Mark) -> dict[str, Any]:
    return {**place.who(mark.writer), "line": place.place_of(mark.number), "at": place.here(mark.at)}
