"""The pages people read: take the request, call the store, render the answer; no rules, no SQL."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server import contract_file, rendering
from server.domain import text
from server.domain.contract import LIFE, Contract, Party, PartyKind
from server.domain.plans import read_plans, short_label
from server.domain.refusals import NotFound
from server.domain.sections import Section, why_closed
from server.parts import Parts, parts
from server.store import contracts
from server.store.engine import NotMigrated
from server.views import page

Counts = Counter[str]


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
    return JSONResponse({"status": "alive"})


async def readyz(request: Request) -> Response:
    """The database can serve this program, or why it cannot."""
    try:
        await parts(request).store.check()
    except NotMigrated as wrong:
        return JSONResponse({"status": "not ready", "says": str(wrong)}, 503)
    except Exception:  # whatever the driver raises, the answer is the same
        return JSONResponse({"status": "not ready", "says": "the database does not answer"}, 503)
    return JSONResponse({"status": "ready"})


async def home(request: Request) -> Response:
    """The contracts there are."""
    async with parts(request).store.reading() as session:
        cards = [await _card(session, one) for one in await contracts.contracts(session, 0)]
    return page(request, "home.html", {"cards": cards})


async def _card(session: Any, contract: Contract) -> dict[str, Any]:
    sections = await contracts.sections(session, contract.id)
    return {
        "contract": contract,
        "family": _family(contract),
        "parties": await contracts.parties(session, contract.id),
        "seat": None,
        **_progress(sections),
    }


def _family(contract: Contract) -> str:
    plans = read_plans(contract_file.read_data("plans.json")["templates"])
    return short_label(plans[contract.family].label)


def _progress(sections: list[Section]) -> dict[str, Any]:
    leaves = [one for one in sections if not _is_head(one, sections)]
    return {"counts": Counter(rendering.STATUSES[one.status][1] for one in leaves), "total": len(leaves)}


def _is_head(section: Section, sections: list[Section]) -> bool:
    return any(other.parent_id == section.id for other in sections)


async def contract(request: Request) -> Response:
    """One contract: its outline, its parties, every section as committed."""
    own = parts(request)
    async with own.store.reading() as session:
        found = await contracts.contract(session, request.path_params["contract_id"])
        if found is None:
            raise NotFound
        sections = await contracts.sections(session, found.id)
        parties = await contracts.parties(session, found.id)
        establishments = await contracts.establishments(session, found.id)
    seen = await own.log.last()
    shown = [await _shown(own, found, one, sections) for one in sections]
    facts = {
        "contract": found,
        "family": _family(found),
        "parties": parties,
        "operator": _operator(parties),
        "establishments": establishments,
        "has_funding": any(one.funding for one in establishments),
        "sections": shown,
        "seen": seen,
        "seat": None,
        "life_at": LIFE.index(found.state) if found.state in LIFE else -1,
        **_progress(sections),
    }
    return page(request, "contract.html", facts)


async def _shown(own: Parts, found: Contract, section: Section, sections: list[Section]) -> Shown:
    content = await own.text_of(section)
    closed = why_closed(section, found.state)
    return Shown(
        section=section,
        is_head=_is_head(section, sections),
        is_empty=not text.to_body(content),
        html=rendering.html(content),
        is_writable=False,
        why_closed=closed,
    )


def _operator(parties: list[Party]) -> Party | None:
    return next((party for party in parties if party.kind is PartyKind.OPERATOR), None)
