"""READ FIRST: every route and every dependency, wired once, as a list."""

import re
from collections.abc import AsyncIterator, Callable, Container
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from auth.oidc import Discovery, Http
from auth.policy import ROUTES
from collab.crowd import Bounds, Crowd
from collab.pace import Rates
from collab.rooms import Rooms
from server.administration.routes import ADMINISTRATION
from server.contract import creating_pages, life_pages, pages
from server.contract.settings_routes import SETTINGS
from server.demo import demonstration
from server.demo.pages import routes as demo_routes
from server.demo.provider import PREFIX as DEMO
from server.documents.reading import Desk
from server.domain.refusals import Refusal
from server.history import author_pages, history_pages
from server.live.authors import Authors
from server.live.floor import Floor
from server.live.grammar import GRAMMAR
from server.live.lines import Lines
from server.live.lookout import Lookout
from server.live.remembering import Past
from server.live.standing import Standings
from server.people.routes import PEOPLE
from server.proposals import mode_pages
from server.proposals.routes import PROPOSALS
from server.providers import providing
from server.providers.trying import Trials
from server.running.addresses import Addresses
from server.running.asking import Asking
from server.running.daily import Daily
from server.running.listening import impatient
from server.running.mailing import Mail
from server.running.secret_keys import sealer
from server.running.watching import Watch
from server.sessions.routes import SIGNING_IN
from server.settings import Settings
from server.store.engine import Store
from server.store.updates import UpdateLog
from server.web import bringing, errors, language_pages, metrics, notice_pages, polling, websocket
from server.web.compressing import Compressed
from server.web.doors import guarded
from server.web.gate import Exempt, Gate
from server.web.parts import Parts
from server.web.views import STATIC, templates
from server.wording.languages import languages
from server.wording.rendering import read

BODY_LIMIT = 32768  # bytes of a form: none of ours is larger
FOREIGN_POSTS = frozenset({"back_channel_logout"})  # names of routes, see `server.web.gate.Exempt`
UPLOADS = frozenset({"add_paper"})
LIVE = "/contracts/{contract_id}/live"
LINE = f"{LIVE}/{{line}}"
SECTION = "/contracts/{contract_id}/sections/{section_key}"
ROUTED: list[BaseRoute] = [
    guarded("/", pages.home, name="home"),
    guarded("/healthz", pages.healthz, name="healthz"),
    guarded("/readyz", pages.readyz, name="readyz"),
    guarded("/metrics", metrics.metrics, name="metrics"),
    guarded("/csp-report", pages.csp_report, name="csp_report", methods=("POST",)),
    guarded("/.well-known/security.txt", notice_pages.security_txt, name="security_txt"),
    guarded("/privacy", notice_pages.privacy, name="privacy"),
    guarded("/accessibility", notice_pages.accessibility, name="accessibility"),
    *SIGNING_IN,
    guarded("/language", language_pages.language, name="language", methods=("POST",)),
    *ADMINISTRATION,
    guarded("/contracts/new", creating_pages.new_contract, name="new_contract"),
    guarded("/contracts/new/{family}", creating_pages.new_contract_of, name="new_contract_of"),
    guarded("/contracts/new/{family}", creating_pages.create_contract, name="create_contract", methods=("POST",)),
    guarded("/contracts/{contract_id}", pages.contract, name="contract"),
    *SETTINGS,
    *PEOPLE,
    guarded("/contracts/{contract_id}/life", life_pages.life, name="life"),
    guarded("/contracts/{contract_id}/life", life_pages.move_on, name="move_on", methods=("POST",)),
    guarded(f"{SECTION}/history", history_pages.history, name="section_history"),
    guarded(f"{SECTION}/history/{{line}}", history_pages.past, name="section_past"),
    guarded(f"{SECTION}/history/{{line}}/{{other}}", history_pages.compare, name="section_compare"),
    guarded(f"{SECTION}/mode", mode_pages.mode, name="section_mode"),
    guarded(f"{SECTION}/mode", mode_pages.change_mode, name="change_mode", methods=("POST",)),
    guarded(f"{SECTION}/authors", author_pages.authors, name="section_authors"),
    *PROPOSALS,
    guarded(
        "/contracts/{contract_id}/reading/{document}",
        bringing.read_document,
        name="read_document",
        methods=("POST",),
        body_limit=bringing.BODY_LIMIT,
    ),
    WebSocketRoute(LIVE, websocket.live, name="live"),
    WebSocketRoute("/contracts/{contract_id}/y/{document}", websocket.nameless, name="nameless"),
    guarded(LIVE, polling.open_line, name="open_line", methods=("POST",), is_gesture=False),
    guarded(LINE, polling.hear_line, name="hear_line", is_gesture=False),
    guarded(LINE, polling.say_line, name="say_line", methods=("POST",), is_gesture=False),
    guarded(LINE, polling.close_line, name="close_line", methods=("DELETE",), is_gesture=False),
    Mount("/static", StaticFiles(directory=STATIC), name="static"),
]


