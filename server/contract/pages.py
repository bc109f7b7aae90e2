"""The pages people read: take the request, call the store, render the answer; no rules, no SQL."""

import json
import logging
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from auth import reference
from auth.people import Seat, Visitor
from auth.policy import Action
from server.domain.contract.contract import LIFE, Contract
from server.domain.contract.sections import Section, SectionStatus, why_closed
from server.domain.people.security import SecurityKind
from server.store import acts, administrators, contracts, people, proposals, sitting
from server.store.engine import NotMigrated, Unreachable
from server.web import witness
from server.web.frames import family_of, frame, seat_shown
from server.web.paging import paged
from server.web.parts import Parts, parts
from server.web.views import page
from server.wording import rendering

security_log = logging.getLogger("entente.security")
REPORT_LIMIT = 16384  # bytes of a policy report
LONG = 200_000  # characters of HTML from which a browser draws only what is near; docs/reference/performance.md


@dataclass(frozen=True)
class Shown:
    """A section as the page shows it."""

    section: Section
    is_head: bool
    is_empty: bool
    html: Markup
    is_writable: bool
    why_closed: str | None


async def healthz(request: Request) -> Response:
    """The process is alive."""
    return JSONResponse({"status": "alive", **witness.told(request)})


async def readyz(request: Request) -> Response:
    """The database can serve this program, or why it cannot."""
    try:
        await parts(request).store.check()
    except NotMigrated as wrong:
        return JSONResponse({"status": "not ready", "says": str(wrong)}, 503)
    except Unreachable:
        return JSONResponse({"status": "not ready", "says": "the database does not answer"}, 503)
    return JSONResponse({"status": "ready"})


async def csp_report(request: Request) -> Response:
    """A browser says that a page broke the content security policy: the rule is logged, the rest is not believed."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > REPORT_LIMIT:
            return Response(status_code=413)
    rule = _rule(body)
    security_log.warning("content security policy broken: %(rule)s", {"rule": rule})
    await parts(request).watch.note(request, SecurityKind.POLICY_BROKEN, rule=rule)
    return Response(status_code=204)


def _rule(report: bytes) -> str:
    """The directive a report names (CSP 3, 5.3), if it is one; anybody can send one, and it may quote a page."""
    try:
        named = json.loads(report)["csp-report"]["effective-directive"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return "unreadable report"
    return named if isinstance(named, str) and re.fullmatch("[a-z-]{1,40}", named) else "unknown rule"


async def home(request: Request) -> Response:
    """The contracts one has a seat in, or the way to sign in."""
    visitor: Visitor | None = request.state.visitor
    if visitor is None:
        return RedirectResponse("/sign-in", 303)
    async with parts(request).store.reading() as session:
        shown = paged(request, await contracts.contracts(session, visitor.person_id))
        cards = [await _card(session, one, visitor) for one in shown.rows]
        leads = any(seat.may(Action.MANAGE) for seat in await people.seats(session, visitor.person_id))
        administers = await administrators.is_administrator(session, visitor.person_id)
        mine = await sitting.reference_of(session, visitor.person_id)
    facts = {"cards": cards, "paged": shown, "leads": leads, "administers": administers}
    return page(request, "home.html", {**facts, "reference": reference.shown(mine)})


async def _card(session: AsyncSession, contract: Contract, visitor: Visitor) -> dict[str, Any]:
    sections = await contracts.sections(session, contract.id)
    parties = await contracts.parties(session, contract.id)
    seat = await people.seat(session, contract.id, visitor.person_id)
    return {
        "contract": contract,
        "family": family_of(contract),
        "parties": parties,
        "seat": seat and seat_shown(seat, parties),
        "reads": seat is not None and seat.may(Action.READ),
        **_progress(sections),
    }


def _progress(sections: list[Section]) -> dict[str, Any]:
    heads = _heads(sections)
    leaves = [one for one in sections if one.id not in heads]
    useful = [one for one in leaves if one.status is not SectionStatus.NOT_APPLICABLE]
    counts = Counter(rendering.STATUSES[one.status][1] for one in useful)
    return {"counts": counts, "total": len(useful), "aside": len(leaves) - len(useful)}


def _heads(sections: list[Section]) -> set[str | None]:
    return {one.parent_id for one in sections}


async def contract(request: Request) -> Response:
    """One contract: its outline, its parties, every section as committed."""
    own, seen = parts(request), int(datetime.now(UTC).timestamp())
    async with own.store.reading() as session:
        around = await frame(session, request)
        found: Contract = around["contract"]
        sections = await contracts.sections(session, found.id)
        establishments = await contracts.establishments(session, found.id)
        version = await acts.last(session, found.id)
        imported = await own.imported(session, found.id)
        tabled = await proposals.tabled_in(session, found.id, request.state.seat)
        drafts = await proposals.drafts_of(session, found.id, request.state.seat.party_id)
    seat: Seat = request.state.seat
    heads = _heads(sections)
    shown = [await _shown(own, found, one, heads, seat) for one in sections]
    facts = {
        **around,
        "establishments": establishments,
        "has_funding": any(one.funding for one in establishments),
        "sections": shown,
        "is_long": sum(len(one.html) for one in shown) > LONG,
        "drafts": drafts,
        "tabled": tabled,
        "proposes": seat.may(Action.PROPOSE),
        "imported": imported,
        "seen": seen,
        "version": version,
        "me": seat.member_id,
        "life_at": LIFE.index(found.state) if found.state in LIFE else -1,
        **_progress(sections),
    }
    return page(request, "contract.html", facts)


async def _shown(own: Parts, found: Contract, section: Section, heads: set[str | None], seat: Seat) -> Shown:
    content = await own.text_of(section)
    closed = why_closed(section, found.state)
    return Shown(
        section=section,
        is_head=section.id in heads,
        is_empty=content.is_empty,
        html=rendering.at_depth(content.html, section.depth),
        is_writable=closed is None and seat.may(Action.WRITE),
        why_closed=closed,
    )
