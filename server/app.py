"""READ FIRST: every route and every dependency, wired once, as a list."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles

from auth.oidc import Discovery, Http
from auth.policy import ROUTES
from collab.guard import Grammar
from collab.rooms import Rooms
from server import demo, errors, live, pages, sign_in_pages
from server.demo_pages import routes as demo_routes
from server.demo_provider import PREFIX as DEMO
from server.domain import text
from server.domain.refusals import Refusal
from server.doors import guarded
from server.floor import Floor
from server.gate import Gate
from server.parts import Parts
from server.settings import Settings
from server.store.engine import Store
from server.store.updates import UpdateLog
from server.views import STATIC, templates

ROUTED: list[BaseRoute] = [
    guarded("/", pages.home, name="home"),
    guarded("/healthz", pages.healthz, name="healthz"),
    guarded("/readyz", pages.readyz, name="readyz"),
    guarded("/csp-report", pages.csp_report, name="csp_report", methods=("POST",)),
    guarded("/sign-in", sign_in_pages.sign_in, name="sign_in"),
    guarded("/sign-in/{provider}", sign_in_pages.sign_in_start, name="sign_in_start", methods=("POST",)),
    guarded("/sign-in/{provider}/callback", sign_in_pages.sign_in_callback, name="sign_in_callback"),
    guarded("/sign-out", sign_in_pages.sign_out, name="sign_out", methods=("POST",)),
    guarded("/contracts/{contract_id}", pages.contract, name="contract"),
    WebSocketRoute("/contracts/{contract_id}/live", live.live, name="live"),
    Mount("/static", StaticFiles(directory=STATIC), name="static"),
]
GRAMMAR = Grammar(root=text.ROOT, elements=text.ELEMENTS, marks=frozenset(text.MARKS))


def build(settings: Settings, *, is_demo: bool = False) -> Starlette:
    """The application, its parts not opened yet: they open when it starts."""
    own = wire(settings, is_demo=is_demo, inside=lambda: app)
    routes = list(ROUTED)
    if is_demo:
        provider = demo.provider(settings)
        routes.append(Mount(DEMO, routes=demo_routes(provider, templates()), max_body_size=16384))

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        own.store.own()
        await own.store.check()
        own.rooms.start()
        yield
        await own.rooms.stop()
        await own.store.close()

    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, settings=settings, foreign_posts=frozenset({f"{DEMO}/token"} if is_demo else ()))],
        exception_handlers={Refusal: errors.refused, HTTPException: errors.http_refused},
        lifespan=life,
    )
    app.state.parts = own
    return app


def wire(settings: Settings, *, is_demo: bool, inside: Callable[[], Starlette]) -> Parts:
    """The parts of the application, each given what it needs.

    The demonstration's provider lives in the application itself: `inside` reaches it without the network.
    """
    http = Http(loopback_http=settings.development)
    if is_demo:
        http = Http(loopback_http=True, wire=lambda: httpx2.ASGITransport(app=inside()))
    store, floor = Store(settings), Floor()
    log = UpdateLog(store)
    floor.rooms = Rooms(log, GRAMMAR, floor.text_changed, commit_delay_s=settings.commit_delay_ms / 1000)
    return Parts(
        settings=settings,
        store=store,
        log=log,
        rooms=floor.rooms,
        floor=floor,
        discovery=Discovery(http),
        is_demo=is_demo,
    )


def unknown_routes(routes: list[BaseRoute]) -> list[str]:
    """The names of routes that the policy table does not know: none, or the program is wrong."""
    named = [getattr(route, "name", "") for route in routes]
    return [name for name in named if name not in ROUTES]
