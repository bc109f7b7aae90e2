"""What does the demo provider show and answer? Its addresses, its picker page; no rule is decided here."""

import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from server.demo.provider import PREFIX, REQUEST_LIFE, DemoProvider, Denied, NotOurs

COOKIE = "entente_demo"  # the provider's own: says which browser a form was shown to, and nothing else
NO_STORE = {"Cache-Control": "no-store"}


def routes(demo: DemoProvider, templates: Jinja2Templates) -> list[Route]:
    """The provider's addresses, relative to `PREFIX`."""
    pages = _Pages(demo, templates)
    return [
        Route("/.well-known/openid-configuration", pages.metadata, name="demo_discovery"),
        Route("/jwks", pages.keys, name="demo_keys"),
        Route("/authorize", pages.authorize, name="demo_authorize"),
        Route("/choose", pages.choose, methods=["POST"], name="demo_choose"),
        Route("/token", pages.token, methods=["POST"], name="demo_token"),
        Route("/userinfo", pages.userinfo, name="demo_userinfo"),
        Route("/end", pages.end, methods=["GET", "POST"], name="demo_end_session"),
    ]


def _once_each(pairs: Sequence[tuple[str, object]]) -> dict[str, str]:
    """Parameters as a mapping; nothing at all if one comes twice or is a file (RFC 6749 section 3.1)."""
    asked = {name: value for name, value in pairs if isinstance(value, str)}
    return asked if len(asked) == len(pairs) else {}


class _Pages:
    def __init__(self, demo: DemoProvider, templates: Jinja2Templates) -> None:
        self._demo = demo
        self._templates = templates

    async def metadata(self, request: Request) -> Response:
        return JSONResponse(self._demo.metadata())

    async def keys(self, request: Request) -> Response:
        return JSONResponse(self._demo.keys())

    async def authorize(self, request: Request) -> Response:
        browser = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        try:
            word, hint = self._demo.receive(_once_each(request.query_params.multi_items()), browser)
        except NotOurs:
            return self._page(request, said="not-ours", status=400)
        except Denied as no:
            return RedirectResponse(self._demo.back(error=no.error, state=no.state), 302, headers=NO_STORE)
        response = self._page(request, word=word, hint=hint)
        response.set_cookie(
            COOKIE,
            browser,
            max_age=int(REQUEST_LIFE.total_seconds()),
            path=PREFIX,
            httponly=True,
            samesite="lax",
            secure=self._demo.base.startswith("https://"),
        )
        return response

    async def choose(self, request: Request) -> Response:
        async with request.form(max_files=0, max_fields=10) as form:
            chosen = _once_each(form.multi_items())
        try:
            address = self._demo.choose(
                chosen.get("request", ""), chosen.get("subject", ""), request.cookies.get(COOKIE, "")
            )
        except NotOurs:
            return self._page(request, said="too-late", status=400)
        return RedirectResponse(address, 303, headers=NO_STORE)

    async def token(self, request: Request) -> Response:
        async with request.form(max_files=0, max_fields=20) as form:
            asked = _once_each(form.multi_items())
        try:
            tokens = self._demo.redeem(asked, request.headers.get("Authorization"))
        except Denied as no:
            known = no.error != "invalid_client"
            headers = NO_STORE if known else {**NO_STORE, "WWW-Authenticate": 'Basic realm="demo"'}
            return JSONResponse({"error": no.error}, 400 if known else 401, headers=headers)
        return JSONResponse(tokens, headers=NO_STORE)

    async def userinfo(self, request: Request) -> Response:
        try:
            return JSONResponse(self._demo.told(request.headers.get("Authorization")), headers=NO_STORE)
        except Denied as no:
            headers = {**NO_STORE, "WWW-Authenticate": f'Bearer error="{no.error}"'}
            return JSONResponse({"error": no.error}, 401, headers=headers)

    async def end(self, request: Request) -> Response:
        """OpenID Connect RP-Initiated Logout 1.0: nothing lasts here but the cookie, so nobody is asked."""
        async with request.form(max_files=0, max_fields=10) as form:
            asked = _once_each(form.multi_items() or request.query_params.multi_items())
        wanted = asked.get("post_logout_redirect_uri")
        if wanted is not None and wanted == self._demo.logout_uri:
            response: Response = RedirectResponse(self._demo.after_logout(asked.get("state")), 303)
        else:
            response = self._page(request, said="ended")
        response.delete_cookie(COOKIE, path=PREFIX, httponly=True, samesite="lax")
        return response

    def _page(
        self,
        request: Request,
        *,
        word: str = "",
        hint: str | None = None,
        said: str = "choose",
        status: int = 200,
    ) -> Response:
        return self._templates.TemplateResponse(
            request,
            "demo_person.html",
            {"said": said, "parties": self._demo.parties(), "word": word, "hint": hint, "prefix": PREFIX},
            status_code=status,
            headers=NO_STORE,
        )
