"""A site made to be scanned: somebody for each role in each kind of party, words planted, forms and links collected."""

import re
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from starlette.applications import Starlette
from starlette.routing import Match

from auth.policy import ROUTES, Action, Door, Role, may
from auth.session import COOKIE, new_token
from server import app as application
from server.demo import demonstration
from server.settings import Settings
from server.store import administrators, people, sessions
from server.web.parts import Parts
from tests.factories import EHPAD, PH, address
from tests.web.drafts import address as draft_address
from tests.web.drafts import offline
from tests.web.forms import every_form
from tests.web.scanning import OURS, Answer, Ask, Fingerprint, ask, routes
from tests.web.site import fill

NOBODY, PLANTED_ID, STRANGER, NEIGHBOUR, ADMIN = "nobody", "a planted session", "stranger", "neighbour", "platform"
ARS, OTHER, CONSULTED = "ars", "another signing party", "a consulted party"
LEAD = f"{Role.LEAD_NEGOTIATOR}, {ARS}"
DRAFT = "Zygomatique"
LIMITS = ("openings", "sign_ins", "reports", "forms", "proposals", "readings", "document_readings")
PLANTED = {"contract": "Hippocampe", "section": "Salamandre", "establishment": "Cachalot", "party": "Axolotl"}
WITHOUT_LIMITS = dict.fromkeys(LIMITS, 100_000)
BEGUN_WITH = {
    "contract_id": [PH, EHPAD, "NO-SUCH-CONTRACT"],
    "section_key": ["s-4-3", "s-preambule"],
    "family": ["ph_l313_12_2"],
    "provider": [demonstration.KEY],
    "party_key": [ARS],
}


@dataclass
class Scan:
    """The site; `cookies` are everybody's, `given` what stands in addresses by name, `forms` the fields by address."""

    app: Starlette
    cookies: dict[str, str] = field(default_factory=dict)
    given: dict[str, list[str]] = field(default_factory=lambda: {name: list(of) for name, of in BEGUN_WITH.items()})
    forms: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    kept: Fingerprint = field(init=False)

    @property
    def parts(self) -> Parts:
        found: Parts = self.app.state.parts
        return found

    async def ask(self, who: str, method: str, path: str, *, body: bytes = b"", **headers: str) -> Answer:
        """A request as a page of ours makes it, with `headers` in the place of its own; an empty one is left out."""
        heads = {"cookie": self.cookies[who], "origin": OURS, "accept": "text/html"}
        heads |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await ask(self.app, Ask(method, path, headers=tuple(one for one in heads.items() if one[1]), body=body))

    def undo(self, tables: Sequence[str]) -> None:
        """Put tables back as they were."""
        if tables:
            self.kept.undo(tables)
            self.parts.standings.all_changed()

    def hidden(self, who: str) -> list[str]:
        """The planted words that somebody may never be shown."""
        role, _, party = who.partition(", ")
        if not party:
            return [DRAFT, *PLANTED.values()]
        if role == Role.ADMINISTRATOR:  # who looks after the people of a party in a contract, and reads nothing of it
            return [DRAFT, PLANTED["section"], PLANTED["establishment"]]
        return [] if party == ARS else [DRAFT]

    def may_pass(self, who: str, name: str) -> bool:
        """Whether the policy table lets somebody through the door of a route, of the contract PH."""
        door, action = ROUTES[name]
        role, _, party = who.partition(", ")
        if door is Door.ANYONE or who in (NOBODY, PLANTED_ID):
            return door is Door.ANYONE
        if door is Door.LEAD:
            return who == NEIGHBOUR or (bool(party) and may(Role(role), Action.MANAGE, is_signing=party != CONSULTED))
        if door is Door.MEMBER:
            assert action is not None
            return bool(party) and may(Role(role), action, is_signing=party != CONSULTED)
        return who == ADMIN if door is Door.ADMINISTRATOR else True


