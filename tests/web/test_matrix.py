"""Every role × route × state: who comes in, who is refused, and that a refusal changes nothing.

Made from the policy table and the list of routes; a route without its line in `CASES` fails. The allowed forms are
really sent, then undone.
"""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import websockets
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.routing import Route

from auth.policy import ROUTES, Action, Door, Role, may
from server.app import ROUTED
from server.demo import demonstration
from server.domain.contract.contract import ContractState
from server.domain.contract.life import Move, moves
from server.domain.contract.sections import why_closed
from server.domain.plan.seen import section_seen
from server.domain.sheets import version_of
from server.editing import establishments, facts, parties, seats
from server.store import contracts
from tests.collab.stage import hello
from tests.documents import docx, p
from tests.factories import IS_LONG, PH
from tests.waiting import PATIENCE_S
from tests.web.drafts import address, offline, section
from tests.web.over_requests import OverRequests
from tests.web.scanned import LIMITS
from tests.web.site import HTML, Site, running

pytestmark = pytest.mark.anyio
SUBJECT, SEAT = "camille-authier", "p-referent-ars"  # whose role and party the matrix changes
OF_A_CONTRACT = ("contract", "contract_file", "party", "person", "member", "establishment", "funding", "section", "act")
OF_PEOPLE = ("invitation", "mandate", "mandate_document")
KEPT = (*OF_A_CONTRACT, *OF_PEOPLE, "proposal", "proposal_event", "proposed_plan", "document_snapshot")
LOG = "document_update"
READS = "read_document"  # a form that keeps nothing of what is sent
REASON = {"reason": "Essai."}
Values = dict[str, str]
Body = Callable[[AsyncSession, ContractState], Awaitable[Values]]
LOOKED_AT = (ContractState.NEGOTIATION, ContractState.SIGNED)  # where everybody opens every page, in the short run


def always(_: ContractState) -> int:
    return 303


def unknown(_: ContractState) -> int:
    return 422


def while_open(state: ContractState) -> int:
    return 303 if state.is_open_to_writing else 409


def until_agreed(state: ContractState) -> int:
    return 303 if state.is_open_to_writing and not state.has_agreed_plan else 409


def shown(_: ContractState) -> int:
    return 200


@dataclass(frozen=True)
class Case:
    """How a route is asked for: the rest of its address, the form it takes, and what a person who may then gets."""

    expects: Callable[[ContractState], int] = shown
    params: tuple[tuple[str, str], ...] = ()
    body: Body | None = None


def given(**values: str) -> Body:
    async def body(session: AsyncSession, state: ContractState) -> Values:
        return values

    return body


async def _facts(session: AsyncSession, state: ContractState) -> Values:
    found = await contracts.contract(session, PH)
    assert found is not None
    values = facts.facts_of(found).values
    return {**values, "title": "Essai", "version": version_of(values)}


def of(
    list_of: Any, module: Any, key: str, **changes: str
) -> Callable[[AsyncSession, ContractState], Awaitable[Values]]:
    """The form of one party, establishment or seat as it is kept, with changes."""

    async def body(session: AsyncSession, state: ContractState) -> Values:
        found = next(one for one in await list_of(session, PH) if one.key == key)
        kept = module.facts_of(found)
        values = dict(getattr(kept, "values", kept) if module is not seats else kept)
        return {**values, **changes, "version": version_of(values)}

    return body


async def _plan(session: AsyncSession, state: ContractState) -> Values:
    section = next(one for one in await contracts.sections(session, PH) if one.key == "s-4-3")
    return {"act": "retitle", "article": section.id, "seen": section_seen(section), "number": "4.3", "title": "Essai"}


async def _move(session: AsyncSession, state: ContractState) -> Values:
    return {"move": "suspend", "to": "suspended", "seen": state.value, **REASON}


def _moves(state: ContractState) -> int:
    return 303 if Move.SUSPEND in moves(state) else 409


def while_free(state: ContractState) -> int:
    return 200 if state.is_open_to_writing else 409


def when_closed(state: ContractState) -> int:
    return 409 if state.is_open_to_writing else 201


