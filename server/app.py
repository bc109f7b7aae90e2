"""READ FIRST: every route and every dependency, wired once, as a list."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from server import errors, pages
from server.domain.refusals import Refusal
from server.parts import Parts
from server.settings import Settings
from server.store.engine import Store
from server.store.updates import UpdateLog
from server.views import STATIC


def build(settings: Settings, *, is_demo: bool = False) -> Starlette:
    """The application, its parts not opened yet: they open when it starts."""
    store = Store(settings)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        store.own()
        await store.check()
        yield
        await store.close()

    app = Starlette(
        routes=[
            Route("/", pages.home, name="home"),
            Route("/healthz", pages.healthz, name="healthz"),
            Route("/readyz", pages.readyz, name="readyz"),
            Route("/contracts/{contract_id}", pages.contract, name="contract"),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        exception_handlers={Refusal: errors.refused, HTTPException: errors.http_refused},
        lifespan=life,
    )
    app.state.parts = Parts(settings=settings, store=store, log=UpdateLog(store), is_demo=is_demo)
    return app
