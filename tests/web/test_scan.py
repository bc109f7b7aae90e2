"""Every route, asked by everybody in every wrong way: no failure, no leak, no change."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from auth.policy import ROUTES, Door, Role
from server.app import ROUTED
from server.demo.demonstration import provider
from server.demo.pages import routes as demo_routes
from server.demo.provider import PREFIX
from server.web.views import templates
from tests.factories import EHPAD, IS_LONG, PH, some_settings
from tests.web.scanned import (
    ADMIN,
    ARS,
    CONSULTED,
    LEAD,
    NEIGHBOUR,
    NOBODY,
    OTHER,
    PLANTED_ID,
    STRANGER,
    Scan,
    filled,
    scanned,
)
from tests.web.scanning import OURS, Answer, Ask, ask, routes

REQUESTS = 1000 if IS_LONG else 100  # mutated ones, of each route
OTHER_LEAD, CONSULTED_READER = f"{Role.LEAD_NEGOTIATOR}, {OTHER}", f"{Role.READER}, {CONSULTED}"
ADMINISTERS = f"{Role.ADMINISTRATOR}, {ARS}"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
SAFE = ("GET", "HEAD", "OPTIONS")
WAITING = ("hear_line",)  # it waits for news, of a line that only its owner finds


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[Scan, asyncio.Runner]]:
    """One site for the whole scan: what changes it is undone."""
    with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
        opening = scanned(Path(folder))
        yield runner.run(opening.__aenter__()), runner
        runner.run(opening.__aexit__(None, None, None))


def check(scan: Scan, who: str, answer: Answer) -> None:
    """What holds of every answer, whoever asked what."""
    assert answer.status < 500
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Traceback" not in answer.words
    assert [word for word in scan.hidden(who) if word in answer.words] == []
    if answer.status >= 400:
        assert scan.kept.changed() == []


def is_turned_away(answer: Answer) -> bool:
    return answer.status in (401, 403, 404) or answer.headers.get("location", "").startswith("/sign-in?next=")


def unsafe(route: Route) -> list[str]:
    return [one for one in route.methods or () if one not in SAFE]


SHOWN = (LEAD, OTHER_LEAD, CONSULTED_READER, ADMINISTERS, NOBODY, STRANGER, NEIGHBOUR, ADMIN)  # read what they may


def test_whoever_may_not_is_turned_away_and_sees_and_changes_nothing(site: tuple[Scan, asyncio.Runner]) -> None:
    scan, runner = site

    async def everything() -> int:
        asked = 0
        for path, route in routes(scan.app):
            for who in scan.cookies:
                for method in [*unsafe(route), *(("GET",) if "GET" in (route.methods or ()) else ())]:
                    may_pass = scan.may_pass(who, route.name)
                    if may_pass and (method != "GET" or who not in SHOWN or route.name in WAITING):
                        continue  # tests/web/test_matrix.py asks for these
                    accept = "text/html" if may_pass else "*/*"  # a refusal in words is the same one, and slower
                    answer = await scan.ask(who, method, filled(path, scan.given), accept=accept)
                    assert may_pass or is_turned_away(answer), (route.name, who, method, answer.status)
                    check(scan, who, answer)
                    assert scan.kept.changed() == [], (route.name, who, method)
                    asked += 1
        return asked

    assert runner.run(everything()) > 700


def test_what_is_one_contracts_is_not_found_in_another(site: tuple[Scan, asyncio.Runner]) -> None:
    scan, runner = site

    async def everything() -> None:
        for path, route in routes(scan.app):
            if ROUTES[route.name][0] is not Door.MEMBER or route.name in WAITING:
                continue
            for who, contract_id in ((NEIGHBOUR, EHPAD), (LEAD, EHPAD), (NEIGHBOUR, PH)):
                address = filled(path, scan.given | {"contract_id": [contract_id]})
                for method in unsafe(route) or ["GET"]:
                    answer = await scan.ask(who, method, address)
                    check(scan, who, answer)
                    assert scan.kept.changed() == [], (route.name, who, contract_id)
                    is_own = (who, contract_id) == (NEIGHBOUR, EHPAD)
                    assert is_own or answer.status == 404, (route.name, who, contract_id, answer.status)
                    assert "{proposal_id}" not in path or answer.status == 404

    runner.run(everything())


FOREIGN: list[dict[str, str]] = [
    {"origin": ""},
    {"origin": "null"},
    {"origin": "https://evil.example"},
    {"origin": f"{OURS}.evil.example"},
    {"origin": OURS.replace("http", "https")},
    {"origin": OURS.replace("8000", "8001")},
    {"origin": "", "sec_fetch_site": "cross-site"},
    {"origin": "", "sec_fetch_site": "same-site"},
    {"content_type": "text/plain"},
    {"content_type": "multipart/form-data; boundary=b; charset=utf-7"},
]
CALLED_BY_PROGRAMS = ("back_channel_logout", "demo_token")  # which hold a secret, and no cookie


def test_a_form_from_elsewhere_is_refused_on_every_route(site: tuple[Scan, asyncio.Runner]) -> None:
    scan, runner = site

    async def everything() -> None:
        for path, route in routes(scan.app):
            address = filled(path, scan.given)
            form = urlencode(scan.forms.get(address, [])).encode()
            for method in unsafe(route):
                for headers in FOREIGN:
                    answer = await scan.ask(LEAD, method, address, body=form, **headers)
                    is_taken = route.name in CALLED_BY_PROGRAMS and "content_type" not in headers
                    assert is_taken or answer.status == 403, (route.name, headers, answer.status)
                    check(scan, LEAD, answer)
                    assert scan.kept.changed() == [], (route.name, headers)

    runner.run(everything())


def test_a_wrong_method_and_an_oversized_body_change_nothing(site: tuple[Scan, asyncio.Runner]) -> None:
    scan, runner = site

    async def everything() -> None:
        known = routes(scan.app)
        taken: dict[str, set[str]] = {}
        for path, route in known:
            taken.setdefault(path, set()).update(route.methods or ())
        for path, route in known:
            address = filled(path, scan.given)
            for method in set(METHODS) - taken[path]:
                answer = await scan.ask(LEAD, method, address)
                assert answer.status in (403, 404, 405), (route.name, method)
                check(scan, LEAD, answer)
            for method in unsafe(route):
                answer = await scan.ask(LEAD, method, address, body=OVERSIZED, content_type=FORM)
                check(scan, LEAD, answer)
                scan.undo(scan.kept.changed())  # by what reads no body, such as signing out

    runner.run(everything())


OVERSIZED = b"x=" + b"y" * (17 << 20)
FORM = "application/x-www-form-urlencoded"
ODD = (
    "",
    "0",
    "-1",
    "9" * 40,
    "\x00",
    "\ud800",
    "../..",
    "%00",
    "<b>",
    "=cmd|'/c'!A1",
    "a" * 9000,
    "é\u202e\u0301",
    "🦆" * 9,
)
PEOPLE = (NOBODY, PLANTED_ID, STRANGER, NEIGHBOUR, ADMIN, OTHER_LEAD, CONSULTED_READER, ADMINISTERS)
ORIGINS = ("null", "https://evil.example", "")
KINDS = ("", "application/json", "application/octet-stream", "text/plain", "multipart/form-data; boundary=b")
ACCEPTED = (
    "*/*",
    "application/json",
    "",
    "text/html",
)  # pages say the same to all; refusals are made faster without one
QUERIES = ("page", "seen", "next", "state", "code", "iss", "sid", "error", "heard", "from", "open", "at", "block")
NAMES = (
    "role",
    "status",
    "party",
    "digest",
    "signed_at",
    "version",
    "name",
    "move",
    "act",
    "seen",
    "person_id",
    "\x00",
)
BODIES = (
    b"[" * 5000,
    b"{}",
    b'{"a":1e999}',
    b"\xff\xfe",
    b"a=%ff&b=%ed%a0%80",
    b"&" * 2000,
    b"--b\r\n\r\nx\r\n--b--\r\n",
)


class Mutant:
    """A request for a route as its pages make it, with this and that of it changed: all that `chance` decides."""

    def __init__(self, scan: Scan, chance: Random) -> None:
        self._scan = scan
        self._chance = chance

    def request(self, path: str, route: Route) -> tuple[str, Ask]:
        scan, pick = self._scan, self._chance.choice
        who = pick(PEOPLE) if self._is_odd() else next(one for one in (LEAD, ADMIN) if scan.may_pass(one, route.name))
        names = {name: self._name(scan.given.get(name, ["x"])) for name in route.param_convertors}
        method = pick(METHODS) if self._is_odd() else pick(unsafe(route) or ["GET"])
        heads = {
            "cookie": scan.cookies[who],
            "origin": pick(ORIGINS) if self._is_odd() else OURS,
            "content-type": pick(KINDS) if self._is_odd() else FORM,
            "accept": pick(ACCEPTED),
        }
        if self._is_odd():
            who, heads["cookie"] = NOBODY, "".join(chr(self._chance.randrange(1, 256)) for _ in range(60))
        asked = [(pick(QUERIES), self._word()) for _ in range(self._chance.randrange(4) if self._is_odd() else 0)]
        address = filled(path, {name: [escaped(value)] for name, value in names.items()})
        body = b"" if method in SAFE else self._body(filled(path, {name: [value] for name, value in names.items()}))
        return who, Ask(method, address, encoded(asked), tuple(one for one in heads.items() if one[1]), body)

    def _is_odd(self) -> bool:
        return self._chance.random() < 0.12

    def _name(self, given: list[str]) -> str:
        if self._is_odd():
            return self._word()
        return self._chance.choice(given) if self._is_odd() else given[0]

    def _word(self) -> str:
        if self._chance.random() < 0.6:
            return self._chance.choice(ODD)
        return "".join(
            chr(self._chance.choice((self._chance.randrange(128), self._chance.randrange(0x11000)))) for _ in "12"
        )

    def _body(self, address: str) -> bytes:
        """The form of an address with some fields changed, left out or added; or something else altogether."""
        if self._is_odd():
            return self._chance.choice((*BODIES, self._chance.randbytes(200)))
        fields = list(self._scan.forms.get(address, []))
        for _ in range(self._chance.randrange(4)):
            name = self._chance.choice([*(name for name, _ in fields), *NAMES])
            fields = [one for one in fields if one[0] != name or self._is_odd()]
            fields += [(name, self._word())] * self._chance.randrange(3)
        return encoded(fields).encode()


def escaped(word: str) -> str:
    return quote(word.encode("utf-8", "surrogatepass"), safe="")


def encoded(fields: list[tuple[str, str]]) -> str:
    return "&".join(f"{escaped(name)}={escaped(value)}" for name, value in fields)


def named() -> list[tuple[str, str]]:
    """Every route with the prefix it is mounted under: the scan's parameters, known before anything runs."""
    demo = demo_routes(provider(some_settings(Path("x.sqlite"))), templates())
    found = [("", one) for one in ROUTED if isinstance(one, Route)] + [(PREFIX, one) for one in demo]
    return [(prefix, one.name) for prefix, one in found if isinstance(one, Route)]