PARTY, PLACE, OTHER = (("party_key", "partie-x"),), (("establishment_key", "esms-x"),), (("seat_key", "place-x"),)
INVITATION, MANDATE = (("invitation_id", "1"),), (("mandate_id", "mandate-x"),)
INVITED = {"email": "a@exemple.fr", "days": "7", "provider": demonstration.KEY}
REFERENCE = "K7P2M9QX4DAB"  # of somebody who has signed in and sits nowhere
DRAFT = (("proposal_id", "DRAFT"),)
PLAN_DRAFT = (("proposal_id", "PLANNED"),)
UNSAID = {"title": "", "reason": "", "target": "", "on": "", "share": ""}
FAMILY = (("family", "generic_l313_11"),)
NEW_PARTY = given(kind="authority", authority_type="etat", name="Préfecture", short_name="Préfecture")
NEW_SEAT = given(name="Zoé Petit", role="reader")
BEGUN = given(start="2027-01-01", years="5", operator_name="Les Aulnes", operator_short="Aulnes")
CHOSEN = given(provider="demonstration", version=version_of({"provider": ""}))
CASES = {
    "new_contract": Case(),
    "new_contract_of": Case(params=FAMILY),
    "create_contract": Case(always, FAMILY, BEGUN),
    "contract": Case(),
    "settings": Case(),
    "facts": Case(),
    "save_facts": Case(while_open, body=_facts),
    "new_party": Case(),
    "add_party": Case(while_open, body=NEW_PARTY),
    "party": Case(params=PARTY),
    "save_party": Case(while_open, PARTY, of(contracts.parties, parties, "partie-x", name="Essai")),
    "remove_party": Case(while_open, PARTY, of(contracts.parties, parties, "partie-x")),
    "choose_provider": Case(always, (("party_key", "ars"),), CHOSEN),
    "new_seat": Case(params=(("party_key", "ars"),)),
    "add_seat": Case(always, (("party_key", "ars"),), NEW_SEAT),
    "seat": Case(params=OTHER),
    "save_seat": Case(always, OTHER, of(contracts.members, seats, "place-x", name="Essai")),
    "free_seat": Case(always, (("seat_key", "p-tarif-ars"),), of(contracts.members, seats, "p-tarif-ars")),
    "remove_seat": Case(always, OTHER, of(contracts.members, seats, "place-x")),
    "own_people": Case(),
    "people": Case(params=(("party_key", "ars"),)),
    "invite": Case(
        shown,
        OTHER,
        of(contracts.members, seats, "place-x", email="a@exemple.fr", days="7", provider=demonstration.KEY),
    ),
    "resend_invitation": Case(shown, INVITATION, given()),
    "revoke_invitation": Case(always, INVITATION, given()),
    "whose_reference": Case(unknown, OTHER, of(contracts.members, seats, "place-x", reference="000000000000")),
    "move_seat": Case(always, OTHER, of(contracts.members, seats, "place-x", reference=REFERENCE)),
    "seat_mandates": Case(params=OTHER),
    "record_mandate": Case(always, OTHER, given(title="X", basis="statutes", reference="S", dated="2026-01-01")),
    "end_mandate": Case(always, MANDATE, given()),
    "add_paper": Case(always, MANDATE, given()),
    "paper": Case(params=(("paper_id", "paper-x"),)),
    "set_facilitator": Case(always, body=given(seat="place-x", is_given="yes")),
    "new_establishment": Case(),
    "add_establishment": Case(while_open, body=given(name="Foyer", category="EANM")),
    "establishment": Case(params=PLACE),
    "save_establishment": Case(while_open, PLACE, of(contracts.establishments, establishments, "esms-x", name="Essai")),
    "remove_establishment": Case(while_open, PLACE, of(contracts.establishments, establishments, "esms-x")),
    "life": Case(),
    "move_on": Case(_moves, body=_move),
    "propose": Case(when_closed, (("section_key", "s-4-3"),)),
    "proposals": Case(),
    "counter_form": Case(lambda _: 404, DRAFT),  # a draft is nothing to answer to
    "counter_proposal": Case(lambda _: 404, DRAFT, given(title="Essai")),
    "take_up_form": Case(lambda _: 404, DRAFT),
    "take_up_proposal": Case(lambda _: 404, DRAFT, given()),
    "section_mode": Case(params=(("section_key", "s-4-3"),)),
    "change_mode": Case(lambda _: 409, (("section_key", "s-4-3"),), given(wish="close")),  # made from no page
    "tabling": Case(params=DRAFT),
    "table_proposal": Case(lambda _: 409, DRAFT, given(seen="")),
    "answer_proposal": Case(lambda _: 404, DRAFT, given(answer="agreed")),  # a draft is nothing to answer to
    "lift_reservation": Case(lambda _: 404, DRAFT, given()),
    "new_proposal": Case(params=(("section_key", "s-4-3"),)),
    "begin_proposal": Case(while_open, (("section_key", "s-4-3"),), given(title="Essai")),
    "proposal": Case(params=DRAFT),
    "compare_proposal": Case(params=DRAFT),
    "proposal_cover": Case(params=DRAFT),
    "save_proposal_cover": Case(always, DRAFT, given(title="Essai", version=version_of(UNSAID))),
    "withdraw_proposal": Case(always, DRAFT, given()),
    "plan": Case(),
    "new_plan_proposal": Case(),
    "begin_plan_proposal": Case(while_open, body=given(title="Essai")),
    "proposed_plan": Case(params=PLAN_DRAFT),
    "change_proposed_plan": Case(while_open, PLAN_DRAFT, _plan),
    "change_plan": Case(until_agreed, body=_plan),
    "read_document": Case(while_free, (("document", "DOCUMENT"),)),
    "section_authors": Case(params=(("section_key", "s-4-3"),)),
    "section_history": Case(params=(("section_key", "s-4-3"),)),
    "section_past": Case(params=(("section_key", "s-4-3"), ("line", "1"))),
    "section_compare": Case(params=(("section_key", "s-4-3"), ("line", "1"), ("other", "1"))),
}
# The live doors have their own test below; a line is found by nobody but its owner (test_lines).
# Whose sessions end is no row of the contract: test_people.
ELSEWHERE = {"end_sessions_of", "live", "nameless", "open_line", "hear_line", "say_line", "close_line"}