def filled(path: str, given: Mapping[str, Sequence[str]]) -> str:
    """The address of a route, with something that exists in the place of each name."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda name: given.get(name[1], ["x"])[0], path)


@asynccontextmanager
async def scanned(folder: Path) -> AsyncIterator[Scan]:
    """The site, served to nobody but its scan."""
    path = folder / "scan.sqlite"
    limits: dict[str, Any] = WITHOUT_LIMITS
    settings = Settings(database_url=address(path), public_url=OURS, development=True, **limits)
    await fill(settings)
    scan = Scan(application.build(settings, is_demo=True))
    async with scan.app.router.lifespan_context(scan.app):
        _plant(path)
        await _people(scan, path)
        await _draft(scan)
        await _look_around(scan)
        scan.kept = Fingerprint(path)
        yield scan
        scan.kept.close()


def _plant(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        for (table, word), column in zip(PLANTED.items(), ("title", "title", "name", "name"), strict=True):
            which = "id" if table == "contract" else "contract_id"
            raw.execute(f"UPDATE {table} SET {column} = {column} || ' {word}' WHERE {which} = ?", (PH,))
    raw.close()


async def _people(scan: Scan, path: Path) -> None:
    """One person in each role of each kind of party, one leading the other contract, two of none."""
    now = datetime.now(UTC)
    wanted = [f"{role}, {party}" for party in (ARS, OTHER, CONSULTED) for role in Role] + [STRANGER, NEIGHBOUR, ADMIN]
    numbers = {}
    async with scan.parts.store.writing() as session:
        for number, who in enumerate(wanted):
            name = f"Personne {number}"
            numbers[who] = await people.person(session, "https://scan.example", f"scan-{number}", name, now)
            token = new_token()
            await sessions.open_session(session, token, numbers[who], demonstration.KEY, now)
            scan.cookies[who] = f"{COOKIE}={token}"
        await administrators.appoint(session, numbers[ADMIN], now, None)
    scan.cookies |= {NOBODY: "", PLANTED_ID: f"{COOKIE}={new_token()}"}
    with sqlite3.connect(path) as raw:
        for who in wanted:
            role, _, party = who.partition(", ")
            if party or who == NEIGHBOUR:
                _seat(raw, numbers[who], role if party else Role.LEAD_NEGOTIATOR.value, party)
    raw.close()


def _seat(raw: sqlite3.Connection, person_id: int, role: str, party: str) -> None:
    which = {ARS: "key = 'ars'", OTHER: "is_signing AND key <> 'ars'", CONSULTED: "NOT is_signing", "": "is_signing"}
    raw.execute(
        "INSERT INTO member (contract_id, party_id, person_id, position, key, name, function, role)"
        f" SELECT contract_id, id, ?, 900, ?, ?, '', ? FROM party WHERE contract_id = ? AND {which[party]} LIMIT 1",
        (person_id, f"scan-{person_id}", f"Personne {person_id}", role, PH if party else EHPAD),
    )


async def _draft(scan: Scan) -> None:
    words = await offline(cast(Any, scan), DRAFT)
    made = await scan.ask(LEAD, "POST", draft_address(), body=words, accept="application/json")
    assert made.status == 201, made.words


async def _look_around(scan: Scan) -> None:
    """Open every page, twice as more addresses become known; keep the links and the forms that are found."""
    known = routes(scan.app)
    for _ in range(2):
        for path, route in known:
            if "GET" in (route.methods or ()) and route.name not in ("hear_line", "sign_in_callback"):
                for who in (LEAD, ADMIN):
                    _collect(scan, (await scan.ask(who, "GET", filled(path, scan.given))).words)


def _collect(scan: Scan, page: str) -> None:
    for action, fields in every_form(page):
        if fields:
            scan.forms.setdefault(action, fields)
    for link in re.findall(r'(?:href|action)="(/[^"?#]*)', page):
        for route in scan.app.routes:
            match, found = route.matches({"type": "http", "method": "GET", "path": link, "headers": []})
            if match is not Match.NONE:
                for name, value in found.get("path_params", {}).items():
                    kept = scan.given.setdefault(name, [])
                    if str(value) not in kept and len(kept) < 8:
                        kept.append(str(value))