def test_the_scan_knows_every_route(site: tuple[Scan, asyncio.Runner]) -> None:
    assert sorted(route.name for _, route in routes(site[0].app)) == sorted(name for _, name in named())


@pytest.mark.parametrize("name", [name for _, name in named() if name not in WAITING])
def test_mutated_requests_never_fail_leak_or_change_what_they_may_not(
    site: tuple[Scan, asyncio.Runner], name: str
) -> None:
    scan, runner = site
    path, route = next(one for one in routes(scan.app) if one[1].name == name)

    @settings(
        max_examples=REQUESTS,
        derandomize=not IS_LONG,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64))
    def scans(seed: int) -> None:
        who, request = Mutant(scan, Random(seed)).request(path, route)
        answer = runner.run(ask(scan.app, request))
        check(scan, who, answer)
        changed = scan.kept.changed()
        scan.undo(changed)
        heads = dict(request.headers)
        may_change = request.method not in SAFE and (heads.get("origin") == OURS or name in CALLED_BY_PROGRAMS)
        assert not changed or may_change, (changed, who, request)

    scans()


NOT_A_FIELD = {
    "status": "signed",
    "party": "departement",
    "party_id": "1",
    "person_id": "1",
    "contract_id": EHPAD,
    "digest": "0" * 64,
    "signed_at": "2027-01-01",
    "is_signing": "1",
    "state": "signed",
}
EDITED = ("save_facts", "save_party", "save_seat", "save_establishment")


def test_fields_that_a_form_does_not_have_change_nothing(site: tuple[Scan, asyncio.Runner]) -> None:
    scan, runner = site

    async def everything() -> None:
        for path, route in routes(scan.app):
            if route.name not in EDITED:
                continue
            address = filled(path, scan.given)
            fields = scan.forms[address]
            more = [one for one in NOT_A_FIELD.items() if one[0] not in dict(fields)]
            body = encoded([*fields, *more]).encode()
            answer = await scan.ask(LEAD, "POST", address, body=body, content_type=FORM)
            assert (answer.status, scan.kept.changed()) == (303, []), route.name

    runner.run(everything())