def guarded() -> list[Route]:
    """The routes behind a seat: those of a contract's members, and of people who lead."""
    behind = (Door.MEMBER, Door.LEAD)
    routes = [one for one in ROUTED if isinstance(one, Route) and ROUTES[one.name][0] in behind]
    return [one for one in routes if one.name not in ELSEWHERE]


def asked(role: Role, state: ContractState) -> list[Route]:
    """The routes to ask for: all; in the short run, who does not lead opens pages in two states, not in thirteen.

    What concerns a party's people is the same in every state, and in the short run asked for in those two.
    """
    if IS_LONG or state in LOOKED_AT:
        return guarded()
    of_its_state = [one for one in guarded() if ROUTES[one.name][1] is not Action.PEOPLE]
    return [one for one in of_its_state if role is Role.LEAD_NEGOTIATOR or "POST" in (one.methods or ())]


def test_every_route_behind_a_seat_is_in_the_matrix() -> None:
    named = {str(getattr(one, "name", "")) for one in ROUTED}
    assert {name for name in named if ROUTES[name][0] in (Door.MEMBER, Door.LEAD)} == {*CASES, *ELSEWHERE}
    assert {one.name for one in guarded()} == set(CASES)


@dataclass(frozen=True)
class Draft:
    """A proposal of the person whose role the matrix changes, and words for another one."""

    id: str
    words: bytes
    plan_id: str
    document: str  # the live text that is free to be written


class Matrix:
    """A site whose one contract is put in any state and whose one person is given any role; undone after each form."""

    def __init__(self, site: Site, path: Path, cookie: str, draft: Draft) -> None:
        self.site = site
        self._draft = draft
        self._path, self._copy = path, path.with_suffix(".copy")
        self._headers = {**HTML, "cookie": cookie, "origin": site.url}
        self.client = httpx2.AsyncClient(trust_env=False, base_url=site.url, timeout=PATIENCE_S)

    @contextmanager
    def _raw(self) -> Iterator[sqlite3.Connection]:
        raw = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        try:
            yield raw
        finally:
            raw.close()

    def prepare(self, role: Role, state: ContractState, *, is_signing: bool) -> None:
        """Put the person and the contract as asked, and remember the database so."""
        with self._raw() as raw:
            raw.execute("UPDATE member SET role = ? WHERE key = ?", (role.value, SEAT))
            raw.execute("UPDATE party SET is_signing = ? WHERE key = 'ars' AND contract_id = ?", (is_signing, PH))
            raw.execute("UPDATE contract SET state = ? WHERE id = ?", (state.value, PH))
            with sqlite3.connect(self._copy) as copy:
                raw.backup(copy)
            copy.close()
        self.site.parts.standings.changed(PH)  # which are read again at once where the program itself writes

    def dump(self) -> int:
        """What the database holds, sessions aside."""
        with self._raw() as raw:
            return hash(tuple(tuple(raw.execute(f"SELECT * FROM {table}").fetchall()) for table in (*KEPT, LOG)))

    def undo(self) -> None:
        """Put back what was remembered."""
        with self._raw() as raw:
            raw.execute("ATTACH ? AS kept", (str(self._copy),))
            raw.execute("BEGIN IMMEDIATE")
            for table in (*KEPT, LOG):
                raw.execute(f"DELETE FROM {table}")
                raw.execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")
            raw.execute("COMMIT")

    async def ask(self, route: Route, state: ContractState, contract_id: str = PH) -> int:
        """The status of a route's answer, its form filled in as whoever may would."""
        case, method = CASES[route.name], "POST" if "POST" in (route.methods or ()) else "GET"
        path = route.path.replace("{contract_id}", contract_id)
        for name, value in case.params:
            path = path.replace(f"{{{name}}}", value.replace("DRAFT", self._draft.id))
            path = path.replace("PLANNED", self._draft.plan_id).replace("DOCUMENT", self._draft.document)
        sent: dict[str, Any] = {}
        if route.name == "propose":
            sent = {"content": self._draft.words}
        elif route.name == "read_document":
            sent = {"content": docx(p("Un article."))}
        elif route.name == "add_paper":
            sent = {"files": {"paper": ("a.pdf", b"%PDF-1.7", "application/pdf")}}
        elif case.body is not None:
            async with self.site.parts.store.reading() as session:
                sent = {"data": await case.body(session, state)}
        assert "{" not in path
        assert (method == "POST") == bool(sent), f"{route.name}: a form and its body go together"
        return (await self.client.request(method, path, headers=self._headers, **sent)).status_code