def build(settings: Settings, *, is_demo: bool = False) -> Starlette:
    """The application, its parts not opened yet: they open when it starts."""
    own = wire(settings, is_demo=is_demo, inside=lambda: app)
    routes = list(ROUTED)
    if is_demo:
        provider = demonstration.provider(settings)
        routes.append(Mount(DEMO, routes=demo_routes(provider, templates()), max_body_size=16384))

    unknown = unknown_routes(routes)
    if unknown:
        raise LookupError(f"{unknown}: name these routes in auth/policy.py, or nobody may use them")
    app = Gated(
        routes=routes,
        exception_handlers={
            Refusal: errors.refused,
            HTTPException: errors.http_refused,
            ClientDisconnect: errors.gone,
            Exception: errors.broken,
        },
        lifespan=lambda _: _life(own),
        max_body_size=BODY_LIMIT,
    )
    app.state.parts = own
    app.exempt = Exempt(posts=[*paths(FOREIGN_POSTS), re.compile(f"{DEMO}/token")], uploads=paths(UPLOADS))
    return app


@asynccontextmanager
async def _life(own: Parts) -> AsyncIterator[None]:
    """What is opened when the application starts, in this order, and closed in the other when it stops."""
    languages()  # a catalogue that cannot be read stops the program here, not a reader later
    await own.store.own()
    await own.store.check()
    await providing.seal_clear(own.store, own.sealer)
    own.rooms.start()
    own.lookout.start()
    daily = Daily(own.store, own.settings)
    daily.start()
    yield
    await daily.stop()
    await own.lookout.stop()
    await own.lines.stop()
    await own.rooms.stop()
    await own.store.close()


def paths(names: Container[str]) -> list[re.Pattern[str]]:
    """The paths of routes, by the names of the routes."""
    return [one.path_regex for one in ROUTED if isinstance(one, Route) and one.name in names]


def serving(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves the application, but for where it listens."""
    return {
        "log_config": None,
        "log_level": "warning",
        "server_header": False,
        "proxy_headers": False,
        "http": impatient(settings.request_seconds),
        "ws": websocket.Wire,
        "ws_max_size": settings.message_kib * 1024,
        "ws_per_message_deflate": False,
    }


class Gated(Starlette):
    """An application with the gate outside everything: whatever fails inside leaves dressed."""

    exempt = Exempt()

    def build_middleware_stack(self) -> ASGIApp:
        """The usual layers, behind the gate."""
        own: Parts = self.state.parts
        return Gate(Compressed(super().build_middleware_stack()), own.settings, own.watch, self.exempt)


def wire(settings: Settings, *, is_demo: bool, inside: Callable[[], Starlette]) -> Parts:
    """The parts of the application, each given what it needs.

    The demonstration's provider lives in the application itself: `inside` reaches it without the network.
    """
    http = Http(loopback_http=settings.development)
    if is_demo:
        http = Http(loopback_http=True, wire=lambda: httpx2.ASGITransport(app=inside()))
    store = Store(settings)
    log = UpdateLog(store)
    standings = Standings(store)
    floor = Floor(lambda document: rooms.made(document, read), standings)
    rooms = _rooms(settings, log, floor)
    addresses = Addresses(settings, rooms.counting)
    return Parts(
        settings=settings,
        store=store,
        log=log,
        rooms=rooms,
        addresses=addresses,
        asking=Asking(settings, rooms.counting),
        watch=Watch(store, addresses),
        crowd=Crowd(_bounds(settings), rooms.counting),
        floor=floor,
        standings=standings,
        lookout=Lookout(store, floor),
        lines=Lines(),
        past=Past(log),
        authors=Authors(store),
        discovery=Discovery(http),
        mail=Mail(settings, store),
        sealer=sealer(settings),
        trials=Trials(),
        desk=Desk(),
        is_demo=is_demo,
    )


def _rooms(settings: Settings, log: UpdateLog, floor: Floor) -> Rooms:
    return Rooms(
        log,
        GRAMMAR,
        floor.text_changed,
        commit_delay_s=settings.commit_delay_ms / 1000,
        ceiling_bytes=settings.section_kib * 1024,
        most_open=settings.documents,
    )


def _bounds(settings: Settings) -> Bounds:
    return Bounds(
        connections=settings.connections,
        connections_each=settings.person_connections,
        connections_address=settings.address_connections,
        rates=Rates(messages=settings.pace_messages, bytes=settings.pace_kib * 1024),
        person_times=settings.pace_person,
        patience_s=settings.patience_seconds,
    )


def unknown_routes(routes: list[BaseRoute]) -> list[str]:
    """The names of routes that the policy table does not know: none, or the program is wrong."""
    inner = [one for route in routes if isinstance(route, Mount) and not route.name for one in route.routes]
    outer = [route for route in routes if not isinstance(route, Mount) or route.name]
    return [name for name in (str(getattr(one, "name", None)) for one in [*outer, *inner]) if name not in ROUTES]
