"""May this request come in at all? Host, origin of forms, and the headers every answer leaves with."""

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.domain.security import SecurityKind
from server.settings import Settings
from server.watching import Watch

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """The outermost layer: refuses foreign hosts and foreign forms, dresses every answer.

    A form is ours when its `Origin` is our address or, where a browser sends none, when `Sec-Fetch-Site` says
    `same-origin`, and holds no file: a part of it could say its letters in any encoding. `foreign_posts` are the
    paths of an OAuth token endpoint (the demo provider's), called by programs that hold a client secret and no
    cookie. Whether people come over TLS is known from the settings: no `X-Forwarded-*` header is believed about that,
    whoever sent it.
    """

    def __init__(
        self, app: ASGIApp, settings: Settings, watch: Watch, foreign_posts: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._settings = settings
        self._watch = watch
        self._foreign_posts = foreign_posts
        self._headers = headers(settings)
        self._schemes = (
            {"http": "https", "websocket": "wss"} if settings.is_https else {"http": "http", "websocket": "ws"}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it before any page sees it."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        scope["scheme"] = self._schemes[scope["type"]]
        request = HTTPConnection(scope)
        if request.headers.get("host") != self._settings.public_host and not self._is_probe(scope):
            await self._watch.note(request, SecurityKind.UNKNOWN_HOST)
            return await _refuse(scope, receive, self._dressed(scope, send), 421, "unknown host")
        if scope["type"] == "websocket":
            return await self._app(scope, receive, send)
        if scope["method"] not in SAFE and not self._is_ours(request):
            await self._watch.note(request, SecurityKind.FOREIGN_FORM)
            return await _refuse(scope, receive, self._dressed(scope, send), 403, "this form is not one of ours")
        return await self._app(scope, receive, self._dressed(scope, send))

    def _is_probe(self, scope: Scope) -> bool:
        return scope["path"] in ("/healthz", "/readyz", "/metrics")

    def _is_ours(self, request: HTTPConnection) -> bool:
        if "multipart" in request.headers.get("content-type", "").lower():
            return False
        if request.scope["path"] in self._foreign_posts:
            return True
        origin = request.headers.get("origin")
        if origin is not None:
            return origin == self._settings.public_url
        return request.headers.get("sec-fetch-site") == "same-origin"

    def _dressed(self, scope: Scope, send: Send) -> Send:
        """Headers on the way out; a page with forms that lead to a provider names its origin in `state`."""
        keeps = scope["path"].startswith("/static/")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer[name] = value
                origins = " ".join(["'self'", *scope.get("state", {}).get("form_action", ())])
                answer["Content-Security-Policy"] += f"; form-action {origins}"
                kept = keeps and message["status"] in (200, 304)
                answer["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-store"
            await send(message)

        return dressed


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, says: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse(says, status)(scope, receive, send)


def headers(settings: Settings) -> dict[str, str]:
    """The headers of every answer (security checklist 36 and 37)."""
    socket = settings.public_url.replace("http", "ws", 1)
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": f"'self' {socket}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
        "report-uri": "/csp-report",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Strict-Transport-Security": "max-age=31536000",
    }