async def a_draft(site: Site) -> Draft:
    browser = await site.signed_in(SUBJECT)
    made = await browser.ask("POST", address(), content=await offline(site, "Un brouillon."))
    planned = await browser.ask("POST", f"/contracts/{PH}/plan/propose", data={"title": "Essai", "version": "1"})
    plan_id = planned.headers["location"].split("/")[-2]
    words = await offline(site, "Hors connexion.", "s-4-3")
    return Draft(made.json()["at"].rsplit("/", 1)[1], words, plan_id, (await section(site, "s-4-3")).document)


def _add_people(raw: sqlite3.Connection) -> None:
    """An invitation, a mandate with a document, and somebody who told their reference."""
    raw.execute(
        "INSERT INTO invitation (id, token_hash, contract_id, seat_key, email, provider, created_at, expires_at)"
        " VALUES (1, 'h', ?, 'place-x', 'a@exemple.fr', ?, '2026-01-01', '2099-01-01')",
        (PH, demonstration.KEY),
    )
    raw.execute(
        "INSERT INTO mandate (id, contract_id, party_id, seat_key, holder, title, basis, reference, dated, valid_from,"
        " scope, recorded_by, recorded_at) SELECT 'mandate-x', contract_id, id, 'place-x', 'Zoé', 'Présidente',"
        " 'statutes', 'S-1', '2026-01-01', '2026-01-01', '', 1, '2026-01-01' FROM party"
        " WHERE key = 'ars' AND contract_id = ?",
        (PH,),
    )
    raw.execute(
        "INSERT INTO mandate_document (id, mandate_id, name, media_type, size, sha256, content, added_by, added_at)"
        " VALUES ('paper-x', 'mandate-x', 'a.pdf', 'application/pdf', 5, '', x'255044462d', 1, '2026-01-01')"
    )
    raw.execute(
        "INSERT INTO person (issuer, subject, name, created_at, reference) VALUES ('i', 's', 'X', '2026-01-01', ?)",
        (REFERENCE,),
    )


