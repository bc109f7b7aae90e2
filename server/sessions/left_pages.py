"""What providers say of people who left there: by a call of their own, or in a frame of their own page."""

import logging
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.oidc import SignInRefused
from auth.session import COOKIE, COOKIE_FLAGS
from server.domain.people.security import SecurityKind
from server.sessions import signing_in, signing_out
from server.web.parts import parts

security_log = logging.getLogger("entente.security")
TOKEN_BYTES = 16384


async def back_channel(request: Request) -> Response:
    """OpenID Connect Back-Channel Logout 1.0 section 2.5: the provider's own call, which no browser makes.

    It carries neither a cookie nor an `Origin`: what makes it good is the signature of its token.
    """
    own = parts(request)
    provider = await signing_in.provider_of(own.store, request.path_params["provider"])
    async with request.form(max_files=0, max_fields=4, max_part_size=TOKEN_BYTES) as form:
        tokens = form.getlist("logout_token")
    token = tokens[0] if len(tokens) == 1 and isinstance(tokens[0], str) else ""
    try:
        signing_in.check_enabled(provider)
        ended = await signing_out.told(own.store, own.floor, own.discovery, provider, token, datetime.now(UTC))
    except SignInRefused as refused:
        told = {"provider": provider.key, "reason": refused.reason.value}
        security_log.warning("logout refused: provider %(provider)s, %(reason)s", told)
        await own.watch.note(request, SecurityKind.LOGOUT_REFUSED, provider=provider.key, reason=refused.reason.value)
        return JSONResponse({"error": "invalid_request"}, 400)
    security_log.info("logout told: provider %(provider)s, %(ended)s", {"provider": provider.key, "ended": ended})
    return Response(status_code=200)


async def front_channel(request: Request) -> Response:
    """OpenID Connect Front-Channel Logout 1.0 section 2: asked for by the browser, in a frame nobody looks at.

    The only address that changes something when it is asked for by GET: it ends no session but the asking browser's
    own, and only for whoever knows the name that the provider gave it.
    """
    own, visitor = parts(request), request.state.visitor
    provider = await signing_in.provider_of(own.store, request.path_params["provider"])
    answer = Response("", media_type="text/html")  # which no page may show: asking was what counted
    if visitor is None:
        return answer
    issuer, sid = (request.query_params.get(name, "") for name in ("iss", "sid"))
    now = datetime.now(UTC)
    if await signing_out.left_in_a_frame(own.store, own.floor, provider, visitor, issuer=issuer, sid=sid, now=now):
        answer.delete_cookie(COOKIE, **COOKIE_FLAGS)  # type: ignore[arg-type]
    return answer
