"""The page of one's own sessions: which browsers one is signed in with, and the end of those one does not want."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from auth.oidc import Provider, SignInRefused
from server.domain.refusals import N_
from server.providers.providing import callback_url
from server.sessions import own_sessions, signing_in, stepping_up
from server.sessions.confirming import worded
from server.sessions.sending import browser_of, origin_of, sent
from server.web.parts import parts
from server.web.views import page

HERE = "/account/sessions"
DONE = {"ended": N_("C’est fait : les connexions choisies sont fermées.")}
MOST = 200  # sessions in one form: more than anybody has


async def own(request: Request) -> Response:
    """The list."""
    made, visitor, now = parts(request), request.state.visitor, datetime.now(UTC)
    provider = await signing_in.provider_of_session(made.store, visitor.session_id)
    request.state.form_action = await _origin(request, provider)
    return page(
        request,
        "sessions.html",
        {
            "sessions": await own_sessions.of(made.store, visitor, now),
            "provider": provider,
            "zone": ZoneInfo(made.settings.time_zone),
            "done": DONE.get(request.query_params.get("done", "")),
        },
    )


async def end(request: Request) -> Response:
    """Go and confirm, at one's provider, that sessions are to be ended."""
    made, visitor, now = parts(request), request.state.visitor, datetime.now(UTC)
    async with request.form(max_files=0, max_fields=MOST, max_part_size=64) as form:
        said = [one for one in form.getlist("session") if isinstance(one, str)]
    asked = {int(one) for one in said if one.isascii() and one.isdecimal() and len(one) < 16}
    meant = await own_sessions.meant(made.store, visitor, asked, now)
    provider = await signing_in.provider_of_session(made.store, visitor.session_id)
    browser = browser_of(request)
    try:
        signing_in.check_enabled(provider)
        address = await stepping_up.start(
            made.store,
            made.discovery,
            provider,
            visitor,
            meant,
            callback_url=callback_url(made.settings.public_url, provider.key),
            next_path=f"{HERE}?done=ended",
            browser=browser,
            now=now,
        )
    except SignInRefused as refused:
        raise worded(refused) from refused
    return sent(address, browser)


async def _origin(request: Request, provider: Provider) -> list[str]:
    """Where the form of the page leads to in the end; nowhere while the provider does not answer."""
    try:
        return [await origin_of(parts(request), provider)]
    except SignInRefused:
        return []
