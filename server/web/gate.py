"""May this request come in at all? Host, origin of forms, and the headers every answer leaves with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.domain.people.security import SecurityKind
from server.running.watching import Watch
from server.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = frozenset(  # what our pages send: bytes, forms, and the reports that browsers make of them
    {"", "application/x-www-form-urlencoded", "application/octet-stream", "application/json", "application/csp-report"}
)
Paths = Sequence[re.Pattern[str]]


@dataclass(frozen=True)
class Exempt:
    """The paths that take what no other takes.

    `posts` are called by programs that hold a secret of their own and no cookie: a provider's back-channel logout, the
    OAuth token endpoint of the demo provider. `uploads` take a form with a file.
    """

    posts: Paths = ()
    uploads: Paths = ()


class Gate:
    """The outermost layer: refuses foreign hosts and foreign forms, dresses every answer.

    A form is ours when its `Origin` is our address or, where a browser sends none, when `Sec-Fetch-Site` says
    `same-origin`; when it is of a kind our pages send (`text/plain` is what a foreign form uses to look like another
    kind); and when it names no encoding of its letters. Whether people come over TLS is known from the settings: no
    `X-Forwarded-*` header is believed about that, whoever sent it.
    """

    def __init__(self, app: ASGIApp, settings: Settings, watch: Watch, exempt: Exempt = Exempt()) -> None:
        self._app = app
        self._settings = settings
        self._watch = watch
        self._exempt = exempt
        self._csp = policy(settings)
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
            return await self._app(scope, receive, self._knocking(scope, receive, send))
        if scope["method"] not in SAFE and not self._is_ours(request):
            await self._watch.note(request, SecurityKind.FOREIGN_FORM)
            return await _refuse(scope, receive, self._dressed(scope, send), 403, "this form is not one of ours")
        return await self._app(scope, receive, self._dressed(scope, send))

    def _is_probe(self, scope: Scope) -> bool:
        return scope["path"] in ("/healthz", "/readyz", "/metrics")

    def _is_ours(self, request: HTTPConnection) -> bool:
        if not self._is_kind_of_ours(request):
            return False
        if _is_one_of(self._exempt.posts, request):
            return True
        origin = request.headers.get("origin")
        if origin is not None:
            return origin == self._settings.public_url
        return request.headers.get("sec-fetch-site") == "same-origin"

    def _is_kind_of_ours(self, request: HTTPConnection) -> bool:
        kind, _, more = request.headers.get("content-type", "").lower().partition(";")
        if kind.strip() == "multipart/form-data":
            return _is_one_of(self._exempt.uploads, request) and "charset" not in more
        return kind.strip() in FORMS

    def _dressed(self, scope: Scope, send: Send) -> Send:
        """Headers on the way out; a page with forms that lead to a provider names its origin in `state`."""
        keeps = scope["path"].startswith("/static/")

        async def dressed(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                answer = MutableHeaders(scope=message)
                policy = answer.get("Content-Security-Policy") or self._policy(scope)
                for name, value in HEADERS.items():
                    answer[name] = value
                answer["Content-Security-Policy"] = policy
                kept = keeps and message["status"] in (200, 304)
                answer["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-store"
            await send(message)

        return dressed

    def _knocking(self, scope: Scope, receive: Receive, send: Send) -> Send:
        """A websocket that is refused before it is open is answered like any other request."""
        dressed, is_open = self._dressed(scope, send), False

        async def said(message: Message) -> None:
            nonlocal is_open
            is_open = is_open or message["type"] == "websocket.accept"
            if message["type"] == "websocket.close" and not is_open:
                return await _refuse(scope, receive, dressed, 403, "this page may not connect here")
            return await dressed(message)

        return said

    def _policy(self, scope: Scope) -> str:
        """What a page may do: only a download says something else, and stricter, by itself."""
        origins = " ".join(["'self'", *scope.get("state", {}).get("form_action", ())])
        return f"{self._csp}; form-action {origins}"


def _is_one_of(paths: Paths, request: HTTPConnection) -> bool:
    return any(one.fullmatch(request.scope["path"]) for one in paths)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, says: str) -> None:
    await PlainTextResponse(says, status)(scope, receive, send)


def policy(settings: Settings) -> str:
    """The content security policy of every page, but for where its forms lead (security checklist 36)."""
    socket = settings.public_url.replace("http", "ws", 1)
    rules = {
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
    return "; ".join(f"{name} {value}" for name, value in rules.items())


HEADERS: Mapping[str, str] = {  # of every answer (security checklist 37)
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=31536000",
}