def _add_what_is_asked_for(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute(
            "INSERT INTO party (contract_id, position, key, kind, name, short_name, is_signing, sign, hue)"
            " VALUES (?, 90, 'partie-x', 'consulted', 'Partie X', 'X', 0, 'XX', 8)",
            (PH,),
        )
        raw.execute(
            "INSERT INTO member (contract_id, party_id, position, key, name, function, role)"
            " SELECT contract_id, id, 90, 'place-x', 'Zoé', '', 'reader' FROM party"
            " WHERE key = 'ars' AND contract_id = ?",
            (PH,),
        )
        raw.execute(
            "INSERT INTO establishment (contract_id, position, key, name, category, capacity_unit, city,"
            " department_code, competence) VALUES (?, 90, 'esms-x', 'Foyer X', 'EANM', '', '', '', '')",
            (PH,),
        )
        _add_people(raw)
    raw.close()


@asynccontextmanager
async def matrix(path: Path, subject: str = SUBJECT) -> AsyncIterator[Matrix]:
    async with running(path, **dict.fromkeys(LIMITS, 100_000)) as site:
        await asyncio.to_thread(_add_what_is_asked_for, path)  # the program may be writing too
        made = Matrix(site, path, (await site.signed_in(subject)).cookie, await a_draft(site))
        async with made.client:
            yield made


def expected(role: Role, route: Route, state: ContractState, *, is_signing: bool) -> int:
    """What the policy table and the contract's state say."""
    door, action = ROUTES[route.name]
    needs = Action.MANAGE if door is Door.LEAD else action
    assert needs is not None
    return CASES[route.name].expects(state) if may(role, needs, is_signing=is_signing) else 404


async def test_every_role_route_and_state_as_the_table_says(tmp_path: Path) -> None:
    wrong = []
    async with matrix(tmp_path / "matrix.sqlite") as made:
        for role, is_signing, state in itertools.product(Role, (True, False), ContractState):
            made.prepare(role, state, is_signing=is_signing)
            before = made.dump()
            for route in asked(role, state):
                wanted = expected(role, route, state, is_signing=is_signing)
                got = await made.ask(route, state)
                if got != wanted:
                    wrong.append((role.value, is_signing, state.value, route.name, got, wanted))
                if got in (201, 303) or (got == 200 and "POST" in (route.methods or ())):
                    is_changed = made.dump() != before
                    assert is_changed is (route.name != READS), f"{route.name} said yes: changed {is_changed}"
                    made.undo()
            assert made.dump() == before, f"a refusal changed something: {role}, {is_signing}, {state}"
    assert wrong == []


async def test_a_stranger_is_told_the_same_as_of_what_does_not_exist(tmp_path: Path) -> None:
    for subject in ("alex-martin", "monique-herault"):  # in no contract; a reader of the other contract
        async with matrix(tmp_path / f"{subject}.sqlite", subject) as made:
            before = made.dump()
            for route in guarded():
                assert await made.ask(route, ContractState.NEGOTIATION) == 404, route.name
                assert await made.ask(route, ContractState.NEGOTIATION, "NO-SUCH-CONTRACT") == 404, route.name
            assert made.dump() == before


async def scope(made: Matrix, name: str) -> str:
    """What the live door says of a section: read-write, readonly, or nothing at all."""
    address = f"{made.site.url.replace('http', 'ws', 1)}/contracts/{PH}/live"
    headers = {"Origin": made.site.url, "Cookie": made._headers["cookie"]}
    try:
        async with websockets.connect(address, additional_headers=headers, compression=None, proxy=None) as connection:
            await connection.send(hello(name))
            async for frame in connection:
                assert isinstance(frame, bytes)
                for word in ("read-write", "readonly"):
                    if frame.endswith(word.encode()):
                        return word
    except websockets.InvalidStatus:
        return ""
    return "closed"


async def scope_over_requests(made: Matrix, name: str) -> str:
    """What the other live door says, where no websocket gets through."""
    headers = {"cookie": made._headers["cookie"], "origin": made.site.url}
    opened = await made.client.post(f"/contracts/{PH}/live", headers=headers)
    if opened.status_code != 201:
        return ""
    line = OverRequests(made.client, opened.headers["location"], headers)
    await line.send(hello(name))
    said = await line.recv()
    await line.leave()
    return next((word for word in ("read-write", "readonly") if said.endswith(word.encode())), "closed")


async def test_the_live_doors_open_as_the_table_and_the_state_say(tmp_path: Path) -> None:
    wrong = []
    async with matrix(tmp_path / "live.sqlite") as made:
        async with made.site.parts.store.reading() as session:
            section = next(one for one in await contracts.sections(session, PH) if one.key == "s-4-3")
        for role, is_signing, state in itertools.product(Role, (True, False), ContractState):
            made.prepare(role, state, is_signing=is_signing)
            writes = may(role, Action.WRITE, is_signing=is_signing) and why_closed(section, state) is None
            reads = may(role, Action.READ, is_signing=is_signing)
            wanted = "read-write" if writes else "readonly" if reads else ""
            is_short = not IS_LONG and state not in LOOKED_AT  # behind both doors is the same page
            for ask in (scope,) if is_short else (scope, scope_over_requests):
                got = await ask(made, section.document)
                if got != wanted:
                    wrong.append((ask.__name__, role.value, is_signing, state.value, got, wanted))
    assert wrong == []
