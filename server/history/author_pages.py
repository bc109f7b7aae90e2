"""Who wrote this? The authors of a section's words as JSON: `docs/reference/authors.md` has the shape.

Whoever may read a section may ask, as for its history (`server/history/history_pages.py`).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.domain.contract.contract import Party
from server.domain.refusals import N_, NotFound
from server.live.authors import Authorship, Block, Stamp
from server.store import contracts, people
from server.web.parts import parts
from server.wording import rendering
from server.wording.languages import Language, language_of

MOMENT = N_("%(day)s à %(hour)s")


async def authors(request: Request) -> Response:
    """Who wrote each word of a section; `block`, `from` and `to` ask about one place.

    Raises:
        NotFound: the contract has no such section, or its place is no place.
    """
    own = parts(request)
    contract_id, key = request.path_params["contract_id"], request.path_params["section_key"]
    async with own.store.reading() as session:
        section = next((one for one in await contracts.sections(session, contract_id) if one.key == key), None)
        if section is None:
            raise NotFound
        parties = {one.id: one for one in await contracts.parties(session, contract_id)}
    found = await own.authors.of(section.document)
    blocks = _asked(found, request)
    used = sorted({stamp for block in blocks for _, stamp in block.runs})
    async with own.store.reading() as session:
        writers = {one for number in used for one in found.stamps[number].writer.people}
        names = await people.names(session, contract_id, writers)
    language, zone = language_of(request), ZoneInfo(own.settings.time_zone)
    said = [_stamp(found.stamps[number], parties, names, zone, language) for number in used]
    places = {number: place for place, number in enumerate(used)}
    shown = [
        {"id": block.id, "runs": [{"text": words, "by": places[number]} for words, number in block.runs]}
        for block in blocks
    ]
    return JSONResponse({"section": section.key, "line": found.line, "by": said, "blocks": shown})


def _asked(found: Authorship, request: Request) -> list[Block]:
    """The blocks asked for: all of them, or a part of one."""
    asked = request.query_params
    if "block" not in asked:
        return found.blocks
    start = _number(asked.get("from", "0"))
    end = _number(asked.get("to", str(start + 1)))
    wanted = (block for block in found.blocks if block.id == asked["block"])
    return [Block(block.id, list(_part(block.runs, start, end))) for block in wanted][:1]


def _number(asked: str) -> int:
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise NotFound
    return int(asked)


def _part(runs: Iterable[tuple[str, int]], start: int, end: int) -> Iterator[tuple[str, int]]:
    """What of `runs` lies between two places, counted in UTF-16 units as browsers count."""
    for words, stamp in runs:
        units = words.encode("utf-16-le")
        part = units[2 * max(start, 0) : 2 * max(end, 0)].decode("utf-16-le", errors="ignore")
        if part:
            yield part, stamp
        start, end = start - len(units) // 2, end - len(units) // 2


def _stamp(
    stamp: Stamp, parties: dict[int, Party], names: dict[int, str], zone: ZoneInfo, language: Language
) -> dict[str, Any]:
    """Who and when, as the history page says it; no name is the program's own."""
    party = parties.get(stamp.writer.party or 0)
    here = stamp.at.astimezone(zone)
    when = language.say(MOMENT) % {"day": rendering.day(here, language), "hour": rendering.clock(here, language)}
    return {
        "name": stamp.writer.called(names),
        "party": party and {"name": party.short_name, "sign": party.sign, "hue": party.hue},
        "at": _iso(stamp.at),
        "when": when,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
